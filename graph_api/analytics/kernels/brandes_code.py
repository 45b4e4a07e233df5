"""Betweenness, compiled: dependencies of all nodes on ranges of sources, in the notation of Brandes (2008).

`sizes` are how many nodes a node stands for (see `csr.Folded`): a path through it counts so often, and so does a pair
that it is an end of. A search adds to `scores`, for each source s of its range, the sum over targets t of the share of
shortest paths from s to t that pass through each node; of a node that stands for several, the score of one of them.
"""

import numpy as np

from graph_api.analytics.kernels.compiler import compiled
from graph_api.domain.arrays import FloatArray, IntArray, LongArray, StepArray

LANES = 8
"""Sources searched at a time: eight float64 are one line of the cache."""

DEEP = 40
"""Steps from which on sources are searched one at a time: a level of eight looks at every node."""


@compiled
def one_by_one(starts: LongArray, ends: IntArray, sizes: LongArray, low: int, high: int, scores: FloatArray) -> None:
    """Search from one source after the other: the way for long paths."""
    n = len(starts) - 1
    steps = np.full(n, -1, np.int32)
    paths, share = np.zeros(n), np.zeros(n)
    queue = np.empty(n, np.int32)
    for s in range(low, high):
        head, tail = 0, 1
        queue[0], steps[s], paths[s] = s, 0, 1.0
        while head < tail:
            v = queue[head]
            head += 1
            further = steps[v] + 1
            through = paths[v] if v == s else paths[v] * sizes[v]
            for e in range(starts[v], starts[v + 1]):
                w = ends[e]
                if steps[w] < 0:
                    steps[w], paths[w] = further, through
                    queue[tail] = w
                    tail += 1
                elif steps[w] == further:
                    paths[w] += through
        for i in range(tail - 1, 0, -1):
            v = queue[i]
            further = steps[v] + 1
            total = 0.0
            for e in range(starts[v], starts[v + 1]):
                if steps[ends[e]] == further:
                    total += share[ends[e]]
            passing = paths[v] * total
            share[v] = sizes[v] * (1.0 + passing) / paths[v]
            scores[v] += sizes[s] * passing
        for i in range(tail):
            steps[queue[i]] = -1


@compiled
def _gather(starts: LongArray, ends: IntArray, values: FloatArray, v: int, found: FloatArray) -> None:
    """Set `found` to the sum of the neighbours' lines."""
    a = b = c = d = e = f = g = h = 0.0
    for i in range(starts[v], starts[v + 1]):
        line = values[ends[i]]
        a += line[0]
        b += line[1]
        c += line[2]
        d += line[3]
        e += line[4]
        f += line[5]
        g += line[6]
        h += line[7]
    found[0], found[1], found[2], found[3] = a, b, c, d
    found[4], found[5], found[6], found[7] = e, f, g, h


@compiled
def _scatter(starts: LongArray, ends: IntArray, v: int, line: FloatArray, sums: FloatArray) -> None:
    """Add a node's line to the sums of its neighbours."""
    a, b, c, d, e, f, g, h = line[0], line[1], line[2], line[3], line[4], line[5], line[6], line[7]
    for i in range(starts[v], starts[v + 1]):
        found = sums[ends[i]]
        found[0] += a
        found[1] += b
        found[2] += c
        found[3] += d
        found[4] += e
        found[5] += f
        found[6] += g
        found[7] += h


@compiled
def _spread(
    starts: LongArray,
    ends: IntArray,
    active: IntArray,
    many: int,
    front: FloatArray,
    left: IntArray,
    open_arcs: int,
    sums: FloatArray,
    touched: IntArray,
    marked: IntArray,
) -> tuple[int, int]:
    """Sum over each node the paths that reach it from the active ones.

    A few active nodes hand theirs on; of many, each node not yet reached by all lanes collects. Return how many nodes
    are noted in `touched`, and the arcs of those that are not yet reached by all lanes, as far as known.
    """
    count = 0
    work = 0
    for i in range(many):
        work += starts[active[i] + 1] - starts[active[i]]
    if work * 3 < open_arcs:
        for i in range(many):
            v = active[i]
            _scatter(starts, ends, v, front[v], sums)
            for e in range(starts[v], starts[v + 1]):
                touched[count] = ends[e]
                count += 1 - marked[ends[e]]
                marked[ends[e]] = 1
        for i in range(count):
            marked[touched[i]] = 0
        return count, open_arcs
    open_arcs = 0
    for u in range(len(starts) - 1):
        if left[u] > 0:
            open_arcs += starts[u + 1] - starts[u]
            _gather(starts, ends, front, u, sums[u])
            touched[count] = u
            count += 1
    return count, open_arcs


