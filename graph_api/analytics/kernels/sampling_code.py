"""Shortest paths drawn at random, compiled."""

import numpy as np

from graph_api.analytics.kernels.compiler import compiled
from graph_api.analytics.kernels.csr_code import mixed
from graph_api.domain.arrays import FlagArray, FloatArray, IntArray, LongArray


@compiled
def _drawn(state: np.uint64) -> float:
    """Return a number from 0 to 1, 1 left out, from 64 random bits."""
    return float(mixed(state) >> np.uint64(11)) * 1.1102230246251565e-16


@compiled
def _expand(
    starts: LongArray,
    ends: IntArray,
    sizes: LongArray,
    source: int,
    steps: IntArray,
    paths: FloatArray,
    queue: IntArray,
    low: int,
    high: int,
) -> int:
    """Search one level further: from the nodes between `low` and `high` of the queue; return its new end."""
    tail = high
    for i in range(low, high):
        v = queue[i]
        further = steps[v] + 1
        through = paths[v] if v == source else paths[v] * sizes[v]
        for e in range(starts[v], starts[v + 1]):
            w = ends[e]
            if steps[w] < 0:
                steps[w], paths[w] = further, through
                queue[tail] = w
                tail += 1
            elif steps[w] == further:
                paths[w] += through
    return tail


@compiled
def _walk(
    starts: LongArray,
    ends: IntArray,
    sizes: LongArray,
    source: int,
    steps: IntArray,
    paths: FloatArray,
    v: int,
    state: np.uint64,
    counts: LongArray,
) -> np.uint64:
    """Walk from v back to the source, each shortest path as likely as each other; count what is passed."""
    while steps[v] > 1:
        state += np.uint64(0x9E3779B97F4A7C15)
        rest = _drawn(state) * paths[v]
        before = v
        for e in range(starts[v], starts[v + 1]):
            w = ends[e]
            if steps[w] == steps[v] - 1:
                before = w
                rest -= paths[w] * sizes[w]
                if rest < 0.0:
                    break
        v = before
        counts[v] += 1
    return state


@compiled
def _weigh(starts: LongArray, queue: IntArray, low: int, high: int) -> int:
    work = 0
    for i in range(low, high):
        work += starts[queue[i] + 1] - starts[queue[i]]
    return work


@compiled
def _meet(
    queue: IntArray,
    low: int,
    high: int,
    other: IntArray,
    paths: FloatArray,
    others: FloatArray,
    sizes: LongArray,
    end: int,
    draw: float,
) -> int:
    """Return a node of the newest level that the other side has reached too, as likely as paths lead through it.

    -1 where there is none. `end` is the node the other side started from, which stands for itself alone.
    """
    total = 0.0
    for i in range(low, high):
        w = queue[i]
        if other[w] >= 0:
            total += paths[w] * others[w] * (1 if w == end else sizes[w])
    rest, chosen = draw * total, -1
    for i in range(low, high):
        w = queue[i]
        if other[w] >= 0:
            chosen = w
            rest -= paths[w] * others[w] * (1 if w == end else sizes[w])
            if rest < 0.0:
                break
    return chosen


@compiled
def _pick_neighbour(queue: IntArray, low: int, high: int, sizes: LongArray, draw: float, counts: LongArray) -> None:
    total = 0
    for i in range(low, high):
        total += sizes[queue[i]]
    rest = draw * total
    for i in range(low, high):
        rest -= sizes[queue[i]]
        if rest < 0.0:
            counts[queue[i]] += 1
            return


@compiled
def paths_between(
    starts: LongArray,
    ends: IntArray,
    sizes: LongArray,
    closed: FlagArray,
    class_of: IntArray,
    seed: np.uint64,
    low: int,
    high: int,
    counts: LongArray,
) -> None:
    """Draw the samples `low` to `high`: two nodes and a shortest path between them; count the classes it passes.

    A sample depends on its number and the seed alone. Both ends search in turn, the one with fewer arcs to look at
    next, until they meet.

    Args:
        starts, ends, sizes, closed, class_of: a folded graph.
        seed: of the random numbers.
        low, high: numbers of samples.
        counts: added to, by class.
    """
    n, people = len(starts) - 1, len(class_of)
    steps_s, steps_t = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    paths_s, paths_t = np.zeros(n), np.zeros(n)
    queue_s, queue_t = np.empty(n, np.int32), np.empty(n, np.int32)
    for sample in range(low, high):
        state = mixed(seed ^ mixed(np.uint64(sample)))
        a = int(_drawn(state) * people)
        b = int(_drawn(state + np.uint64(1)) * (people - 1))
        b += b >= a
        s, t = class_of[a], class_of[b]
        if s == t and closed[s]:
            continue
        if s == t:
            # open twins: two steps, over a neighbour
            steps_s[s], paths_s[s], queue_s[0] = 0, 1.0, s
            tail = _expand(starts, ends, sizes, s, steps_s, paths_s, queue_s, 0, 1)
            _pick_neighbour(queue_s, 1, tail, sizes, _drawn(state + np.uint64(2)), counts)
            for i in range(tail):
                steps_s[queue_s[i]] = -1
            continue
        steps_s[s], paths_s[s], queue_s[0] = 0, 1.0, s
        steps_t[t], paths_t[t], queue_t[0] = 0, 1.0, t
        low_s, high_s, low_t, high_t = 0, 1, 0, 1
        work_s, work_t = _weigh(starts, queue_s, 0, 1), _weigh(starts, queue_t, 0, 1)
        met = -1
        while met < 0 and low_s < high_s and low_t < high_t:
            draw = _drawn(state + np.uint64(2))
            if work_s <= work_t:
                tail = _expand(starts, ends, sizes, s, steps_s, paths_s, queue_s, low_s, high_s)
                low_s, high_s = high_s, tail
                met = _meet(queue_s, low_s, high_s, steps_t, paths_s, paths_t, sizes, t, draw)
                work_s = _weigh(starts, queue_s, low_s, high_s)
            else:
                tail = _expand(starts, ends, sizes, t, steps_t, paths_t, queue_t, low_t, high_t)
                low_t, high_t = high_t, tail
                met = _meet(queue_t, low_t, high_t, steps_s, paths_t, paths_s, sizes, s, draw)
                work_t = _weigh(starts, queue_t, low_t, high_t)
        if met >= 0:
            if met != s and met != t:
                counts[met] += 1
            state = _walk(starts, ends, sizes, s, steps_s, paths_s, met, state + np.uint64(3), counts)
            _walk(starts, ends, sizes, t, steps_t, paths_t, met, state, counts)
        for i in range(high_s):
            steps_s[queue_s[i]] = -1
        for i in range(high_t):
            steps_t[queue_t[i]] = -1
