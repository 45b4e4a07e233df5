"""The process that sends traces: `python -m graph_api.trace_export LEVEL FORMAT`; the service starts it, nobody else.

What happened comes over standard input (`graph_api.tracing`); of that OpenTelemetry's SDK makes spans and sends them as
its variables say: OTEL_EXPORTER_OTLP_*, OTEL_BSP_*, OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME. It ends when its
input does, whatever became of the service.
"""

import contextlib
import marshal
import os
import signal
import sys
from typing import BinaryIO

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.environment_variables import OTEL_SERVICE_NAME
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)

from graph_api.observability import set_up_logging
from graph_api.tracing import LENGTH_BYTES, Operation

SERVICE = "ai-film-graph"
_NICENESS = 10


def export(source: BinaryIO) -> None:
    """Send what comes until there is no more, then what is left."""
    os.environ.setdefault(OTEL_SERVICE_NAME, SERVICE)
    # What is traced was decided where it was noted.
    provider = TracerProvider(ALWAYS_ON, Resource.create())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tracer = provider.get_tracer(SERVICE)
    while length := source.read(LENGTH_BYTES):
        size = int.from_bytes(length, "big")
        batch = source.read(size)
        if len(batch) < size:  # the service was killed while it wrote
            break
        for operation in marshal.loads(batch):  # noqa: S302 - our own parent's
            _operation(tracer, operation)
    provider.shutdown()


def _operation(tracer: Tracer, operation: Operation) -> None:
    kind, name, request_id, parent, begin, end, errors, failure, calls = operation
    attributes = {"graphql.operation.type": kind, "filmgraph.request_id": request_id}
    if name:
        attributes["graphql.operation.name"] = name
    title = f"{kind} {name}" if name else kind
    span = tracer.start_span(title, _above(parent), SpanKind.SERVER, attributes, start_time=begin)
    within = set_span_in_context(span, Context())
    for call, since, until, rows, code in calls:
        of_store = tracer.start_span(f"store.{call}", within, SpanKind.CLIENT, start_time=since)
        if code is None:
            of_store.set_attribute("filmgraph.rows", rows)
        else:
            _failed(of_store, code)
        of_store.end(until)
    if errors:
        span.set_attribute("errors", errors)
        span.set_status(StatusCode.ERROR)
    if failure is not None:
        _failed(span, failure)
    span.end(end)


def _failed(span: Span, error: str) -> None:
    span.set_attribute("error.type", error)
    span.set_status(StatusCode.ERROR)


def _above(parent: tuple[str, str] | None) -> Context:
    if parent is None:
        return Context()
    trace, span = (int(part, 16) for part in parent)
    context = SpanContext(trace, span, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    return set_span_in_context(NonRecordingSpan(context), Context())


def main() -> None:
    """Be that process: what stops the service does not stop this one, which has the last traces to send."""
    level, style = sys.argv[1:]
    set_up_logging(level, style)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICENESS)
    export(sys.stdin.buffer)


if __name__ == "__main__":
    main()
