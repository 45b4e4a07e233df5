"""Core numbers and triangles, over arcs as they lie: no other library's graph has to be made first."""

import numpy as np

from graph_api.analytics.kernels.compiler import compiled
from graph_api.domain.arrays import FloatArray, IntArray, LongArray


@compiled
def core_numbers(starts: LongArray, ends: IntArray) -> LongArray:
    """Return the core number of each node of an undirected graph.

    Nodes lie in order of what is left of their degrees; the first is taken out, and its neighbours move down by one
    (V. Batagelj and M. Zaversnik, https://arxiv.org/abs/cs/0310049).
    """
    n = len(starts) - 1
    degrees = starts[1:] - starts[:-1]
    most = 0
    for node in range(n):
        most = max(most, degrees[node])
    first = np.zeros(most + 2, np.int64)
    for node in range(n):
        first[degrees[node] + 1] += 1
    for degree in range(1, most + 2):
        first[degree] += first[degree - 1]
    order, place = np.empty(n, np.int64), np.empty(n, np.int64)
    filled = first.copy()
    for node in range(n):
        place[node] = filled[degrees[node]]
        order[place[node]] = node
        filled[degrees[node]] += 1
    for i in range(n):
        node = order[i]
        for arc in range(starts[node], starts[node + 1]):
            other = ends[arc]
            if degrees[other] > degrees[node]:
                # it changes places with the first of its degree, and is of the degree below then
                at, head = place[other], max(first[degrees[other]], i + 1)
                swapped = order[head]
                order[at], place[swapped] = swapped, at
                order[head], place[other] = other, head
                first[degrees[other]] = head + 1
                degrees[other] -= 1
    return degrees


@compiled
def triangles(starts: LongArray, ends: IntArray) -> LongArray:
    """Return in how many triangles each node of an undirected graph is.

    Arcs are kept from the node of lower degree, so that none keeps more than sqrt(2 m): T. Schank and D. Wagner,
    https://doi.org/10.1007/11427186_54.
    """
    n = len(starts) - 1
    kept, begin = np.empty(len(ends) // 2, np.int32), np.zeros(n + 1, np.int64)
    filled = 0
    for node in range(n):
        own = starts[node + 1] - starts[node]
        for arc in range(starts[node], starts[node + 1]):
            other = ends[arc]
            degree = starts[other + 1] - starts[other]
            if degree > own or (degree == own and other > node):
                kept[filled] = other
                filled += 1
        begin[node + 1] = filled
    found, seen = np.zeros(n, np.int64), np.full(n, -1, np.int64)
    for node in range(n):
        for arc in range(begin[node], begin[node + 1]):
            seen[kept[arc]] = node
        for arc in range(begin[node], begin[node + 1]):
            other = kept[arc]
            for next_arc in range(begin[other], begin[other + 1]):
                third = kept[next_arc]
                if seen[third] == node:
                    found[node] += 1
                    found[other] += 1
                    found[third] += 1
    return found


@compiled
def joined(sources: IntArray, targets: IntArray, n: int) -> LongArray:
    """Return the connected component of each of n nodes: the smallest node of it.

    Trees of nodes are joined tie by tie, paths halved on the way: R. Tarjan and J. van Leeuwen,
    https://doi.org/10.1145/62.2160.
    """
    above = np.arange(n)
    for i in range(len(sources)):
        a, b = sources[i], targets[i]
        while above[a] != a:
            above[a] = above[above[a]]
            a = above[a]
        while above[b] != b:
            above[b] = above[above[b]]
            b = above[b]
        if a < b:
            above[b] = a
        elif b < a:
            above[a] = b
    for node in range(n):
        above[node] = above[above[node]]  # that of a smaller node is a root by now
    return above


@compiled
def inside(
    sources: IntArray, targets: IntArray, weights: FloatArray, labels: LongArray
) -> tuple[FloatArray, FloatArray]:
    """Return the summed weights of each node's ties to others of its label, and of all of its ties.

    A node of label -1 has no others.
    """
    own, all_ = np.zeros(len(labels)), np.zeros(len(labels))
    for i in range(len(sources)):
        a, b, weight = sources[i], targets[i], weights[i]
        all_[a] += weight
        all_[b] += weight
        if labels[a] == labels[b] and labels[a] >= 0:
            own[a] += weight
            own[b] += weight
    return own, all_
