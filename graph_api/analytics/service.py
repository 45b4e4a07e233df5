"""The service that runs analyses over a store: off the event loop, once for equal requests, with a record of each."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic, TypeVar, cast

from graph_api.analytics.collaboration import CollaborationPath, collaboration_paths, distances
from graph_api.analytics.columns import kind_of
from graph_api.analytics.communities import ALGORITHMS, Communities, CommunityAlgorithm, find_communities
from graph_api.analytics.engines import ENGINES, engine_versions, served_by
from graph_api.analytics.load import ATTEMPTS, load_projection
from graph_api.analytics.measures.catalogue import MEASURES, CentralityMeasure
from graph_api.analytics.parameters import check_parameters
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.ranking import Ranking, ranked
from graph_api.analytics.runs import AnalysisRun, ByteCache, RunLog, RunStatus, Sized, run_id
from graph_api.analytics.similarity import Similar, SimilarityMeasure, similar
from graph_api.analytics.spec import ProjectionSpec
from graph_api.domain.catalogue import Kind
from graph_api.domain.paging import Page, PageRequest
from graph_api.errors import BadInput, Conflict, FilmGraphError
from graph_api.store.base import Store

T = TypeVar("T")
THREAD = "analysis"
"""How the names of threads that compute begin."""
MAX_PATHS = 100
"""Paths in one answer, as a bare list."""
MAX_SIMILAR = 100
"""Similar nodes in one answer, as a bare list."""

Work = Callable[[ProjectedGraph], T]
Estimate = Callable[[ProjectedGraph], float]


@dataclass(frozen=True, slots=True)
class Finished(Generic[T]):
    """A run's record and what it found."""

    run: AnalysisRun
    result: T


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """A short answer, as the cache of results holds it."""

    items: tuple[T, ...]

    @property
    def nbytes(self) -> int:
        """Memory it holds, in bytes, roughly."""
        return 64 + len(repr(self.items))


