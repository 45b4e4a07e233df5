"""Traces: a span for each operation, and inside it one for each call of the store; sent to where they are collected."""

import asyncio
import json
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from typing_extensions import override
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from graph_api import tracing
from graph_api.errors import BadInput
from graph_api.tracing import Tracing
from tests.http.conftest import Serve
from tests.http.test_server import running

FILM = {"query": 'query Film { film(slug: "imperia") { title credits(first: 2) { nodes { role } } } }'}
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-{{flags}}"
SAMPLED = {"traceparent": PARENT.format(flags="01")}
NEVER = 1e-9


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        server = self.server
        assert isinstance(server, Collector)
        if server.hangs:
            time.sleep(30)
        server.got.append((self.path, dict(self.headers), ExportTraceServiceRequest.FromString(body)))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    @override
    def log_message(self, *_: Any) -> None:
        pass


class Collector(ThreadingHTTPServer):
    """What any collector is: something that takes OTLP over HTTP."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.hangs = False
        self.got: list[tuple[str, dict[str, str], ExportTraceServiceRequest]] = []

    @property
    def spans(self) -> list[Span]:
        requests = [request for _, _, request in self.got]
        resources = [resource for request in requests for resource in request.resource_spans]
        return [span for resource in resources for scope in resource.scope_spans for span in scope.spans]

    @property
    def operations(self) -> list[Span]:
        return [span for span in self.spans if span.kind == Span.SPAN_KIND_SERVER]


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with Collector() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        yield server
        server.shutdown()


def values(attributes: Any) -> dict[str, str | int]:
    found: list[KeyValue] = list(attributes)
    return {a.key: a.value.string_value if a.value.HasField("string_value") else a.value.int_value for a in found}


async def test_an_operation_and_its_calls_of_the_store(
    serve: Serve, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-key=secret")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
    before = time.time_ns()
    async with serve(tracing=1.0) as client:
        await client.post("/graphql", json=FILM, headers={"x-request-id": "r1"})
    (operation,) = collector.operations
    assert (operation.name, operation.parent_span_id, operation.status.code) == ("query Film", b"", 0)
    assert values(operation.attributes) == {
        "graphql.operation.type": "query",
        "graphql.operation.name": "Film",
        "filmgraph.request_id": "r1",
    }
    calls = [span for span in collector.spans if span.kind != Span.SPAN_KIND_SERVER]
    assert {span.name for span in calls} == {"store.entities_by_slug", "store.hops"}
    moments = [before, operation.start_time_unix_nano]
    for span in calls:
        assert (span.trace_id, span.parent_span_id) == (operation.trace_id, operation.span_id)
        moments += [span.start_time_unix_nano, span.end_time_unix_nano]
    moments += [operation.end_time_unix_nano, time.time_ns()]
    assert moments == sorted(moments)
    assert len({span.span_id for span in collector.spans}) == 3
    (hops,) = [span for span in calls if span.name == "store.hops"]
    assert values(hops.attributes) == {"filmgraph.rows": 2}
    for path, headers, request in collector.got:
        assert (path, headers["x-key"]) == ("/v1/traces", "secret")
        resource = values(request.resource_spans[0].resource.attributes)
        assert resource["service.name"] == "ai-film-graph"
        assert resource["deployment.environment.name"] == "test"


async def test_who_asks_says_to_which_trace_it_belongs_but_not_whether_it_is_traced(
    serve: Serve, collector: Collector
) -> None:
    async with serve(tracing=NEVER) as client:
        for _ in range(20):
            await client.post("/graphql", json=FILM, headers=SAMPLED)
    assert not collector.spans
    async with serve(tracing=1.0) as client:
        await client.post("/graphql", json=FILM, headers={"traceparent": PARENT.format(flags="00")})
        await client.post("/graphql", json=FILM, headers={"traceparent": f"cc{SAMPLED['traceparent'][2:]}-more"})
        for wrong in (f"00-{'0' * 32}-b7ad6b7169203331-01", f"{SAMPLED['traceparent']}-more"):
            await client.post("/graphql", json=FILM, headers={"traceparent": wrong})
    *known, one, other = collector.operations
    assert [(span.trace_id.hex(), span.parent_span_id.hex()) for span in known] == [(TRACE, "b7ad6b7169203331")] * 2
    for unknown in (one, other):
        assert unknown.parent_span_id == b""
        assert any(unknown.trace_id)


async def test_a_gateway_says_whether_it_is_traced(serve: Serve, collector: Collector) -> None:
    async with serve(tracing=NEVER, trace_by_request=True) as client:
        await client.post("/graphql", json=FILM, headers=SAMPLED)
        for given in (PARENT.format(flags="00"), "nonsense", f"ff{SAMPLED['traceparent'][2:]}", None):
            await client.post("/graphql", json=FILM, headers={"traceparent": given} if given else {})
    (operation,) = collector.operations
    assert operation.trace_id.hex() == TRACE


async def test_the_variables_of_opentelemetry_choose_a_sampler(
    serve: Serve, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0")
    async with serve(tracing=1.0) as client:
        await client.post("/graphql", json=FILM)
        await client.post("/graphql", json=FILM, headers=SAMPLED)
    assert [span.trace_id.hex() for span in collector.operations] == [TRACE]
    for sampler, argument in (("jaeger_remote", ""), ("traceidratio", "2"), ("traceidratio", "half")):
        monkeypatch.setenv("OTEL_TRACES_SAMPLER", sampler)
        monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", argument)
        with pytest.raises(BadInput, match="OTEL_TRACES_SAMPLER can be always_on"):
            Tracing(1.0)


async def test_events_belong_to_the_trace_of_their_request(serve: Serve, collector: Collector) -> None:
    async with serve(tracing=1.0) as client:
        await client.post("/graphql", json=FILM, headers={**SAMPLED, "accept": "text/event-stream"})
    assert [span.trace_id.hex() for span in collector.operations] == [TRACE]


def test_what_a_websocket_asks_belongs_to_the_trace_of_its_handshake(database: Path, collector: Collector) -> None:
    with running(database, tracing="1") as (process, address):
        protocol = [Subprotocol("graphql-transport-ws")]
        with connect(
            f"{address.replace('http', 'ws')}/graphql", subprotocols=protocol, additional_headers=SAMPLED
        ) as socket:
            socket.send(json.dumps({"type": "connection_init"}))
            socket.recv(10)
            socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": FILM}))
            assert json.loads(socket.recv(10))["payload"]["data"]
        # What was not yet sent is sent when the service stops.
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert [span.trace_id.hex() for span in collector.operations] == [TRACE]
    assert {span.name for span in collector.spans} >= {"query Film", "store.hops"}


async def test_what_failed_is_marked(serve: Serve, collector: Collector) -> None:
    async with serve(tracing=1.0) as client:
        await client.post("/graphql", json={"query": '{ film(slug: "nothing") { title } }'})
    (operation,) = collector.operations
    assert (operation.name, operation.status.code) == ("query", Status.STATUS_CODE_ERROR)
    assert values(operation.attributes)["errors"] == 1


async def test_off_is_off(serve: Serve, collector: Collector) -> None:
    async with serve() as client:
        await client.post("/graphql", json=FILM, headers=SAMPLED)
    assert not collector.got


@pytest.mark.slow
async def test_a_collector_that_is_not_there_or_hangs_holds_nothing_up(
    serve: Serve, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector.hangs = True
    with HTTPServer(("127.0.0.1", 0), Handler) as gone:
        pass
    for port in (collector.server_port, gone.server_port):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{port}")
        begin = time.perf_counter()
        async with serve(tracing=1.0) as client:
            for _ in range(600):
                assert (await client.post("/graphql", json=FILM)).status_code == 200
            asked = time.perf_counter()
        assert asked - begin < 5
        assert time.perf_counter() - asked < 8


async def test_what_nobody_takes_is_lost_and_told(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tracing, "_PIPE_BYTES", 100_000)
    caplog.set_level(logging.WARNING)

    async def work() -> None:
        pass

    traces = Tracing(1.0)
    await traces.open()
    assert traces.sender
    os.kill(traces.sender, signal.SIGSTOP)
    for _ in range(20_000):
        await traces.operation(work(), "query", "Name", (), "request")
    pipe = traces._sender.stdin if traces._sender else None
    assert pipe
    assert pipe.transport.get_write_buffer_size() < 200_000
    (line,) = [record for record in caplog.records if record.message.startswith("traces were lost")]
    assert line.fields == {"spans": tracing._SPANS}  # type: ignore[attr-defined]
    os.kill(traces.sender, signal.SIGCONT)
    await traces.close()
    assert 2_000 < len(collector.spans) < 15_000


async def test_what_sends_is_started_anew_when_it_ended(collector: Collector) -> None:
    async def work() -> None:
        pass

    traces = Tracing(1.0)
    await traces.open()
    assert traces.sender
    os.kill(traces.sender, signal.SIGKILL)
    await asyncio.sleep(0.2)
    for name in ("Lost", "Kept"):
        await traces.operation(work(), "query", name, (), "request")
        traces._hand_on()
        await asyncio.sleep(0.2)
    await traces.close()
    assert [span.name for span in collector.spans] == ["query Kept"]
