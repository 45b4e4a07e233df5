"""What makes one score: neighbours and films, or of betweenness the communities between which somebody stands."""

from dataclasses import dataclass

from graph_api.analytics.communities import ALGORITHMS, CommunityAlgorithm, find_communities
from graph_api.analytics.measures.catalogue import MEASURES, CentralityMeasure
from graph_api.analytics.measures.degree import row_sums
from graph_api.analytics.parameters import Parameters, check_parameters, flag, number
from graph_api.analytics.progress import tell
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.ranking import ranked
from graph_api.analytics.similarity import neighbours
from graph_api.analytics.spec import WeightScheme
from graph_api.domain.arrays import FloatArray, LongArray, np

_M = CentralityMeasure
EXPLAINED = (_M.DEGREE, _M.STRENGTH, _M.PAGERANK, _M.EIGENVECTOR, _M.BETWEENNESS)
"""The measures whose scores are sums that can be told apart."""
BLOCK = 64
"""Searches made side by side."""
_MEMBERS = 5
"""Members by which a community is named."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a neighbour or a film adds to a score."""

    id: str
    amount: float


@dataclass(frozen=True, slots=True)
class Group:
    """A community: how many it has, and the ids of those most strongly tied inside."""

    size: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bridged:
    """What the pairs of two communities, or of one, add to a betweenness."""

    first: Group
    second: Group
    amount: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """What makes a score.

    Attributes:
        score, rank: as in the ranking of the whole graph.
        neighbours, films, pairs: what adds most first, then by id or place; not all perhaps.
        rest: of PageRank what jumps bring, which is nobody's; else 0.
    """

    score: float
    rank: int
    neighbours: tuple[Part, ...] = ()
    films: tuple[Part, ...] = ()
    pairs: tuple[Bridged, ...] = ()
    rest: float = 0.0

    @property
    def nbytes(self) -> int:
        """Memory it holds, in bytes, roughly."""
        return 200 + 120 * (len(self.neighbours) + len(self.films)) + 1_500 * len(self.pairs)


def explained(
    graph: ProjectedGraph, measure: CentralityMeasure, parameters: Parameters, node: str, first: int
) -> Explanation:
    """Return what adds most to the score of a node.

    Parameters
    ----------
    graph
        The projection.
    measure, parameters
        One of `EXPLAINED`, checked; of betweenness without weights.
    node
        Whose score.
    first
        How many neighbours, films or pairs are kept.

    Notes
    -----
    Degree and strength are sums over neighbours. PageRank and eigenvector centrality are so too, by the equation that
    they solve: a neighbour u adds alpha w score(u) / strength(u), or w score(u) / eigenvalue. What a neighbour adds is
    spread over the films that make the tie, in proportion to what each adds to its weight. A betweenness is a sum over
    pairs of others of the share of their shortest paths that pass; pairs are added up by Leiden's communities.

    Raises
    ------
    NotFound
        The projection has no such node.
    """
    own = graph.number(node)
    scores = MEASURES[measure].compute(graph, parameters)
    ranking = ranked(graph.ids, scores)
    place = ranking.places[node]
    score, rank = float(ranking.scores[place]), int(ranking.ranks[place])
    if measure is _M.BETWEENNESS:
        return Explanation(score, rank, pairs=_pairs(graph.undirected, own, first))
    others, amounts = _shares(graph, measure, parameters, scores, own)
    rest = max(0.0, score - float(amounts.sum())) if measure is _M.PAGERANK else 0.0
    parts = _most([graph.ids[i] for i in others.tolist()], amounts, first)
    return Explanation(score, rank, parts, _films(graph, own, others, amounts, first), rest=rest)


def _shares(
    graph: ProjectedGraph, measure: CentralityMeasure, parameters: Parameters, scores: FloatArray, own: int
) -> tuple[LongArray, FloatArray]:
    """Return the neighbours of a node and what each adds to its score."""
    if measure is _M.PAGERANK:
        weighted = flag(parameters, "weighted")
        arriving = graph.adjacency(weighted)[:, [own]].tocoo()
        others = arriving.coords[0].astype(np.int64)
        spread = arriving.data / row_sums(graph, weighted=weighted)[others]
        return others, number(parameters, "alpha") * scores[others] * spread
    graph = graph.undirected
    others = neighbours(graph, own).astype(np.int64)
    weights: FloatArray = graph.matrix.data[graph.matrix.indptr[own] : graph.matrix.indptr[own + 1]]
    if measure is _M.STRENGTH:
        return others, weights
    if measure is _M.DEGREE:
        return others, np.full(len(others), 1.0 / max(1, len(graph) - 1))
    amounts = scores[others] * (weights if flag(parameters, "weighted") else 1.0)
    total = float(amounts.sum())
    return others, amounts * (scores[own] / total) if total else amounts


