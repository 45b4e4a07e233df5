"""What service and worker say to each other: a task one way, messages the other, as length-prefixed pickles."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.spec import ProjectionSpec
from graph_api.errors import FilmGraphError

Work: TypeAlias = Callable[[ProjectedGraph], object]
Estimate: TypeAlias = Callable[[ProjectedGraph], float]
HEADER = 8
"""Bytes that say how long a message is."""


@dataclass(frozen=True, slots=True)
class Task:
    """One analysis, all of it picklable.

    Attributes:
        address: of the store.
        spec, revision: the projection, and the revision it has to be of.
        work: computes the result.
        seconds, memory: estimates of time, and of bytes beside the projection.
        max_seconds, max_bytes: it is refused if it would take more.
        quick: it is left for another worker if it would take more seconds; None: it is done anyhow.
        threads: kernels compute on so many; 0: on all cores but one.
        shelf: a folder in which workers share projections.
    """

    address: str
    spec: ProjectionSpec
    revision: int
    work: Work
    seconds: Estimate
    memory: Estimate
    max_seconds: float
    max_bytes: float
    quick: float | None
    threads: int
    shelf: str


@dataclass(frozen=True, slots=True)
class HashTask:
    """The hash of the graph at a revision, which takes seconds for a large one."""

    address: str
    revision: int


@dataclass(frozen=True, slots=True)
class Sized:
    """The projection is there; computing takes about so many seconds."""

    nodes: int
    ties: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Told:
    """So much of the work is done."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Done:
    """The end: the result."""

    result: object


@dataclass(frozen=True, slots=True)
class Later:
    """The end: it takes longer than `Task.quick`."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The end: an error that a user can do something about."""

    error: FilmGraphError


@dataclass(frozen=True, slots=True)
class Broke:
    """The end: a fault of this program; the text is for the log alone."""

    text: str


Message: TypeAlias = Sized | Told | Done | Later | Refused | Broke
Listener: TypeAlias = Callable[[Sized | Told], None]


def packed(value: object) -> bytes:
    """Return a value with its length in front.

    Both ends are this program, one the child of the other, so that pickles are as safe as the code they come from.
    """
    body = pickle.dumps(value, protocol=5)
    return len(body).to_bytes(HEADER, "big") + body


def over_limit(task: Task, graph: ProjectedGraph, seconds: float) -> str | None:
    """Return why a task is not even begun, None where it can be."""
    needed = graph.nbytes + task.memory(graph)
    narrow = "narrow it by roles, years or a film filter, or choose a cheaper measure"
    if needed > task.max_bytes:
        return f"it would take about {needed / 1e9:.1f} GB of memory, more than {task.max_bytes / 1e9:.1f} GB; {narrow}"
    if seconds > task.max_seconds:
        return f"it would take about {seconds:,.0f} s on this projection, more than {task.max_seconds:,.0f} s; {narrow}"
    return None
