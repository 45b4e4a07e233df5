"""Communities of high modularity, by kernels: Leiden's and Louvain's ways over the same moves.

All is drawn from the seed alone, and one thread computes: the division is the same on each machine.
"""

from typing import NamedTuple

from graph_api.analytics.kernels.modularity_code import merged, move_nodes, numbered, refined, shuffled, twins
from graph_api.analytics.progress import tell
from graph_api.analytics.projection import Matrix
from graph_api.domain.arrays import FloatArray, IntArray, LongArray, np

THETA = 0.01
"""How far from the best a node's choice may be when communities are refined: a share of its strength."""
SWING = 0.3
"""By what share the resolution swings, at most, to leave divisions that no single move betters."""
_MASK = 2**64 - 1


class _Level(NamedTuple):
    """A graph, each node of which stands for a part of the one below."""

    starts: LongArray
    ends: IntArray
    weights: FloatArray
    strengths: FloatArray

    @property
    def nodes(self) -> int:
        return len(self.strengths)


def leiden(matrix: Matrix, resolution: float, passes: int, seed: int) -> LongArray:
    """Return each node's community; every community is connected.

    Parameters
    ----------
    matrix
        Weights greater than 0 of an undirected graph without loops; rows in order.
    resolution
        Higher gives more and smaller communities.
    passes
        How often it starts again from what was found, at most; the last two end it where nothing changes.
    seed
        Of the order in which nodes are looked at, and of what they choose.

    Notes
    -----
    Between the first pass and the last two the resolution swings around the one asked for, ever less: started again
    with the same one, few nodes move, and the division stays where no single move betters it.

    References
    ----------
    .. [1] V. Traag, L. Waltman and N. van Eck, From Louvain to Leiden: guaranteeing well-connected communities (2019).
       https://doi.org/10.1038/s41598-019-41695-z
    """
    base, rate, classes = _folded(matrix, resolution)
    labels = np.arange(base.nodes, dtype=np.int32)
    for number, factor in enumerate(_swings(passes)):
        labels, moves = _pass(base, rate * factor, labels, seed * 1_000_003 + number)
        tell(number + 1, passes)
        if number > passes - 3 and not moves:
            break
    return labels[classes].astype(np.int64)


def _swings(passes: int) -> list[float]:
    """Return by what the resolution is multiplied in each pass."""
    middle = max(0, passes - 3)
    sizes = [SWING * (1 - 2 / 3 * i / middle) for i in range(middle)]
    swung = [1 + size if i % 2 else 1 - size for i, size in enumerate(sizes)]
    return [1.0, *swung, 1.0, 1.0][:passes]


def _pass(base: _Level, rate: float, labels: IntArray, seed: int) -> tuple[IntArray, int]:
    """Move nodes, make nodes of the parts of communities, move these, and so on; return how many moves there were."""
    level, place, moves, height = base, np.arange(base.nodes, dtype=np.int32), 0, 0
    while True:
        draw = _random(seed, height)
        order = shuffled(level.nodes, draw)
        moves += move_nodes(*level, rate, order, labels)
        labels, communities = numbered(labels)
        if communities == level.nodes:
            break
        parts, count = numbered(refined(*level, rate, order, labels, THETA, draw + np.uint64(1 << 40)))
        if count == level.nodes:
            break
        above = np.empty(count, np.int32)
        above[parts] = labels
        level, place, labels = _Level(*merged(*level, parts, count)), parts[place], above
        height += 1
    return labels[place], moves


def louvain(matrix: Matrix, resolution: float, seed: int) -> LongArray:
    """Return each node's community; for the parameters see `leiden`.

    References
    ----------
    .. [1] V. Blondel and others, Fast unfolding of communities in large networks (2008).
       https://doi.org/10.1088/1742-5468/2008/10/P10008
    """
    level, rate, place = _folded(matrix, resolution)
    height = 0
    while True:
        labels = np.arange(level.nodes, dtype=np.int32)
        if not move_nodes(*level, rate, shuffled(level.nodes, _random(seed, height)), labels):
            return place.astype(np.int64)
        labels, count = numbered(labels)
        level, place = _Level(*merged(*level, labels, count)), labels[place]
        height += 1


def _folded(matrix: Matrix, resolution: float) -> tuple[_Level, float, IntArray]:
    """Return the graph with twins made one, its rate, and each node's place in it."""
    starts, ends = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)
    weights = matrix.data.astype(np.float64)
    strengths = np.asarray(matrix.sum(axis=1), np.float64)
    rate = resolution / max(float(strengths.sum()), 1e-300)
    classes, count = numbered(twins(starts, ends, weights, strengths, rate))
    return _Level(*merged(starts, ends, weights, strengths, classes, count)), rate, classes


def _random(seed: int, height: int) -> "np.uint64":
    return np.uint64((seed * 0x9E3779B97F4A7C15 + height * 0xD1B54A32D192ED03) & _MASK)
