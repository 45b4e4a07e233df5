"""Analyses over real HTTP: a client that goes away, and two processes that follow and stop each other's runs."""

import json
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.http.test_server import running
from tests.http.test_workers import until, workers

pytestmark = pytest.mark.slow
SIGNIFICANCE = """query ($samples: Int!) {
  significance(measure: BETWEENNESS, samples: $samples) { run { id status } scores(first: 1) { score } } }"""
RUNS = "{ analysisRuns(first: 1) { nodes { id status progress } } }"
RUN = "query ($id: ID!) { analysisRun(id: $id) { status progress } }"
CANCEL = "mutation ($id: ID!) { cancelAnalysis(id: $id) { status } }"
QUICK, LONG = 600, 10_000
"""Samples for which the answer is waited for, and for which a run is."""


def asked(address: str, query: str, **variables: object) -> dict[str, Any]:
    """Ask over a connection of its own, which any process may take."""
    answer = httpx.post(f"{address}/graphql", json={"query": query, "variables": variables}, timeout=60).json()
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]
    return found


def last_run(address: str) -> dict[str, Any]:
    nodes = asked(address, RUNS)["analysisRuns"]["nodes"]
    return nodes[0] if nodes else {"status": None, "progress": 0.0}


def computing(process: "subprocess.Popen[str]") -> list[int]:
    """The processes of analyses below a service that use a core now."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                command = (entry / "cmdline").read_bytes()
                if fields[0] == "R" and b"graph_api.worker" in command and process.pid in _above(int(entry.name)):
                    found.append(int(entry.name))
    return found


def _above(pid: int) -> list[int]:
    found = []
    while pid > 1:
        with suppress(OSError):
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            found.append(pid)
            continue
        break
    return found


def seconds_until(condition: Callable[[], bool]) -> float:
    begun = time.monotonic()
    assert until(condition)
    return time.monotonic() - begun


def test_an_analysis_whose_client_goes_away_frees_its_core(database: Path) -> None:
    with running(database) as (process, address):
        asked(address, SIGNIFICANCE, samples=2)  # a worker is there, and the code is loaded
        parts = urlsplit(address)
        body = json.dumps({"query": SIGNIFICANCE, "variables": {"samples": QUICK}})
        head = f"POST /graphql HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        with socket.create_connection((str(parts.hostname), parts.port or 80)) as client:
            client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            assert until(lambda: last_run(address)["progress"] > 0 and last_run(address)["status"] == "RUNNING")
            assert computing(process)
        assert seconds_until(lambda: last_run(address)["status"] == "CANCELLED") < 1.0
        assert not computing(process)


def test_processes_of_a_service_follow_and_stop_each_others_runs(database: Path) -> None:
    with workers(database, analysis_workers="1") as (process, address):
        run = asked(address, SIGNIFICANCE, samples=LONG)["significance"]["run"]["id"]
        for _ in range(6):  # whichever process takes the connection knows of it
            assert asked(address, RUN, id=run)["analysisRun"]["status"] in ("QUEUED", "RUNNING")
        assert until(lambda: asked(address, RUN, id=run)["analysisRun"]["progress"] > 0)
        others = [asked(address, SIGNIFICANCE, samples=LONG - n)["significance"]["run"]["id"] for n in range(1, 5)]
        assert {asked(address, RUN, id=other)["analysisRun"]["status"] for other in others} == {"QUEUED"}
        assert len(computing(process)) <= 1  # one at a time, of both processes together
        for other in others:
            assert asked(address, CANCEL, id=other)["cancelAnalysis"]["status"] == "CANCELLED"
        assert asked(address, CANCEL, id=run)["cancelAnalysis"]["status"] == "CANCELLED"
        assert seconds_until(lambda: not computing(process)) < 1.0
