"""A mixed load on one service for a minute, with changes and an analysis going on: `./scripts/bench service`.

oha asks what people ask, one of eight requests after the other on 32 connections. Meanwhile four change sets a
second are applied, each followed over a stream of events, and exact betweenness of the whole graph is computed. What
counts: no answer but 200, how much longer the slowest hundredth waits than the median (p99 / p50), whether changes
wait longer than reads, whether memory stays, and that the stream of changes lost none.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copyfile

import httpx
import orjson

from benchmarks.database import tmdb_database
from benchmarks.documents import documents
from benchmarks.load_generator import find_generator
from benchmarks.report import Report, verdict
from benchmarks.servers import Server, ours
from graph_api.domain.access import Scope
from graph_api.http.tokens import Tokens

CONNECTIONS = 32
SECONDS = 60.0
PAUSE = 0.25
"""Seconds between two changes."""
RATIO_LIMIT = 5.0
CHANGE_LIMIT = 1.5
"""How much longer than of a read the p99 of a change may be."""
GROWTH_LIMIT = 0.1
"""Of the memory that the service has after a quarter of the time."""
_START = (
    """mutation { startAnalysis(input: {measure: BETWEENNESS, projection: {name: COLLABORATION}}) { id status } }"""
)
_RUN = "query ($id: ID!) { analysisRun(id: $id) { status progress } }"
_CHANGE = 'mutation ($title: String!) { addSource(title: $title, kind: "article") { id } }'
_FOLLOW = "subscription ($since: String) { changes(since: $since) { revision } }"


def mixed(film: str, person: str) -> list[bytes]:
    """Return the requests: those that are measured elsewhere too, and what pages ask beside them."""
    asked = [one.body for one in documents(film, person)[:2] + documents(film, person)[3:]]
    for query, variables in (
        ("query($q: String!) { search(query: $q, first: 10) { edges { score node { name kind } } } }", {"q": "star"}),
        ("query($s: String!) { film(slug: $s) { title directors { name } claims { property value } } }", {"s": film}),
        ("query { films(first: 20, orderBy: [{field: YEAR, direction: DESC}]) { nodes { title year } } }", {}),
        (
            "query($s: String!) { person(slug: $s) { name collaborators(first: 10) { edges { weight } } } }",
            {"s": person},
        ),
        ('query { films(filter: {genre: {eq: "Drama"}}, first: 20) { totalCount nodes { slug } } }', {}),
    ):
        asked.append(orjson.dumps({"query": query, "variables": variables}))
    return asked


class Changes:
    """Applies changes, and follows them as a client would."""

    def __init__(self, address: str, token: str) -> None:
        self._client = httpx.Client(base_url=address, timeout=30, headers={"authorization": f"Bearer {token}"})
        self._is_over = threading.Event()
        self.applied: list[float] = []
        self.followed: list[int] = []
        self.failed: list[str] = []
        self.first = int(self._ask("{ graph { revision } }")["graph"]["revision"])
        self._threads = [threading.Thread(target=self._write), threading.Thread(target=self._follow, daemon=True)]

    def _ask(self, query: str, **variables: object) -> dict[str, dict[str, str]]:
        answer = self._client.post("/graphql", json={"query": query, "variables": variables}).json()
        if "errors" in answer:
            raise RuntimeError(answer["errors"][0])
        data: dict[str, dict[str, str]] = answer["data"]
        return data

    def _write(self) -> None:
        while not self._is_over.wait(PAUSE):
            begin = time.perf_counter()
            try:
                self._ask(_CHANGE, title=f"Source {len(self.applied)} of {os.getpid()}")
            except (RuntimeError, httpx.HTTPError) as error:
                self.failed.append(str(error))
            else:
                self.applied.append(time.perf_counter() - begin)

    def _follow(self) -> None:
        body = {"query": _FOLLOW, "variables": {"since": str(self.first)}}
        headers = {"accept": "text/event-stream"}
        # The stream breaks when the service is stopped in the end.
        with suppress(httpx.HTTPError), self._client.stream("POST", "/graphql", json=body, headers=headers) as answer:
            for line in answer.iter_lines():
                if line.startswith("data: {"):
                    self.followed.append(int(json.loads(line[6:])["data"]["changes"]["revision"]))

    def compute(self) -> str:
        """Start the analysis and return its id once it computes."""
        run = ""
        while not run:
            try:
                run = self._ask(_START)["startAnalysis"]["id"]
            except RuntimeError:  # the graph's hash is being computed
                time.sleep(1)
        while self.status(run) not in ("RUNNING", "SUCCEEDED"):
            time.sleep(0.1)
        return run

    def status(self, run: str) -> str:
        """Return how far a run is."""
        return self._ask(_RUN, id=run)["analysisRun"]["status"]

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Apply and follow for as long as the block lasts."""
        for thread in self._threads:
            thread.start()
        yield
        self._is_over.set()
        self._threads[0].join()
        wanted = self.first + len(self.applied)
        for _ in range(100):
            if self.followed and self.followed[-1] >= wanted:
                break
            time.sleep(0.1)


