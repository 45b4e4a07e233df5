"""The server as a process: addresses, signals, sockets, and how soon it answers."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from graph_api.serving import addresses

ROOT = Path(__file__).parents[2]
HEAVY = (
    "igraph", "matplotlib", "neo4j", "networkx", "numpy", "opentelemetry", "pandas", "prometheus_client", "scipy",
)  # fmt: skip
START = """
import sys
from graph_api.serving import serve
from graph_api.errors import FilmGraphError
from graph_api.settings import load_settings
if "toy" in sys.argv:
    import graph_api.app
    from tests.http.toy import make_schema
    graph_api.app.make_schema = make_schema
try:
    serve(load_settings())
except FilmGraphError as error:
    sys.exit(f"{type(error).__name__}: {error.message}")
"""


def start(database: Path | str, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    variables = {f"FILMGRAPH_{name.upper()}": value for name, value in settings.items()}
    environ = {**os.environ, "FILMGRAPH_DATABASE": str(database), "FILMGRAPH_PORT": "0", **variables}
    return subprocess.Popen(
        [sys.executable, "-c", START, *arguments],
        cwd=ROOT,
        env=environ,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    first = process.stdout.readline()
    found = re.fullmatch(r"AI Film Graph is at (http://\S+)\n", first)
    assert found, first
    return found[1]


@contextmanager
def running(database: Path | str, *arguments: str, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = start(database, *arguments, **settings)
    try:
        yield process, address_of(process)
    finally:
        process.kill()
        process.communicate()


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.slow
def test_a_request_in_flight_is_finished_before_the_service_stops(database: Path) -> None:
    with running(database, "toy", log_format="json") as (process, address):
        answers: list[httpx.Response] = []

        def ask() -> None:
            answers.append(httpx.post(f"{address}/graphql", json={"query": '{ slow(name: "x", seconds: 1) }'}))

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.4)
        process.send_signal(signal.SIGTERM)
        asking.join(10)
        _, err = process.communicate(timeout=10)
    assert [answer.json() for answer in answers] == [{"data": {"slow": "done"}}]
    assert process.returncode == 0
    assert [line["status"] for line in lines(err) if line["event"] == "request"] == [200]
    assert not [line for line in lines(err) if line["level"] == "error"]


@pytest.mark.slow
def test_a_request_that_takes_too_long_does_not_hold_the_service_up(database: Path) -> None:
    with running(database, "toy", shutdown_seconds="1", request_deadline="60") as (process, address):
        asking = threading.Thread(target=lambda: _ignore_end(address))
        asking.start()
        time.sleep(0.4)
        begin = time.perf_counter()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
        assert time.perf_counter() - begin < 4
        asking.join(10)


def _ignore_end(address: str) -> None:
    with contextlib.suppress(httpx.TransportError):
        httpx.post(f"{address}/graphql", json={"query": '{ slow(name: "x", seconds: 50) }'}, timeout=20)


@pytest.mark.slow
def test_chunks_and_lies_over_a_real_socket(database: Path) -> None:
    with running(database, "toy", max_body_bytes="1000", log_format="json") as (process, address):
        host, port = address.removeprefix("http://").split(":")

        def exchange(request: bytes) -> str:
            with socket.create_connection((host, int(port)), timeout=5) as connection:
                connection.sendall(request)
                received = b""
                while b"\r\n\r\n" not in received or not received.split(b"\r\n\r\n", 1)[1]:
                    received += connection.recv(65_536)
                return received.decode()

        head = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        answer = exchange(
            head
            + b"transfer-encoding: chunked\r\n\r\n"
            + b"200\r\n"
            + b" " * 512
            + b"\r\n"
            + b"200\r\n"
            + b" " * 512
            + b"\r\n"
        )
        assert answer.startswith("HTTP/1.1 413")
        assert '"BODY_TOO_LARGE"' in answer
        assert exchange(head + b"content-length: 99999999999999999999\r\n\r\n").startswith("HTTP/1.1 4")
        assert exchange(head + b"content-length: 5000\r\n\r\n{").startswith("HTTP/1.1 413")
        forged = b"GET /x%0d%0a%7b%22level%22:%22forged%22%7d HTTP/1.1\r\nhost: x\r\nx-request-id: a%0db\r\n\r\n"
        assert exchange(forged).startswith("HTTP/1.1 404")
        assert httpx.post(f"{address}/graphql", json={"query": "{ hello }"}).json() == {"data": {"hello": "hello you"}}
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=10)
    assert not [line for line in lines(err) if line["level"] == "forged"]


@pytest.mark.slow
def test_what_keeps_it_from_starting_is_said_in_one_line(database: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(database, port=str(taken.getsockname()[1]))
        out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert re.fullmatch(
        r"BadInput: 127\.0\.0\.1:\d+ can't be listened on \(.+\); choose another with --host and --port\n", err
    )
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5_000)
    process = start(broken)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    assert re.fullmatch(r"Store\w+: [^\n]+\n", err)


def test_what_analyses_need_is_not_imported_to_start() -> None:
    program = f"import graph_api.serving, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.timing
def test_from_the_second_start_on_it_answers_within_a_second_and_a_half(database: Path) -> None:
    begin = time.perf_counter()
    with running(database) as (_, address):
        answer = httpx.post(f"{address}/graphql", json={"query": '{ film(slug: "imperia") { title } }'})
        seconds = time.perf_counter() - begin
    assert answer.json() == {"data": {"film": {"title": "Imperia"}}}
    assert seconds < 1.5, f"{seconds:.2f} s"


@pytest.mark.parametrize(
    ("bound", "told"),
    [(("127.0.0.1", 0), "http://127.0.0.1:"), (("0.0.0.0", 0), "http://127.0.0.1:"), (("::1", 0), "http://[::1]:")],
)
def test_the_addresses_that_are_told(bound: tuple[str, int], told: str) -> None:
    family = socket.AF_INET6 if ":" in bound[0] else socket.AF_INET
    try:
        listener = socket.create_server(bound, family=family)
    except OSError:
        pytest.skip("this machine has no such address")
    with listener:
        lines = addresses(listener, has_schema=True)
        assert lines.startswith(f"AI Film Graph is at {told}{listener.getsockname()[1]}\n")
        assert "/schema.graphql" in lines
        assert "/schema.graphql" not in addresses(listener, has_schema=False)
