"""A graph as compressed sparse rows, as kernels take it, and what of it is the same seen from any node."""

from dataclasses import dataclass

from graph_api.analytics.projection import Matrix, ProjectedGraph
from graph_api.domain.arrays import FlagArray, FloatArray, IntArray, LongArray, np


@dataclass(frozen=True)
class Csr:
    """A graph as compressed sparse rows.

    Attributes:
        starts: where each node's arcs begin, and at the end their number.
        ends: the node each arc leads to; ascending within a node.
        lengths: of each arc, or None where each is one step long.
        directed: whether an arc may lack its opposite.
    """

    starts: LongArray
    ends: IntArray
    lengths: FloatArray | None = None
    directed: bool = False

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def arcs(self) -> int:
        """How many arcs there are: two for each undirected tie."""
        return len(self.ends)


def csr_of(matrix: Matrix, *, directed: bool = False, weighted: bool = False) -> Csr:
    """Return a matrix of strengths as a graph; with `weighted` an arc is 1/weight long."""
    lengths = 1.0 / matrix.data.astype(np.float64) if weighted else None
    return Csr(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), lengths, directed)


def projected(graph: ProjectedGraph, *, weighted: bool = False) -> Csr:
    """Return a projection as kernels take it."""
    return csr_of(graph.matrix, directed=graph.directed, weighted=weighted)


@dataclass(frozen=True)
class Folded:
    """A graph in which nodes that can't be told apart are one: twins.

    Twins have the same neighbours, apart from each other: closed twins are tied to each other (two people whose only
    film is the same), open ones are not (two films of the same one person). No shortest path passes through two of a
    class, and whatever path leads through one leads through each other, so one search serves all of a class.

    Attributes:
        graph: the classes, in an order that keeps those near each other together.
        sizes: how many nodes each class has.
        closed: whether its nodes are tied to each other.
        class_of: the class of each node.
    """

    graph: Csr
    sizes: LongArray
    closed: FlagArray
    class_of: IntArray


def folded(graph: Csr) -> Folded:
    """Return an undirected, unweighted graph with its twins made one.

    Classes come by reverse Cuthill and McKee's order, so that searches from neighbours in it run alike and memory
    lies near. It depends on the graph alone.
    """
    from scipy import sparse
    from scipy.sparse import csgraph

    from graph_api.analytics.kernels.csr_code import find_twins

    n = len(graph)
    if n == 0:
        return Folded(graph, np.empty(0, np.int64), np.empty(0, np.bool_), np.empty(0, np.int32))
    firsts, closed = find_twins(graph.starts, graph.ends)
    chosen = np.flatnonzero(firsts == np.arange(n))
    whole = sparse.csr_array((np.ones(graph.arcs, np.int8), graph.ends, graph.starts), shape=(n, n))
    part = sparse.csr_array(whole[chosen][:, chosen]) if len(chosen) < n else whole
    order = csgraph.reverse_cuthill_mckee(part, symmetric_mode=True)
    part = sparse.csr_array(part[order][:, order])
    part.sort_indices()
    place = np.empty(n, np.int32)
    place[chosen[order]] = np.arange(len(chosen), dtype=np.int32)
    class_of = place[firsts]
    sizes = np.bincount(class_of, minlength=len(chosen)).astype(np.int64)
    return Folded(csr_of(part), sizes, closed[chosen[order]], class_of)
