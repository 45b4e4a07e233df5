"""The service that runs analyses over a store: off the event loop, once for equal requests, with a record of each.

Small ones run on a thread of this process, all others in worker processes (`graph_api.analytics.jobs`). Who asks for
one may wait for its end, or for some time only; it may be started, watched and stopped by its id.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, TypeVar, cast

from graph_api.analytics import requests
from graph_api.analytics.collaboration import CollaborationPath
from graph_api.analytics.communities import Communities, CommunityAlgorithm
from graph_api.analytics.engines import ENGINES, engine_versions, served_by
from graph_api.analytics.jobs import memory
from graph_api.analytics.jobs.jobs import Jobs
from graph_api.analytics.jobs.keep import INTERRUPTED
from graph_api.analytics.jobs.process import WorkerBroke
from graph_api.analytics.jobs.task import Sized as SizedMessage
from graph_api.analytics.jobs.task import Told
from graph_api.analytics.kernels.approximate import Approximation
from graph_api.analytics.load import ATTEMPTS, load_projection, scan_query
from graph_api.analytics.measures.catalogue import CentralityMeasure
from graph_api.analytics.progress import listening
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.ranking import Ranking
from graph_api.analytics.records import Records
from graph_api.analytics.requests import Request, Rows
from graph_api.analytics.runs import ENDED, AnalysisRun, ByteCache, RunStatus, Sized, now, run_id
from graph_api.analytics.similarity import Similar, SimilarityMeasure
from graph_api.analytics.spec import ProjectionSpec
from graph_api.analytics.underway import Piece, Underway
from graph_api.domain.paging import Page, PageRequest
from graph_api.errors import AnalysisCancelled, Conflict, FilmGraphError, LimitExceeded, NotFound, NotReady, QueueFull
from graph_api.observability import log
from graph_api.store.base import Store

T = TypeVar("T")
THREAD = "analysis"
"""How the names of threads that compute begin."""
SMALL_ROWS = 20_000
"""A projection read from no more relationships is built in this process: that takes some 50 ms."""


_LOOK_SECONDS = 0.3
"""Between two looks at what other processes ask or tell."""
_ELSEWHERE_SECONDS = 5.0
"""For another process to stop a run of its own."""


@dataclass(frozen=True, slots=True)
class Finished(Generic[T]):
    """A run's record and what it found."""

    run: AnalysisRun
    result: T


