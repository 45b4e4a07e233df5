"""Analyses as values: what is asked for, checked, with the work and its estimates ready to be sent to a worker."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Generic, TypeVar

from graph_api.analytics.collaboration import CollaborationPath, collaboration_paths, distances
from graph_api.analytics.columns import kind_of
from graph_api.analytics.communities import ALGORITHMS, Communities, CommunityAlgorithm, find_communities
from graph_api.analytics.jobs import memory
from graph_api.analytics.jobs.task import Estimate, Work
from graph_api.analytics.kernels.approximate import Approximation
from graph_api.analytics.measures.approximation import check_bounds, is_sampled, rank, sampling
from graph_api.analytics.measures.catalogue import MEASURES, CentralityMeasure
from graph_api.analytics.parameters import Parameters, check_parameters, whole
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.ranking import Ranking
from graph_api.analytics.similarity import Similar, SimilarityMeasure, similar
from graph_api.analytics.spec import ProjectionSpec
from graph_api.domain.catalogue import Kind
from graph_api.errors import BadInput

T = TypeVar("T")
APPROXIMATE = "approximate"
"""Under this the parameters in a record have what was asked of an approximation."""
MAX_PATHS = 100
"""Paths in one answer, as a bare list."""
MAX_SIMILAR = 100
"""Similar nodes in one answer, as a bare list."""


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """One analysis of which T is the result.

    Attributes:
        analysis: its name in the record.
        engine: of `ENGINES`.
        spec: the projection it is made on.
        parameters: checked, defaults filled in.
        work, seconds, memory: what a worker needs; picklable.
    """

    analysis: str
    engine: str
    spec: ProjectionSpec
    parameters: Mapping[str, object]
    work: Work
    seconds: Estimate
    memory: Estimate = memory.arrays


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """A short answer, as the cache of results holds it."""

    items: tuple[T, ...]

    @property
    def nbytes(self) -> int:
        """Memory it holds, in bytes, roughly."""
        return 64 + len(repr(self.items))


def centrality(
    measure: CentralityMeasure,
    spec: ProjectionSpec,
    parameters: Mapping[str, object] | None = None,
    approximate: Approximation | None = None,
) -> Request[Ranking]:
    """Ask for the scores of a measure; where an approximation would do, for that, if the measure has one.

    Raises:
        BadInput: parameters that it does not take, or bounds that can't be.
    """
    record = MEASURES[measure]
    checked = check_parameters(measure.value, record.parameters, parameters)
    if approximate is not None:
        check_bounds(approximate)
        approximate = approximate if is_sampled(measure, checked) else None
    return Request(
        measure.value,
        measure.value,
        spec,
        {**checked, APPROXIMATE: asdict(approximate)} if approximate else checked,
        partial(rank, measure=measure, parameters=checked, wanted=approximate),
        partial(_seconds, measure=measure, parameters=checked, approximate=approximate),
    )


def communities(
    algorithm: CommunityAlgorithm, spec: ProjectionSpec, parameters: Mapping[str, object] | None = None
) -> Request[Communities]:
    """Ask for communities.

    Raises:
        BadInput: parameters that the algorithm does not take.
    """
    record = ALGORITHMS[algorithm]
    checked = check_parameters(algorithm.value, record.parameters, parameters)
    return Request(
        algorithm.value,
        algorithm.value,
        spec,
        checked,
        partial(find_communities, algorithm=algorithm, parameters=checked),
        partial(_per_tie, seconds=record.seconds_per_tie * _passes(checked)),
    )


def similarity(node: str, by: SimilarityMeasure, spec: ProjectionSpec, first: int) -> Request[Rows[Similar]]:
    """Ask for the nodes most like one."""
    kind_of(node)
    if not 1 <= first <= MAX_SIMILAR:
        raise BadInput(f"first must be 1 to {MAX_SIMILAR}, not {first}", limit=MAX_SIMILAR, requested=first)
    parameters = {"id": node, "by": by.value, "first": first}
    return Request("SIMILAR", by.value, spec, parameters, partial(_similar, node=node, by=by, first=first), _short)


def paths(start: str, goal: str, spec: ProjectionSpec, limit: int) -> Request[Rows[CollaborationPath]]:
    """Ask for the collaboration paths of least cost between two people."""
    if kind_of(start) is not Kind.PERSON or kind_of(goal) is not Kind.PERSON:
        raise BadInput("collaboration paths run from person to person; give two ids of people")
    if not 1 <= limit <= MAX_PATHS:
        raise BadInput(f"limit must be 1 to {MAX_PATHS}, not {limit}", limit=MAX_PATHS, requested=limit)
    parameters = {"from": start, "to": goal, "limit": limit}
    return Request("PATHS", "PATHS", spec, parameters, partial(_paths, start=start, goal=goal, limit=limit), _short)


def distances_from(start: str, spec: ProjectionSpec) -> Request[Rows[tuple[int, int]]]:
    """Ask how many nodes are at each distance from one."""
    kind_of(start)
    return Request("DISTANCES", "DISTANCES", spec, {"from": start}, partial(_distances, start=start), _short)


def _seconds(
    graph: ProjectedGraph, measure: CentralityMeasure, parameters: Parameters, approximate: Approximation | None
) -> float:
    exact = MEASURES[measure].seconds(graph, parameters)
    return exact if approximate is None else min(exact, sampling(graph, approximate))


def _passes(checked: Parameters) -> float:
    """Return how many times as much work as by default is asked for."""
    return max(1.0, whole(checked, "iterations") / 10) if "iterations" in checked else 1.0


def _per_tie(graph: ProjectedGraph, seconds: float) -> float:
    return graph.ties * seconds


def _short(graph: ProjectedGraph) -> float:
    """Searches from one node or two."""
    return 1e-7 * (graph.ties + len(graph))


def _similar(graph: ProjectedGraph, node: str, by: SimilarityMeasure, first: int) -> Rows[Similar]:
    return Rows(similar(graph, node, by, first))


def _paths(graph: ProjectedGraph, start: str, goal: str, limit: int) -> Rows[CollaborationPath]:
    return Rows(collaboration_paths(graph, start, goal, limit))


def _distances(graph: ProjectedGraph, start: str) -> Rows[tuple[int, int]]:
    return Rows(distances(graph, start))
