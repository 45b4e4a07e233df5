"""Approximate betweenness, closeness and harmonic centrality, each score with a bound that holds.

Adaptive sampling: after looks at growing numbers of samples it stops once every bound is at most epsilon, or the
highest scores are told apart, or the deadline is past. With probability 1 - delta all bounds hold at once.
"""

import math
import time
from dataclasses import dataclass

from graph_api.analytics.kernels.bounds import bernstein, chernoff, looks
from graph_api.analytics.kernels.chunks import in_chunks
from graph_api.analytics.kernels.csr import Csr, Folded, folded
from graph_api.analytics.kernels.distances import all_distances, distances_from, score_of, with_twins
from graph_api.analytics.progress import tell
from graph_api.domain.arrays import FlagArray, FloatArray, LongArray, np

SAMPLES_A_CHUNK = 512
"""Paths drawn by a thread at a time."""

SOURCES_A_CHUNK = 512
"""Sources searched by a thread at a time."""

PIECE = 16 * SOURCES_A_CHUNK
"""Sources searched between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Approximation:
    """How good an approximation has to be.

    Attributes:
        epsilon: the error of a score at most: of betweenness and closeness, which are from 0 to 1; of harmonic
            centrality, a sum over n - 1 others, (n - 1) times that.
        delta: the probability, at most, that any score is further off than its bound.
        seconds: after which it ends with the bounds reached by then; None: never.
        top: it may end once the so many highest scores are told apart from all others; None: it goes on.
        seed: of the random numbers.
    """

    epsilon: float = 0.01
    delta: float = 0.1
    seconds: float | None = None
    top: int | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Approximated:
    """Scores with their bounds.

    Attributes:
        scores: of each node.
        errors: bounds on |score - exact|; all 0 where exact.
        samples: drawn: paths of betweenness, else sources.
        is_late: whether the deadline ended it.
    """

    scores: FloatArray
    errors: FloatArray
    samples: int
    is_late: bool = False


def approximate_betweenness(graph: Csr, wanted: Approximation) -> Approximated:
    """Return betweenness, of an undirected graph without lengths, from shortest paths between random pairs.

    Notes
    -----
    A score is the share of paths drawn that pass through the node, of a class of twins divided by their number. Its
    bounds are Chernoff's. Normalised by the (n - 1)(n - 2) / 2 pairs of others.

    References
    ----------
    .. [1] M. Riondato and E. Kornaropoulos, Fast approximation of betweenness centrality through sampling (2016).
       https://doi.org/10.1007/s10618-015-0423-0
    .. [2] M. Borassi and E. Natale, KADABRA is an adaptive algorithm for betweenness via random approximation (2019).
       https://doi.org/10.1145/3284359
    """
    from graph_api.analytics.kernels.sampling_code import paths_between

    n = len(graph)
    if n < 3:
        return Approximated(np.zeros(n), np.zeros(n), 0)
    end = _deadline(wanted)
    classes = folded(graph)
    scale = n / (n - 2) / classes.sizes
    counts, drawn = np.zeros(len(classes.graph), np.int64), 0

    def part(low: int, high: int) -> LongArray:
        found = np.zeros(len(classes.graph), np.int64)
        quotient, seed = classes.graph, np.uint64(wanted.seed)
        first = drawn + low
        paths_between(
            quotient.starts,
            quotient.ends,
            classes.sizes,
            classes.closed,
            classes.class_of,
            seed,
            first,
            drawn + high,
            found,
        )
        return found

    for samples, log_odds in looks(_first_look(wanted, len(counts)), wanted.delta, len(counts)):
        is_late = False
        done = drawn
        for found in in_chunks(part, samples - drawn, SAMPLES_A_CHUNK, told=False):
            counts += found
            done = min(samples, done + SAMPLES_A_CHUNK)
            is_late = time.monotonic() >= end
            if is_late:
                break
        drawn = done
        low, high = chernoff(counts, drawn, log_odds)
        mean = counts / drawn
        bounds = np.maximum(high - mean, mean - low) * scale
        if _is_enough(mean * scale, bounds, classes, wanted) or is_late:
            place = classes.class_of
            return Approximated((mean * scale)[place], bounds[place], drawn, is_late)
        _tell(drawn, bounds, wanted)
    raise AssertionError


def approximate_closeness(graph: Csr, wanted: Approximation, *, is_harmonic: bool = False) -> Approximated:
    """Return closeness, or harmonic centrality, of an undirected graph without lengths, from random sources.

    Notes
    -----
    Sources are drawn from the largest component, again and again; the others are searched from all their nodes. Bounds
    are empirical Bernstein ones on mean distances, or mean inverse distances. Where it would take half as many
    sources as the component has classes of twins, all are searched, and the scores are exact.

    References
    ----------
    .. [1] D. Eppstein and J. Wang, Fast approximation of centrality (2004). https://doi.org/10.7155/jgaa.00081
    """
    n, classes = len(graph), folded(graph)
    if n < 2:
        return Approximated(np.zeros(n), np.zeros(n), 0)
    largest = _Largest.of(classes)
    end = _deadline(wanted)
    unit = n - 1.0 if is_harmonic else 1.0
    for samples, log_odds in looks(2 * SOURCES_A_CHUNK, wanted.delta, len(classes.graph), SOURCES_A_CHUNK):
        if 2 * samples >= int(largest.inside.sum()):
            break
        largest.draw(samples, wanted.seed, end)
        is_late = time.monotonic() >= end
        scores, bounds = largest.judged(n, log_odds, is_harmonic=is_harmonic)
        if is_late or _is_enough(scores / unit, bounds / unit, classes, wanted):
            others = np.flatnonzero(~largest.inside).astype(np.int32)
            found = with_twins(distances_from(classes.graph, classes.sizes, others, told=False), classes, n)
            exact, place = score_of(found, n, is_harmonic=is_harmonic), classes.class_of
            inside = largest.inside[place]
            scores, bounds = np.where(inside, scores[place], exact), np.where(inside, bounds[place], 0.0)
            return Approximated(scores, bounds, largest.drawn, is_late)
        _tell(largest.drawn, bounds / unit, wanted)
        least = largest.drawn * float(bounds.max(initial=0.0)) / unit / wanted.epsilon
        if wanted.top is None and wanted.seconds is None and 2 * least >= int(largest.inside.sum()):
            break  # bounds shrink at best with the number of samples
    return Approximated(score_of(all_distances(graph), n, is_harmonic=is_harmonic), np.zeros(n), 0)


class _Largest:
    """The component with the most classes, and the sums of distances from the sources drawn there."""

    def __init__(self, classes: Folded, inside: FlagArray) -> None:
        size = len(classes.graph)
        self.inside = inside
        self.drawn = 0
        self._classes = classes
        self._nodes = np.flatnonzero(inside[classes.class_of])
        self._ones = np.ones(size, np.int64)
        self._total, self._inverse, self._squares = np.zeros(size), np.zeros(size), np.zeros((size, 2))
        hub = int(np.argmax(np.where(inside, np.diff(classes.graph.starts), -1)))
        hops = distances_from(classes.graph, self._ones, np.array([hub], np.int32), told=False).furthest
        self._span = np.maximum(hops + hops[inside].max(initial=0), 2)

    @classmethod
    def of(cls, classes: Folded) -> "_Largest":
        """Find it."""
        from scipy import sparse
        from scipy.sparse import csgraph

        graph, size = classes.graph, len(classes.graph)
        matrix = sparse.csr_array((np.ones(graph.arcs, np.int8), graph.ends, graph.starts), shape=(size, size))
        _, labels = csgraph.connected_components(matrix, directed=False)
        return cls(classes, labels == np.argmax(np.bincount(labels)))

    def draw(self, samples: int, seed: int, end: float) -> None:
        """Search from more nodes, until there are so many or it is late."""
        classes = self._classes
        random = np.random.Generator(np.random.PCG64([seed, self.drawn]))
        new = classes.class_of[self._nodes[random.integers(len(self._nodes), size=samples - self.drawn)]]
        for low in range(0, len(new), PIECE):
            sources = new[low : low + PIECE]
            found = distances_from(classes.graph, self._ones, sources, told=False)
            assert found.squares is not None
            own = np.bincount(sources, minlength=len(self._ones))
            # a source's class holds its twins, of which each node of the class is as likely to be the source itself
            twins = (classes.sizes - 1) / classes.sizes * np.where(classes.closed, 1.0, 2.0)
            inverse = (classes.sizes - 1) / classes.sizes / np.where(classes.closed, 1.0, 2.0)
            self._total += found.total + own * twins
            self._inverse += found.inverse + own * inverse
            self._squares += found.squares + np.stack((own * twins**2, own * inverse**2), axis=1)
            self.drawn += len(sources)
            if time.monotonic() >= end:
                return

    def judged(self, n: int, log_odds: float, *, is_harmonic: bool) -> tuple[FloatArray, FloatArray]:
        """Return scores and bounds by class; outside the component they mean nothing, and bounds are 0."""
        drawn, people = self.drawn, len(self._nodes)
        if is_harmonic:
            bounds = people * bernstein(self._inverse, self._squares[:, 1], drawn, 1.0, log_odds)
            return people * self._inverse / drawn, np.where(self.inside, bounds, 0.0)
        off = bernstein(self._total, self._squares[:, 0], drawn, self._span, log_odds)
        # nobody is nearer than one step
        least = (people - 1) / people
        mean = np.maximum(self._total / drawn, least)
        scale = (people - 1) ** 2 / ((n - 1) * people)
        score = scale / mean
        bounds = np.maximum(scale / np.maximum(mean - off, least) - score, score - scale / (mean + off))
        return score, np.where(self.inside, bounds, 0.0)


def _deadline(wanted: Approximation) -> float:
    return math.inf if wanted.seconds is None else time.monotonic() + wanted.seconds


def _first_look(wanted: Approximation, scores: int) -> int:
    """Return the samples after which a score of 0 might be known well enough."""
    return math.ceil(math.log(4 * scores / wanted.delta) / wanted.epsilon)


def _is_enough(scores: FloatArray, bounds: FloatArray, classes: Folded, wanted: Approximation) -> bool:
    if float(bounds.max(initial=0.0)) <= wanted.epsilon:
        return True
    if wanted.top is None or wanted.top >= len(classes.class_of):
        return False
    place = classes.class_of
    order = np.argsort(-scores[place], kind="stable")
    best, rest = place[order[: wanted.top]], place[order[wanted.top :]]
    return bool((scores[best] - bounds[best]).min() > (scores[rest] + bounds[rest]).max())


def _tell(drawn: int, bounds: FloatArray, wanted: Approximation) -> None:
    """Tell how far it is, from what is known: bounds shrink with the root of the samples."""
    needed = drawn * max((float(bounds.max(initial=0.0)) / wanted.epsilon) ** 2, 1.0)
    tell(drawn, math.ceil(needed))
