"""How far a score is from what chance would give: graphs drawn with the same degrees, z-scores and quantiles.

Of COLLABORATION the drawn graphs have the same number of films for each person and the same number of people for each
film: "central" then means more than "has many credits". Of other projections each node keeps its number of ties.
"""

from dataclasses import dataclass, replace

from graph_api.analytics.build import Memberships, co_membership
from graph_api.analytics.measures.catalogue import MEASURES, CentralityMeasure
from graph_api.analytics.parameters import Parameters
from graph_api.analytics.progress import tell
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.ranking import significant
from graph_api.domain.arrays import FloatArray, LongArray, np

ROUNDS = 20
"""Rounds of swaps for each graph drawn: each proposes a swap for every second tie."""


@dataclass(frozen=True)
class Significance:
    """Nodes by z-score, highest first, then by id; those that never differ come last.

    Attributes:
        ids: the nodes.
        scores: what was measured.
        means, deviations: of the drawn graphs.
        z: (score - mean) / deviation; NaN where the deviation is 0.
        quantiles: share of drawn graphs in which the score was lower, those in which it was equal counted half.
        samples: graphs drawn.
    """

    ids: tuple[str, ...]
    scores: FloatArray
    means: FloatArray
    deviations: FloatArray
    z: FloatArray
    quantiles: FloatArray
    samples: int

    @property
    def nbytes(self) -> int:
        """Memory it holds, in bytes, roughly."""
        return 130 * len(self.ids)


def significance(
    graph: ProjectedGraph, measure: CentralityMeasure, parameters: Parameters, samples: int, seed: int
) -> Significance:
    """Compare a measure with what it is in graphs drawn with the same degrees.

    References
    ----------
    .. [1] S. Maslov and K. Sneppen, Specificity and stability in topology of protein networks (2002).
       https://doi.org/10.1126/science.1065103
    .. [2] M. Newman, S. Strogatz and D. Watts, Random graphs with arbitrary degree distributions (2001), on
       collaboration as a graph of two modes. https://doi.org/10.1103/PhysRevE.64.026118
    """
    record = MEASURES[measure]
    graph = graph.undirected
    observed = significant(np.nan_to_num(record.compute(graph, parameters)))
    random = np.random.Generator(np.random.PCG64(seed))
    mean, squares, below = np.zeros(len(graph)), np.zeros(len(graph)), np.zeros(len(graph))
    for sample in range(samples):
        found = significant(np.nan_to_num(record.compute(drawn(graph, random), parameters)))
        off = found - mean
        mean += off / (sample + 1)
        squares += off * (found - mean)
        below += (found < observed) + 0.5 * (found == observed)
        tell(sample + 1, samples)
    deviation = np.sqrt(squares / samples)
    deviation[deviation <= 1e-9 * np.maximum(np.maximum(np.abs(observed), np.abs(mean)), 1e-300)] = 0.0
    z = np.divide(observed - mean, deviation, out=np.full(len(graph), np.nan), where=deviation > 0)
    z = significant(z)
    order = np.argsort(-np.nan_to_num(z, nan=-np.inf), kind="stable")
    return Significance(
        tuple(graph.ids[i] for i in order.tolist()),
        observed[order],
        significant(mean)[order],
        significant(deviation)[order],
        z[order],
        significant(below / samples)[order],
        samples,
    )


def drawn(graph: ProjectedGraph, random: "np.random.Generator") -> ProjectedGraph:
    """Return a graph of the same nodes and degrees, drawn evenly among all such graphs.

    Weights of other projections than COLLABORATION are dealt out anew.
    """
    if graph.incidence is not None:
        incidence = graph.incidence
        width = max(len(incidence.film_ids), 1)
        pairs = np.unique(incidence.people.astype(np.int64) * width + incidence.films)
        people, films = swapped(pairs // width, pairs % width, random, two_modes=True)
        own = Memberships(graph.ids, incidence.film_ids, people.astype(np.int32), films.astype(np.int32))
        sources, targets, weights = co_membership(own, graph.spec.weight)
        return replace(graph, sources=sources, targets=targets, weights=weights, incidence=None)
    left, right = swapped(graph.sources.astype(np.int64), graph.targets.astype(np.int64), random, two_modes=False)
    low, high = np.minimum(left, right), np.maximum(left, right)
    order = np.lexsort((high, low))
    return replace(
        graph,
        sources=low[order].astype(np.int32),
        targets=high[order].astype(np.int32),
        weights=random.permutation(graph.weights),
    )


def swapped(
    left: LongArray, right: LongArray, random: "np.random.Generator", *, two_modes: bool
) -> tuple[LongArray, LongArray]:
    """Return ties whose ends have been swapped at random, without parallel ties or loops.

    Each round pairs half of the ties at random; the two of a pair change their right ends, unless a tie would come to
    be twice. What a round does can be undone by a round of the same probability, so that in the long run every graph of
    these degrees is drawn as often as any other.
    """
    left, right = left.copy(), right.copy()
    half = len(left) // 2
    width = int(max(left.max(initial=0), right.max(initial=0))) + 1

    def key(a: LongArray, b: LongArray) -> LongArray:
        if two_modes:
            return a * width + b
        found: LongArray = np.minimum(a, b) * width + np.maximum(a, b)
        return found

    for _ in range(ROUNDS if half else 0):
        order = random.permutation(len(left))
        active = random.random(half) < 0.5
        one, two = order[:half][active], order[half : 2 * half][active]
        if not two_modes:
            turned = one[random.random(len(one)) < 0.5]
            left[turned], right[turned] = right[turned], left[turned]
        held = key(left, right)
        new_one, new_two = key(left[one], right[two]), key(left[two], right[one])
        proposed, counts = np.unique(np.concatenate((new_one, new_two)), return_counts=True)
        twice = proposed[counts > 1]
        fits = np.ones(len(one), bool)
        for new in (new_one, new_two):
            fits &= ~np.isin(new, held) & ~np.isin(new, twice)
        for old in (held[one], held[two]):
            fits &= ~np.isin(old, proposed)
        if not two_modes:
            fits &= (left[one] != right[two]) & (left[two] != right[one])
        one, two = one[fits], two[fits]
        right[one], right[two] = right[two], right[one]
    return left, right
