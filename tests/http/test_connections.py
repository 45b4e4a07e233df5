"""Connections that would last: heads that never end, answers and streams that nobody reads."""

import contextlib
import json
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http.test_server import lines, running
from tests.http.test_sockets import change, wait

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(loaded: Path) -> Iterator[str]:
    settings = {"head_seconds": "1", "max_head_bytes": "5000", "keep_alive_seconds": "1"}
    with running(loaded, **settings) as (_, found):
        wait(found)
        yield found


def connected(address: str) -> socket.socket:
    host, port = address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


def seconds_until_closed(connection: socket.socket, trickle: bytes = b"", pause: float = 0.1) -> float:
    begin = time.perf_counter()
    connection.settimeout(pause)
    while time.perf_counter() - begin < 10:
        try:
            if trickle:
                connection.sendall(trickle)
            if connection.recv(65_536) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.perf_counter() - begin


def test_a_head_that_comes_a_header_at_a_time(address: str) -> None:
    with connected(address) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n")
        assert 0.5 < seconds_until_closed(connection, b"x-a: b\r\n", 0.2) < 3


def test_a_connection_that_says_nothing(address: str) -> None:
    with connected(address) as connection:
        assert 0.5 < seconds_until_closed(connection) < 3


def test_a_second_head_on_a_connection_that_is_kept(address: str) -> None:
    with connected(address) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")
        assert 0.5 < seconds_until_closed(connection, b"x-a: b\r\n", 0.2) < 3


@pytest.mark.parametrize("headers", [b"x-a: " + b"b" * 400_000 + b"\r\n", b"x-a: b\r\n" * 101, b"a:b\r\n" * 20_000])
def test_a_head_too_large(address: str, headers: bytes) -> None:
    with connected(address) as connection:
        begin = time.perf_counter()
        try:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n" + headers + b"\r\n")
            answer = connection.recv(65_536)
        except ConnectionError:  # closed with some of the head unread
            answer = b"HTTP/1.1 431"
        assert answer.startswith(b"HTTP/1.1 431")
        assert time.perf_counter() - begin < 2


BODY = b'{"query": "{ graph { revision } }"}'
CHUNKED = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"


def in_chunks(body: bytes, extension: bytes = b"") -> bytes:
    return b"%x%s\r\n" % (len(body), extension) + body + b"\r\n"


def said(connection: socket.socket) -> bytes:
    """Read one answer whole."""
    answer = b""
    with contextlib.suppress(ConnectionError):  # closed with something unread
        while True:
            head, end, body = answer.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            if end and length and len(body) >= int(length[1]):
                break
            if not (more := connection.recv(65_536)):
                break
            answer += more
    return answer


@pytest.mark.parametrize("hosts", [b"", b"host: a\r\nhost: b\r\n", b"host: a\r\nHOST: a\r\n"])
def test_a_request_has_one_host(address: str, hosts: bytes) -> None:
    with connected(address) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\n" + hosts + b"\r\n")
        assert said(connection).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("trailer", [b"authorization: Bearer fg_x_y", b"origin: https://evil.example", b"host: a"])
def test_what_comes_behind_a_body_is_no_header(address: str, trailer: bytes) -> None:
    with connected(address) as connection:
        connection.sendall(CHUNKED + in_chunks(BODY) + b"0\r\n" + trailer + b"\r\n\r\n")
        assert said(connection).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("begin", "again"),
    [
        (in_chunks(BODY) + b"0\r\n", b"x-a: b\r\n" * 5_000),
        (in_chunks(BODY) + b"0\r\nx-a: ", b"b" * 40_000),
        (b"9;", b"a" * 40_000),
        (b"1;a=" + b"b" * 5_000, b"b" * 40_000),
        (b"", b"1;" + b"a" * 1_000 + b"\r\n \r\n"),
    ],
)
def test_a_body_that_is_all_framing(address: str, begin: bytes, again: bytes) -> None:
    with connected(address) as connection:
        connection.sendall(CHUNKED + begin)
        sent = 0
        started = time.perf_counter()
        try:
            while sent < 50_000_000:
                connection.sendall(again)
                sent += len(again)
        except OSError:
            pass
        assert sent < 10_000_000  # what lies in the buffers of two sockets
        assert time.perf_counter() - started < 5


