"""Where an analysis is computed: what is small on a thread of this process, all else in worker processes."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar, cast

from graph_api.analytics.hashes import SMALL_ROWS
from graph_api.analytics.jobs import memory
from graph_api.analytics.jobs.jobs import Jobs
from graph_api.analytics.jobs.task import Told
from graph_api.analytics.load import load_projection, scan_query
from graph_api.analytics.notes import Note
from graph_api.analytics.progress import listening
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.requests import Request
from graph_api.analytics.runs import ByteCache, RunStatus
from graph_api.analytics.spec import ProjectionSpec
from graph_api.analytics.underway import Piece, Underway
from graph_api.errors import AnalysisCancelled, Conflict, LimitExceeded
from graph_api.store.base import Store

T = TypeVar("T")
THREAD = "analysis"
"""How the names of threads that compute begin."""


class Computing:
    """Computes analyses of one store's graph.

    Args:
        store: where the graph is.
        jobs: runs what is not small in other processes (None: all runs in this process).
        underway: where projections are built once for all who ask.
        inline_seconds, max_seconds: see `graph_api.analytics.service.Analyses`.
        projection_bytes: memory for projections.

    Attributes:
        projections: those in memory.
    """

    def __init__(
        self,
        store: Store,
        jobs: Jobs | None,
        underway: Underway,
        *,
        inline_seconds: float,
        max_seconds: float,
        projection_bytes: int,
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._underway = underway
        self._inline_seconds = inline_seconds
        self._max_seconds = max_seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=THREAD)
        self.projections: ByteCache[tuple[int, str], ProjectedGraph] = ByteCache(projection_bytes)

    def close(self) -> None:
        """Let go of the thread; nobody waits for what it is still at."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def projection(self, spec: ProjectionSpec) -> ProjectedGraph:
        """Return a projection of the graph as it is now."""
        key = (await self._store.revision(), spec.hash)
        found = self.projections.get(key)
        if found is not None:
            return found
        piece = self._underway.begin(key, lambda _: self._load(spec))
        await piece.wait()
        return cast(ProjectedGraph, piece.outcome())

    async def _load(self, spec: ProjectionSpec) -> ProjectedGraph:
        graph = await load_projection(self._store, spec, self._off_loop)
        self.projections.put((graph.revision, spec.hash), graph)
        return graph

    async def _off_loop(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def compute(self, note: Note, request: Request[T], client: str, piece: Piece) -> object:
        """Return what an analysis finds, computed where that hurts nobody; `note` is told how it goes."""
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

    async def _inline(self, note: Note, work: Callable[[], object]) -> object:
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
