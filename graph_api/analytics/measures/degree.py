"""Measures of a node's own ties."""

from graph_api.analytics.parameters import Parameters
from graph_api.analytics.projection import ProjectedGraph
from graph_api.domain.arrays import FloatArray, np


def degree(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return the share of the other nodes that each node is tied to.

    Notes
    -----
    networkx.degree_centrality: divided by n - 1; in a graph of one node its score is 1.
    """
    n = len(graph)
    if n <= 1:
        return np.ones(n)
    return np.diff(graph.pattern.indptr) / (n - 1)


def strength(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return the sum of the weights of each node's ties, not normalised."""
    return row_sums(graph, weighted=True)


def row_sums(graph: ProjectedGraph, *, weighted: bool) -> FloatArray:
    """Return the sum of each row of the matrix, added in the order of the columns."""
    matrix = graph.adjacency(weighted)
    rows = np.repeat(np.arange(len(graph)), np.diff(matrix.indptr))
    return np.bincount(rows, weights=matrix.data, minlength=len(graph)).astype(np.float64)
