"""Core numbers and clustering of an undirected graph, by kernels."""

from graph_api.analytics.kernels.cohesion_code import core_numbers, triangles
from graph_api.analytics.kernels.csr import Csr
from graph_api.domain.arrays import FloatArray, LongArray, np


def cores(graph: Csr) -> LongArray:
    """Return the core number of each node."""
    return core_numbers(graph.starts, graph.ends)


def closed_pairs(graph: Csr) -> FloatArray:
    """Return the share of pairs of each node's neighbours that are tied; 0 where there are none."""
    degrees = np.diff(graph.starts).astype(np.float64)
    pairs = degrees * (degrees - 1) / 2
    return np.divide(triangles(graph.starts, graph.ends), pairs, out=np.zeros(len(graph)), where=pairs > 0)
