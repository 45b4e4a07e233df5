"""The service that runs analyses over a store: off the event loop, once for equal requests, with a record of each.

Small ones run on a thread of this process, all others in worker processes (`graph_api.analytics.jobs`). Who asks for
one may wait for its end, or for some time only; it may be started, watched and stopped by its id.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, TypeVar, cast

from graph_api.analytics import requests
from graph_api.analytics.collaboration import CollaborationPath
from graph_api.analytics.communities import Communities, CommunityAlgorithm
from graph_api.analytics.computing import Computing
from graph_api.analytics.hashes import GraphHashes
from graph_api.analytics.jobs.jobs import Jobs
from graph_api.analytics.kernels.approximate import Approximation
from graph_api.analytics.load import ATTEMPTS
from graph_api.analytics.measures.catalogue import CentralityMeasure
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.ranking import Ranking
from graph_api.analytics.recording import Finished, Recording, run_of
from graph_api.analytics.records import Records
from graph_api.analytics.requests import Request, Rows
from graph_api.analytics.runs import ENDED, AnalysisRun, RunStatus
from graph_api.analytics.similarity import Similar, SimilarityMeasure
from graph_api.analytics.spec import ProjectionSpec
from graph_api.analytics.underway import Piece, Underway
from graph_api.domain.paging import Page, PageRequest
from graph_api.errors import Conflict, NotFound, QueueFull
from graph_api.store.base import Store

T = TypeVar("T")
_ELSEWHERE_SECONDS = 5.0
"""For another process to stop a run of its own."""


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
        self._underway = Underway()
        self._hashes = GraphHashes(store, jobs, self._records, self._underway)
        self._computing = Computing(
            store,
            jobs,
            self._underway,
            inline_seconds=inline_seconds,
            max_seconds=max_seconds,
            projection_bytes=projection_bytes,
        )
        self._recording = Recording(store, self._records, self._underway, self._hashes, self._computing, result_bytes)

    async def close(self) -> None:
        """Stop what is under way and let go of processes; nobody waits for what a thread is still at."""
        await self._underway.close()
        if self._jobs is not None:
            await self._jobs.close()
        self._computing.close()
        await self._records.close()

    async def prepare(self) -> None:
        """Compute what every analysis of a large graph as it is now needs: its hash."""
        await self._hashes.prepare()

    # ------------------------------------------------------------------ how things stand
    def load(self) -> tuple[int, int]:
        """Return how many analyses run in processes of their own, and how many wait for one."""
        return (0, 0) if self._jobs is None else self._jobs.load()

    def cached(self) -> tuple[int, int, int]:
        """Return the bytes of projections and results in memory, how often one was found there, and how often not."""
        caches = self._computing.projections, self._recording.results
        return sum(c.nbytes for c in caches), sum(c.hits for c in caches), sum(c.misses for c in caches)

    # ------------------------------------------------------------------ analyses
    async def projection(self, spec: ProjectionSpec) -> ProjectedGraph:
        """Return a projection of the graph as it is now, or was at the revision that it names."""
        return await self._computing.projection(spec)

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
                return Finished(self._recording.get(run_of(found)), None)
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
            return self._recording.get(run_of(found))
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
        elif (await self._recording.known(run)).status not in ENDED:
            await self._records.ask_stop(run)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ELSEWHERE_SECONDS):
                    async for _ in self.watch(run):
                        pass
        return self._recording.get(run)

    def watch(self, run: str) -> AsyncIterator[AnalysisRun]:
        """Yield a run's record now and with each change, until it has ended.

        Raises:
            NotFound: no such run is remembered.
        """
        return self._recording.watch(run)

    # ------------------------------------------------------------------ records
    async def known(self, run: str) -> AnalysisRun:
        """Return a run's record.

        Raises:
            NotFound: no such run is remembered.
        """
        return await self._recording.known(run)

    async def run(self, run: str) -> AnalysisRun | None:
        """Return a run's record, None where it is unknown or forgotten."""
        return await self._recording.run(run)

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
        held = await self._recording.held(run)
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

    # ------------------------------------------------------------------ machinery
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
                found = await self._recording.begin(request, client, patience)
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
            async for record in self.watch(run_of(piece)):
                follow(record)
