"""The shortest loopless paths between two nodes of a multigraph, in a pinned order.

Paths are ordered by their number of hops, then by the ids of the nodes along them, then by those
of the relationships. Directions do not matter, and loops are never part of a path.

Only what can be part of a path is looked at. Both ends are spread out step by step, the one with
the smaller frontier first, until they meet; of what was found, only nodes remain that lie on a
walk short enough; and from those, Yen's algorithm with Lawler's partition enumerates the paths:
each path found splits what is left into cases, in each of which the best path is found by one
breadth-first search. Where too few paths are found, those one hop longer are looked for.

References:
    J. Y. Yen (1971), Finding the K shortest loopless paths in a network, doi:10.1287/mnsc.17.11.712
    E. L. Lawler (1972), A procedure for computing the K best solutions ..., doi:10.1287/mnsc.18.7.401
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import islice, pairwise, product
from typing import NamedTuple, TypeAlias, TypeVar

T = TypeVar("T")

Edge: TypeAlias = tuple[str, str, str]
"""A relationship's id, the id of one end and that of the other."""

Expand: TypeAlias = Callable[[Sequence[str]], Iterable[Edge]]
"""Gives the relationships of some nodes that a path may use."""

Asking: TypeAlias = Generator[Sequence[str], Iterable[Edge], T]
"""Yields nodes, is sent what `Expand` gives for them, and returns a result in the end."""


class FoundPath(NamedTuple):
    """The ids along a path: one node more than relationships."""

    nodes: tuple[str, ...]
    relationships: tuple[str, ...]


PathSearch: TypeAlias = Asking[list[FoundPath]]


def shortest_paths(start: str, goal: str, expand: Expand, max_length: int, limit: int) -> list[FoundPath]:
    """Return the `limit` shortest loopless paths of at most `max_length` hops, in the pinned order.

    From a node to itself there is one path, without hops.

    Args:
        start: id of one end.
        goal: id of the other.
        expand: called for each node at most once from either end, with many nodes at a time; what
            it leaves out is no part of any path.
        max_length: most hops.
        limit: most paths.
    """
    search = path_search(start, goal, max_length, limit)
    try:
        asked = next(search)
        while True:
            asked = search.send(expand(asked))
    except StopIteration as done:
        found: list[FoundPath] = done.value
        return found


def path_search(start: str, goal: str, max_length: int, limit: int) -> PathSearch:
    """Search as `shortest_paths` does: yield nodes whose relationships are to be sent, return the paths."""
    if limit < 1 or max_length < 0:
        return []
    if start == goal:
        return [FoundPath((start,), ())]
    search = _Search(start, goal)
    found: list[FoundPath] = []
    for length in range(1, max_length + 1):
        if not (yield from search.reach(length)):
            continue
        # Shorter ones were found before; they come first again.
        found = list(islice(search.paths(length), limit))
        if len(found) == limit:
            break
    return found


class _Side:
    """One end, and how far from it the nodes around it are."""

    def __init__(self, end: str, other: str) -> None:
        self.distance = {end: 0}
        self.frontier = [end]
        self.depth = 0
        self._other = other

    @property
    def asked(self) -> list[str]:
        """The nodes whose relationships one step further takes."""
        return [node for node in self.frontier if node != self._other]

    @property
    def is_exhausted(self) -> bool:
        """Whether all that can be reached was, and the other end is not among it."""
        return not self.frontier and self._other not in self.distance

    def spread(self, edges: Iterable[Edge], joined: dict[str, dict[str, set[str]]]) -> None:
        """Go one step further, along the relationships of what was asked for."""
        self.depth += 1
        reached: list[str] = []
        for relationship, one, two in edges:
            if one == two:
                continue
            joined.setdefault(one, {}).setdefault(two, set()).add(relationship)
            joined.setdefault(two, {}).setdefault(one, set()).add(relationship)
            for node in (one, two):
                if node not in self.distance:
                    self.distance[node] = self.depth
                    reached.append(node)
        self.frontier = reached


