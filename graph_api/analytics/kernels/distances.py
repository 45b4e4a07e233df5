"""Exact distances between all nodes, added up: for closeness, harmonic centrality, eccentricity, histograms."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from graph_api.analytics.kernels.chunks import in_chunks
from graph_api.analytics.kernels.csr import Csr, Folded, folded
from graph_api.domain.arrays import FloatArray, IntArray, LongArray, np

ARCS_A_CHUNK = 20_000_000
"""Arcs times sources of a chunk of searches by length."""


@dataclass(frozen=True)
class Distances:
    """Of each node, over all others it can be reached from.

    Attributes:
        reached: how many they are.
        total: the sum of their distances.
        inverse: the sum of 1/distance.
        furthest: the largest distance; 0 where there is none.
        squares: the sums of squares of distance and of 1/distance, where each step counts 1.
        histogram: how many ordered pairs are so many steps apart, from 0; all 0 where arcs have lengths.
    """

    reached: LongArray
    total: FloatArray
    inverse: FloatArray
    furthest: FloatArray
    histogram: LongArray
    squares: FloatArray | None = None


def all_distances(graph: Csr) -> Distances:
    """Return the sums of distances of each node, over the nodes that it can be reached from."""
    if graph.lengths is not None:
        return _by_length(graph, graph.lengths)
    n = len(graph)
    if graph.directed:
        everyone = np.arange(n, dtype=np.int32)
        found = distances_from(graph, np.ones(n, np.int64), everyone)
        return replace(found, histogram=_trimmed(found.histogram, n))
    classes = folded(graph)
    found = distances_from(classes.graph, classes.sizes, np.arange(len(classes.graph), dtype=np.int32))
    return with_twins(found, classes, n)


def score_of(found: Distances, n: int, *, is_harmonic: bool) -> FloatArray:
    """Return closeness with the correction of Wasserman and Faust, or harmonic centrality, from sums of distances."""
    if is_harmonic:
        return found.inverse
    scale = found.total * max(n - 1, 1)
    return np.divide(found.reached.astype(np.float64) ** 2, scale, out=np.zeros(n), where=scale > 0)


def distances_from(graph: Csr, sizes: LongArray, sources: IntArray, *, told: bool = True) -> Distances:
    """Return the sums of steps from some sources to each node, a source counting `sizes` times."""
    from graph_api.analytics.kernels.searches_code import SOURCES, together

    n = len(graph)

    def part(low: int, high: int) -> Distances:
        reached, total, furthest = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
        inverse, histogram, squares = np.zeros(n), np.zeros(n + 1, np.int64), np.zeros((n, 2))
        chosen = sources[low:high]
        together(
            graph.starts,
            graph.ends,
            sizes,
            chosen,
            graph.directed,
            reached,
            total,
            inverse,
            furthest,
            histogram,
            squares,
        )
        return Distances(reached, total.astype(np.float64), inverse, furthest.astype(np.float64), histogram, squares)

    return _added(in_chunks(part, len(sources), SOURCES, told=told), n)


def _added(parts: Iterable[Distances], n: int) -> Distances:
    reached, histogram = np.zeros(n, np.int64), np.zeros(n + 1, np.int64)
    total, inverse, furthest, squares = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros((n, 2))
    for found in parts:
        squares += 0.0 if found.squares is None else found.squares
        reached += found.reached
        total += found.total
        inverse += found.inverse
        np.maximum(furthest, found.furthest, out=furthest)
        histogram += found.histogram
    return Distances(reached, total, inverse, furthest, histogram, squares)


def with_twins(found: Distances, classes: Folded, n: int) -> Distances:
    """Return what is true of each node, pairs of twins included: a step apart if tied to each other, else two."""
    sizes = classes.sizes
    apart = np.where(classes.closed, 1, 2)
    others = sizes - 1
    size = max(n + 1, 3)
    pairs = np.bincount(apart, weights=sizes * others, minlength=size).astype(np.int64)
    histogram = pairs + np.pad(found.histogram, (0, size - len(found.histogram)))
    place = classes.class_of
    return Distances(
        (found.reached + others)[place],
        (found.total + others * apart)[place],
        (found.inverse + others / apart)[place],
        np.maximum(found.furthest, np.where(others > 0, apart, 0))[place],
        _trimmed(histogram, n),
    )


def _trimmed(histogram: LongArray, n: int) -> LongArray:
    """Return a histogram with each node at no distance from itself, up to the largest distance there is."""
    histogram[0] = n
    return histogram[: int(np.flatnonzero(histogram)[-1]) + 1 if n else 1]


def _by_length(graph: Csr, lengths: FloatArray) -> Distances:
    from graph_api.analytics.kernels.dijkstra_code import sums

    n = len(graph)

    def part(low: int, high: int) -> Distances:
        reached, total, inverse, furthest = np.zeros(n, np.int64), np.zeros(n), np.zeros(n), np.zeros(n)
        sums(graph.starts, graph.ends, lengths, low, high, reached, total, inverse, furthest)
        return Distances(reached, total, inverse, furthest, np.zeros(n + 1, np.int64))

    return _added(in_chunks(part, n, min(256, max(1, ARCS_A_CHUNK // (4 * (graph.arcs + n + 1))))), n)
