"""Run records: what was computed, on what, with what, and how it went."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from graph_api.analytics.spec import ProjectionSpec, canonical_hash
from graph_api.domain import ids as domain_ids
from graph_api.domain.paging import Page, PageRequest, order_mark, page_of

RUNS_MARK = order_mark("analysisRuns")
"""The mark of cursors of the list of runs; its positions are (-number, id)."""


class RunStatus(StrEnum):
    """How far a run is."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


ENDED = frozenset({RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED})


def now() -> str:
    """Return the time as records have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class AnalysisRun:
    """One analysis, as `AnalysisRun` of the schema.

    Attributes:
        id: the same for the same graph, analysis, projection, parameters and engine.
        analysis: a measure, an algorithm, "SIMILAR", "PATHS" or "DISTANCES".
        spec: the projection it ran on.
        parameters: as they took effect, with the canonical projection under "projection".
        status, progress: how far it is; progress from 0 to 1.
        exact: whether the answer has no error.
        nodes, relationships: size of the projection; 0 until it is built.
        graph_revision, graph_hash: of the graph it was read from.
        engine, engine_versions: the library that computed it, and versions of all that took part.
        queued_at, started_at: UTC, ISO 8601.
        seconds: from start to end, the building of the projection included.
        error: why it failed, safe to show.
    """

    id: str
    analysis: str
    spec: ProjectionSpec
    parameters: Mapping[str, object]
    status: RunStatus
    progress: float
    exact: bool
    nodes: int
    relationships: int
    graph_revision: str
    graph_hash: str
    engine: str
    engine_versions: Mapping[str, str]
    queued_at: str
    started_at: str | None = None
    seconds: float | None = None
    error: str | None = None


def run_id(
    graph_hash: str, analysis: str, parameters: Mapping[str, object], engine: str, engine_versions: Mapping[str, str]
) -> str:
    """Return the id of a run; `parameters` holds the canonical projection too."""
    key = canonical_hash([graph_hash, analysis, parameters, engine, engine_versions])
    return domain_ids.run_id(key[:32])


class RunLog:
    """The last runs, newest first; an equal run made again takes the place of the earlier."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._runs: OrderedDict[str, tuple[int, AnalysisRun]] = OrderedDict()
        self._number = 0

    def add(self, run: AnalysisRun) -> None:
        """Record a new run and forget the oldest beyond the bound."""
        self._number += 1
        self._runs.pop(run.id, None)
        self._runs[run.id] = (self._number, run)
        while len(self._runs) > self._keep:
            self._runs.popitem(last=False)

    def update(self, run: AnalysisRun) -> None:
        """Record what became of a run."""
        if run.id in self._runs:
            self._runs[run.id] = (self._runs[run.id][0], run)

    def forget(self, run: str) -> None:
        """Forget a run."""
        self._runs.pop(run, None)

    def get(self, run: str) -> AnalysisRun | None:
        """Return a run by id."""
        found = self._runs.get(run)
        return found[1] if found else None

    def page(self, request: PageRequest) -> Page[AnalysisRun]:
        """Return a page of runs, newest first."""
        newest = list(reversed(self._runs.values()))
        return page_of([run for _, run in newest], [(-number, run.id) for number, run in newest], request)


class Sized(Protocol):
    """What a cache holds: it knows its size in memory."""

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        ...


K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Sized)


class ByteCache(Generic[K, V]):
    """Values by key, the least recently used dropped beyond a bound in bytes.

    A value larger than the whole bound is not kept.

    Attributes:
        hits, misses: how often a value was there, and was not.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._values: OrderedDict[K, tuple[int, V]] = OrderedDict()
        self.hits = self.misses = 0

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._held

    def get(self, key: K) -> V | None:
        """Return a value and mark it as used."""
        found = self._values.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._values.move_to_end(key)
        return found[1]

    def put(self, key: K, value: V) -> None:
        """Keep a value."""
        if key in self._values:
            self._held -= self._values.pop(key)[0]
        size = value.nbytes
        if size > self._limit:
            return
        self._values[key] = (size, value)
        self._held += size
        while self._held > self._limit:
            self._held -= self._values.popitem(last=False)[1][0]