class _Search:
    """What is known of the graph around both ends."""

    def __init__(self, start: str, goal: str) -> None:
        self._start, self._goal = start, goal
        self._sides = (_Side(start, goal), _Side(goal, start))
        self._joined: dict[str, dict[str, set[str]]] = {}
        self._have_met = False

    def reach(self, length: int) -> Asking[bool]:
        """Find all that paths of this many hops consist of; tell whether there can be any."""
        one, two = self._sides
        while one.depth + two.depth < length:
            side = one if len(one.frontier) <= len(two.frontier) else two
            if side.is_exhausted:
                return False
            side.spread((yield side.asked), self._joined)
        self._have_met = self._have_met or not one.distance.keys().isdisjoint(two.distance)
        return self._have_met

    def paths(self, length: int) -> Iterator[FoundPath]:
        """Yield the paths of at most this many hops, in order."""
        for nodes in _yen(self._neighbors(length), self._start, self._goal, length):
            steps = [sorted(self._joined[a][b]) for a, b in pairwise(nodes)]
            for relationships in product(*steps):
                yield FoundPath(nodes, relationships)

    def _neighbors(self, length: int) -> dict[str, list[str]]:
        """Return the sorted neighbours of all nodes that lie on walks from end to end of at most this many hops."""
        ahead = self._distances(self._start, length)
        behind = self._distances(self._goal, length)
        usable = {node for node, hops in ahead.items() if hops + behind.get(node, length) <= length and node in behind}
        return {node: sorted(usable.intersection(self._joined.get(node, ()))) for node in usable}

    def _distances(self, end: str, length: int) -> dict[str, int]:
        distance = {end: 0}
        level = [end]
        for hops in range(1, length + 1):
            level = [n for n in {n for node in level for n in self._joined.get(node, ())} if n not in distance]
            distance.update(dict.fromkeys(level, hops))
        return distance


Nodes: TypeAlias = tuple[str, ...]


def _yen(neighbors: dict[str, list[str]], start: str, goal: str, length: int) -> Iterator[Nodes]:
    """Yield the node sequences of the paths of at most this many hops, by length, then by ids.

    A case is a beginning that a path must have and nodes that must not come next; the heap holds
    the best path of each case.
    """
    if start not in neighbors:
        return
    heap: list[tuple[int, Nodes, int, frozenset[str]]] = []

    def add(beginning: Nodes, barred: frozenset[str]) -> None:
        best = _best(neighbors, beginning, barred, goal, length)
        if best is not None:
            heappush(heap, (len(best), best, len(beginning), barred))

    add((start,), frozenset())
    while heap:
        _, path, fixed, barred = heappop(heap)
        yield path
        for i in range(fixed, len(path)):
            add(path[:i], barred | {path[i]} if i == fixed else frozenset({path[i]}))


def _best(
    neighbors: dict[str, list[str]], beginning: Nodes, barred: frozenset[str], goal: str, length: int
) -> Nodes | None:
    """Return the first path in the order with this beginning, if there is one that is short enough."""
    used = set(beginning)
    spur = beginning[-1]
    allowed = [node for node in neighbors[spur] if node not in used and node not in barred]
    distance = {goal: 0}
    level = [goal]
    wanted = set(allowed)
    hops = 0
    while not wanted.intersection(level):
        hops += 1
        if not level or len(beginning) + hops > length:
            return None
        level = [n for n in {n for node in level for n in neighbors[node]} if n not in distance and n not in used]
        distance.update(dict.fromkeys(level, hops))
    path = list(beginning)
    while path[-1] != goal:
        steps = allowed if len(path) == len(beginning) else neighbors[path[-1]]
        path.append(next(node for node in steps if distance.get(node) == hops))
        hops -= 1
    return tuple(path)
