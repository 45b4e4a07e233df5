"""Finding twins: nodes with the same neighbours."""

import numpy as np

from graph_api.analytics.kernels.compiler import compiled
from graph_api.domain.arrays import FlagArray, IntArray, LongArray


@compiled
def mixed(number: np.uint64) -> np.uint64:
    """Return 64 bits that look random (splitmix64, https://doi.org/10.1145/2714064.2660195)."""
    z = np.uint64(number + np.uint64(0x9E3779B97F4A7C15))
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@compiled
def _are_twins(starts: LongArray, ends: IntArray, a: int, b: int) -> bool:
    """Tell whether two nodes have the same neighbours, each other left out."""
    i, j = starts[a], starts[b]
    while True:
        if i < starts[a + 1] and ends[i] == b:
            i += 1
        if j < starts[b + 1] and ends[j] == a:
            j += 1
        if i == starts[a + 1] or j == starts[b + 1]:
            return bool(i == starts[a + 1] and j == starts[b + 1])
        if ends[i] != ends[j]:
            return False
        i += 1
        j += 1


@compiled
def find_twins(starts: LongArray, ends: IntArray) -> tuple[IntArray, FlagArray]:
    """Return each node's first twin (itself, where it has none before), and whether the class is closed.

    Sums of hashes tell who may be twins, comparison who is; nodes without neighbours are not folded.
    """
    n = len(starts) - 1
    firsts = np.arange(n).astype(np.int32)
    closed = np.zeros(n, np.bool_)
    for kind in range(2):
        keys = np.zeros(n, np.uint64)
        for v in range(n):
            key = mixed(np.uint64(v)) if kind == 0 else np.uint64(0)
            for e in range(starts[v], starts[v + 1]):
                key += mixed(np.uint64(ends[e]))
            keys[v] = key
        order = np.argsort(keys, kind="mergesort")
        for i in range(1, n):
            a, b = order[i - 1], order[i]
            if keys[a] != keys[b] or firsts[b] != b or starts[a] == starts[a + 1]:
                continue
            first = firsts[a]
            if (first == a or closed[first] == (kind == 0)) and _are_twins(starts, ends, first, b):
                firsts[b] = first
                closed[first] = kind == 0
    return firsts, closed
