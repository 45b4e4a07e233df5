"""What a run costs those who ask simple questions meanwhile: `./scripts/bench runs`.

One service answers simple queries one after another, with and without a run of exact betweenness beside them, in
turns of some seconds, so that both see the same machine. A task that sleeps for 5 ms at a time notes how late it wakes.
On a machine that does other things that is not all the service's doing: no more of it than the processor's time that
the service used meanwhile is, all its threads together, and that is what counts as held up. Then: answers of analyses
over 50,000 people; and how soon the core is free once a run is stopped.
"""

import asyncio
import itertools
import time
from contextlib import suppress
from pathlib import Path

import httpx
import orjson

from benchmarks.database import tmdb_database
from benchmarks.report import Report, verdict
from graph_api.app import create_app
from graph_api.serving import calm_collector
from graph_api.settings import Settings

TURNS = 6
SECONDS = 5.0
_TICK = 0.005
_FILMS = "{ films(first: 100) { nodes { slug } } }"
_FILM = "query ($slug: String!) { film(slug: $slug) { title year directors { name } citations { locator } } }"
_START = (
    """mutation { startAnalysis(input: {measure: BETWEENNESS, projection: {roles: [CAST, DIRECTOR]}}) { id status } }"""
)
_ALL = "projection: {roles: [CAST, DIRECTOR]}"
_ANALYSES = (
    f"""{{ centrality(measure: PAGERANK, {_ALL}) {{
      found: scores(first: 100) {{ nodes {{ score entity {{ name }} }} }} }} }}""",
    f"""{{ communities(algorithm: CONNECTED_COMPONENTS, {_ALL}) {{
      found: communities(first: 10) {{ nodes {{ size members(first: 10) {{ nodes {{ id }} }} }} }} }} }}""",
    f"{{ compareCentrality(measure: PAGERANK, {_ALL}, with: {{}}) {{ found: changes {{ risen }} }} }}",
)
_CANCEL = "mutation ($id: ID!) { cancelAnalysis(id: $id) { status seconds } }"
_RUN = "query ($id: ID!) { analysisRun(id: $id) { status progress } }"


class _Lag:
    """How late the event loop is, in milliseconds: by the wall's clock, and no more than this process computed."""

    def __init__(self) -> None:
        self.late: list[tuple[float, float]] = []
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            due, computed = time.perf_counter() + _TICK, time.process_time()
            await asyncio.sleep(_TICK)
            late = 1e3 * (time.perf_counter() - due)
            self.late.append((late, min(late, 1e3 * (time.process_time() - computed))))

    def taken(self) -> list[tuple[float, float]]:
        """Return what was noted since the last time."""
        found, self.late = self.late, []
        return found

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


def _share(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


async def _ask(client: httpx.AsyncClient, query: str, **variables: object) -> dict[str, dict[str, str]]:
    body = orjson.dumps({"query": query, "variables": variables})
    answer = await client.post("/graphql", content=body, headers={"content-type": "application/json"})
    data: dict[str, dict[str, str]] = answer.json()["data"]
    return data


async def _times(client: httpx.AsyncClient, slugs: "itertools.cycle[str]") -> list[float]:
    """Return the milliseconds of each query of a turn."""
    end, times = time.perf_counter() + SECONDS, []
    while (begun := time.perf_counter()) < end:
        await _ask(client, _FILM, slug=next(slugs))
        times.append(1e3 * (time.perf_counter() - begun))
        await asyncio.sleep(0.002)
    return times


async def _computing(client: httpx.AsyncClient) -> str:
    """Start a run and return its id once it computes."""
    started: dict[str, dict[str, str]] = {}
    for _ in range(600):
        if started := await _ask(client, _START):
            break
        await asyncio.sleep(1.0)  # the graph's hash is being computed
    run = started["startAnalysis"]["id"]
    for _ in range(6_000):
        if float((await _ask(client, _RUN, id=run))["analysisRun"]["progress"]) > 0:
            return run
        await asyncio.sleep(0.05)
    raise AssertionError


def _cpu() -> float:
    """Return the seconds of processor time that this process's children have used so far."""
    import os

    ticks, own = os.sysconf("SC_CLK_TCK"), str(os.getpid())
    found = 0.0
    for entry in Path("/proc").iterdir():
        with suppress(OSError, IndexError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if fields[1] == own:
                found += (int(fields[11]) + int(fields[12])) / ticks
    return found


async def _measure(database: Path, report: Report) -> None:
    app = create_app(Settings(database=str(database), log_level="error"))
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=600) as client,
    ):
        nodes = (await _ask(client, _FILMS))["films"]["nodes"]
        slugs = itertools.cycle(node["slug"] for node in nodes)  # type: ignore[index]
        await _computing_and_stopped(client)
        calm_collector()  # as `serve` does
        lag = _Lag()
        times: dict[bool, list[float]] = {False: [], True: []}
        late: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
        stopped: list[float] = []
        for turn in range(2 * TURNS):
            is_computing = bool(turn % 2)
            run = await _computing(client) if is_computing else ""
            lag.taken()
            times[is_computing] += await _times(client, slugs)
            late[is_computing] += lag.taken()
            if is_computing:
                stopped.append(await _stopped(client, run))
        answering = await _held_by_answers(client, lag)
        await lag.stop()
    rows = [
        (
            name,
            len(times[w]),
            _share(times[w], 0.5),
            _share(times[w], 0.99),
            max(wall for wall, _ in late[w]),
            max(own for _, own in late[w]),
        )
        for w, name in ((False, "without a run"), (True, "beside a run"))
    ]
    report.table("Simple queries, ms", ("", "queries", "median", "p99", "loop late, most", "by its own doing"), rows)
    report.lines(
        [
            verdict("p99 beside a run, to p99 without", rows[1][3] / rows[0][3], 1.5, " times"),
            verdict("event loop held up beside a run", rows[1][5], 50, " ms"),
            verdict("event loop held up by answers of analyses", answering, 50, " ms"),
            verdict("core free after a run is stopped", max(stopped), 1, " s"),
        ]
    )


async def _held_by_answers(client: httpx.AsyncClient, lag: _Lag) -> float:
    """Return the most milliseconds for which answers of analyses of all people held up the loop."""
    lag.taken()
    for query in _ANALYSES:
        for _ in range(600):
            answer = await _ask(client, query)
            if answer and next(iter(answer.values()))["found"] is not None:
                break
            await asyncio.sleep(0.5)
        for _ in range(5):
            await _ask(client, query)
    return max(own for _, own in lag.taken())


async def _computing_and_stopped(client: httpx.AsyncClient) -> None:
    """Bring everything in its place once: the projection, the kernels' code."""
    await _stopped(client, await _computing(client))


async def _stopped(client: httpx.AsyncClient, run: str) -> float:
    """Stop a run and return the seconds until no worker uses the processor any more."""
    begun = time.perf_counter()
    await _ask(client, _CANCEL, id=run)
    before = _cpu()
    while time.perf_counter() - begun < 10:
        free = time.perf_counter() - begun
        await asyncio.sleep(0.05)
        now = _cpu()
        if now <= before:
            return free
        before = now
    return 10.0


def main() -> None:
    """Measure and print."""
    database, what = tmdb_database()
    report = Report("runs")
    report.lines([what])
    asyncio.run(_measure(database, report))
    report.save()


if __name__ == "__main__":
    main()
