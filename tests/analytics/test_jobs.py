"""Analyses as jobs in real worker processes: answers, progress, stopping, turns, limits, restarts."""

import asyncio
import os
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from graph_api.analytics import requests
from graph_api.analytics.communities import CommunityAlgorithm
from graph_api.analytics.jobs.jobs import JobLimits, Jobs
from graph_api.analytics.jobs.keep import INTERRUPTED, RunFile, runs_path
from graph_api.analytics.jobs.lanes import Turns
from graph_api.analytics.measures.catalogue import CentralityMeasure as M
from graph_api.analytics.records import Records
from graph_api.analytics.requests import Rows
from graph_api.analytics.runs import AnalysisRun, RunStatus
from graph_api.analytics.service import Analyses
from graph_api.analytics.spec import ProjectionSpec
from graph_api.domain.paging import PageRequest
from graph_api.errors import AnalysisCancelled, BadInput, FilmGraphError, LimitExceeded, NotFound, QueueFull
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from tests.analytics import slow_work
from tests.analytics.samples import person
from tests.analytics.slow_work import request, slow
from tests.analytics.test_service import _items

FIRST = Rows((person("ann"),))
pytestmark = pytest.mark.slow


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(str(tmp_path / "graph.db"))
    await opened.apply([_items()], actor="test")
    yield opened
    await opened.close()


async def opened(store: Store, tmp_path: Path, *, is_shared: bool = False, **limits: float) -> Analyses:
    """Analyses of which none is small, so that each goes to a worker."""
    address = str(tmp_path / "graph.db")
    jobs = Jobs(address, JobLimits(**limits), is_shared=is_shared)  # type: ignore[arg-type]
    return Analyses(store, jobs=jobs, records=await Records.open(address, 1_000_000), inline_seconds=-1.0)


@pytest.fixture
async def analyses(store: Store, tmp_path: Path) -> AsyncIterator[Analyses]:
    service = await opened(store, tmp_path)
    yield service
    await service.close()


def processes() -> list[int]:
    """The ids of workers, and of what they started, that use a core now."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                group = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(group[3]) in _sessions and group[0] == "R":
                    found.append(int(entry.name))
    return found


_sessions: set[int] = set()


def workers_of(parent: int) -> list[int]:
    """The workers of a process; each is the leader of a session of its own."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == parent and b"graph_api.worker" in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
    return found


def note_sessions() -> None:
    """Remember the sessions of the workers that run now."""
    _sessions.update(workers_of(os.getpid()))


async def running(analyses: Analyses, run: str) -> AnalysisRun:
    """Wait until a run has come some way."""
    async with asyncio.timeout(60):
        async for record in analyses.watch(run):
            if record.progress > 0 or record.status in (RunStatus.FAILED, RunStatus.SUCCEEDED):
                note_sessions()
                return record
    raise AssertionError


async def first_run(analyses: Analyses) -> AnalysisRun:
    """Wait until there is a run."""
    for _ in range(1_000):
        if runs := (await analyses.runs(PageRequest())).items:
            return runs[0]
        await asyncio.sleep(0.01)
    raise AssertionError


async def is_idle_within(seconds: float) -> bool:
    """Tell whether the workers leave the cores alone within so many seconds."""
    end = time.monotonic() + seconds
    for _ in range(10_000):
        if not processes():
            return time.monotonic() < end
        await asyncio.sleep(0.01)
    return False


async def test_a_worker_gives_the_same_bytes_as_this_process(store: Store, analyses: Analyses) -> None:
    here = Analyses(store)
    for measure in (M.BETWEENNESS, M.PAGERANK):
        apart, own = await asyncio.gather(
            analyses.centrality(measure, ProjectionSpec()), here.centrality(measure, ProjectionSpec())
        )
        assert apart.run.id == own.run.id
        assert (apart.run.nodes, apart.run.relationships) == (3, 2)
        assert apart.result.ids == own.result.ids
        assert apart.result.scores.tobytes() == own.result.scores.tobytes()
    groups = await analyses.communities(CommunityAlgorithm.LEIDEN, ProjectionSpec())
    assert (
        groups.result.modularity
        == (await here.communities(CommunityAlgorithm.LEIDEN, ProjectionSpec())).result.modularity
    )
    (path,) = (await analyses.paths(person("ann"), person("di"), ProjectionSpec())).result.items
    assert path.people == (person("ann"), person("bo"), person("di"))
    await here.close()


async def test_a_long_one_becomes_a_run_that_can_be_followed_and_stopped(analyses: Analyses) -> None:
    begun = time.monotonic()
    asked = await analyses.ask(slow("long"), patience=30.0)
    assert asked.result is None
    assert asked.run.status in (RunStatus.QUEUED, RunStatus.RUNNING)
    assert time.monotonic() - begun < 25
    seen = [record async for record in _until_stopped(analyses, asked.run.id)]
    assert seen[-1].status is RunStatus.CANCELLED
    assert seen[-1].error is None
    progress = [record.progress for record in seen]
    assert progress == sorted(progress)
    assert 0 < progress[-1] < 0.5
    assert processes() == []


