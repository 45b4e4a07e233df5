"""OpenTelemetry traces: a span for each operation and one for each call of the store.

Made only where a setting asks for it. Where they go is said by OpenTelemetry's own variables, such as
OTEL_EXPORTER_OTLP_ENDPOINT; a program that has set up a provider of its own keeps it.
"""

import random
from collections.abc import Awaitable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from graph_api.errors import BadInput

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span

T = TypeVar("T")
SERVICE = "ai-film-graph"
_within: "ContextVar[Context | None]" = ContextVar("span of the operation that is traced", default=None)


class Tracing:
    """Makes spans, for a share of all operations: what is not traced costs next to nothing.

    Args:
        share: of the operations that are traced, where their requests don't say themselves whether they
            are (`traceparent`, https://www.w3.org/TR/trace-context/).

    Raises:
        BadInput: there is nothing that could send them anywhere.
    """

    def __init__(self, share: float) -> None:
        # Takes 30 to 60 ms to import.
        from opentelemetry import trace
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._own = _provider()
        self._share = share
        self._trace = trace
        self._propagator = TraceContextTextMapPropagator()
        self._tracer = trace.get_tracer(SERVICE)

    def _parent(self, headers: Mapping[str, str]) -> "Context | None":
        """Return what an operation's span belongs to; None where it is not traced."""
        if "traceparent" in headers:
            context = self._propagator.extract(headers)
            parent = self._trace.get_current_span(context).get_span_context()
            if parent.is_valid:
                return context if parent.trace_flags.sampled else None
        return self._propagator.extract({}) if random.random() < self._share else None

    async def operation(
        self, work: Awaitable[T], kind: str, name: str | None, headers: Mapping[str, str], request_id: str
    ) -> T:
        """Return what an operation gives, within a span if it is one that is traced."""
        parent = self._parent(headers)
        if parent is None:
            return await work
        attributes = {"graphql.operation.type": kind, "filmgraph.request_id": request_id}
        if name:
            attributes["graphql.operation.name"] = name
        title = f"{kind} {name}" if name else kind
        span = self._tracer.start_span(title, parent, self._trace.SpanKind.SERVER, attributes)
        token = _within.set(self._trace.set_span_in_context(span, parent))
        try:
            result = await work
            if errors := getattr(result, "errors", None):
                self._failed(span, "errors", len(errors))
            return result
        except BaseException as error:
            self._failed(span, "error.type", type(error).__name__)
            raise
        finally:
            _within.reset(token)
            span.end()

    def _failed(self, span: "Span", what: str, value: str | int) -> None:
        span.set_attribute(what, value)
        span.set_status(self._trace.StatusCode.ERROR)

    def store_call(self, call: str) -> "Span | None":
        """Return a span for a call of the store, to be ended; None where nothing is traced now."""
        context = _within.get()
        return None if context is None else self._tracer.start_span(f"store.{call}", context)

    def ended_call(self, span: "Span", rows: int) -> None:
        """End the span of a call of the store."""
        span.set_attribute("filmgraph.rows", rows)
        span.end()

    def failed_call(self, span: "Span", code: str) -> None:
        """End the span of a call of the store that failed."""
        self._failed(span, "error.type", code)
        span.end()

    def close(self) -> None:
        """Send what is left, for some seconds at most."""
        if self._own is not None:
            self._own.force_flush(2_000)
            self._own.shutdown()


def _provider() -> Any:
    """Set up where spans go; return what is to be closed, None where the program has done it before."""
    from opentelemetry import trace

    if not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise BadInput(
            "FILMGRAPH_TRACING needs OpenTelemetry's SDK: pip install opentelemetry-sdk "
            "opentelemetry-exporter-otlp-proto-http"
        ) from None
    resource = Resource.create({"service.name": SERVICE})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider
