"""What holds a graph together: nodes and ties whose loss parts it, and what is left without the most central."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph_api.analytics.measures.catalogue import MEASURES, CentralityMeasure
from graph_api.analytics.parameters import Parameters
from graph_api.analytics.progress import tell
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.ranking import ranked
from graph_api.domain.arrays import np

MAX_REMOVED = 100
"""Nodes taken out, as a bare list."""


@dataclass(frozen=True, slots=True)
class Removal:
    """What is left once a node and those before it are taken out; the first is of the whole graph, without a node."""

    node: str | None
    largest: int
    components: int


@dataclass(frozen=True, slots=True)
class Robustness:
    """How a graph falls apart.

    Attributes:
        articulation_points: nodes without which a component falls apart, those that part off most first: (id, nodes
            of its component that are no longer in the largest piece), then by id.
        bridges: ties without which one does, by their ends' ids.
        removals: the largest component as the highest of a measure are taken out.
    """

    articulation_points: tuple[tuple[str, int], ...]
    bridges: tuple[tuple[str, str], ...]
    removals: tuple[Removal, ...]

    @property
    def nbytes(self) -> int:
        """Memory it holds, in bytes, roughly."""
        return 120 * len(self.articulation_points) + 200 * len(self.bridges) + 120 * len(self.removals)


def robustness(graph: ProjectedGraph, measure: CentralityMeasure, parameters: Parameters, removed: int) -> Robustness:
    """Return articulation points, bridges, and the largest component as the top of a measure are taken out.

    Scores are those in the whole graph: they are not computed anew after each removal. Direction is left out.

    References
    ----------
    .. [1] R. Tarjan, Depth-first search and linear graph algorithms (1972). https://doi.org/10.1137/0201010
    .. [2] R. Albert, H. Jeong and A.-L. Barabasi, Error and attack tolerance of complex networks (2000).
       https://doi.org/10.1038/35019019
    """
    import igraph

    ranking = ranked(graph.ids, MEASURES[measure].compute(graph, parameters)) if len(graph) else None
    graph = graph.undirected
    native = igraph.Graph(n=len(graph), edges=np.stack((graph.sources, graph.targets), axis=1))
    bridges = sorted((graph.ids[graph.sources[i]], graph.ids[graph.targets[i]]) for i in native.bridges())
    order = [graph.number(node) for node in ranking.ids[:removed]] if ranking else []
    return Robustness(_articulation(graph, native.articulation_points()), tuple(bridges), _removals(graph, order))


def _articulation(graph: ProjectedGraph, points: Sequence[int]) -> tuple[tuple[str, int], ...]:
    """Return articulation points with the nodes that each parts from the largest piece of its component.

    Of a depth-first tree the subtrees hang off a point that can't be reached around it; their sizes add up.
    """
    if not points:
        return ()
    sizes, order, parents, low, number = _tree(graph)
    parted: dict[int, list[int]] = {point: [] for point in points}
    whole: dict[int, int] = {}
    for node in order:
        root = node if parents[node] < 0 else whole[int(parents[node])]
        whole[node] = root if parents[node] < 0 else whole[int(parents[node])]
        parent = int(parents[node])
        if parent in parted and (low[node] >= number[parent] or parents[parent] < 0):
            parted[parent].append(int(sizes[node]))
    found = []
    for point, pieces in parted.items():
        rest = int(sizes[whole[point]]) - 1 - sum(pieces)
        everything = [*pieces, rest]
        found.append((graph.ids[point], sum(everything) - max(everything)))
    return tuple(sorted(found, key=lambda item: (-item[1], item[0])))


def _tree(graph: ProjectedGraph) -> "tuple[list[int], list[int], list[int], list[int], list[int]]":
    """Return subtree sizes, nodes in order of discovery, parents, low points and numbers of a depth-first search."""
    n = len(graph)
    indptr, indices = graph.matrix.indptr.tolist(), graph.matrix.indices.tolist()
    sizes, parents, low, number = [1] * n, [-1] * n, [0] * n, [-1] * n
    order: list[int] = []
    for start in range(n):
        if number[start] >= 0:
            continue
        number[start] = low[start] = len(order)
        order.append(start)
        stack = [(start, indptr[start])]
        while stack:
            node, place = stack[-1]
            if place < indptr[node + 1]:
                stack[-1] = (node, place + 1)
                other = indices[place]
                if number[other] < 0:
                    parents[other] = node
                    number[other] = low[other] = len(order)
                    order.append(other)
                    stack.append((other, indptr[other]))
                elif other != parents[node]:
                    low[node] = min(low[node], number[other])
            else:
                stack.pop()
                if parents[node] >= 0:
                    low[parents[node]] = min(low[parents[node]], low[node])
                    sizes[parents[node]] += sizes[node]
    return sizes, order, parents, low, number


def _removals(graph: ProjectedGraph, order: Sequence[int]) -> tuple[Removal, ...]:
    from scipy import sparse
    from scipy.sparse import csgraph

    left = np.ones(len(graph), bool)
    found = []
    for step, node in enumerate([None, *order]):
        if node is not None:
            left[node] = False
        keep = left[graph.sources] & left[graph.targets]
        ends = (graph.sources[keep], graph.targets[keep])
        matrix = sparse.csr_array((np.ones(len(ends[0]), np.int8), ends), shape=(len(graph), len(graph)))
        _, labels = csgraph.connected_components(matrix, directed=False)
        sizes = np.bincount(labels[left]) if left.any() else np.zeros(1, np.int64)
        found.append(Removal(None if node is None else graph.ids[node], int(sizes.max()), int((sizes > 0).sum())))
        tell(step + 1, len(order) + 1)
    return tuple(found)
