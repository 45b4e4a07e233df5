"""The shortest paths, compared with all paths of small multigraphs and with NetworkX."""

from collections.abc import Iterable, Sequence
from itertools import islice

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.paths import Edge, Expand, FoundPath, shortest_paths

EDGES: list[Edge] = [("r1", "a", "b"), ("r2", "b", "c"), ("r3", "a", "c"), ("r4", "c", "a"), ("r5", "b", "b")]


def expander(edges: Sequence[Edge], asked: list[str] | None = None) -> Expand:
    def expand(ids: Sequence[str]) -> Iterable[Edge]:
        if asked is not None:
            asked.extend(ids)
        return [edge for edge in edges if edge[1] in ids or edge[2] in ids]

    return expand


def all_paths(edges: Sequence[Edge], start: str, goal: str, longest: int) -> list[FoundPath]:
    found: list[FoundPath] = []

    def walk(nodes: tuple[str, ...], relationships: tuple[str, ...]) -> None:
        if nodes[-1] == goal:
            found.append(FoundPath(nodes, relationships))
        elif len(relationships) < longest:
            for id_, one, two in edges:
                for here, there in {(one, two), (two, one)}:
                    if here == nodes[-1] and there not in nodes:
                        walk((*nodes, there), (*relationships, id_))

    walk((start,), ())
    return sorted(found, key=lambda path: (len(path.nodes), path.nodes, path.relationships))


def test_parallel_relationships_are_paths_of_their_own_and_directions_do_not_matter() -> None:
    found = shortest_paths("a", "c", expander(EDGES), 6, 10)
    assert found == [
        FoundPath(("a", "c"), ("r3",)),
        FoundPath(("a", "c"), ("r4",)),
        FoundPath(("a", "b", "c"), ("r1", "r2")),
    ]


@pytest.mark.parametrize(
    ("goal", "longest", "limit", "expected"),
    [
        ("c", 1, 10, [("r3",), ("r4",)]),
        ("c", 6, 1, [("r3",)]),
        ("c", 6, 0, []),
        ("c", 0, 5, []),
        ("a", 0, 5, [()]),
        ("a", 6, 5, [()]),
        ("z", 6, 5, []),
    ],
)
def test_length_and_number_are_bounded(goal: str, longest: int, limit: int, expected: list[tuple[str, ...]]) -> None:
    assert [p.relationships for p in shortest_paths("a", goal, expander(EDGES), longest, limit)] == expected


_NODES = st.sampled_from("abcdefg")
_ENDS = st.lists(st.tuples(_NODES, _NODES), max_size=14)


@given(_ENDS, st.integers(0, 7), st.integers(1, 12))
@settings(max_examples=300, deadline=None)
def test_they_are_the_first_of_all_paths(ends: list[tuple[str, str]], longest: int, limit: int) -> None:
    edges = [(f"r{i:02}", one, two) for i, (one, two) in enumerate(ends)]
    expected = all_paths(edges, "a", "b", longest)[:limit]
    assert shortest_paths("a", "b", expander(edges), longest, limit) == expected
    assert shortest_paths("a", "b", expander(edges[::-1]), longest, limit) == expected


@pytest.mark.parametrize("seed", range(10))
def test_lengths_are_those_of_networkx(seed: int) -> None:
    graph = nx.gnm_random_graph(60, 110, seed=seed)
    edges = [(f"r{i}", str(one), str(two)) for i, (one, two) in enumerate(graph.edges)]
    found = shortest_paths("0", "1", expander(edges), 59, 25)
    try:
        expected = [len(path) for path in islice(nx.shortest_simple_paths(graph, 0, 1), 25)]
    except nx.NetworkXNoPath:
        expected = []
    assert [len(path.nodes) for path in found] == expected
    assert all(nx.is_simple_path(graph, [int(n) for n in path.nodes]) for path in found)


def test_only_what_can_lead_there_is_asked_for() -> None:
    """Two stars of a thousand joined by one relationship: no leaf's relationships are looked at."""
    leaves = [(f"x{i}", "a", f"leaf{i}") for i in range(1000)] + [(f"y{i}", "b", f"other{i}") for i in range(1000)]
    asked: list[str] = []
    found = shortest_paths("a", "b", expander([*leaves, ("r", "a", "b")], asked), 6, 1)
    assert [p.relationships for p in found] == [("r",)]
    assert asked == ["a"]


def test_a_thousand_dead_ends_behind_a_bridge_do_not_slow_it_down() -> None:
    bridge = [("s", "a", "hub"), ("t", "hub", "b")]
    maze = [(f"m{i}", f"n{i}", f"n{(i * 7 + 3) % 400}") for i in range(400)]
    door = [(f"d{i}", "hub", f"n{i}") for i in range(0, 400, 2)]
    found = shortest_paths("a", "b", expander([*bridge, *maze, *door]), 12, 10)
    assert [p.relationships for p in found] == [("s", "t")]
