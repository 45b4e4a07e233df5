"""Traces: a span for each operation, and inside it one for each call of the store; sent where they are collected."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from typing_extensions import override

from graph_api.tracing import SERVICE
from tests.http.conftest import Serve
from tests.http.test_server import running

FILM = {"query": 'query Film { film(slug: "imperia") { title credits(first: 2) { nodes { role } } } }'}
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{flags}"


@pytest.fixture(scope="module")
def provider() -> InMemorySpanExporter:
    """A provider of the program's own: there can be one in a process."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


@pytest.fixture
def spans(provider: InMemorySpanExporter) -> Iterator[InMemorySpanExporter]:
    provider.clear()
    yield provider
    provider.clear()


def of_operations(spans: InMemorySpanExporter) -> list[ReadableSpan]:
    return [span for span in spans.get_finished_spans() if span.kind is trace.SpanKind.SERVER]


async def test_an_operation_and_its_calls_of_the_store(serve: Serve, spans: InMemorySpanExporter) -> None:
    async with serve(tracing=1.0) as client:
        await client.post("/graphql", json=FILM, headers={"x-request-id": "r1"})
    (operation,) = of_operations(spans)
    assert operation.name == "query Film"
    assert dict(operation.attributes or {}) == {
        "graphql.operation.type": "query",
        "graphql.operation.name": "Film",
        "filmgraph.request_id": "r1",
    }
    calls = [span for span in spans.get_finished_spans() if span is not operation]
    assert {span.name for span in calls} == {"store.entities_by_slug", "store.hops"}
    for span in calls:
        assert span.parent is not None
        assert span.parent.span_id == operation.context.span_id
        assert (
            (operation.start_time or 0) <= (span.start_time or 0) <= (span.end_time or 0) <= (operation.end_time or 0)
        )
    (hops,) = [span for span in calls if span.name == "store.hops"]
    assert dict(hops.attributes or {}) == {"filmgraph.rows": 2}


async def test_who_asks_may_say_to_which_trace_it_belongs(serve: Serve, spans: InMemorySpanExporter) -> None:
    async with serve(tracing=0.000001) as client:
        for flags in ("00", "01"):
            await client.post("/graphql", json=FILM, headers={"traceparent": PARENT.format(flags=flags)})
        await client.post("/graphql", json=FILM, headers={"traceparent": "nonsense"})
        await client.post("/graphql", json=FILM)
    (operation,) = of_operations(spans)
    assert f"{operation.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"


async def test_what_failed_is_marked(serve: Serve, spans: InMemorySpanExporter) -> None:
    async with serve(tracing=1.0) as client:
        await client.post("/graphql", json={"query": '{ film(slug: "nothing") { title } }'})
    (operation,) = of_operations(spans)
    assert (operation.name, operation.status.status_code) == ("query", trace.StatusCode.ERROR)


async def test_off_is_off(serve: Serve, spans: InMemorySpanExporter) -> None:
    async with serve() as client:
        await client.post("/graphql", json=FILM, headers={"traceparent": PARENT.format(flags="01")})
    assert spans.get_finished_spans() == ()


class Collector(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((self.path, body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    @override
    def log_message(self, *_: Any) -> None:
        pass


@pytest.mark.slow
def test_traces_are_sent_to_a_collector(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        server.got = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        with running(database, tracing="1") as (process, address):
            assert httpx.post(f"{address}/graphql", json=FILM).status_code == 200
            process.terminate()
            assert process.wait(20) == 0
        server.shutdown()
        got: list[tuple[str, bytes]] = server.got  # type: ignore[attr-defined]
    names = set()
    for path, body in got:
        assert path == "/v1/traces"
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            assert any(a.value.string_value == SERVICE for a in resource.resource.attributes)
            names |= {span.name for scope in resource.scope_spans for span in scope.spans}
    assert {"query Film", "store.hops"} <= names
