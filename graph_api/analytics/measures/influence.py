"""Influence maximisation under the independent cascade."""

import heapq

from graph_api.analytics.parameters import Parameters, number, whole
from graph_api.analytics.progress import tell
from graph_api.analytics.projection import ProjectedGraph
from graph_api.domain.arrays import FloatArray, IntArray, LongArray, np
from graph_api.errors import BadInput

MAX_CELLS = 100_000_000
"""Nodes times runs: 400 MB of component labels."""


def influence_maximization(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    """Return each chosen seed's marginal gain in nodes reached; all other nodes have 0.

    Notes
    -----
    A tie carries influence with `probability`, one coin per tie. `runs` graphs of the ties whose coin fell well are
    drawn once from `seed`; a set reaches, in each, the components its members lie in. Greedy choice on the mean of
    these is exact on the sample, and within 1 - 1/e of the best set there. Where two nodes gain the same, the lower
    id is chosen. Gains are looked at anew only where an old one does not decide (CELF), which changes no choice. The
    gains of the `k` seeds, which fall from one to the next, sum to the mean number of nodes reached.

    References
    ----------
    .. [1] D. Kempe, J. Kleinberg and E. Tardos, Maximizing the spread of influence through a social network (2003).
       https://doi.org/10.1145/956750.956769
    .. [2] J. Leskovec and others, Cost-effective outbreak detection in networks (2007).
       https://doi.org/10.1145/1281192.1281239
    .. [3] W. Chen, Y. Wang and S. Yang, Efficient influence maximization in social networks (2009).
       https://doi.org/10.1145/1557019.1557047
    """
    n, runs = len(graph), whole(parameters, "runs")
    if n * runs > MAX_CELLS:
        most = MAX_CELLS // n
        raise BadInput(f"parameter runs must be at most {most} on a graph of {n:,} nodes", parameter="runs", high=most)
    labels, sizes = _worlds(graph, number(parameters, "probability"), runs, whole(parameters, "seed"))
    gains = np.zeros(n, np.int64)
    for run in range(runs):
        gains += sizes[run][labels[run]]
    # A gain can only fall as seeds are chosen, so an old one is a bound: only what stands on top is looked at anew.
    heap = [(-gain, node, 0) for node, gain in enumerate(gains.tolist())]
    heapq.heapify(heap)
    scores, seeds = np.zeros(n), min(whole(parameters, "k"), n)
    for chosen in range(seeds):
        while heap[0][2] < chosen:
            _, node, _ = heap[0]
            gain = sum(int(sizes[run][labels[run][node]]) for run in range(runs))
            heapq.heapreplace(heap, (-gain, node, chosen))
        bound, best, _ = heapq.heappop(heap)
        if bound >= 0:
            break
        scores[best] = -bound / runs
        for run in range(runs):
            sizes[run][labels[run][best]] = 0
        tell(runs + (chosen + 1) * runs // seeds, 2 * runs)
    return scores


def _worlds(graph: ProjectedGraph, probability: float, runs: int, seed: int) -> tuple[list[IntArray], list[LongArray]]:
    """Return for each drawn graph the component of each node and the components' sizes."""
    from scipy import sparse
    from scipy.sparse import csgraph

    random = np.random.Generator(np.random.PCG64(seed))
    n, labels, sizes = len(graph), [], []
    for run in range(runs):
        tell(run, 2 * runs)
        live = random.random(graph.ties) < probability
        drawn = sparse.csr_array(
            (np.ones(int(live.sum()), np.int8), (graph.sources[live], graph.targets[live])), shape=(n, n)
        )
        count, found = csgraph.connected_components(drawn, directed=False)
        labels.append(found.astype(np.int32))
        sizes.append(np.bincount(found, minlength=count).astype(np.int64))
    return labels, sizes
