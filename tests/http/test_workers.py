"""Several workers behind one address: they share a graph, one that dies is replaced, and all stop together."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.http.test_server import address_of, start

pytestmark = pytest.mark.slow
QUERY = {"query": "{ graph { revision } }"}


@contextmanager
def workers(database: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = start(database, workers="2", **settings)
    try:
        yield process, address_of(process)
    finally:
        process.kill()
        process.communicate()


def test_rates_hold_for_all_workers_together(database: Path) -> None:
    """Sent to a name, since this machine's own requests are not counted; each on a connection of its own."""
    headers = {"host": "graph.example.org"}
    with workers(database, client_rate="10") as (_, address):
        assert until(lambda: answers(address))
        found = [httpx.post(f"{address}/graphql", json=QUERY, headers=headers) for _ in range(30)]
        at_once = [httpx.Client(base_url=address, headers=headers) for _ in range(6)]
        found += [client.post("/graphql", json=QUERY) for client in at_once]
        for client in at_once:
            client.close()
    statuses = [answer.status_code for answer in found]
    assert 10 <= statuses.count(200) <= 11
    assert statuses.count(429) == 36 - statuses.count(200)


def children(process: subprocess.Popen[str]) -> list[int]:
    """The workers: the children that are not Python's own helper."""
    command = ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(process.pid)]
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    lines = [line.split(maxsplit=1) for line in found.stdout.splitlines()]
    return [int(pid) for pid, command in lines if "spawn_main" in command]


def answers(address: str) -> bool:
    try:
        return httpx.post(f"{address}/graphql", json=QUERY, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def until(condition: object, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False


def is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return True
    return state == "Z"


def test_all_answer_and_stop_together(database: Path) -> None:
    with workers(database) as (process, address):
        own = children(process)
        assert len(own) == 2
        assert until(lambda: answers(address))
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert all(is_gone(pid) for pid in own)
        assert not answers(address)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system does not list open files")
def test_connections_that_come_at_once_are_shared_evenly(database: Path) -> None:
    def sockets(pid: int) -> int:
        return sum(str(link.readlink()).startswith("socket:") for link in Path(f"/proc/{pid}/fd").iterdir())

    with workers(database) as (process, address):
        url = httpx.URL(address)
        before = {pid: sockets(pid) for pid in children(process)}
        open_ = [socket.create_connection((url.host, url.port or 80)) for _ in range(12)]
        assert until(lambda: sum(map(sockets, before)) >= sum(before.values()) + 12)
        more = [sockets(pid) - count for pid, count in before.items()]
        assert min(more) >= 4, more  # without sharing one takes them all, nearly always
        for connection in open_:
            connection.close()


def test_ctrl_c_leaves_nothing_behind_and_says_nothing(database: Path) -> None:
    with workers(database, log_level="error") as (process, address):
        own = children(process)
        assert until(lambda: answers(address))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 0
        assert errors == ""
        assert all(is_gone(pid) for pid in own)


def test_a_worker_that_dies_is_replaced_and_the_other_answers_meanwhile(database: Path) -> None:
    with workers(database) as (process, address):
        own = children(process)
        assert until(lambda: answers(address))
        os.kill(own[0], signal.SIGKILL)
        assert until(lambda: answers(address), 5)
        assert until(lambda: len(children(process)) == 2 and own[0] not in children(process))
        process.terminate()
        assert process.wait(30) == 0


def test_workers_do_not_outlive_a_supervisor_that_is_killed(database: Path) -> None:
    with workers(database) as (process, _):
        own = children(process)
        process.kill()
        assert until(lambda: all(is_gone(pid) for pid in own))


def test_an_empty_graph_is_filled_once(tmp_path: Path) -> None:
    with workers(tmp_path / "graph.db") as (process, address):
        assert until(lambda: all(answers(address) for _ in range(20)), 60)
        seen = [httpx.post(f"{address}/graphql", json=QUERY, timeout=5).json() for _ in range(20)]
        assert seen == [{"data": {"graph": {"revision": "1"}}}] * 20
        process.terminate()
        assert process.wait(30) == 0


def test_what_keeps_them_from_starting_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "no.db").write_text("this is no database at all" * 100)
    process = start(tmp_path / "no.db", workers="2")
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out == ""
    assert re.fullmatch(r"StoreCorrupt: .*\n", errors)


def test_a_port_in_use_is_told_before_any_worker_starts(database: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(database, workers="2", port=str(taken.getsockname()[1]))
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "can't be listened on" in errors
