"""Measures of shortest paths: betweenness, closeness, harmonic centrality.

Weights are strengths, so a tie's length is 1/weight where `weighted` is true, and 1 otherwise. Small graphs are given
to igraph, larger ones to the kernels of `graph_api.analytics.kernels`, which also let go of Python's lock.
"""

from graph_api.analytics.engines import ENGINES
from graph_api.analytics.kernels.betweenness import pair_sums
from graph_api.analytics.kernels.compiler import is_available
from graph_api.analytics.kernels.csr import projected
from graph_api.analytics.kernels.distances import all_distances, score_of
from graph_api.analytics.parameters import Parameters, flag
from graph_api.analytics.projection import ProjectedGraph, native
from graph_api.domain.arrays import FloatArray, np

PYTHON_WORK = 1_000_000
"""Nodes times arcs up to which NetworkX finds weighted betweenness within a second."""


def betweenness(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return the share of shortest paths between two others that pass through each node.

    Notes
    -----
    networkx.betweenness_centrality, normalised by the (n - 1)(n - 2) / 2 pairs of others, ends not counted.
    Pairs without a path add nothing. Two weighted paths are equally long where NetworkX finds them so.

    References
    ----------
    .. [1] L. Freeman, A set of measures of centrality based on betweenness (1977). https://doi.org/10.2307/3033543
    .. [2] U. Brandes, A faster algorithm for betweenness centrality (2001).
       https://doi.org/10.1080/0022250X.2001.9990249
    """
    weighted, n = flag(parameters, "weighted"), len(graph)
    pairs = max((n - 1) * (n - 2), 1)
    is_small = _is_small(graph, "BETWEENNESS")
    if is_small and not weighted:
        return 2 * np.array(native(graph).betweenness(directed=False), np.float64) / pairs
    if is_small and (2 * n * graph.ties <= PYTHON_WORK or not is_available()):
        # igraph calls two paths equally long that nearly are, NetworkX and the kernel only those that are
        import networkx as nx

        scores = nx.betweenness_centrality(graph.numbered(distances=True), weight="distance")
        return np.fromiter(scores.values(), np.float64, n)
    return pair_sums(projected(graph, weighted=weighted)) / pairs


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
    weighted, n = flag(parameters, "weighted"), len(graph)
    if _is_small(graph, "CLOSENESS"):
        from scipy.sparse import csgraph

        inverse_mean = np.array(native(graph).closeness(weights=_lengths(graph, weighted)), np.float64)
        _, part = csgraph.connected_components(graph.matrix, directed=False)
        others = np.bincount(part)[part] - 1.0
        return np.where(others > 0, inverse_mean * others, 0.0) / max(n - 1, 1)
    return score_of(all_distances(projected(graph, weighted=weighted)), n, is_harmonic=False)


def harmonic(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return the sum of 1/distance to every other node; one that can't be reached adds 0.

    Notes
    -----
    networkx.harmonic_centrality, which is not normalised.

    References
    ----------
    .. [1] P. Boldi and S. Vigna, Axioms for centrality (2014). https://doi.org/10.1080/15427951.2013.865686
    """
    weighted = flag(parameters, "weighted")
    if _is_small(graph, "HARMONIC"):
        lengths = _lengths(graph, weighted)
        return np.array(native(graph).harmonic_centrality(weights=lengths, normalized=False), np.float64)
    return all_distances(projected(graph, weighted=weighted)).inverse


def _is_small(graph: ProjectedGraph, measure: str) -> bool:
    engine = ENGINES[measure]
    return engine.serving(len(graph), 2 * graph.ties) == engine.small


def _lengths(graph: ProjectedGraph, weighted: bool) -> FloatArray | None:
    return 1.0 / graph.weights if weighted else None