def _most(ids: list[str], amounts: FloatArray, first: int) -> tuple[Part, ...]:
    parts = [Part(node, float(f"{amount:.12g}")) for node, amount in zip(ids, amounts.tolist(), strict=True) if amount]
    return tuple(sorted(parts, key=lambda part: (-part.amount, part.id))[:first])


def _films(graph: ProjectedGraph, own: int, others: LongArray, amounts: FloatArray, first: int) -> tuple[Part, ...]:
    """Return what films add: what neighbours do, spread over the films shared with each."""
    from scipy import sparse

    incidence = graph.incidence
    if incidence is None or not len(others):
        return ()
    pairs = np.unique(np.stack((incidence.people, incidence.films)), axis=1)
    shape = (len(graph), len(incidence.film_ids))
    member = sparse.csr_array((np.ones(pairs.shape[1]), (pairs[0], pairs[1])), shape=shape)
    sizes = np.bincount(pairs[1], minlength=shape[1])
    films = np.unique(incidence.of(own)[0])
    shared = member[others][:, films].toarray()
    if graph.spec.weight is WeightScheme.NEWMAN:
        shared = shared / np.maximum(1, sizes[films] - 1)
    added = (amounts / shared.sum(axis=1)) @ shared
    return _most([incidence.film_ids[i] for i in films.tolist()], added, first)


def _pairs(graph: ProjectedGraph, own: int, first: int) -> tuple[Bridged, ...]:
    leiden = ALGORITHMS[CommunityAlgorithm.LEIDEN]
    found = find_communities(graph, leiden.algorithm, check_parameters("LEIDEN", leiden.parameters, {}))
    steps, ways = _searched(graph, np.array([own]))
    near = np.flatnonzero(steps[:, 0] >= 0)
    names, labels = np.unique([found.community_of[graph.ids[i]] for i in near.tolist()], return_inverse=True)
    sums = _dependencies(graph, own, near, labels, steps[:, 0], ways[:, 0]) / max(
        1, (len(graph) - 1) * (len(graph) - 2)
    )
    groups = [
        Group(len(community.members), community.members[:_MEMBERS])
        for community in (found.communities[i] for i in names.tolist())
    ]
    ends = [(a, b) for a in range(len(groups)) for b in range(a, len(groups)) if sums[a, b] > 0]
    both = {(a, b): float(f"{sums[a, b] + (sums[b, a] if a != b else 0.0):.12g}") for a, b in ends}
    order = sorted(ends, key=lambda pair: (-both[pair], pair))[:first]
    return tuple(Bridged(groups[a], groups[b], both[a, b]) for a, b in order)


def _dependencies(
    graph: ProjectedGraph, own: int, near: LongArray, labels: LongArray, steps: LongArray, ways: FloatArray
) -> FloatArray:
    """Return, for ordered pairs of communities, how many shortest paths pass a node, each pair of nodes being one.

    Of s and t the share of shortest paths through v is ways(s, v) ways(v, t) / ways(s, t) where v is on the way.
    """
    size = int(labels.max()) + 1
    member = np.zeros((size, len(graph)))
    member[labels, near] = 1.0
    member[:, own] = 0.0
    sums = np.zeros((size, size))
    for low in range(0, len(near), BLOCK):
        sources = near[low : low + BLOCK]
        sources = sources[sources != own]
        far, many = _searched(graph, sources)
        passes = (far >= 0) & (far == far[own] + steps[:, None])
        share = np.divide(many[own] * ways[:, None], many, out=np.zeros(many.shape), where=passes)
        sums += (member @ share) @ member[:, sources].T
        tell(low, len(near))
    return sums.T


def _searched(graph: ProjectedGraph, sources: LongArray) -> tuple[LongArray, FloatArray]:
    """Return steps from each source (a column) to each node, -1 out of reach, and how many shortest paths there are."""
    steps = np.full((len(graph), len(sources)), -1, np.int64)
    ways = np.zeros(steps.shape)
    columns = np.arange(len(sources))
    steps[sources, columns] = 0
    ways[sources, columns] = 1.0
    reached, step = ways.copy(), 0
    while reached.any():
        step += 1
        reached = graph.pattern @ reached
        reached[steps >= 0] = 0.0
        steps[reached > 0] = step
        ways += reached
    return steps, ways
