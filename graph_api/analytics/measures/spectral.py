"""Measures that are eigenvectors or solve a linear system: eigenvector, Katz, HITS.

Power iteration from equal scores tends to the projection of the vector of ones onto the space of the
largest eigenvalue. That limit is computed component by component with a dense or a Lanczos solver, so
that it exists, and is the same on every run, on disconnected graphs as well.
"""

from dataclasses import dataclass

from graph_api.analytics.measures.walks import not_converged
from graph_api.analytics.parameters import Parameters, flag, number, whole
from graph_api.analytics.projection import Matrix, ProjectedGraph
from graph_api.domain.arrays import FloatArray, IndexArray, np
from graph_api.errors import BadInput

DENSE = 200
"""Up to this size a component is solved densely: quicker than Lanczos, and exact also for near-equal eigenvalues."""

EQUAL = 1e-10
"""Relative difference up to which two components' largest eigenvalues count as one."""


@dataclass(frozen=True, slots=True)
class Mode:
    """The largest eigenvalue of a connected component and its non-negative unit vector."""

    value: float
    members: IndexArray
    vector: FloatArray


def eigenvector(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return eigenvector centrality, of Euclidean length 1.

    Notes
    -----
    networkx.eigenvector_centrality of a connected graph. In a disconnected one the component with the
    largest eigenvalue has all the score; equal ones share it, in the proportion power iteration from
    equal scores would give; all others have 0. Without ties every score is 0.

    References
    ----------
    .. [1] P. Bonacich, Power and centrality: a family of measures (1987). https://doi.org/10.1086/228631
    """
    return _unit(_combined(dominant(graph.adjacency(flag(parameters, "weighted"))), len(graph)))


def hits_hub(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return the hub scores of HITS, the authorities of the graph turned round; they sum to 1."""
    from scipy import sparse

    matrix = graph.adjacency(flag(parameters, "weighted"))
    return _share(_authority(sparse.csr_array(matrix.T)))


def hits_authority(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return the authority scores of HITS; they sum to 1.

    Notes
    -----
    networkx.hits, where its result is unique: the first right singular vector of the matrix. On an
    undirected graph hubs and authorities are the same. Where several vectors belong to the largest
    singular value, the one that iteration from equal scores tends to. Without ties every score is 0.

    References
    ----------
    .. [1] J. Kleinberg, Authoritative sources in a hyperlinked environment (1999).
       https://doi.org/10.1145/324133.324140
    """
    return _share(_authority(graph.adjacency(flag(parameters, "weighted"))))


def katz(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return Katz centrality, of Euclidean length 1.

    Notes
    -----
    networkx.katz_centrality: x = alpha A x + beta. `alpha` has to stay under 1 / (largest eigenvalue);
    where it is not given it is 0.1, or 0.9 / (largest eigenvalue) if that is smaller.

    Raises
    ------
    BadInput
        `alpha` is too large for this graph; the message names the bound.

    References
    ----------
    .. [1] L. Katz, A new status index derived from sociometric analysis (1953). https://doi.org/10.1007/BF02289026
    """
    matrix = graph.adjacency(flag(parameters, "weighted"))
    modes = dominant(matrix)
    largest = modes[0].value if modes else 0.0
    alpha = min(0.1, 0.9 / largest if largest else 0.1) if parameters["alpha"] is None else number(parameters, "alpha")
    if alpha * largest >= 1:
        raise BadInput(
            f"parameter alpha must be under {1 / largest:.6g} on this graph", parameter="alpha", high=1 / largest
        )
    beta = number(parameters, "beta")
    score = np.full(len(graph), beta)
    for _ in range(whole(parameters, "max_iterations")):
        before = score
        score = alpha * (matrix @ before) + beta
        if np.abs(score - before).sum() <= number(parameters, "tolerance") * score.sum():
            return _unit(score)
    raise not_converged(parameters)


def dominant(matrix: Matrix) -> list[Mode]:
    """Return the components of a symmetric non-negative matrix that have its largest eigenvalue.

    They come in the order of their first member; none where the matrix is empty.
    """
    from scipy import sparse

    found: list[Mode] = []
    best = 0.0
    for bound, members in _components(matrix):
        if bound < best * (1 - EQUAL):
            break
        mode = _perron(sparse.csr_array(matrix[members][:, members]), members)
        best = max(best, mode.value)
        found.append(mode)
    kept = [mode for mode in found if mode.value >= best * (1 - EQUAL)]
    return sorted(kept, key=lambda mode: int(mode.members[0]))


def _components(matrix: Matrix) -> list[tuple[float, IndexArray]]:
    """Return the components with a tie, those with the highest bound on their eigenvalue first.

    No eigenvalue exceeds the largest row sum, nor the Frobenius norm times sqrt((size - 1) / size).
    """
    from scipy.sparse import csgraph

    count, labels = csgraph.connected_components(matrix, directed=False)
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(count + 1))
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
    found = []
    for low, high in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        if high - low > 1:
            members = order[low:high]
            size = high - low
            bound = min(float(sums[members].max()), float(np.sqrt(squares[members].sum() * (size - 1) / size)))
            found.append((bound * (1 + EQUAL), members))
    return sorted(found, key=lambda item: (-item[0], int(item[1][0])))


def _perron(matrix: Matrix, members: IndexArray) -> Mode:
    from scipy.sparse.linalg import ArpackNoConvergence, eigsh

    if len(members) <= DENSE:
        values, vectors = np.linalg.eigh(matrix.toarray())
    else:
        try:
            values, vectors = eigsh(matrix, k=1, which="LA", v0=np.ones(len(members)), tol=0)
        except ArpackNoConvergence:
            raise BadInput("the largest eigenvalue was not found; use PAGERANK or DEGREE on this graph") from None
    vector = np.abs(vectors[:, -1])
    return Mode(float(values[-1]), members, vector / np.sqrt((vector * vector).sum()))


def _combined(modes: list[Mode], size: int) -> FloatArray:
    """Return the projection of the vector of ones onto the modes."""
    score = np.zeros(size)
    for mode in modes:
        score[mode.members] = mode.vector * mode.vector.sum()
    return score


def _authority(matrix: Matrix) -> FloatArray:
    """Return the limit of a <- A'Ax from ones: right singular vectors are half of those of [[0, A], [A', 0]]."""
    from scipy import sparse

    n = matrix.shape[0]
    score = np.zeros(n)
    if matrix.nnz == 0:
        return score
    empty = sparse.csr_array((n, n))
    double = sparse.csr_array(sparse.vstack([sparse.hstack([empty, matrix]), sparse.hstack([matrix.T, empty])]))
    for mode in dominant(double):
        columns = mode.members >= n
        right = mode.vector[columns] / np.sqrt((mode.vector[columns] ** 2).sum())
        score[mode.members[columns] - n] = right * right.sum()
    return score


def _unit(score: FloatArray) -> FloatArray:
    length = float(np.sqrt((score * score).sum()))
    return score / length if length else score


def _share(score: FloatArray) -> FloatArray:
    total = float(score.sum())
    return score / total if total else score
