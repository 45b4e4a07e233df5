"""Distances from many sources at once, compiled: 512 breadth-first searches share each look at an arc, a bit each.

M. Then and others, The more the merrier: efficient multi-source graph traversal (2014).
https://doi.org/10.14778/2735496.2735507
"""

import numpy as np

from graph_api.analytics.kernels.compiler import compiled
from graph_api.domain.arrays import BitArray, FloatArray, IntArray, LongArray

WORDS = 8
"""Words of 64 sources: a line of the cache."""

SOURCES = 64 * WORDS
"""Sources searched at a time."""


@compiled
def _ones(word: np.uint64) -> int:
    """Return how many bits are set."""
    x = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((x * np.uint64(0x0101010101010101)) >> np.uint64(56))


@compiled
def _planes(sizes: LongArray, sources: IntArray) -> BitArray:
    """Return the sizes of the sources as binary digits: line b has those sources whose size has the digit 2**b."""
    largest = 1
    for i in range(len(sources)):
        largest = max(largest, sizes[sources[i]])
    count = 0
    while largest >> count:
        count += 1
    planes = np.zeros((count, WORDS), np.uint64)
    for i in range(len(sources)):
        for b in range(count):
            if (sizes[sources[i]] >> b) & 1:
                planes[b, i >> 6] |= np.uint64(1) << np.uint64(i & 63)
    return planes


@compiled
def _collect(starts: LongArray, ends: IntArray, front: BitArray, u: int, missing: BitArray, found: BitArray) -> None:
    """Set `found` to the bits of the neighbours' lines; end early once all that are missing are there."""
    a = b = c = d = e = f = g = h = np.uint64(0)
    i, last = starts[u], starts[u + 1]
    while i < last:
        stop = min(last, i + 16)
        while i < stop:
            line = front[ends[i]]
            a |= line[0]
            b |= line[1]
            c |= line[2]
            d |= line[3]
            e |= line[4]
            f |= line[5]
            g |= line[6]
            h |= line[7]
            i += 1
        lacking = (missing[0] & ~a) | (missing[1] & ~b) | (missing[2] & ~c) | (missing[3] & ~d)
        lacking |= (missing[4] & ~e) | (missing[5] & ~f) | (missing[6] & ~g) | (missing[7] & ~h)
        if lacking == 0:
            break
    found[0], found[1], found[2], found[3] = a & missing[0], b & missing[1], c & missing[2], d & missing[3]
    found[4], found[5], found[6], found[7] = e & missing[4], f & missing[5], g & missing[6], h & missing[7]


@compiled
def _is_set(line: BitArray) -> bool:
    return bool((line[0] | line[1] | line[2] | line[3] | line[4] | line[5] | line[6] | line[7]) != 0)


@compiled
def _advance(
    starts: LongArray,
    ends: IntArray,
    active: IntArray,
    many: int,
    front: BitArray,
    missing: BitArray,
    found: BitArray,
    touched: IntArray,
    marked: IntArray,
    directed: bool,
) -> int:
    """Find which sources come one step further to which nodes; note these nodes and return how many.

    A few active nodes hand their bits on; of many, each node that misses some collects (on a directed graph arcs
    only lead one way, so there the bits are always handed on).
    """
    count, work = 0, 0
    for i in range(many):
        work += starts[active[i] + 1] - starts[active[i]]
    if directed or work * 4 < starts[-1]:
        for i in range(many):
            v = active[i]
            line = front[v]
            for e in range(starts[v], starts[v + 1]):
                u = ends[e]
                for k in range(WORDS):
                    found[u, k] |= line[k] & missing[u, k]
                touched[count] = u
                count += 1 - marked[u]
                marked[u] = 1
        for i in range(count):
            marked[touched[i]] = 0
        return count
    for u in range(len(starts) - 1):
        if _is_set(missing[u]):
            _collect(starts, ends, front, u, missing[u], found[u])
            touched[count] = u
            count += 1
    return count


@compiled
def together(
    starts: LongArray,
    ends: IntArray,
    sizes: LongArray,
    sources: IntArray,
    directed: bool,
    reached: LongArray,
    total: LongArray,
    inverse: FloatArray,
    furthest: LongArray,
    histogram: LongArray,
    squares: FloatArray,
) -> None:
    """Add for each node, over the sources other than itself that reach it, 1, distance and 1/distance.

    A source that stands for several nodes counts as so many. `furthest` is raised to the largest distance, and
    `histogram` counts the pairs at each distance, of as many nodes as both ends stand for.

    Args:
        starts, ends: the graph.
        sizes: how many nodes each stands for.
        sources: at most `SOURCES` of them, one more than once if need be.
        directed: whether an arc may lack its opposite.
        reached, total, inverse, furthest: added to, by node.
        histogram: added to, by distance; as long as there are nodes.
        squares: added to, by node: the squares of distance and of 1/distance, for variances.
    """
    n = len(starts) - 1
    planes = _planes(sizes, sources)
    front, found = np.zeros((n, WORDS), np.uint64), np.zeros((n, WORDS), np.uint64)
    missing = np.zeros((n, WORDS), np.uint64)
    active, touched = np.empty(n, np.int32), np.empty(n + 1, np.int32)
    marked = np.zeros(n, np.int32)
    for k in range(WORDS):
        lanes = min(64, max(0, len(sources) - 64 * k))
        if lanes:
            missing[:, k] = np.uint64(0xFFFFFFFFFFFFFFFF) >> np.uint64(64 - lanes)
    many = 0
    for i in range(len(sources)):
        bit = np.uint64(1) << np.uint64(i & 63)
        front[sources[i], i >> 6] |= bit
        missing[sources[i], i >> 6] &= ~bit
        active[many] = sources[i]
        many += 1 - marked[sources[i]]
        marked[sources[i]] = 1
    for i in range(many):
        marked[active[i]] = 0
    step = 0
    while many > 0:
        step += 1
        count = _advance(starts, ends, active, many, front, missing, found, touched, marked, directed)
        for i in range(many):
            for k in range(WORDS):
                front[active[i], k] = 0
        many = 0
        for i in range(count):
            u = touched[i]
            if not _is_set(found[u]):
                continue
            arrived = 0
            for k in range(WORDS):
                bits = found[u, k]
                found[u, k] = 0
                front[u, k] = bits
                missing[u, k] &= ~bits
                for b in range(len(planes)):
                    arrived += _ones(bits & planes[b, k]) << b
            reached[u] += arrived
            total[u] += arrived * step
            inverse[u] += arrived / step
            squares[u, 0] += arrived * step * step
            squares[u, 1] += arrived / (step * step)
            furthest[u] = max(furthest[u], step)
            histogram[step] += arrived * sizes[u]
            active[many] = u
            many += 1