async def _until_stopped(analyses: Analyses, run: str) -> AsyncIterator[AnalysisRun]:
    """Follow a run, and stop it when it has told twice how far it is; its core is free within a second."""
    told: set[float] = set()
    async for record in analyses.watch(run):
        yield record
        told.add(record.progress)
        if len(told) == 3 and record.status is RunStatus.RUNNING:
            note_sessions()
            assert processes() != []
            assert (await analyses.cancel(run)).status is RunStatus.CANCELLED
            assert await is_idle_within(1.0)


async def test_what_a_worker_started_ends_with_it(analyses: Analyses) -> None:
    run = await analyses.start(request("children", partial(slow_work.with_child, seconds=60.0), seconds=60.0))
    await running(analyses, run.id)
    assert len(processes()) >= 2
    await analyses.cancel(run.id)
    assert await is_idle_within(1.0)


async def test_a_client_that_goes_away_stops_its_analysis_and_no_other(analyses: Analyses) -> None:
    alone = asyncio.create_task(analyses.finish(slow("alone")))
    runs = [await first_run(analyses)]
    await running(analyses, runs[0].id)
    alone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await alone
    async with asyncio.timeout(1.0):
        last = [record async for record in analyses.watch(runs[0].id)][-1]
    assert last.status is RunStatus.CANCELLED

    first, second = (asyncio.create_task(analyses.finish(slow("shared", 4.0))) for _ in range(2))
    await asyncio.sleep(0.5)
    first.cancel()
    assert (await second).result == FIRST


async def test_one_who_waits_for_a_run_that_another_stops_is_told(analyses: Analyses) -> None:
    waiting = asyncio.create_task(analyses.finish(slow("stopped")))
    runs = [await first_run(analyses)]
    await running(analyses, runs[0].id)
    await analyses.cancel(runs[0].id)
    with pytest.raises(AnalysisCancelled, match="was stopped"):
        await waiting


async def test_quick_ones_do_not_wait_for_long_ones(analyses: Analyses) -> None:
    run = await analyses.start(slow("hog"))
    await running(analyses, run.id)
    async with asyncio.timeout(20):
        assert (await analyses.centrality(M.DEGREE, ProjectionSpec())).result.ids[0] == person("bo")
    assert (await analyses.run(run.id)).status is RunStatus.RUNNING  # type: ignore[union-attr]


async def test_an_analysis_that_would_take_too_much_is_refused_before_it_starts(store: Store, tmp_path: Path) -> None:
    service = await opened(store, tmp_path, memory=1e9, seconds=100.0)
    with pytest.raises(LimitExceeded, match=r"about 2\.0 GB of memory, more than 1\.0 GB; narrow it"):
        await service.finish(request("big", slow_work.die, bytes_=2e9))
    with pytest.raises(LimitExceeded, match="about 200 s on this projection, more than 100 s; narrow it"):
        await service.finish(request("long", slow_work.die, seconds=200.0))
    assert [run.status for run in (await service.runs(PageRequest())).items] == [RunStatus.FAILED] * 2
    await service.close()