class Analyses:
    """Analyses of one store's graph; belongs to one event loop.

    Args:
        store: where the graph is.
        executor: runs what takes time (None: one thread of its own). Work handed to it can be pickled.
        projection_bytes, result_bytes: memory for projections and results kept for equal requests.
        keep_runs: how many run records are kept.
        max_seconds: an analysis estimated to take longer is refused.
    """

    def __init__(
        self,
        store: Store,
        *,
        executor: Executor | None = None,
        projection_bytes: int = 512_000_000,
        result_bytes: int = 128_000_000,
        keep_runs: int = 1_000,
        max_seconds: float = 600.0,
    ) -> None:
        self._store = store
        self._own = None if executor else ThreadPoolExecutor(1, thread_name_prefix=THREAD)
        self._executor = executor or self._own
        self._projections: ByteCache[tuple[int, str], ProjectedGraph] = ByteCache(projection_bytes)
        self._results: ByteCache[str, Sized] = ByteCache(result_bytes)
        self._log = RunLog(keep_runs)
        self._under_way: dict[object, asyncio.Task[object]] = {}
        self._max_seconds = max_seconds

    async def close(self) -> None:
        """Let go of the thread and drop what waits; nobody waits for what the thread is still at."""
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        if self._own:
            self._own.shutdown(wait=False, cancel_futures=True)

    # ------------------------------------------------------------------ analyses
    async def projection(self, spec: ProjectionSpec) -> ProjectedGraph:
        """Return a projection of the graph as it is now."""
        key = (await self._store.revision(), spec.hash)
        found = self._projections.get(key)
        if found is not None:
            return found
        return cast(ProjectedGraph, await self._once(key, lambda: self._load(spec)))

    async def centrality(
        self, measure: CentralityMeasure, spec: ProjectionSpec, parameters: Mapping[str, object] | None = None
    ) -> Finished[Ranking]:
        """Return scores of a measure. Every answer is exact, also where an approximation would do."""
        record = MEASURES[measure]
        checked = check_parameters(measure.value, record.parameters, parameters)
        work = partial(_centrality, measure=measure, parameters=checked)
        return await self._run(measure.value, measure.value, spec, checked, work, lambda g: record.seconds(g, checked))

    async def communities(
        self, algorithm: CommunityAlgorithm, spec: ProjectionSpec, parameters: Mapping[str, object] | None = None
    ) -> Finished[Communities]:
        """Return communities."""
        record = ALGORITHMS[algorithm]
        checked = check_parameters(algorithm.value, record.parameters, parameters)
        work = partial(find_communities, algorithm=algorithm, parameters=checked)
        return await self._run(
            algorithm.value, algorithm.value, spec, checked, work, lambda g: g.ties * record.seconds_per_tie
        )

    async def similar(
        self, node: str, by: SimilarityMeasure, spec: ProjectionSpec, first: int = 20
    ) -> Finished[Rows[Similar]]:
        """Return the nodes most like one."""
        kind_of(node)
        if not 1 <= first <= MAX_SIMILAR:
            raise BadInput(f"first must be 1 to {MAX_SIMILAR}, not {first}", limit=MAX_SIMILAR, requested=first)
        parameters = {"id": node, "by": by.value, "first": first}
        return await self._run("SIMILAR", by.value, spec, parameters, partial(_similar, node=node, by=by, first=first))

    async def paths(
        self, start: str, goal: str, spec: ProjectionSpec, limit: int = 1
    ) -> Finished[Rows[CollaborationPath]]:
        """Return the collaboration paths of least cost between two people."""
        if kind_of(start) is not Kind.PERSON or kind_of(goal) is not Kind.PERSON:
            raise BadInput("collaboration paths run from person to person; give two ids of people")
        if not 1 <= limit <= MAX_PATHS:
            raise BadInput(f"limit must be 1 to {MAX_PATHS}, not {limit}", limit=MAX_PATHS, requested=limit)
        parameters = {"from": start, "to": goal, "limit": limit}
        return await self._run("PATHS", "PATHS", spec, parameters, partial(_paths, start=start, goal=goal, limit=limit))

    async def distances(self, start: str, spec: ProjectionSpec) -> Finished[Rows[tuple[int, int]]]:
        """Return how many nodes are at each distance, in hops, from one."""
        kind_of(start)
        return await self._run("DISTANCES", "DISTANCES", spec, {"from": start}, partial(_distances, start=start))

    # ------------------------------------------------------------------ records
    def run(self, run: str) -> AnalysisRun | None:
        """Return a run's record, None where it is unknown or forgotten."""
        return self._log.get(run)

    def runs(self, request: PageRequest) -> Page[AnalysisRun]:
        """Return records, newest first; cursors carry `graph_api.analytics.runs.RUNS_MARK`."""
        return self._log.page(request)

    async def result(self, run: AnalysisRun) -> Ranking | Communities | None:
        """Return what a centrality or community run found; None for other runs, and for one that failed.

        A result no longer held is computed again, if the graph is still the same; else it is None.
        """
        if run.status is not RunStatus.SUCCEEDED:
            return None
        held = self._results.get(run.id)
        if held is not None:
            return held if isinstance(held, (Ranking, Communities)) else None
        if str(await self._store.revision()) != run.graph_revision:
            return None
        parameters = {name: value for name, value in run.parameters.items() if name != "projection"}
        if run.analysis in CentralityMeasure.__members__:
            return (await self.centrality(CentralityMeasure(run.analysis), run.spec, parameters)).result
        if run.analysis in CommunityAlgorithm.__members__:
            return (await self.communities(CommunityAlgorithm(run.analysis), run.spec, parameters)).result
        return None

    # ------------------------------------------------------------------ machinery
    async def _load(self, spec: ProjectionSpec) -> ProjectedGraph:
        graph = await load_projection(self._store, spec, self._off_loop)
        self._projections.put((graph.revision, spec.hash), graph)
        return graph

    async def _off_loop(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    async def _once(self, key: object, start: Callable[[], Coroutine[Any, Any, object]]) -> object:
        """Await the work under this key, begun by whoever came first; one who goes away does not end it for others."""
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(start())
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)

    def _forget(self, key: object, done: "asyncio.Task[object]") -> None:
        self._under_way.pop(key, None)
        if not done.cancelled():
            done.exception()

    async def _run(
        self,
        analysis: str,
        engine_key: str,
        spec: ProjectionSpec,
        parameters: Mapping[str, object],
        work: Work[T],
        seconds: Estimate | None = None,
    ) -> Finished[T]:
        for _ in range(ATTEMPTS):
            with contextlib.suppress(Conflict):
                return await self._run_once(analysis, engine_key, spec, parameters, work, seconds)
        raise Conflict("the graph kept changing while the analysis was starting; try again later")

    async def _run_once(
        self,
        analysis: str,
        engine_key: str,
        spec: ProjectionSpec,
        parameters: Mapping[str, object],
        work: Work[T],
        seconds: Estimate | None,
    ) -> Finished[T]:
        revision, graph_hash = await self._store.revision(), await self._store.graph_hash()
        engine = ENGINES[engine_key].name
        versions = engine_versions(engine)
        everything = {**parameters, "projection": spec.canonical()}
        key = run_id(graph_hash, analysis, everything, engine, versions)
        known, held = self._log.get(key), self._results.get(key)
        if known and held is not None and known.status is RunStatus.SUCCEEDED:
            return Finished(known, cast(T, held))
        run = AnalysisRun(
            id=key,
            analysis=analysis,
            spec=spec,
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
            queued_at=_now(),
        )
        return cast("Finished[T]", await self._once(key, lambda: self._recorded(run, work, seconds)))

    async def _recorded(self, run: AnalysisRun, work: Work[T], seconds: Estimate | None) -> Finished[T]:
        started = time.perf_counter()
        run = replace(run, status=RunStatus.RUNNING, started_at=_now())
        self._log.add(run)
        try:
            graph = await self.projection(run.spec)
            engine = served_by(run.analysis, run.engine, len(graph), graph.ties)
            run = replace(run, nodes=len(graph), relationships=graph.ties, engine=engine)
            self._log.update(run)
            if str(graph.revision) != run.graph_revision:
                raise Conflict("the graph changed while the analysis was starting; try again")
            self._check_cost(run.analysis, seconds(graph) if seconds else 0.0)
            result = await self._off_loop(partial(work, graph))
        except BaseException as error:
            status = RunStatus.CANCELLED if isinstance(error, asyncio.CancelledError) else RunStatus.FAILED
            message = error.message if isinstance(error, FilmGraphError) else "the analysis failed"
            elapsed = time.perf_counter() - started
            text = None if status is RunStatus.CANCELLED else message
            self._log.update(replace(run, status=status, error=text, seconds=elapsed))
            raise
        run = replace(run, status=RunStatus.SUCCEEDED, progress=1.0, seconds=time.perf_counter() - started)
        self._log.update(run)
        self._results.put(run.id, cast(Sized, result))
        return Finished(run, result)

    def _check_cost(self, analysis: str, estimate: float) -> None:
        if estimate > self._max_seconds:
            raise BadInput(
                f"{analysis} would take about {estimate:,.0f} s on this projection, "
                f"more than {self._max_seconds:,.0f} s; "
                "narrow it by roles, years or a film filter, or choose a cheaper measure",
                limit=self._max_seconds,
                requested=round(estimate),
            )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _centrality(graph: ProjectedGraph, measure: CentralityMeasure, parameters: Mapping[str, object]) -> Ranking:
    return ranked(graph.ids, MEASURES[measure].compute(graph, parameters))  # type: ignore[arg-type]


def _similar(graph: ProjectedGraph, node: str, by: SimilarityMeasure, first: int) -> Rows[Similar]:
    return Rows(similar(graph, node, by, first))


def _paths(graph: ProjectedGraph, start: str, goal: str, limit: int) -> Rows[CollaborationPath]:
    return Rows(collaboration_paths(graph, start, goal, limit))


def _distances(graph: ProjectedGraph, start: str) -> Rows[tuple[int, int]]:
    return Rows(distances(graph, start))
