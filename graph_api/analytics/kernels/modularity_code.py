"""Raising modularity: nodes moved between communities, communities split up and made nodes, over arcs as they lie.

A level is a graph of which each node stands for one of the level below, or several: its arcs (`starts`, `ends`,
`weights`, without loops) and each node's `strengths`, the weights of its ties with those among what it stands for.
`rate` is the resolution over the strengths of all nodes: a community C is worth the weights inside, less `rate` times
the squares of its strength.
"""

import numpy as np

from graph_api.analytics.kernels.compiler import compiled
from graph_api.analytics.kernels.csr_code import mixed
from graph_api.domain.arrays import FloatArray, IntArray, LongArray

NOISE = 1e-10
"""What a gain has to exceed, as a share of a node's strength, to be none of rounding."""


@compiled
def shuffled(n: int, seed: np.uint64) -> IntArray:
    """Return the numbers below n in an order drawn from the seed (Fisher and Yates)."""
    order = np.arange(n).astype(np.int32)
    for i in range(n - 1, 0, -1):
        j = int(mixed(seed + np.uint64(i)) % np.uint64(i + 1))
        order[i], order[j] = order[j], order[i]
    return order


@compiled
def move_nodes(
    starts: LongArray,
    ends: IntArray,
    weights: FloatArray,
    strengths: FloatArray,
    rate: float,
    order: IntArray,
    labels: IntArray,
) -> int:
    """Move nodes to the community that gains most, until none gains; return how many moves were made.

    A node is looked at again once a neighbour has moved to another community than its own (Leiden's queue).

    Args:
        starts, ends, weights, strengths, rate: the level.
        order: in which nodes are looked at first.
        labels: each node's community, a number below that of nodes; changed.
    """
    n = len(strengths)
    totals, sizes = np.zeros(n), np.zeros(n, np.int32)
    for v in range(n):
        totals[labels[v]] += strengths[v]
        sizes[labels[v]] += 1
    empty, spare = np.empty(n + 1, np.int32), 0
    for label in range(n - 1, -1, -1):
        if sizes[label] == 0:
            empty[spare] = label
            spare += 1
    queue, waits = order.copy(), np.ones(n, np.bool_)
    shared, near = np.zeros(n), np.empty(n + 1, np.int32)
    head, many, moves = 0, n, 0
    while many > 0:
        v = queue[head]
        head = head + 1 if head + 1 < n else 0
        many -= 1
        waits[v] = False
        own, count = labels[v], 0
        for arc in range(starts[v], starts[v + 1]):
            label = labels[ends[arc]]
            if shared[label] == 0.0:
                near[count] = label
                count += 1
            shared[label] += weights[arc]
        loss = rate * strengths[v]
        best, most = own, shared[own] - loss * (totals[own] - strengths[v])
        if shared[own] > 0.0:
            most += NOISE * strengths[v]
        for i in range(count):
            gain = shared[near[i]] - loss * totals[near[i]]
            if gain > most and near[i] != own:
                best, most = near[i], gain
            shared[near[i]] = 0.0
        if most < 0.0 and sizes[own] > 1:
            spare -= 1
            best = empty[spare]
        if best == own:
            continue
        moves += 1
        labels[v] = best
        totals[own] -= strengths[v]
        totals[best] += strengths[v]
        sizes[own] -= 1
        sizes[best] += 1
        if sizes[own] == 0:
            totals[own] = 0.0
            empty[spare] = own
            spare += 1
        for arc in range(starts[v], starts[v + 1]):
            u = ends[arc]
            if not waits[u] and labels[u] != best:
                waits[u] = True
                tail = head + many
                queue[tail if tail < n else tail - n] = u
                many += 1
    return moves


@compiled
def _chosen(near: IntArray, gains: FloatArray, theta: float, bits: np.uint64) -> int:
    """Return one of those near, with a probability proportional to exp(gain / theta); -1 where there is none."""
    if len(gains) == 0:
        return -1
    chances = np.exp((gains - gains.max()) / theta)
    rest = float(bits >> np.uint64(11)) * 1.1102230246251565e-16 * chances.sum()
    for i in range(len(gains) - 1):
        rest -= chances[i]
        if rest < 0.0:
            return int(near[i])
    return int(near[len(gains) - 1])


