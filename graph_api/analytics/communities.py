"""Communities: groups of nodes, their members by how strongly they are tied inside."""

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

from graph_api.analytics.measures.cohesion import core_number
from graph_api.analytics.parameters import Parameter, Parameters, flag, number, whole
from graph_api.analytics.projection import ProjectedGraph, native
from graph_api.analytics.ranking import significant
from graph_api.domain.arrays import FloatArray, LongArray, np
from graph_api.errors import BadInput

Labels: TypeAlias = LongArray
"""A group number for each node; -1 for a node of no group."""

_igraph_random = threading.Lock()
"""igraph has one source of random numbers per process; whoever seeds it holds this."""


class CommunityAlgorithm(StrEnum):
    """The ways to find communities."""

    LEIDEN = "LEIDEN"
    LOUVAIN = "LOUVAIN"
    LABEL_PROPAGATION = "LABEL_PROPAGATION"
    CONNECTED_COMPONENTS = "CONNECTED_COMPONENTS"
    K_CORE = "K_CORE"


@dataclass(frozen=True, slots=True)
class Community:
    """One community.

    Attributes:
        index: its place among them, from 0.
        members: ids, highest score first, then by id.
        scores: of each member the summed weights of its ties to other members.
    """

    index: int
    members: tuple[str, ...]
    scores: FloatArray