def test_a_body_in_chunks_of_one_byte(address: str) -> None:
    with connected(address) as connection:
        connection.sendall(CHUNKED)
        for _ in range(20):
            connection.sendall(in_chunks(b" ") * 1_000)
        connection.sendall(in_chunks(BODY) + b"0\r\n\r\n")
        assert said(connection).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("head", [
    b"POST /nothing HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n",
    b"POST /nothing HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nf4240\r\n",
])  # fmt: skip
def test_what_was_answered_before_it_was_sent_whole_lasts_no_longer(address: str, head: bytes) -> None:
    with connected(address) as connection:
        connection.sendall(head + b"a")
        assert said(connection).startswith(b"HTTP/1.1 404")
        assert 0.5 < seconds_until_closed(connection, b"a", 0.2) < 3
    with connected(address) as connection:  # one that is sent whole in time is no reason to hang up
        connection.sendall(b"POST /nothing HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\na")
        assert said(connection).startswith(b"HTTP/1.1 404")
        connection.sendall(b"bGET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        assert said(connection).startswith(b"HTTP/1.1 200")


def test_requests_that_are_sent_without_waiting_for_answers(address: str) -> None:
    one = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
    for count, is_answered in ((30, True), (5_000, False)):
        with connected(address) as connection:
            connection.sendall(one * (count - 1) + one.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
            answers = b""
            with contextlib.suppress(ConnectionError):
                while more := connection.recv(65_536):
                    answers += more
            assert (answers.count(b"HTTP/1.1 200") == count) == is_answered


def unread(address: str, body: dict[str, object], accept: str) -> socket.socket:
    """Ask for much, with a small buffer to take it."""
    host, port = address.removeprefix("http://").split(":")
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.settimeout(10)
    connection.connect((host, int(port)))
    content = json.dumps(body).encode()
    head = f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\naccept: {accept}\r\n"
    connection.sendall(head.encode() + f"content-length: {len(content)}\r\n\r\n".encode() + content)
    return connection


def sockets(process: subprocess.Popen[str]) -> int:
    """How many sockets a process holds; what a closed one had sent may still lie with its reader."""
    folder = Path(f"/proc/{process.pid}/fd")
    if not folder.is_dir():
        pytest.skip("there is no /proc here")
    return sum(str(handle.readlink()).startswith("socket:") for handle in folder.iterdir())


def seconds_until(process: subprocess.Popen[str], count: int) -> float:
    begin = time.perf_counter()
    while time.perf_counter() - begin < 10 and sockets(process) > count:
        time.sleep(0.1)
    return time.perf_counter() - begin


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_an_answer_that_nobody_reads(database: Path, accept: str) -> None:
    with running(database, max_cost="1000000", slow_reader_seconds="0.5", keep_alive_seconds="1", **LOOSE) as (
        process,
        found,
    ):
        wait(found)
        time.sleep(1.5)  # the connections that waited end
        before = sockets(process)
        with unread(found, {"query": LARGE if accept == "application/json" else BIG}, accept):
            time.sleep(0.5)
            assert sockets(process) == before + 1
            assert seconds_until(process, before) < 5


LARGE = "{ " + " ".join(f"a{n}: films(first: 100) {{ nodes {{ id slug title name }} }}" for n in range(400)) + " }"
LOOSE = {"max_aliases": "500", "max_fields": "5000", "max_document_characters": "50000", "max_document_tokens": "10000"}
BIG = f'subscription {{ changes(since: "0") {{ {" ".join(f"a{n}: created" for n in range(25))} }} }}'
"""The first event, of all that the first load made, is larger than what a socket takes."""


def test_a_stream_that_is_read_too_slowly_says_so_and_ends(database: Path) -> None:
    change(database, "one", "two")
    with running(database, slow_reader_seconds="1") as (_, found):
        wait(found)
        with unread(found, {"query": BIG}, "text/event-stream") as connection:
            time.sleep(1.4)
            received = b""
            while chunk := connection.recv(1_000_000):
                received += chunk
    events = [line for line in received.decode().splitlines() if line.startswith(("event:", "data:"))]
    assert [line for line in events if line.startswith("event:")] == ["event: next", "event: next", "event: complete"]
    (error,) = json.loads(events[3].removeprefix("data: "))["errors"]
    assert error["extensions"] == {"code": "SLOW_READER", "retryable": True}


def test_a_stream_does_not_hold_up_a_service_that_is_told_to_stop(database: Path) -> None:
    with running(database, log_format="json") as (process, found):
        wait(found)
        query = "subscription { changes { revision } }"
        with unread(found, {"query": query}, "text/event-stream") as connection:
            assert b"text/event-stream" in connection.recv(65_536)
            begin = time.perf_counter()
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=15)
            assert time.perf_counter() - begin < 5
            rest = b""
            while chunk := connection.recv(65_536):
                rest += chunk
    assert rest.endswith(b"0\r\n\r\n")
    assert b"complete" not in rest
    assert not [line for line in lines(err) if line["level"] == "error"]
