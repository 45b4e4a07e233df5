"""Measures of the ties among a node's neighbours: core number, clustering, constraint."""

from typing import TYPE_CHECKING

from graph_api.analytics.engines import ENGINES
from graph_api.analytics.kernels.csr import projected
from graph_api.analytics.measures.degree import row_sums
from graph_api.analytics.parameters import Parameters, flag
from graph_api.analytics.progress import tell
from graph_api.analytics.projection import ProjectedGraph, native
from graph_api.domain.arrays import FloatArray, np

if TYPE_CHECKING:
    from scipy import sparse

BLOCK_CELLS = 2_000_000
"""Entries of two-step paths held at once, at most."""


def core_number(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return the largest k for which a node lies in the k-core.

    Notes
    -----
    networkx.core_number. A k-core is the largest part in which every node has k ties to the others of the part.

    References
    ----------
    .. [1] S. Seidman, Network structure and minimum degree (1983). https://doi.org/10.1016/0378-8733(83)90028-X
    """
    if _is_own("CORE_NUMBER", graph):
        from graph_api.analytics.kernels.cohesion import cores

        return cores(projected(graph)).astype(np.float64)
    return np.array(native(graph).coreness(), np.float64)


def clustering(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return the share of pairs of a node's neighbours that are tied to each other.

    Notes
    -----
    networkx.clustering. With `weighted` the geometric mean of the three weights of a triangle, over the largest
    weight of the graph, counts for it. A node of fewer than two ties has 0.

    References
    ----------
    .. [1] D. Watts and S. Strogatz, Collective dynamics of small-world networks (1998). https://doi.org/10.1038/30918
    .. [2] J. Saramaki and others, Generalizations of the clustering coefficient to weighted complex networks (2007).
       https://doi.org/10.1103/PhysRevE.75.027105
    """
    if not flag(parameters, "weighted"):
        if _is_own("CLUSTERING", graph):
            from graph_api.analytics.kernels.cohesion import closed_pairs

            return closed_pairs(projected(graph))
        return np.array(native(graph).transitivity_local_undirected(mode="zero"), np.float64)
    from scipy import sparse

    matrix = graph.matrix
    strengths = np.cbrt(matrix.data / matrix.data.max(initial=0))
    roots = sparse.csr_array((strengths, matrix.indices, matrix.indptr), shape=matrix.shape)
    around = np.zeros(len(graph))
    for low, high in _blocks(roots):
        rows = roots[low:high]
        around[low:high] = np.asarray((rows @ roots).multiply(rows).sum(axis=1)).ravel()
    degrees = np.diff(matrix.indptr).astype(np.float64)
    return np.divide(around, degrees * (degrees - 1), out=np.zeros(len(graph)), where=degrees > 1)


def _is_own(analysis: str, graph: ProjectedGraph) -> bool:
    """Tell whether kernels of our own serve a graph: they take undirected ones, and libraries the small."""
    return not graph.directed and ENGINES[analysis].serving(len(graph), 2 * graph.ties) == "numba"


def constraint(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return Burt's constraint: how far a node's contacts are tied to each other, so that it bridges little.

    Notes
    -----
    networkx.constraint: the sum over neighbours j of (p_ij + sum of p_iq p_qj over q) squared, p_ij being the
    share of i's ties (or weights) that goes to j. A node without ties has no constraint and gets no score.

    References
    ----------
    .. [1] R. Burt, Structural holes and good ideas (2004). https://doi.org/10.1086/421787
    """
    from scipy import sparse

    weighted, n = flag(parameters, "weighted"), len(graph)
    matrix = graph.adjacency(weighted)
    sums = row_sums(graph, weighted=weighted)
    degrees = np.diff(matrix.indptr)
    share = sparse.csr_array(
        (matrix.data / np.repeat(sums, degrees), matrix.indices, matrix.indptr), shape=matrix.shape
    )
    scores = np.full(n, np.nan)
    for low, high in _blocks(share):
        rows = share[low:high]
        mask = sparse.csr_array((np.ones(rows.nnz), rows.indices, rows.indptr), shape=rows.shape)
        reach = sparse.csr_array((rows + rows @ share).multiply(mask))
        reach.sort_indices()
        places = np.repeat(np.arange(high - low), np.diff(reach.indptr))
        tell(high, n)
        scores[low:high] = np.bincount(places, weights=reach.data**2, minlength=high - low)
    scores[degrees == 0] = np.nan
    return scores


def _blocks(matrix: "sparse.csr_array[np.float64]") -> list[tuple[int, int]]:
    """Return row ranges whose two-step paths number at most about `BLOCK_CELLS`."""
    degrees = np.diff(matrix.indptr)
    steps = (
        np.add.reduceat(np.append(degrees[matrix.indices], 0), np.minimum(matrix.indptr[:-1], matrix.nnz))
        if len(degrees)
        else degrees
    )
    blocks, low, held = [], 0, 0
    for row, count in enumerate(np.where(degrees > 0, steps, 0).tolist()):
        if held and held + count > BLOCK_CELLS:
            blocks.append((low, row))
            low, held = row, 0
        held += count
    return [*blocks, (low, len(degrees))] if len(degrees) else []
