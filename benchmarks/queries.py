"""GraphQL requests of ours against plain Strawberry with DataLoaders, and against no GraphQL at all.

    python -m benchmarks.queries

"Plain" (`benchmarks/plain`) has the fields that are asked for as `schema.graphql` has them, reads
the same SQLite file by one statement a level, and is served by uvicorn with uvloop and httptools
through its own view with orjson. "By hand" fetches the same rows and dumps dictionaries written
out by hand, through an endpoint of a few lines. Ours is `filmgraph serve`. All are asked in turn,
in rounds; a figure is the median of its rounds. Pages may have 1,000 items (by default 100), no
request is logged; nothing else is changed.
"""

import argparse
import asyncio
import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import orjson

from benchmarks import in_process, memory
from benchmarks.database import tmdb_database
from benchmarks.documents import Asked, documents
from benchmarks.load_generator import Load, find_generator, put_load
from benchmarks.report import Report, verdict, verdict_at_least
from benchmarks.servers import Client, Server, cpu_seconds, ours, plain

BY_HAND_LIMIT = 1.6
WORKERS_TARGET = 1.5
SETTINGS = {"max_page_size": 1000, "max_cost": 100_000}
_CONNECTIONS = (1, 8, 32)
_LOADS = 3


def rounds(steps: Mapping[str, Callable[[], object]], count: int, seconds: float = 0.03) -> dict[str, float]:
    """Return the median milliseconds of each step, all run in turn, each round for so many seconds."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    repeats = {}
    for name, step in steps.items():
        step()
        start = time.perf_counter()
        step()
        repeats[name] = max(1, int(seconds / (time.perf_counter() - start)))
    for _ in range(count):
        for name, step in steps.items():
            start = time.perf_counter()
            for _ in range(repeats[name]):
                step()
            times[name].append((time.perf_counter() - start) / repeats[name] * 1000)
    return {name: statistics.median(found) for name, found in times.items()}


def over_http(report: Report, asked: Sequence[Asked], graph: Server, other: Server, count: int) -> None:
    """Time whole requests on one connection each."""
    one, two = Client(graph.address), Client(other.address)
    rows: list[tuple[object, ...]] = []
    verdicts = []
    for each in asked:
        body = each.body
        steps: dict[str, Callable[[], bytes]] = {
            "ours": lambda body=body: one.post("/graphql", body),  # type: ignore[misc]
            "plain": lambda body=body: two.post("/graphql", body),  # type: ignore[misc]
        }
        if each.is_list:
            steps["by hand"] = lambda body=body, name=each.name: two.post(f"/by-hand/{name}", body)  # type: ignore[misc]
        answers = {name: orjson.loads(step()) for name, step in steps.items()}
        wrong = {name: str(answer)[:300] for name, answer in answers.items() if answer != answers["plain"]}
        assert not wrong, wrong
        found = rounds(steps, count)
        hand = found.get("by hand")
        ratio = found["plain"] / found["ours"]
        rows.append(
            (each.title, found["plain"], hand or "", found["ours"], ratio, found["ours"] / hand if hand else "",
             _cpu_ratio(graph, other, steps, found))
        )  # fmt: skip
        verdicts.append(verdict_at_least(f"{each.title}, plain / ours", ratio, each.target))
        if hand:
            verdicts.append(verdict(f"{each.title}, ours / by hand", found["ours"] / hand, BY_HAND_LIMIT))
    nothing = rounds({"empty": lambda: two.post("/nothing", b"{}")}, count)["empty"]
    rows.append(("an empty reply, no GraphQL", "", nothing, "", "", "", ""))
    columns = ("milliseconds", "plain", "by hand", "ours", "plain / ours", "ours / by hand", "of CPU: plain / ours")
    report.table("Whole HTTP requests, one connection", columns, rows)
    report.lines(verdicts)
    one.close()
    two.close()


def _cpu_ratio(
    graph: Server, other: Server, steps: Mapping[str, Callable[[], object]], found: Mapping[str, float]
) -> float | str:
    """Return how many times as long the plain server computes; what else runs on the machine hardly changes it."""
    used = {}
    for name, server in (("ours", graph), ("plain", other)):
        count = max(5, int(300 / found[name]))
        before = cpu_seconds(server.pid)
        for _ in range(count):
            steps[name]()
        after = cpu_seconds(server.pid)
        if before is None or after is None:
            return ""
        used[name] = (after - before) / count
    return used["plain"] / used["ours"]


def under_load(report: Report, asked: Sequence[Asked], servers: Mapping[str, Server], seconds: float) -> None:
    """Put a load on each server, in turn; the best of a few counts, since what else runs can only slow one down."""
    program = find_generator()
    if program is None:
        report.lines(["throughput is not measured: there is neither oha nor cargo"])
        return
    for each in asked:
        found: dict[tuple[str, int], Load] = {}
        for _ in range(_LOADS):
            for connections in _CONNECTIONS:
                for name, server in servers.items():
                    load = put_load(program, f"{server.address}/graphql", each.body, connections, seconds)
                    known = found.get((name, connections))
                    if known is None or load.rate > known.rate:
                        found[name, connections] = load
        rows = [
            (f"{name}, {connections} connections", load.rate, load.p50, load.p99)
            for (name, connections), load in found.items()
        ]
        report.table(f"Under load: {each.title}", ("", "requests/s", "p50 ms", "p99 ms"), rows)
        if "ours, 2 workers" in servers:
            ratio = found["ours, 2 workers", 8].rate / found["ours", 8].rate
            report.lines([verdict_at_least(f"{each.title}, two workers / one, 8 connections", ratio, WORKERS_TARGET)])


def main() -> None:
    """Print all tables and keep them in benchmarks/results/queries.txt."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--rounds", type=int, default=21, help="how often each is timed")
    options.add_argument("--seconds", type=float, default=2.0, help="how long each load lasts")
    options.add_argument("--only", choices=("http", "in-process", "load", "memory"), help="only this part")
    given = options.parse_args()
    report = Report("queries")
    database, what = tmdb_database()
    report.lines([what, ""])
    asked = documents(*_film_and_person(database))
    gc.collect()
    with ExitStack() as stack:
        graph = stack.enter_context(ours(str(database), **SETTINGS))
        other = stack.enter_context(plain(database))
        if given.only in (None, "http"):
            over_http(report, asked, graph, other, given.rounds)
        if given.only in (None, "in-process"):
            asyncio.run(in_process.compare(report, asked, database, given.rounds))
        if given.only in (None, "load"):
            two = stack.enter_context(ours(str(database), workers=2, **SETTINGS))
            under_load(report, asked, {"plain": other, "ours": graph, "ours, 2 workers": two}, given.seconds)
        if given.only in (None, "memory"):
            asyncio.run(memory.measure(report, database))
    report.save()


def _film_and_person(database: Path) -> tuple[str, str]:
    """Return the slugs of a film with many fields and of the person with most relationships."""
    from benchmarks.plain.statements import connect

    db = connect(database)
    film = db.execute(
        "SELECT slug FROM entity WHERE kind = 'FILM' AND p_runtime IS NOT NULL AND p_genres IS NOT NULL"
        " AND p_released_on IS NOT NULL ORDER BY degree DESC, id LIMIT 1"
    ).fetchone()[0]
    person = db.execute("SELECT slug FROM entity WHERE kind = 'PERSON' ORDER BY degree DESC, id LIMIT 1").fetchone()[0]
    db.close()
    return film, person


if __name__ == "__main__":
    main()
