"""Measures of shortest paths: betweenness, closeness, harmonic centrality.

Weights are strengths, so a tie's length is 1/weight where `weighted` is true, and 1 otherwise.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graph_api.analytics.parameters import Parameters, flag
from graph_api.analytics.progress import tell
from graph_api.analytics.projection import ProjectedGraph
from graph_api.domain.arrays import FloatArray, np

if TYPE_CHECKING:
    from scipy import sparse

BLOCK_CELLS = 4_000_000
"""Distances held at once: 32 MB."""

MAX_LEVELS = 32
"""Steps of the longest shortest path up to which betweenness is computed a level at a time; held levels stay small."""


def betweenness(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return the share of shortest paths between two others that pass through each node.

    Notes
    -----
    networkx.betweenness_centrality, normalised by the (n - 1)(n - 2) / 2 pairs of others, ends not counted.
    Pairs without a path add nothing.

    References
    ----------
    .. [1] L. Freeman, A set of measures of centrality based on betweenness (1977). https://doi.org/10.2307/3033543
    .. [2] U. Brandes, A faster algorithm for betweenness centrality (2001).
       https://doi.org/10.1080/0022250X.2001.9990249
    """
    import networkx as nx

    weighted = flag(parameters, "weighted")
    if not weighted:
        found = _betweenness_by_levels(graph)
        if found is not None:
            return found
    scores = nx.betweenness_centrality(graph.numbered(distances=weighted), weight="distance" if weighted else None)
    return np.fromiter(scores.values(), np.float64, len(graph))


def _betweenness_by_levels(graph: ProjectedGraph) -> FloatArray | None:
    """Return betweenness by Brandes' algorithm for blocks of sources, a level at a time as sparse products.

    None where shortest paths are longer than `MAX_LEVELS`: there this way is slower than one source after another.
    """
    n, matrix = len(graph), graph.pattern
    scores = np.zeros(n)
    step = max(1, BLOCK_CELLS // (4 * n))
    for start in range(0, n, step):
        sources = np.arange(start, min(n, start + step))
        own = (sources, np.arange(len(sources)))
        levels = [np.zeros((n, len(sources)))]
        levels[0][own] = 1.0
        seen = levels[0] > 0
        while True:
            paths = matrix @ levels[-1]
            paths[seen] = 0.0
            if not paths.any():
                break
            if len(levels) == MAX_LEVELS:
                return None
            seen |= paths > 0
            levels.append(paths)
        passing = np.zeros_like(levels[0])
        for nearer, further in zip(levels[-2::-1], levels[:0:-1], strict=True):
            share = np.divide(1.0 + passing, further, out=np.zeros_like(further), where=further > 0)
            passing += nearer * (matrix @ share)
        passing[own] = 0.0
        scores += passing.sum(axis=1)
        tell(int(sources[-1]) + 1, n)
    return scores / max((n - 1) * (n - 2), 1)


def closeness(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return the inverse mean distance to the nodes that can be reached, times the share of nodes that can.

    Notes
    -----
    networkx.closeness_centrality with the correction of Wasserman and Faust for disconnected graphs.
    A node without ties has 0.

    References
    ----------
    .. [1] L. Freeman, Centrality in social networks: conceptual clarification (1978).
       https://doi.org/10.1016/0378-8733(78)90021-7
    .. [2] S. Wasserman and K. Faust, Social network analysis (1994), p. 201. https://doi.org/10.1017/CBO9780511815478
    """
    n = len(graph)
    scores = np.zeros(n)
    for start, distances in _distances(graph, weighted=flag(parameters, "weighted")):
        reached = np.isfinite(distances)
        others = reached.sum(axis=1) - 1
        total = np.where(reached, distances, 0.0).sum(axis=1)
        found = np.divide(others * others, total * max(n - 1, 1), out=np.zeros(len(total)), where=total > 0)
        scores[start : start + len(total)] = found
    return scores


def harmonic(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return the sum of 1/distance to every other node; one that can't be reached adds 0.

    Notes
    -----
    networkx.harmonic_centrality, which is not normalised.

    References
    ----------
    .. [1] P. Boldi and S. Vigna, Axioms for centrality (2014). https://doi.org/10.1080/15427951.2013.865686
    """
    scores = np.zeros(len(graph))
    for start, distances in _distances(graph, weighted=flag(parameters, "weighted")):
        inverse = np.divide(1.0, distances, out=np.zeros_like(distances), where=distances > 0)
        scores[start : start + len(distances)] = inverse.sum(axis=1)
    return scores


def _distances(graph: ProjectedGraph, *, weighted: bool) -> Iterator[tuple[int, FloatArray]]:
    """Yield blocks of rows of the matrix of distances, each with its first row's number."""
    from scipy.sparse import csgraph

    n = len(graph)
    lengths = lengths_of(graph, weighted=weighted)
    step = max(1, BLOCK_CELLS // max(n, 1))
    for start in range(0, n, step):
        rows = np.arange(start, min(n, start + step))
        yield start, csgraph.dijkstra(lengths, directed=True, indices=rows, unweighted=not weighted)
        tell(int(rows[-1]) + 1, n)


def lengths_of(graph: ProjectedGraph, *, weighted: bool) -> "sparse.csr_array[np.float64]":
    """Return the matrix of the ties' lengths."""
    from scipy import sparse

    matrix = graph.adjacency(weighted)
    return sparse.csr_array((1.0 / matrix.data, matrix.indices, matrix.indptr), shape=matrix.shape)