@compiled
def _forward(
    starts: LongArray,
    ends: IntArray,
    sizes: LongArray,
    first: int,
    lanes: int,
    paths: FloatArray,
    front: FloatArray,
    sums: FloatArray,
    steps: StepArray,
    left: IntArray,
    active: IntArray,
    touched: IntArray,
    marked: IntArray,
) -> int:
    """Count the shortest paths from `lanes` sources, fill `paths` and `steps`; return the largest step.

    `front` and `sums` are all 0 before and after. It gives up at step `DEEP`.
    """
    paths[:], steps[:], left[:] = 0.0, -1, lanes
    for j in range(lanes):
        s = first + j
        paths[s, j], front[s, j], steps[s, j], active[j] = 1.0, 1.0, 0, s
        left[s] -= 1
    many, level, open_arcs = lanes, 0, starts[-1]
    while many > 0 and level < DEEP:
        level += 1
        count, open_arcs = _spread(starts, ends, active, many, front, left, open_arcs, sums, touched, marked)
        for i in range(many):
            front[active[i]] = 0.0
        many = 0
        for i in range(count):
            u = touched[i]
            is_new = False
            for j in range(LANES):
                arriving = sums[u, j]
                sums[u, j] = 0.0
                if arriving > 0.0 and steps[u, j] < 0:
                    paths[u, j], front[u, j], steps[u, j] = arriving, arriving * sizes[u], level
                    left[u] -= 1
                    is_new = True
            if is_new:
                active[many] = u
                many += 1
    for i in range(many):
        front[active[i]] = 0.0
    return level if many > 0 else level - 1


@compiled
def _backward(
    starts: LongArray,
    ends: IntArray,
    sizes: LongArray,
    first: int,
    furthest: int,
    paths: FloatArray,
    front: FloatArray,
    share: FloatArray,
    steps: StepArray,
    scores: FloatArray,
) -> None:
    """Add up dependencies from the furthest level to the sources; `front` is all 0 before and after."""
    found = np.zeros(LANES)
    for level in range(furthest, 0, -1):
        for u in range(len(starts) - 1):
            is_there = False
            for j in range(LANES):
                is_there |= steps[u, j] == level
            if not is_there:
                continue
            if level < furthest:
                _gather(starts, ends, front, u, found)
            for j in range(LANES):
                if steps[u, j] == level:
                    passing = paths[u, j] * found[j]
                    share[u, j] = sizes[u] * (1.0 + passing) / paths[u, j]
                    scores[u] += sizes[first + j] * passing
                found[j] = 0.0
        for u in range(len(starts) - 1):
            for j in range(LANES):
                front[u, j] = share[u, j] if steps[u, j] == level and level > 1 else 0.0


@compiled
def eight_at_a_time(
    starts: LongArray, ends: IntArray, sizes: LongArray, low: int, high: int, scores: FloatArray
) -> None:
    """Search from eight sources at a time, a level after the other: each arc looked at serves all of them."""
    n = len(starts) - 1
    paths, front, sums = np.zeros((n, LANES)), np.zeros((n, LANES)), np.zeros((n, LANES))
    share, steps = np.zeros((n, LANES)), np.empty((n, LANES), np.int8)
    left, marked = np.empty(n, np.int32), np.zeros(n, np.int32)
    active, touched = np.empty(n, np.int32), np.empty(n + 1, np.int32)
    for first in range(low, high, LANES):
        lanes = min(LANES, high - first)
        furthest = _forward(starts, ends, sizes, first, lanes, paths, front, sums, steps, left, active, touched, marked)
        if furthest == DEEP:
            one_by_one(starts, ends, sizes, first, first + lanes, scores)
        else:
            _backward(starts, ends, sizes, first, furthest, paths, front, share, steps, scores)