class Memory(threading.Thread):
    """Notes the memory of the service's process, in MB.

    Pages of the database file that are mapped are left out: they are the system's cache, which takes
    and gives them as the file is read and the machine's memory is wanted.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._path = Path(f"/proc/{pid}/statm")
        self.noted: list[float] = []

    def run(self) -> None:
        """Note it twice a second."""
        while self._path.exists():
            resident, shared = map(int, self._path.read_text().split()[1:3])
            self.noted.append((resident - shared) * os.sysconf("SC_PAGE_SIZE") / 1e6)
            time.sleep(0.5)


def put_mixed_load(program: str, address: str, bodies: list[bytes], folder: Path, seconds: float) -> dict[str, object]:
    """Send requests one after the other on all connections; return what oha found."""
    lines = folder / "bodies.txt"
    lines.write_bytes(b"\n".join(bodies) + b"\n")
    command = [
        program, f"{address}/graphql", "-z", f"{seconds}s", "-c", str(CONNECTIONS), "-m", "POST",
        "-T", "application/json", "-H", "accept: application/json", "-Z", str(lines), "--no-tui",
        "--output-format", "json", "--wait-ongoing-requests-after-deadline",
    ]  # fmt: skip
    found: dict[str, object] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def _measure(server: Server, program: str, token: str, folder: Path, report: Report, what: str) -> bool:
    with httpx.Client(base_url=server.address, timeout=60) as client:
        query = "{ films(first: 1) { nodes { slug } } people(first: 1) { nodes { slug } } }"
        data = client.post("/graphql", json={"query": query}).json()["data"]
        film, person = data["films"]["nodes"][0]["slug"], data["people"]["nodes"][0]["slug"]
        bodies = mixed(film, person)
        for body in bodies:
            answer = client.post("/graphql", content=body, headers={"content-type": "application/json"}).json()
            if "errors" in answer:
                raise RuntimeError(answer["errors"][0])
    changes = Changes(server.address, token)
    run = changes.compute()
    memory = Memory(server.pid)
    memory.start()
    with changes.going_on():
        found = put_mixed_load(program, server.address, bodies, folder, SECONDS)
    status = changes.status(run)
    times, answers = found["latencyPercentiles"], found["statusCodeDistribution"]
    assert isinstance(times, dict)
    assert isinstance(answers, dict)
    errors = sum(count for code, count in answers.items() if code != "200") + len(changes.failed)
    dropped = found["errorDistribution"]
    settled, last = memory.noted[len(memory.noted) // 4], max(memory.noted[-10:])
    growth = last / settled - 1
    lost = list(range(changes.first + 1, changes.first + 1 + len(changes.applied))) != changes.followed
    summary = found["summary"]
    assert isinstance(summary, dict)
    slowest = sorted(changes.applied)[int(len(changes.applied) * 0.99)] * 1000
    rows = [
        ("requests a second", round(summary["requestsPerSec"])), ("p50, ms", times["p50"] * 1000),
        ("p90, ms", times["p90"] * 1000), ("p99, ms", times["p99"] * 1000), ("changes applied", len(changes.applied)),
        ("p50 of a change, ms", statistics.median(changes.applied) * 1000),
        ("p99 of a change, ms", slowest), ("MB after a quarter", settled), ("MB in the end", last),
        ("the analysis, in the end", status),
    ]  # fmt: skip
    report.table(f"{what}: {CONNECTIONS} connections, {SECONDS:g} s", ("", ""), rows)
    lines = [
        verdict("answers that are errors, and changes refused", errors, 0),
        verdict("connections that broke", sum(dropped.values()) if isinstance(dropped, dict) else 0, 0),
        verdict("changes that the stream lost or told twice", int(lost), 0),
        verdict("p99 / p50", times["p99"] / times["p50"], RATIO_LIMIT, " times"),
        verdict("p99 of a change / of a read", slowest / (times["p99"] * 1000), CHANGE_LIMIT, " times"),
        verdict("growth of memory", growth, GROWTH_LIMIT),
    ]
    report.lines([*changes.failed[:3], *lines])
    return any("MISSED" in line for line in lines)


def main() -> None:
    """Measure and print."""
    program = find_generator()
    if program is None:
        sys.exit("oha is not installed, and there is no cargo to build it with: https://crates.io/crates/oha")
    database, what = tmdb_database()
    report = Report("service")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copyfile(database, folder / "graph.db")
        _, token = Tokens(folder / "tokens.db").create("bench", Scope.ADMIN, None)
        settings = {"tokens": folder / "tokens.db", "token_rate": 0, "max_cost": 100_000, "slow_query_seconds": 3600}
        with ours(str(folder / "graph.db"), **settings) as server:
            is_missed = _measure(server, program, token, folder, report, what)
    report.save()
    sys.exit(is_missed)


if __name__ == "__main__":
    main()
