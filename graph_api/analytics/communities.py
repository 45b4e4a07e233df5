"""Communities: groups of nodes, their members by how strongly they are tied inside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from graph_api.analytics import dividing
from graph_api.analytics.parameters import Parameter, Parameters
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.ranking import significant
from graph_api.domain.arrays import FloatArray, np


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
    function: Callable[[ProjectedGraph, Parameters], dividing.Labels]
    parameters: tuple[Parameter, ...] = field(default=())
    seconds_per_tie: float = 1e-6


def find_communities(graph: ProjectedGraph, algorithm: CommunityAlgorithm, parameters: Parameters) -> Communities:
    """Return the communities of a projection, its direction left out; parameters have been checked."""
    graph = graph.undirected
    if len(graph) == 0:
        return Communities((), None)
    labels = ALGORITHMS[algorithm].function(graph, parameters)
    inside, strengths = dividing.inside_and_all(graph, labels)
    scores = significant(inside)
    ranked = np.lexsort((-scores, labels))
    ranked = ranked[labels[ranked] >= 0]
    sizes = np.bincount(labels[ranked])
    lows = np.concatenate(([0], np.cumsum(sizes)))
    smallest, members = np.zeros(len(sizes), np.int64), np.flatnonzero(labels >= 0)[::-1]
    smallest[labels[members]] = members  # the last that is written stays
    there = np.flatnonzero(sizes)
    order = there[np.lexsort((smallest[there], -sizes[there]))]
    found, ids = [], np.array(graph.ids, object)[ranked].tolist()
    for index, label in enumerate(order.tolist()):
        own = slice(lows[label], lows[label + 1])
        found.append(Community(index, tuple(ids[own]), scores[ranked[own]]))
    return Communities(tuple(found), dividing.modularity_of(labels, inside, strengths))


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
                dividing.leiden,
                (
                    _RESOLUTION,
                    Parameter("iterations", "integer", 10, "passes over the graph", 1, 1_000),
                    _WEIGHTED,
                    _SEED,
                ),
                1e-6,
            ),
            Algorithm(
                _A.LOUVAIN,
                "Louvain",
                "Raises modularity by moving nodes and merging groups.",
                "10.1088/1742-5468/2008/10/P10008",
                dividing.louvain,
                (_RESOLUTION, _WEIGHTED, _SEED),
                3e-7,
            ),
            Algorithm(
                _A.LABEL_PROPAGATION,
                "Label propagation",
                "Each node takes the label most of its ties lead to, until none changes.",
                "10.1103/PhysRevE.76.036106",
                dividing.label_propagation,
                (_WEIGHTED, _SEED),
                3e-6,
            ),
            Algorithm(
                _A.CONNECTED_COMPONENTS,
                "Connected components",
                "Whoever can reach each other.",
                "10.1145/362248.362272",
                dividing.components,
                (),
                1e-8,
            ),
            Algorithm(
                _A.K_CORE,
                "k-core",
                "The connected parts of the k-core, in which everybody has k ties inside; nodes outside are in none.",
                "10.1016/0378-8733(83)90028-X",
                dividing.k_core,
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
