"""Ways from one person to another over shared work, and how far away everybody is."""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.ranking import SIGNIFICANT_DIGITS
from graph_api.analytics.similarity import neighbours
from graph_api.domain.arrays import np

Way: TypeAlias = tuple[int, ...]

LENGTH_UNIT = 5_354_228_880
"""Lengths are compared in whole steps of 1/5,354,228,880: the least common multiple of 1 to 24.

So 1/3 + 1/3 + 1/3 is exactly 1, sums do not depend on their order, and a float64 holds them exactly.
"""


@dataclass(frozen=True, slots=True)
class Tie:
    """One step of a path: its ends, weight, and the ids of the films and credits that make it, by id."""

    source: str
    target: str
    weight: float
    films: tuple[str, ...]
    credits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CollaborationPath:
    """A way from person to person; `cost` is the sum of 1/weight of its ties, which with weight NONE are its hops."""

    people: tuple[str, ...]
    cost: float
    ties: tuple[Tie, ...]


def collaboration_paths(graph: ProjectedGraph, start: str, goal: str, limit: int) -> tuple[CollaborationPath, ...]:
    """Return the loopless paths of least cost, ties by the ids of the people along the path.

    Parameters
    ----------
    graph
        The projection; its direction is left out.
    start, goal
        Ids; where the projection has not both there is no path.
    limit
        How many are wanted.

    References
    ----------
    .. [1] J. Yen, Finding the K shortest loopless paths in a network (1971). https://doi.org/10.1287/mnsc.17.11.712
    """
    graph = graph.undirected
    if start not in graph.index or goal not in graph.index:
        return ()
    ways = _Search(graph, graph.index[goal]).shortest(graph.index[start], limit)
    return tuple(_described(graph, way) for way in ways)


def distances(graph: ProjectedGraph, start: str) -> tuple[tuple[int, int], ...]:
    """Return how many nodes are at each distance from one, in hops, itself at 0; those out of reach are left out."""
    from scipy.sparse import csgraph

    graph = graph.undirected
    if start not in graph.index:
        return ()
    hops = csgraph.dijkstra(graph.matrix, indices=[graph.index[start]], unweighted=True)[0]
    counts = np.bincount(hops[np.isfinite(hops)].astype(np.int64))
    return tuple(enumerate(counts.tolist()))


class _Search:
    """Shortest paths to one goal, in whole units of length.

    The distances to the goal, from one compiled search, are a lower bound that leads each further search
    straight to it. Node numbers ascend with ids, so ways compare as their ids do.
    """

    def __init__(self, graph: ProjectedGraph, goal: int) -> None:
        from scipy import sparse
        from scipy.sparse import csgraph

        matrix = graph.matrix
        self.graph = graph
        self.goal = goal
        self.lengths = np.maximum(np.rint(LENGTH_UNIT / matrix.data), 1.0)
        lengths = sparse.csr_array((self.lengths, matrix.indices, matrix.indptr), shape=matrix.shape)
        self.remaining = csgraph.dijkstra(lengths, indices=[goal])[0]

    def shortest(self, start: int, limit: int) -> list[Way]:
        """Return ways by length, then node numbers: Yen's algorithm."""
        first = self._spur((start,), 0, frozenset()) if limit > 0 else None
        candidates: list[tuple[int, Way]] = [first] if first else []
        seen = {way for _, way in candidates}
        found: list[Way] = []
        while candidates and len(found) < limit:
            _, way = heapq.heappop(candidates)
            found.append(way)
            if len(found) == limit:
                break
            length = 0
            for i in range(len(way) - 1):
                root = way[: i + 1]
                closed = frozenset(other[i + 1] for other in found if other[: i + 1] == root and len(other) > i + 1)
                spur = self._spur(root, length, closed)
                if spur and spur[1] not in seen:
                    seen.add(spur[1])
                    heapq.heappush(candidates, spur)
                length += self._length(way[i], way[i + 1])
        return found

    def _spur(self, root: Way, length: int, closed: frozenset[int]) -> tuple[int, Way] | None:
        """Return the shortest way that begins with `root` and goes on to none of `closed`: A*.

        Of equally long ways the one of lower numbers is popped first, as the bound never falls along a way.
        """
        end = root[-1]
        if not math.isfinite(self.remaining[end]):
            return None
        settled = set(root[:-1])
        heap = [(length + int(self.remaining[end]), root, length)]
        while heap:
            _, way, length = heapq.heappop(heap)
            node = way[-1]
            if node == self.goal:
                return length, way
            if node in settled:
                continue
            settled.add(node)
            for other, step in self._steps(node):
                if other not in settled and not (node == end and other in closed):
                    total = length + step
                    heapq.heappush(heap, (total + int(self.remaining[other]), (*way, other), total))
        return None

    def _steps(self, node: int) -> Iterator[tuple[int, int]]:
        low, high = self.graph.matrix.indptr[node : node + 2]
        for other, step in zip(
            self.graph.matrix.indices[low:high].tolist(), self.lengths[low:high].tolist(), strict=True
        ):
            yield other, int(step)

    def _length(self, source: int, target: int) -> int:
        return int(
            self.lengths[self.graph.matrix.indptr[source] + np.searchsorted(neighbours(self.graph, source), target)]
        )


def _described(graph: ProjectedGraph, way: Way) -> CollaborationPath:
    ties = tuple(_tie(graph, s, t) for s, t in pairwise(way))
    cost = float(f"{math.fsum(1 / tie.weight for tie in ties):.{SIGNIFICANT_DIGITS}g}")
    return CollaborationPath(tuple(graph.ids[i] for i in way), cost, ties)


def _tie(graph: ProjectedGraph, source: int, target: int) -> Tie:
    matrix = graph.matrix
    weight = float(matrix.data[matrix.indptr[source] + np.searchsorted(neighbours(graph, source), target)])
    films: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    if graph.incidence:
        incidence = graph.incidence
        (ours, our_credits), (theirs, their_credits) = incidence.of(source), incidence.of(target)
        shared = np.intersect1d(ours, theirs)
        films = tuple(incidence.film_ids[i] for i in shared.tolist())
        found = np.concatenate((our_credits[np.isin(ours, shared)], their_credits[np.isin(theirs, shared)]))
        made = tuple(sorted(credit.decode() for credit in found.tolist()))
    return Tie(graph.ids[source], graph.ids[target], weight, films, made)