@compiled
def refined(
    starts: LongArray,
    ends: IntArray,
    weights: FloatArray,
    strengths: FloatArray,
    rate: float,
    order: IntArray,
    labels: IntArray,
    theta: float,
    seed: np.uint64,
) -> IntArray:
    """Return a finer division of the communities, whose parts are connected and well tied to the rest of theirs.

    Each node that is alone, and well tied to its community, joins a part that is so too, one that gains more with a
    higher probability: proportional to exp(gain / theta) where gains, as shares of its strength, are not negative.

    Args:
        starts, ends, weights, strengths, rate: the level.
        order: in which nodes are looked at.
        labels: each node's community.
        theta: how far from the best a choice may be.
        seed: of the choices.
    """
    n = len(strengths)
    totals, inside = np.zeros(n), np.zeros(n)
    for v in range(n):
        totals[labels[v]] += strengths[v]
        for arc in range(starts[v], starts[v + 1]):
            if labels[ends[arc]] == labels[v]:
                inside[v] += weights[arc]
    parts = np.arange(n).astype(np.int32)
    alone, own, tied = np.ones(n, np.bool_), strengths.copy(), inside.copy()
    shared, near, gains = np.zeros(n), np.empty(n + 1, np.int32), np.empty(n + 1)
    for v in order:
        strength, whole = strengths[v], totals[labels[v]]
        slack = NOISE * strength
        if not alone[v] or inside[v] + slack < rate * strength * (whole - strength):
            continue
        count = 0
        for arc in range(starts[v], starts[v + 1]):
            u = ends[arc]
            if labels[u] == labels[v]:
                if shared[parts[u]] == 0.0:
                    near[count] = parts[u]
                    count += 1
                shared[parts[u]] += weights[arc]
        likely = 0
        for i in range(count):
            part = near[i]
            gain = shared[part] - rate * strength * own[part]
            if gain + slack >= 0.0 and tied[part] + slack >= rate * own[part] * (whole - own[part]):
                near[likely], gains[likely] = part, gain
                likely += 1
            else:
                shared[part] = 0.0
        chosen = _chosen(near, gains[:likely], theta * strength, mixed(seed + np.uint64(v)))
        if chosen >= 0:
            parts[v] = chosen
            own[chosen] += strength
            tied[chosen] += inside[v] - 2.0 * shared[chosen]
            alone[v] = alone[chosen] = False
        for i in range(likely):
            shared[near[i]] = 0.0
    return parts


@compiled
def numbered(labels: IntArray) -> tuple[IntArray, int]:
    """Return labels as numbers from 0 in the order in which they come first, and how many there are."""
    place, count = np.full(len(labels), -1, np.int32), 0
    found = np.empty(len(labels), np.int32)
    for v in range(len(labels)):
        if place[labels[v]] < 0:
            place[labels[v]] = count
            count += 1
        found[v] = place[labels[v]]
    return found, count


@compiled
def merged(
    starts: LongArray, ends: IntArray, weights: FloatArray, strengths: FloatArray, parts: IntArray, count: int
) -> tuple[LongArray, IntArray, FloatArray, FloatArray]:
    """Return the level above: each of `count` parts, numbered from 0, is a node."""
    n = len(strengths)
    first, members = np.zeros(count + 1, np.int64), np.empty(n, np.int32)
    for v in range(n):
        first[parts[v] + 1] += 1
    for part in range(count):
        first[part + 1] += first[part]
    filled = first[:-1].copy()
    for v in range(n):
        members[filled[parts[v]]] = v
        filled[parts[v]] += 1
    begin, sums = np.zeros(count + 1, np.int64), np.zeros(count)
    leads, amounts = np.empty(len(ends), np.int32), np.empty(len(ends))
    shared, at = np.zeros(count), 0
    for part in range(count):
        for i in range(first[part], first[part + 1]):
            v = members[i]
            sums[part] += strengths[v]
            for arc in range(starts[v], starts[v + 1]):
                other = parts[ends[arc]]
                if other == part:
                    continue
                if shared[other] == 0.0:
                    leads[at] = other
                    at += 1
                shared[other] += weights[arc]
        for i in range(begin[part], at):
            amounts[i] = shared[leads[i]]
            shared[leads[i]] = 0.0
        begin[part + 1] = at
    return begin, leads[:at].copy(), amounts[:at].copy(), sums


@compiled
def _tie_of_twins(starts: LongArray, ends: IntArray, weights: FloatArray, a: int, b: int) -> float:
    """Return the weight of the tie of two nodes that are tied alike to all others; 0 where they are not."""
    i, j, tie = starts[a], starts[b], 0.0
    while True:
        if i < starts[a + 1] and ends[i] == b:
            tie = weights[i]
            i += 1
        if j < starts[b + 1] and ends[j] == a:
            j += 1
        if i == starts[a + 1] or j == starts[b + 1]:
            return tie if i == starts[a + 1] and j == starts[b + 1] else 0.0
        if ends[i] != ends[j] or weights[i] != weights[j]:
            return 0.0
        i += 1
        j += 1


@compiled
def twins(starts: LongArray, ends: IntArray, weights: FloatArray, strengths: FloatArray, rate: float) -> IntArray:
    """Return for each node the first of those that are tied to it and alike to all others, and belong together.

    Such twins u and v, in different communities, would gain at least as much in one of the two, if their own tie
    is worth it: a division of highest modularity has them together. Ends of arcs have to be in order.
    """
    n = len(strengths)
    hashes, keys = np.empty(n, np.uint64), np.empty(n, np.uint64)
    for v in range(n):
        hashes[v] = mixed(np.uint64(v))
    for v in range(n):
        key = hashes[v]
        for arc in range(starts[v], starts[v + 1]):
            key += hashes[ends[arc]]
        keys[v] = key
    firsts, order = np.arange(n).astype(np.int32), np.argsort(keys, kind="mergesort")
    for i in range(1, n):
        a, b = firsts[order[i - 1]], order[i]
        if keys[a] == keys[b]:
            tie = _tie_of_twins(starts, ends, weights, a, b)
            if tie > 0.0 and tie >= rate * strengths[a] * strengths[b]:
                firsts[b] = a
    return firsts