async def test_failures_are_told_and_the_next_analysis_runs(
    analyses: Analyses, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(NotFound, match="nobody is called so"):
        await analyses.finish(request("fails", slow_work.fail))
    with pytest.raises(FilmGraphError, match=r"^the analysis failed$"):
        await analyses.finish(request("breaks", slow_work.break_))
    assert any("a fault with a secret in it" in str(record.__dict__) for record in caplog.records)
    with pytest.raises(LimitExceeded, match="most likely for want of memory"):
        await analyses.finish(request("dies", slow_work.die))
    with pytest.raises(LimitExceeded, match="the system ended the analysis"):
        await analyses.finish(request("leaves", slow_work.leave))
    errors = [run.error for run in (await analyses.runs(PageRequest())).items]
    assert errors[2] == "the analysis failed"
    assert (await analyses.finish(slow("works", 0.01))).result == FIRST


async def test_what_was_thought_to_be_quick_is_queued_when_it_is_not(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph_api.analytics.jobs.jobs.BROKEN_OFF", 3.0)
    service = await opened(store, tmp_path)
    asked = await service.ask(request("sly", partial(slow_work.busy, seconds=6.0)), patience=30.0)
    assert asked.result is None
    assert (await service.finish(request("sly", partial(slow_work.busy, seconds=6.0)))).result == FIRST
    await service.close()


async def test_results_are_found_again_by_another_process(store: Store, tmp_path: Path) -> None:
    first = await opened(store, tmp_path)
    made = await first.centrality(M.BETWEENNESS, ProjectionSpec())
    grouped = await first.communities(CommunityAlgorithm.LEIDEN, ProjectionSpec())
    await first.close()
    second = await opened(store, tmp_path)
    assert (await second.run(made.run.id)) == made.run
    found = await second.centrality(M.BETWEENNESS, ProjectionSpec())
    assert found.run == made.run
    assert found.result.ids == made.result.ids
    assert found.result.scores.tobytes() == made.result.scores.tobytes()
    assert found.result.ranks.tolist() == made.result.ranks.tolist()
    again = await second.communities(CommunityAlgorithm.LEIDEN, ProjectionSpec())
    assert again.run.queued_at == grouped.run.queued_at
    assert [c.members for c in again.result.communities] == [c.members for c in grouped.result.communities]
    await second.close()


async def test_a_run_that_its_program_did_not_survive_says_so(store: Store, tmp_path: Path) -> None:
    service = await opened(store, tmp_path)
    run = await service.start(slow("lost"))
    await running(service, run.id)
    other = await opened(store, tmp_path)
    assert (await other.run(run.id)).status is RunStatus.RUNNING  # type: ignore[union-attr]
    await other.close()
    await service.close()
    assert processes() == []
    again = await opened(store, tmp_path)
    record = await again.run(run.id)
    assert record is not None
    assert (record.status, record.error) == (RunStatus.FAILED, INTERRUPTED)
    await again.close()


_CRASH = """
import asyncio, sys
from pathlib import Path
from graph_api.store.factory import open_store
from tests.analytics.slow_work import slow
from tests.analytics.test_jobs import opened, running
async def main(path):
    store = await open_store(str(path / "graph.db"))
    service = await opened(store, path)
    run = await service.start(slow("killed"))
    await running(service, run.id)
    print(run.id, flush=True)
    await asyncio.sleep(60)
asyncio.run(main(Path(sys.argv[1])))
"""


async def test_killing_the_service_ends_its_workers_and_its_runs_say_so(store: Store, tmp_path: Path) -> None:
    service = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CRASH, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert service.stdout is not None
    run = (await service.stdout.readline()).decode().strip()
    children = workers_of(service.pid)
    assert children
    _sessions.update(children)
    assert processes()
    service.send_signal(signal.SIGKILL)
    await service.wait()
    assert await is_idle_within(1.0)
    again = await opened(store, tmp_path)
    record = await again.run(run)
    assert record is not None
    assert (record.status, record.error) == (RunStatus.FAILED, INTERRUPTED)
    await again.close()


async def test_kept_results_are_bounded(store: Store, tmp_path: Path) -> None:
    address = str(tmp_path / "graph.db")
    measures = (M.DEGREE, M.STRENGTH, M.CLOSENESS, M.HARMONIC)
    made = await opened(store, tmp_path)
    sizes = [len((await made.centrality(m, ProjectionSpec())).result.ids) for m in measures]
    await made.close()
    assert sizes == [3] * 4
    bound = 700
    small = Analyses(store, records=await Records.open(address, bound, keep_runs=3))
    await small.centrality(M.CORE_NUMBER, ProjectionSpec())
    await small.close()
    with sqlite3.connect(runs_path(address)) as db:
        assert db.execute("SELECT sum(bytes) FROM run").fetchone()[0] <= bound
        assert db.execute("SELECT count(*) FROM run").fetchone()[0] == 3
        assert db.execute("SELECT bytes > 0 FROM run ORDER BY number DESC LIMIT 1").fetchone()[0]
    db.close()


async def test_a_folder_that_can_not_be_written_keeps_nothing_and_works(store: Store) -> None:
    records = await Records.open("/proc/graph.db", 1_000)
    service = Analyses(store, records=records)
    assert (await service.centrality(M.DEGREE, ProjectionSpec())).run.status is RunStatus.SUCCEEDED
    await service.close()


async def test_the_queue_is_bounded(store: Store, tmp_path: Path) -> None:
    service = await opened(store, tmp_path, queue=2, queue_per_client=1)
    runs = [await service.start(slow(name), "ann") for name in ("one", "two")]
    with pytest.raises(QueueFull, match="wait already; try again"):
        await service.finish(slow("three"), "ann")
    for name in ("four", "five"):
        with pytest.raises(QueueFull):
            await service.start(slow(name), "ann")
    assert {run.id for run in (await service.runs(PageRequest())).items} == {run.id for run in runs}
    await running(service, runs[0].id)
    assert (await service.run(runs[1].id)).status is RunStatus.QUEUED  # type: ignore[union-attr]
    assert (await service.cancel(runs[1].id)).status is RunStatus.CANCELLED
    await service.close()


async def test_turns_go_round_between_clients() -> None:
    turns = Turns(1, 100, 100)
    order: list[str] = []

    async def take(client: str) -> None:
        async with turns.turn(client):
            order.append(client)
            await asyncio.sleep(0)

    await asyncio.gather(*(take(client) for client in "aaaabbc"))
    assert order == ["a", "a", "b", "c", "a", "b", "a"]
    assert turns.waiting == 0


async def test_who_leaves_the_queue_does_not_hold_it_up() -> None:
    turns = Turns(1, 3, 2)
    holding = asyncio.Event()

    async def take(client: str) -> str:
        async with turns.turn(client):
            await holding.wait()
            return client

    first, second, third = (asyncio.create_task(take(c)) for c in "aab")
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    assert turns.waiting == 1
    holding.set()
    assert await first == "a"
    assert await third == "b"
    with pytest.raises(asyncio.CancelledError):
        await second


async def test_unknown_runs(analyses: Analyses) -> None:
    with pytest.raises(NotFound, match="no analysis run with this id"):
        await analyses.cancel("nobody")
    with pytest.raises(BadInput, match="has no parameter 'speed'"):
        requests.centrality(M.DEGREE, ProjectionSpec(), {"speed": 1})


async def test_processes_of_one_service_see_and_stop_each_others_runs(store: Store, tmp_path: Path) -> None:
    one, two = await opened(store, tmp_path), await opened(store, tmp_path)
    run = await one.start(slow("shared"))
    await running(one, run.id)
    seen = await two.run(run.id)
    assert seen is not None
    assert seen.status is RunStatus.RUNNING
    assert [record.id for record in (await two.runs(PageRequest())).items] == [run.id]
    async with asyncio.timeout(10):
        async for record in two.watch(run.id):
            if record.progress > 0:
                break
    assert (await two.cancel(run.id)).status is RunStatus.CANCELLED
    assert (await one.run(run.id)) == (await two.run(run.id))
    assert await is_idle_within(1.0)
    await one.close()
    await two.close()


async def test_bounds_hold_for_all_processes_of_a_service(store: Store, tmp_path: Path) -> None:
    one, two = [await opened(store, tmp_path, is_shared=True, queue=2, queue_per_client=1) for _ in range(2)]
    first = await one.start(slow("first"), "ann", 60.0)
    await running(one, first.id)
    second = await two.start(slow("second"), "ann", 60.0)
    with pytest.raises(QueueFull, match="1 analyses wait already"):
        await one.start(slow("third"), "ann", 60.0)
    third = await one.start(slow("third"), "bo", 60.0)
    with pytest.raises(QueueFull, match="2 analyses wait already"):
        await two.start(slow("fourth"), "cy", 60.0)
    await asyncio.sleep(0.5)
    assert (await two.run(second.id)).status is RunStatus.QUEUED  # type: ignore[union-attr]
    await two.cancel(first.id)
    await running(one, third.id)  # ann has had a turn, bo has not
    assert (await two.run(second.id)).status is RunStatus.QUEUED  # type: ignore[union-attr]
    await one.close()
    assert (await running(two, second.id)).status is RunStatus.RUNNING
    await two.close()


async def test_turns_of_a_process_that_was_killed_are_free_again(store: Store, tmp_path: Path) -> None:
    service = await opened(store, tmp_path, is_shared=True)
    run = await service.start(slow("one"))
    await running(service, run.id)
    await service.cancel(run.id)
    with sqlite3.connect(runs_path(str(tmp_path / "graph.db"))) as db:
        dead = f"{socket.gethostname()} {2**22 + 1} 1"
        db.execute("INSERT INTO turn VALUES ('left', 0, '', ?, 'holds')", (dead,))
    db.close()
    again = await service.start(slow("two"))
    assert (await running(service, again.id)).status is RunStatus.RUNNING
    await service.close()


async def test_an_equal_analysis_asked_of_another_process_is_joined(store: Store, tmp_path: Path) -> None:
    one, two = [await opened(store, tmp_path, is_shared=True) for _ in range(2)]
    run = await one.start(slow("joined", 6.0))
    await running(one, run.id)
    again = await two.start(slow("joined", 6.0), patience=0.5)
    assert (again.id, again.queued_at) == (run.id, run.queued_at)
    leaver = asyncio.create_task(two.finish(slow("joined", 6.0)))
    await asyncio.sleep(0.5)
    leaver.cancel()
    found = await two.finish(slow("joined", 6.0))
    assert found.result == await one.finish(slow("joined", 6.0)) or found.run.status is RunStatus.SUCCEEDED
    assert [r.id for r in (await two.runs(PageRequest())).items] == [run.id]
    await one.close()
    await two.close()


def test_runs_of_a_server_are_kept_where_no_folder_was_yet(tmp_path: Path) -> None:
    path = tmp_path / "a" / "folder" / "runs.db"
    RunFile(path, 10, 1_000).close()
    assert path.is_file()