@dataclass(frozen=True)
class Communities:
    """Communities by size, largest first, then by their smallest member id.

    Attributes:
        communities: all of them.
        modularity: Newman's modularity of the division with weights, nodes of no community being
            alone; None where the graph has no ties.
    """

    communities: tuple[Community, ...]
    modularity: float | None

    @cached_property
    def community_of(self) -> Mapping[str, int]:
        """The index of each member's community."""
        return {node: community.index for community in self.communities for node in community.members}

    @property
    def nbytes(self) -> int:
        """Memory it holds, in bytes, roughly."""
        return sum(200 + 120 * len(c.members) for c in self.communities)


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One way to find communities, for the reference and the checks."""

    algorithm: CommunityAlgorithm
    title: str
    description: str
    reference: str
    function: Callable[[ProjectedGraph, Parameters], Labels]
    parameters: tuple[Parameter, ...] = field(default=())
    seconds_per_tie: float = 1e-6


def find_communities(graph: ProjectedGraph, algorithm: CommunityAlgorithm, parameters: Parameters) -> Communities:
    """Return the communities of a projection, its direction left out; parameters have been checked."""
    graph = graph.undirected
    if len(graph) == 0:
        return Communities((), None)
    labels = ALGORITHMS[algorithm].function(graph, parameters)
    inside = _inside(graph, labels)
    order = np.argsort(labels, kind="stable")
    order = order[labels[order] >= 0]
    groups = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if len(order) else []
    groups.sort(key=lambda members: (-len(members), int(members[0])))
    found = []
    for index, members in enumerate(groups):
        ranked = members[np.argsort(-inside[members], kind="stable")]
        found.append(Community(index, tuple(graph.ids[i] for i in ranked.tolist()), inside[ranked]))
    return Communities(tuple(found), modularity(graph, labels))


def _inside(graph: ProjectedGraph, labels: Labels) -> FloatArray:
    same = (labels[graph.sources] == labels[graph.targets]) & (labels[graph.sources] >= 0)
    n, weights = len(graph), graph.weights[same]
    sums = np.bincount(graph.sources[same], weights, n) + np.bincount(graph.targets[same], weights, n)
    return significant(sums.astype(np.float64))


def modularity(graph: ProjectedGraph, labels: Labels) -> float | None:
    """Return the modularity of a division of an undirected graph (resolution 1), None without ties.

    References
    ----------
    .. [1] M. Newman, Analysis of weighted networks (2004). https://doi.org/10.1103/PhysRevE.70.056131
    """
    total = float(graph.weights.sum())
    if not total:
        return None
    alone = labels < 0
    groups = labels.copy()
    groups[alone] = labels.max(initial=-1) + 1 + np.arange(int(alone.sum()))
    count = int(groups.max()) + 1
    same = groups[graph.sources] == groups[graph.targets]
    ties = np.bincount(groups[graph.sources[same]], graph.weights[same], count)
    ends = np.bincount(groups[graph.sources], graph.weights, count) + np.bincount(
        groups[graph.targets], graph.weights, count
    )
    return float(significant(np.array([float((ties / total - (ends / (2 * total)) ** 2).sum())]))[0])


@contextmanager
def seeded(seed: int | random.Random | None) -> Iterator[None]:
    """Let igraph draw its random numbers from the seed."""
    import igraph

    with _igraph_random:
        igraph.set_random_number_generator(seed if isinstance(seed, random.Random) else random.Random(seed))
        try:
            yield
        finally:
            igraph.set_random_number_generator(random)


def _leiden(graph: ProjectedGraph, parameters: Parameters) -> Labels:
    with seeded(whole(parameters, "seed")):
        found = native(graph).community_leiden(
            objective_function="modularity",
            weights=_weights(graph, parameters).tolist(),
            resolution=number(parameters, "resolution"),
            n_iterations=whole(parameters, "iterations"),
        )
    return np.array(found.membership, np.int64)


def _louvain(graph: ProjectedGraph, parameters: Parameters) -> Labels:
    weights = _weights(graph, parameters).tolist()
    with seeded(whole(parameters, "seed")):
        found = native(graph).community_multilevel(weights=weights, resolution=number(parameters, "resolution"))
    return np.array(found.membership, np.int64)


def _label_propagation(graph: ProjectedGraph, parameters: Parameters) -> Labels:
    with seeded(whole(parameters, "seed")):
        found = native(graph).community_label_propagation(weights=_weights(graph, parameters).tolist())
    return np.array(found.membership, np.int64)


def _components(graph: ProjectedGraph, parameters: Parameters) -> Labels:
    from scipy.sparse import csgraph

    _, labels = csgraph.connected_components(graph.matrix, directed=False)
    return labels.astype(np.int64)


def _k_core(graph: ProjectedGraph, parameters: Parameters) -> Labels:
    from scipy.sparse import csgraph

    cores = core_number(graph, {})
    k = int(cores.max()) if parameters["k"] is None else whole(parameters, "k")
    if k > cores.max():
        raise BadInput(
            f"parameter k must be at most {int(cores.max())}: no part of this graph is denser",
            parameter="k",
            high=int(cores.max()),
        )
    core = np.flatnonzero(cores >= k)
    _, found = csgraph.connected_components(graph.matrix[core][:, core], directed=False)
    labels = np.full(len(graph), -1, np.int64)
    labels[core] = found
    return labels


def _weights(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    return graph.weights if flag(parameters, "weighted") else np.ones(graph.ties)


_WEIGHTED = Parameter("weighted", "boolean", True, "use the weights of ties, as strengths")
_SEED = Parameter("seed", "integer", 0, "of the random numbers", 0, 2**31 - 1)
_RESOLUTION = Parameter("resolution", "number", 1.0, "higher gives more and smaller communities", 1e-6, 1e6)
_A = CommunityAlgorithm
ALGORITHMS: Mapping[CommunityAlgorithm, Algorithm] = MappingProxyType(
    {
        record.algorithm: record
        for record in (
            Algorithm(
                _A.LEIDEN,
                "Leiden",
                "Raises modularity by moving nodes and merging well-connected groups; communities are connected.",
                "10.1038/s41598-019-41695-z",
                _leiden,
                (
                    _RESOLUTION,
                    Parameter("iterations", "integer", 10, "passes over the graph", 1, 1_000),
                    _WEIGHTED,
                    _SEED,
                ),
                5e-6,
            ),
            Algorithm(
                _A.LOUVAIN,
                "Louvain",
                "Raises modularity by moving nodes and merging groups.",
                "10.1088/1742-5468/2008/10/P10008",
                _louvain,
                (_RESOLUTION, _WEIGHTED, _SEED),
                5e-6,
            ),
            Algorithm(
                _A.LABEL_PROPAGATION,
                "Label propagation",
                "Each node takes the label most of its ties lead to, until none changes.",
                "10.1103/PhysRevE.76.036106",
                _label_propagation,
                (_WEIGHTED, _SEED),
                3e-6,
            ),
            Algorithm(
                _A.CONNECTED_COMPONENTS,
                "Connected components",
                "Whoever can reach each other.",
                "10.1145/362248.362272",
                _components,
                (),
                1e-8,
            ),
            Algorithm(
                _A.K_CORE,
                "k-core",
                "The connected parts of the k-core, in which everybody has k ties inside; nodes outside are in none.",
                "10.1016/0378-8733(83)90028-X",
                _k_core,
                (
                    Parameter(
                        "k",
                        "integer",
                        None,
                        "ties each member has inside; null: the largest k that exists",
                        0,
                        1_000_000,
                    ),
                ),
                2e-6,
            ),
        )
    }
)
