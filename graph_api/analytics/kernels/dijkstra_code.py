"""Shortest paths by length, compiled: betweenness, and distances added up.

Two paths are equally long where their lengths, added from the source on in float64, are equal: as in NetworkX.
"""

import numpy as np

from graph_api.analytics.kernels.compiler import compiled
from graph_api.domain.arrays import FloatArray, IntArray, LongArray


@compiled
def _push(keys: FloatArray, nodes: IntArray, size: int, key: float, node: int) -> int:
    """Add to a binary heap; return its new size."""
    i = size
    while i > 0:
        above = (i - 1) >> 1
        if keys[above] <= key:
            break
        keys[i], nodes[i] = keys[above], nodes[above]
        i = above
    keys[i], nodes[i] = key, node
    return size + 1


@compiled
def _pop(keys: FloatArray, nodes: IntArray, size: int) -> int:
    """Take the least off a binary heap; return its new size."""
    size -= 1
    key, node = keys[size], nodes[size]
    i = 0
    while True:
        below = 2 * i + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[i], nodes[i] = keys[below], nodes[below]
        i = below
    keys[i], nodes[i] = key, node
    return size


@compiled
def _settle(
    starts: LongArray,
    ends: IntArray,
    lengths: FloatArray,
    source: int,
    far: FloatArray,
    paths: FloatArray,
    order: IntArray,
    keys: FloatArray,
    nodes: IntArray,
) -> int:
    """Search from a source; fill distances, numbers of shortest paths and the order of nodes; return how many."""
    settled = 0
    far[source], paths[source] = 0.0, 1.0
    size = _push(keys, nodes, 0, 0.0, source)
    while size > 0:
        key, v = keys[0], nodes[0]
        size = _pop(keys, nodes, size)
        if key > far[v]:
            continue
        order[settled] = v
        settled += 1
        for e in range(starts[v], starts[v + 1]):
            w = ends[e]
            reached = key + lengths[e]
            if reached < far[w]:
                far[w], paths[w] = reached, paths[v]
                size = _push(keys, nodes, size, reached, w)
            elif reached == far[w]:
                paths[w] += paths[v]
    return settled


@compiled
def dependencies(
    starts: LongArray, ends: IntArray, lengths: FloatArray, low: int, high: int, scores: FloatArray
) -> None:
    """Add to `scores` what `brandes_code` adds, shortest by length."""
    n = len(starts) - 1
    far, paths, share = np.full(n, np.inf), np.zeros(n), np.zeros(n)
    order = np.empty(n, np.int32)
    keys, nodes = np.empty(len(ends) + 1), np.empty(len(ends) + 1, np.int32)
    for s in range(low, high):
        settled = _settle(starts, ends, lengths, s, far, paths, order, keys, nodes)
        for i in range(settled - 1, 0, -1):
            v = order[i]
            total = 0.0
            for e in range(starts[v], starts[v + 1]):
                if far[v] + lengths[e] == far[ends[e]]:
                    total += share[ends[e]]
            passing = paths[v] * total
            share[v] = (1.0 + passing) / paths[v]
            scores[v] += passing
        for i in range(settled):
            far[order[i]] = np.inf


@compiled
def sums(
    starts: LongArray,
    ends: IntArray,
    lengths: FloatArray,
    low: int,
    high: int,
    reached: LongArray,
    total: FloatArray,
    inverse: FloatArray,
    furthest: FloatArray,
) -> None:
    """Add for each node, over the sources of the range other than itself that reach it, 1, distance and 1/distance.

    `furthest` is raised to the largest distance.
    """
    n = len(starts) - 1
    far, paths = np.full(n, np.inf), np.zeros(n)
    order = np.empty(n, np.int32)
    keys, nodes = np.empty(len(ends) + 1), np.empty(len(ends) + 1, np.int32)
    for s in range(low, high):
        settled = _settle(starts, ends, lengths, s, far, paths, order, keys, nodes)
        for i in range(1, settled):
            v = order[i]
            reached[v] += 1
            total[v] += far[v]
            inverse[v] += 1.0 / far[v]
            furthest[v] = max(furthest[v], far[v])
        for i in range(settled):
            far[order[i]] = np.inf
