"""What metrics and traces cost: the same requests to the same service with and without them, in turn.

    python -m benchmarks.observability

Requests go through the whole application, but over no network. Counted is the processor's time of the service; what
sends traces, a process of low priority, is told apart. They go to a collector that takes all and keeps nothing.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from multiprocessing import Process, SimpleQueue, get_context
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message
from typing_extensions import override

from benchmarks.documents import Asked, documents
from benchmarks.report import Report, verdict
from graph_api.app import create_app
from graph_api.serving import calm_collector
from graph_api.settings import Settings
from graph_api.store.factory import open_store
from seed.builtin import ensure_loaded

ALL = "traces of all"
LIMITS = {"metrics": 1.1, "traces of one in twenty": 1.05, ALL: 1.05}
_SECONDS = 6.0
_PAUSE = 6.0
_BATCH = 20
WAYS: dict[str, dict[str, Any]] = {
    "off": {},
    "off again": {},
    "metrics": {"metrics": "local"},
    "traces of one in twenty": {"tracing": 0.05},
    ALL: {"tracing": 1.0},
}


class _Collector(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


def _collect(told: "SimpleQueue[int]") -> None:
    with HTTPServer(("127.0.0.1", 0), _Collector) as server:
        told.put(server.server_port)
        server.serve_forever()


@contextmanager
def collector() -> Iterator[str]:
    """Run something that takes traces; yield its address."""
    spawn = get_context("spawn")
    told: SimpleQueue[int] = spawn.SimpleQueue()
    process: Process = spawn.Process(target=_collect, args=(told,), daemon=True)  # type: ignore[assignment]
    process.start()
    try:
        yield f"http://127.0.0.1:{told.get()}"
    finally:
        process.kill()


async def ask(app: ASGIApp, body: bytes) -> bytes:
    """Send a request; return the body of its answer."""
    scope = {
        "type": "http", "method": "POST", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"",
        "root_path": "", "scheme": "http", "http_version": "1.1", "client": ("127.0.0.1", 1), "server": ("x", 80),
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"), (b"accept", b"application/json")],
        "state": {},
    }  # fmt: skip
    found: list[Message] = []
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        found.append(message)

    await app(scope, receive, send)
    assert found[0]["status"] == 200, found
    return b"".join(message.get("body", b"") for message in found[1:])


async def _compare(apps: Mapping[str, ASGIApp], asked: Asked) -> tuple[dict[str, float], int]:
    """Return the milliseconds of processor time that a request takes with each: medians of small batches in turn.

    And how many requests were sent to each.
    """
    answers = {name: await ask(app, asked.body) for name, app in apps.items()}
    assert len(set(answers.values())) == 1
    assert b'"errors"' not in answers["off"]
    times: dict[str, list[float]] = {name: [] for name in apps}
    end = time.perf_counter() + _SECONDS
    while time.perf_counter() < end:
        for name, app in apps.items():
            begin = time.process_time()
            for _ in range(_BATCH):
                await ask(app, asked.body)
            times[name].append((time.process_time() - begin) / _BATCH * 1000)
    return {name: statistics.median(found) for name, found in times.items()}, 1 + _BATCH * len(times["off"])


def _sent(app: Starlette) -> float:
    """Return the seconds of processor time that sending traces has taken so far."""
    tracing = app.state.service.tracing
    fields = Path(f"/proc/{tracing.sender}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


async def run(report: Report, folder: Path) -> None:
    """Measure and report."""
    database = str(folder / "graph.db")
    store = await open_store(database)
    await ensure_loaded(store)
    await store.close()
    async with AsyncExitStack() as stack:
        apps: dict[str, Starlette] = {}
        for name, settings in WAYS.items():
            app = create_app(Settings(database=database, **settings))
            await stack.enter_async_context(app.router.lifespan_context(app))
            apps[name] = app
        calm_collector()
        rows: list[tuple[object, ...]] = []
        verdicts: list[str] = []
        for asked in documents("imperia", "marcel-barsotti"):
            if asked.name == "people":
                continue
            before = _sent(apps[ALL])
            found, count = await _compare(apps, asked)
            await asyncio.sleep(_PAUSE)  # the last of them are sent
            sent = (_sent(apps[ALL]) - before) / count * 1000
            ratios = [found[name] / found["off"] for name in WAYS if name != "off"]
            rows.append((asked.title, found["off"], *ratios, sent))
            verdicts += [
                verdict(f"{asked.title}, {name} / off", found[name] / found["off"], limit)
                for name, limit in LIMITS.items()
            ]
        others = [f"{name} / off" for name in WAYS if name != "off"]
        report.table("What observing costs", ("milliseconds", "off", *others, "elsewhere, ms"), rows)
        report.lines(verdicts)


def main() -> None:
    """Run it all."""
    report = Report("observability")
    with tempfile.TemporaryDirectory() as folder, collector() as address:
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address
        asyncio.run(run(report, Path(folder)))
    report.save()


if __name__ == "__main__":
    main()
