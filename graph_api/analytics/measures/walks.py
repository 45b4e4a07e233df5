"""Measures of a random walk: PageRank, personalised PageRank, ArticleRank.

Each is the fixed point of a contraction, iterated until the summed change per round falls below the
tolerance. Ties are followed in their direction where the projection has one.
"""

from graph_api.analytics.measures.degree import row_sums
from graph_api.analytics.parameters import Parameters, flag, ids_of, number, whole
from graph_api.analytics.projection import ProjectedGraph
from graph_api.domain.arrays import FloatArray, np
from graph_api.errors import BadInput


def pagerank(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return PageRank; scores sum to 1.

    Notes
    -----
    networkx.pagerank with its default weights. A node without ties hands its score to all alike.

    References
    ----------
    .. [1] S. Brin and L. Page, The anatomy of a large-scale hypertextual Web search engine (1998).
       https://doi.org/10.1016/S0169-7552(98)00110-X
    """
    return _walk(graph, parameters, np.full(len(graph), 1.0 / max(len(graph), 1)))


def personalized_pagerank(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return PageRank with jumps to the nodes of `sources` alone; scores sum to 1.

    Raises
    ------
    NotFound
        One of the sources is not in the projection.
    """
    jump = np.zeros(len(graph))
    for node in ids_of(parameters, "sources"):
        jump[graph.number(node)] = 1.0
    return _walk(graph, parameters, jump / jump.sum())


def _walk(graph: ProjectedGraph, parameters: Parameters, jump: FloatArray) -> FloatArray:
    n = len(graph)
    if n == 0:
        return np.empty(0)
    weighted, alpha = flag(parameters, "weighted"), number(parameters, "alpha")
    outgoing = row_sums(graph, weighted=weighted)
    follow = graph.adjacency(weighted).T.tocsr()
    share = np.divide(1.0, outgoing, out=np.zeros(n), where=outgoing > 0)
    dangling = np.flatnonzero(outgoing == 0)
    score = np.full(n, 1.0 / n)
    for _ in range(whole(parameters, "max_iterations")):
        before = score
        score = alpha * (follow @ (before * share) + before[dangling].sum() * jump) + (1 - alpha) * jump
        if np.abs(score - before).sum() < number(parameters, "tolerance"):
            total: FloatArray = score / score.sum()
            return total
    raise not_converged(parameters)


def article_rank(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return ArticleRank: PageRank in which what a node with few ties hands on counts less.

    Notes
    -----
    As the Neo4j Graph Data Science library defines it, with d the damping `alpha`, N(w) the ties leaving w
    and M their mean over all nodes::

        score(v) = (1 - d) + d * sum of score(w) / (N(w) + M) over the nodes w that lead to v

    iterated to its fixed point. Scores are not normalised; a node that nothing leads to has 1 - d.

    References
    ----------
    .. [1] J. Li and P. Willett, ArticleRank: a PageRank-based alternative to numbers of citations (2009).
       https://doi.org/10.1108/00012530911005544
    """
    n = len(graph)
    weighted, alpha = flag(parameters, "weighted"), number(parameters, "alpha")
    outgoing = row_sums(graph, weighted=weighted)
    mean = outgoing.sum() / max(n, 1)
    follow = graph.adjacency(weighted).T.tocsr()
    share = np.divide(1.0, outgoing + mean, out=np.zeros(n), where=outgoing > 0)
    score: FloatArray = np.full(n, 1 - alpha)
    for _ in range(whole(parameters, "max_iterations")):
        before = score
        score = (1 - alpha) + alpha * (follow @ (before * share))
        if np.abs(score - before).sum() <= number(parameters, "tolerance") * max(n, 1):
            return score
    raise not_converged(parameters)


def not_converged(parameters: Parameters) -> BadInput:
    """Return the error of an iteration that ended before its tolerance."""
    return BadInput(
        f"no fixed point within {parameters['max_iterations']} rounds; "
        "raise max_iterations, or tolerance, or lower alpha",
        parameter="max_iterations",
    )