class Analyses:
    """Analyses of one store's graph; belongs to one event loop.

    Args:
        store: where the graph is.
        jobs: runs what is not small in other processes, and is closed with this (None: all runs in this process).
        records: the runs remembered, closed with this (None: those of this process, in memory).
        inline_seconds: what is estimated to take longer is not small. While it runs, this process may not answer
            for as long, since some libraries hold the interpreter.
        projection_bytes, result_bytes: memory for projections and results kept for equal requests.
        max_seconds: an analysis in this process that is estimated to take longer is refused.
    """

    def __init__(
        self,
        store: Store,
        *,
        jobs: Jobs | None = None,
        records: Records | None = None,
        inline_seconds: float = 2.0,
        projection_bytes: int = 512_000_000,
        result_bytes: int = 128_000_000,
        keep_runs: int = 1_000,
        max_seconds: float = 600.0,
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._records = records or Records(keep_runs)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=THREAD)
        self._inline_seconds = inline_seconds
        self._projections: ByteCache[tuple[int, str], ProjectedGraph] = ByteCache(projection_bytes)
        self._results: ByteCache[str, Sized] = ByteCache(result_bytes)
        self._underway = Underway()
        self._max_seconds = max_seconds
        self._is_closing = False

    async def close(self) -> None:
        """Stop what is under way and let go of processes; nobody waits for what a thread is still at."""
        self._is_closing = True
        await self._underway.close()
        if self._jobs is not None:
            await self._jobs.close()
        self._thread.shutdown(wait=False, cancel_futures=True)
        await self._records.close()

    # ------------------------------------------------------------------ analyses
    async def projection(self, spec: ProjectionSpec) -> ProjectedGraph:
        """Return a projection of the graph as it is now."""
        key = (await self._store.revision(), spec.hash)
        found = self._projections.get(key)
        if found is not None:
            return found
        piece = self._underway.begin(key, lambda _: self._load(spec))
        await piece.wait()
        return cast(ProjectedGraph, piece.outcome())

    async def centrality(
        self,
        measure: CentralityMeasure,
        spec: ProjectionSpec,
        parameters: Mapping[str, object] | None = None,
        approximate: Approximation | None = None,
    ) -> Finished[Ranking]:
        """Return scores of a measure, or, where an approximation would do, scores with bounds of their errors."""
        return await self.finish(requests.centrality(measure, spec, parameters, approximate))

    async def communities(
        self, algorithm: CommunityAlgorithm, spec: ProjectionSpec, parameters: Mapping[str, object] | None = None
    ) -> Finished[Communities]:
        """Return communities."""
        return await self.finish(requests.communities(algorithm, spec, parameters))

    async def similar(
        self, node: str, by: SimilarityMeasure, spec: ProjectionSpec, first: int = 20
    ) -> Finished[Rows[Similar]]:
        """Return the nodes most like one."""
        return await self.finish(requests.similarity(node, by, spec, first))

    async def paths(
        self, start: str, goal: str, spec: ProjectionSpec, limit: int = 1
    ) -> Finished[Rows[CollaborationPath]]:
        """Return the collaboration paths of least cost between two people."""
        return await self.finish(requests.paths(start, goal, spec, limit))

    async def distances(self, start: str, spec: ProjectionSpec) -> Finished[Rows[tuple[int, int]]]:
        """Return how many nodes are at each distance, in hops, from one."""
        return await self.finish(requests.distances_from(start, spec))

    # ------------------------------------------------------------------ asking
    async def finish(
        self, request: Request[T], client: str = "", follow: Callable[[AnalysisRun], None] | None = None
    ) -> Finished[T]:
        """Return what an analysis finds, however long it takes.

        Cancelling this stops the analysis, unless others wait for it too, or it was started as a job.

        Args:
            request: what is asked for.
            client: who asks; clients take turns.
            follow: is shown the record with each change.

        Raises:
            AnalysisCancelled: somebody stopped it.
        """
        found = await self._settled(request, client, None, follow)
        return cast("Finished[T]", found.outcome() if isinstance(found, Piece) else found)

    async def ask(self, request: Request[T], client: str = "", patience: float = 8.0) -> Finished[T | None]:
        """Return what an analysis finds; of one that takes longer the record alone, while it goes on as a job.

        Args:
            request: what is asked for.
            client: who asks; clients take turns.
            patience: seconds to wait, unless it is known before that they would not do.
        """
        found = await self._settled(request, client, patience)
        if isinstance(found, Piece):
            if not found.task.done():
                found.kept = True
                return Finished(self._record_of(found), None)
            return cast("Finished[T | None]", found.outcome())
        return cast("Finished[T | None]", found)

    async def start(self, request: Request[T], client: str = "", patience: float = 2.0) -> AnalysisRun:
        """Start an analysis as a job and return its record; a quick one, or one made before, is done by then.

        Raises:
            QueueFull: too many wait already.
        """
        found = await self._settled(request, client, patience)
        if isinstance(found, Piece):
            if found.failed_with(QueueFull):
                found.outcome()
            found.kept = True
            return self._record_of(found)
        return found.run

    async def cancel(self, run: str) -> AnalysisRun:
        """Stop a run and return its record; one that has ended stays as it is.

        Raises:
            NotFound: no such run is remembered.
        """
        piece = self._underway.get(run)
        if piece is not None:
            piece.stop()
            await asyncio.wait({piece.task})
        elif (await self.known(run)).status not in ENDED:
            await self._records.ask_stop(run)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ELSEWHERE_SECONDS):
                    async for _ in self.watch(run):
                        pass
        return self._known(run)

    async def watch(self, run: str) -> AsyncIterator[AnalysisRun]:
        """Yield a run's record now and with each change, until it has ended.

        Raises:
            NotFound: no such run is remembered.
        """
        told: AnalysisRun | None = None
        with self._underway.watching(run) as changed:
            while True:
                changed.clear()
                record = await self.known(run)
                if record != told:
                    yield record
                told = record
                if record.status in ENDED:
                    return
                # A run of another process is looked for again; one of this process tells of itself.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(None if self._underway.get(run) else _LOOK_SECONDS):
                        await changed.wait()

    # ------------------------------------------------------------------ records
    async def run(self, run: str) -> AnalysisRun | None:
        """Return a run's record, None where it is unknown or forgotten."""
        await self._records.refresh(run)
        return self._records.get(run)

    async def known(self, run: str) -> AnalysisRun:
        """Return a run's record.

        Raises:
            NotFound: no such run is remembered.
        """
        await self._records.refresh(run)
        return self._known(run)

    def _known(self, run: str) -> AnalysisRun:
        record = self._records.get(run)
        if record is None:
            raise NotFound("no analysis run with this id is remembered; analysisRuns lists those that are")
        return record

    def _record_of(self, piece: Piece) -> AnalysisRun:
        return self._known(str(piece.key))

    async def runs(self, request: PageRequest) -> Page[AnalysisRun]:
        """Return records, newest first; cursors carry `graph_api.analytics.runs.RUNS_MARK`."""
        await self._records.refresh()
        return self._records.page(request)

    async def result(self, run: AnalysisRun) -> object:
        """Return what a run found; None for one that has not succeeded.

        A ranking or communities no longer held are computed again, if the graph is still the same; else it is None.
        """
        if run.status is not RunStatus.SUCCEEDED:
            return None
        held = await self._held(run)
        if held is not None:
            return held
        if str(await self._store.revision()) != run.graph_revision:
            return None
        parameters = {name: value for name, value in run.parameters.items() if name != "projection"}
        if run.analysis in CentralityMeasure.__members__:
            asked = cast("dict[str, Any] | None", parameters.pop(requests.APPROXIMATE, None))
            wanted = Approximation(**asked) if asked else None
            return (await self.centrality(CentralityMeasure(run.analysis), run.spec, parameters, wanted)).result
        if run.analysis in CommunityAlgorithm.__members__:
            return (await self.communities(CommunityAlgorithm(run.analysis), run.spec, parameters)).result
        return None

    async def _held(self, run: AnalysisRun) -> object:
        """Return what a run found, from memory or the file."""
        held: object = self._results.get(run.id)
        if held is None:
            held = await self._records.result(run)
            if held is not None:
                self._results.put(run.id, cast(Sized, held))
        return held

    # ------------------------------------------------------------------ machinery
    async def _load(self, spec: ProjectionSpec) -> ProjectedGraph:
        graph = await load_projection(self._store, spec, self._off_loop)
        self._projections.put((graph.revision, spec.hash), graph)
        return graph

    async def _off_loop(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _settled(
        self,
        request: Request[T],
        client: str,
        patience: float | None,
        follow: Callable[[AnalysisRun], None] | None = None,
    ) -> Piece | Finished[object]:
        """Return what is known of a request, or its work once it has ended, is known to take long, or patience has."""
        for _ in range(ATTEMPTS):
            try:
                found = await self._begun(request, client, patience)
            except Conflict:
                continue
            if not isinstance(found, Piece):
                return found
            follower = asyncio.create_task(self._follow(found, follow)) if follow else None
            try:
                await found.wait(patience)
            finally:
                if follower:
                    follower.cancel()
            if not found.failed_with(Conflict):
                return found
        raise Conflict("the graph kept changing while the analysis was starting; try again later")

    async def _follow(self, piece: Piece, follow: Callable[[AnalysisRun], None]) -> None:
        with contextlib.suppress(NotFound):  # refused, and its record with it
            async for record in self.watch(str(piece.key)):
                follow(record)

    async def prepare(self) -> None:
        """Compute what every analysis of a large graph as it is now needs: its hash."""
        if not await self._is_small():
            await self._hash(await self._store.revision(), None)

    async def _is_small(self) -> bool:
        return self._jobs is None or sum((await self._store.counts()).relations.values()) <= SMALL_ROWS

    async def _hash(self, revision: int, patience: float | None) -> str:
        """Return the graph's hash; that of a large graph is computed in another process, and kept.

        Raises:
            NotReady: it takes longer than `patience` seconds; it is there some time later.
        """
        if await self._is_small():
            return await self._store.graph_hash()
        changes = await self._store.changes(revision - 1, 1)
        name = f"{revision} {changes[0].at if changes else ''}"
        known = await self._records.hash(name)
        if known is not None:
            return known
        piece = self._underway.begin(("hash", name), lambda _: self._hashed(name, revision))
        piece.kept = True
        if not await piece.wait(patience):
            raise NotReady(
                "the graph has changed and is being read for the first time since; ask again in some seconds"
            )
        return str(piece.outcome())

    async def _hashed(self, name: str, revision: int) -> str:
        assert self._jobs is not None
        try:
            found = await self._jobs.graph_hash(revision)
        except WorkerBroke as error:
            raise _broken(error) from None
        self._records.keep_hash(name, found)
        return found

    async def _begun(self, request: Request[T], client: str, patience: float | None) -> Piece | Finished[object]:
        revision = await self._store.revision()
        graph_hash = await self._hash(revision, patience)
        engine = ENGINES[request.engine].name
        versions = engine_versions(engine)
        everything = {**request.parameters, "projection": request.spec.canonical()}
        key = run_id(graph_hash, request.analysis, everything, engine, versions)
        known = self._records.get(key)
        if known is not None and known.status is RunStatus.SUCCEEDED and self._underway.get(key) is None:
            held = await self._held(known)
            if held is not None:
                return Finished(known, held)
        run = AnalysisRun(
            id=key,
            analysis=request.analysis,
            spec=request.spec,
            parameters=everything,
            status=RunStatus.QUEUED,
            progress=0.0,
            exact=True,
            nodes=0,
            relationships=0,
            graph_revision=str(revision),
            graph_hash=graph_hash,
            engine=engine,
            engine_versions=versions,
            queued_at=now(),
        )
        if self._underway.get(key) is None:
            self._records.add(run)
        return self._underway.begin(key, lambda piece: self._recorded(run, request, client, piece))

    async def _recorded(self, run: AnalysisRun, request: Request[T], client: str, piece: Piece) -> Finished[object]:
        note = _Note(run, self._records, self._underway)
        listener = asyncio.create_task(self._stopped_elsewhere(piece))
        piece.task.add_done_callback(lambda _: listener.cancel())
        started = time.perf_counter()
        try:
            result = await self._computed(note, request, client, piece)
        except BaseException as error:
            if isinstance(error, QueueFull) and not piece.kept:
                note.forget()
                raise
            status, text = _failure(error, interrupted=not piece.is_stopped)
            note.change(status=status, error=text, seconds=time.perf_counter() - started)
            if isinstance(error, WorkerBroke):
                raise _broken(error) from None
            raise
        error_bound = getattr(result, "error", 0.0)
        note.run = replace(
            note.run,
            status=RunStatus.SUCCEEDED,
            progress=1.0,
            exact=not error_bound,
            seconds=time.perf_counter() - started,
        )
        self._records.finish(note.run, result)
        self._results.put(run.id, cast(Sized, result))
        self._underway.changed(run.id)
        return Finished(note.run, result)

    async def _stopped_elsewhere(self, piece: Piece) -> None:
        """Stop a run once another process asks for it."""
        while not piece.is_stopped:
            await asyncio.sleep(_LOOK_SECONDS)
            if await self._records.is_stop_asked(str(piece.key)):
                piece.stop()

    async def _computed(self, note: "_Note", request: Request[T], client: str, piece: Piece) -> object:
        jobs, revision = self._jobs, note.run.graph_revision
        # An earlier revision takes a copy of the graph, which is made elsewhere.
        if jobs is None or (await self._rows(request.spec) <= SMALL_ROWS and request.spec.revision is None):
            note.begin()
            graph = await self.projection(request.spec)
            note.size(len(graph), graph.ties)
            if str(graph.revision) != revision:
                raise Conflict("the graph changed while the analysis was starting; try again")
            seconds = request.seconds(graph)
            if jobs is None or seconds <= self._inline_seconds:
                self._check_cost(request.analysis, seconds)
                return await self._inline(note, partial(request.work, graph))
        assert jobs is not None

        def queued() -> None:
            note.change(status=RunStatus.QUEUED, progress=0.0)
            piece.takes_long()

        return await jobs.run(
            client, request.spec, int(revision), request.work, request.seconds, request.memory, note.hear, queued
        )

    async def _inline(self, note: "_Note", work: Callable[[], object]) -> object:
        """Compute on the thread; when this is cancelled the work stops at the next thing it tells."""
        loop, stop = asyncio.get_running_loop(), threading.Event()

        def tell(done: int, total: int) -> None:
            if stop.is_set():
                raise AnalysisCancelled("the analysis was stopped")
            loop.call_soon_threadsafe(note.hear, Told(done, total))

        def listened() -> object:
            with listening(tell):
                return work()

        try:
            return await self._off_loop(listened)
        except asyncio.CancelledError:
            stop.set()
            raise

    async def _rows(self, spec: ProjectionSpec) -> int:
        """Return how many relationships a projection is read from.

        Raises:
            LimitExceeded: reading them would take more memory than an analysis may.
        """
        counts = (await self._store.counts()).relations
        rows = sum(counts.get(relation, 0) for relation in scan_query(spec).relations or counts)
        if self._jobs is not None and (needed := memory.reading(rows)) > (limit := self._jobs.limits.memory):
            raise LimitExceeded(
                f"reading {rows:,} relationships would take about {needed / 1e9:.1f} GB of memory, "
                f"more than {limit / 1e9:.1f} GB; choose fewer relations",
                limit=limit,
                requested=round(needed),
            )
        return rows

    def _check_cost(self, analysis: str, estimate: float) -> None:
        if estimate > self._max_seconds:
            raise LimitExceeded(
                f"{analysis} would take about {estimate:,.0f} s on this projection, "
                f"more than {self._max_seconds:,.0f} s; "
                "narrow it by roles, years or a film filter, or choose a cheaper measure",
                limit=self._max_seconds,
                requested=round(estimate),
            )


class _Note:
    """The record of a run that is under way, and those who want to know."""

    def __init__(self, run: AnalysisRun, records: Records, underway: Underway) -> None:
        self.run = run
        self._records = records
        self._underway = underway

    def change(self, **changes: Any) -> None:
        """Record a change."""
        self.run = replace(self.run, **changes)
        self._records.update(self.run)
        self._underway.changed(self.run.id)

    def forget(self) -> None:
        """Leave no record: it was refused before anybody was told of it."""
        self._records.forget(self.run)
        self._underway.changed(self.run.id)

    def begin(self) -> None:
        """Record that it runs."""
        self.change(status=RunStatus.RUNNING, started_at=self.run.started_at or now())

    def size(self, nodes: int, ties: int) -> None:
        """Record how large the projection is, and so which engine takes it."""
        run = self.run
        engine = served_by(run.analysis, run.engine, nodes, ties)
        self.change(nodes=nodes, relationships=ties, engine=engine)

    def hear(self, message: SizedMessage | Told) -> None:
        """Record what a worker tells."""
        if isinstance(message, SizedMessage):
            self.begin()
            self.size(message.nodes, message.ties)
        elif self.run.status is RunStatus.RUNNING and message.total > 0:
            self.change(progress=min(1.0, message.done / message.total))


def _broken(error: WorkerBroke) -> FilmGraphError:
    """Log a fault of this program in a worker and return what may be told of it."""
    log(logging.ERROR, "an analysis failed in its worker", detail=str(error))
    return FilmGraphError("the analysis failed")


def _failure(error: BaseException, *, interrupted: bool) -> tuple[RunStatus, str | None]:
    """Return what the record of a run says that ended with an error."""
    if isinstance(error, asyncio.CancelledError):
        return (RunStatus.FAILED, INTERRUPTED) if interrupted else (RunStatus.CANCELLED, None)
    return RunStatus.FAILED, error.message if isinstance(error, FilmGraphError) else "the analysis failed"
