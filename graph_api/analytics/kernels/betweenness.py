"""Exact betweenness: Brandes' algorithm over folded twins, eight sources at a time, on all cores."""

from graph_api.analytics.kernels.chunks import in_chunks
from graph_api.analytics.kernels.csr import Csr, Folded, folded
from graph_api.domain.arrays import FloatArray, LongArray, np

ARCS_A_CHUNK = 20_000_000
"""Arcs times sources of a chunk: some hundredths of a second."""


def pair_sums(graph: Csr) -> FloatArray:
    """Return for each node the sum over ordered pairs of others of the share of shortest paths that pass through it.

    Twins are folded first where the graph is undirected and without lengths, which on people who share films cuts
    the work to a third or an eighth. Vertices of degree one and biconnected parts are left as they are: of the graph
    of TMDB's films 98 in 100 classes lie in one part.

    References
    ----------
    .. [1] U. Brandes, On variants of shortest-path betweenness centrality (2008).
       https://doi.org/10.1016/j.socnet.2007.11.001
    .. [2] A. Sariyuce, E. Saule, K. Kaya and U. Catalyurek, Shattering and compressing networks for betweenness
       centrality (2013). https://doi.org/10.1137/1.9781611972832.76
    """
    if graph.lengths is not None:
        return _weighted(graph, graph.lengths)
    if graph.directed:
        return _summed(graph, np.ones(len(graph), np.int64))
    classes = folded(graph)
    return (_summed(classes.graph, classes.sizes) + _among_twins(classes))[classes.class_of]


def _summed(graph: Csr, sizes: LongArray) -> FloatArray:
    from graph_api.analytics.kernels.brandes_code import LANES, eight_at_a_time, one_by_one

    n = len(graph)

    def part(low: int, high: int) -> FloatArray:
        scores = np.zeros(n)
        search = one_by_one if graph.directed else eight_at_a_time
        search(graph.starts, graph.ends, sizes, low, high, scores)
        return scores

    total = np.zeros(n)
    for scores in in_chunks(part, n, LANES * min(64, max(1, ARCS_A_CHUNK // (LANES * (graph.arcs + n + 1))))):
        total += scores
    return total


def _weighted(graph: Csr, lengths: FloatArray) -> FloatArray:
    from graph_api.analytics.kernels.dijkstra_code import dependencies

    n = len(graph)

    def part(low: int, high: int) -> FloatArray:
        scores = np.zeros(n)
        dependencies(graph.starts, graph.ends, lengths, low, high, scores)
        return scores

    total = np.zeros(n)
    for scores in in_chunks(part, n, min(256, max(1, ARCS_A_CHUNK // (4 * (graph.arcs + n + 1))))):
        total += scores
    return total


def _among_twins(classes: Folded) -> FloatArray:
    """Return what pairs of open twins add to their neighbours: two steps, over each neighbour alike."""
    graph, sizes = classes.graph, classes.sizes
    rows = np.repeat(np.arange(len(graph)), np.diff(graph.starts))
    degrees = np.bincount(rows, weights=sizes[graph.ends], minlength=len(graph))
    pairs = np.where(classes.closed, 0, sizes * (sizes - 1)).astype(np.float64)
    each = np.divide(pairs, degrees, out=np.zeros(len(graph)), where=degrees > 0)
    return np.bincount(graph.ends, weights=each[rows], minlength=len(graph)).astype(np.float64)
