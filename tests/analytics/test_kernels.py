"""Kernels: values by hand, agreement with NetworkX on random graphs, the same bytes on any number of threads."""

from collections.abc import Callable
from typing import Any, TypeAlias

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from graph_api.analytics import engines
from graph_api.analytics.kernels import chunks
from graph_api.analytics.kernels.betweenness import pair_sums
from graph_api.analytics.kernels.cohesion_code import core_numbers, triangles
from graph_api.analytics.kernels.csr import Csr, csr_of, folded
from graph_api.analytics.kernels.distances import all_distances
from graph_api.analytics.measures.catalogue import CentralityMeasure as M
from graph_api.analytics.progress import listening
from tests.analytics.samples import from_networkx, scores, slug_of

Graph: TypeAlias = "nx.Graph[Any]"


def csr(graph: Graph, *, weighted: bool = False) -> Csr:
    """The graph's nodes in their order; `distance` of an edge is 1/weight."""
    n, number = len(graph), {node: i for i, node in enumerate(graph)}
    arcs = [(number[s], number[t], d.get("weight", 1.0)) for s, t, d in graph.edges(data=True)]
    if not graph.is_directed():
        arcs += [(t, s, w) for s, t, w in arcs]
    rows, columns, values = zip(*arcs, strict=True) if arcs else ((), (), ())
    matrix = sparse.csr_array((np.array(values, float), (np.array(rows, int), np.array(columns, int))), shape=(n, n))
    matrix.sort_indices()
    return csr_of(matrix, directed=graph.is_directed(), weighted=weighted)


def films(casts: list[set[int]], people: int) -> Graph:
    """People tied by sharing a film: full of twins."""
    graph: Graph = nx.Graph()
    graph.add_nodes_from(range(people))
    graph.add_edges_from((a, b) for cast in casts for a in cast for b in cast if a < b)
    return graph


CASTS = st.lists(st.sets(st.integers(0, 29), max_size=9), max_size=12)
PAIRS = st.sets(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=60)
WEIGHTS = st.sampled_from([0.5, 1.0, 2.0, 3.0, 7.0])


def test_betweenness_by_hand() -> None:
    # a double star: two hubs tied to each other, two leaves each; leaves are open twins
    star: Graph = nx.Graph([(0, 1), (0, 2), (0, 3), (1, 4), (1, 5)])
    assert pair_sums(csr(star)).tolist() == [14, 14, 0, 0, 0, 0]
    # two films of three that share person 2: the others of a film are closed twins
    two = films([{0, 1, 2}, {2, 3, 4}], 5)
    assert pair_sums(csr(two)).tolist() == [0, 0, 8, 0, 0]


def test_twins_by_hand() -> None:
    two = films([{0, 1, 2}, {2, 3, 4}], 6)
    found = folded(csr(two))
    assert sorted(found.sizes.tolist()) == [1, 1, 2, 2]
    assert found.class_of[0] == found.class_of[1] != found.class_of[3] == found.class_of[4]
    assert found.closed[found.class_of[0]]
    leaves = folded(csr(nx.star_graph(4)))
    assert sorted(leaves.sizes.tolist()) == [1, 4]
    assert not leaves.closed.any()
    lone: Graph = nx.empty_graph(3)
    assert folded(csr(lone)).sizes.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "make",
    [
        lambda: nx.empty_graph(0),
        lambda: nx.empty_graph(4),
        lambda: nx.path_graph(150),  # deeper than eight sources are searched at a time
        lambda: nx.cycle_graph(30),
        lambda: nx.complete_graph(9),
        lambda: nx.complete_bipartite_graph(3, 5),
        nx.karate_club_graph,
        lambda: nx.gnp_random_graph(700, 0.01, seed=1),  # more than 512 sources
        lambda: nx.gnp_random_graph(200, 0.3, seed=1),
        lambda: nx.disjoint_union(nx.path_graph(60), nx.karate_club_graph()),
        lambda: nx.barbell_graph(10, 55),
    ],
)
def test_known_graphs_agree_with_networkx(make: Callable[[], Graph]) -> None:
    _agrees(make())


@settings(max_examples=60, deadline=None)
@given(CASTS)
def test_collaborations_agree_with_networkx(casts: list[set[int]]) -> None:
    _agrees(films(casts, 30))


@settings(max_examples=60, deadline=None)
@given(PAIRS, st.booleans())
def test_graphs_with_loops_and_direction_agree_with_networkx(pairs: set[tuple[int, int]], directed: bool) -> None:
    graph: Graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(range(15))
    graph.add_edges_from(pair for pair in pairs if pair[0] != pair[1])
    _agrees(graph)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.tuples(st.integers(0, 14), st.integers(0, 14)), WEIGHTS, max_size=45), st.booleans())
def test_weighted_graphs_agree_with_networkx(ties: dict[tuple[int, int], float], directed: bool) -> None:
    graph: Graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(range(15))
    for (s, t), weight in ties.items():
        if s != t:
            graph.add_edge(s, t, weight=weight, distance=1 / weight)
    expected = nx.betweenness_centrality(graph, normalized=False, weight="distance")
    pairs = pair_sums(csr(graph, weighted=True)) / (1 if directed else 2)
    assert pairs == pytest.approx(list(expected.values()), abs=1e-9)
    found = all_distances(csr(graph, weighted=True))
    harmonic = nx.harmonic_centrality(graph, distance="distance")
    assert found.inverse == pytest.approx(list(harmonic.values()), abs=1e-9)


def _agrees(graph: Graph) -> None:
    expected = nx.betweenness_centrality(graph, normalized=False)
    pairs = pair_sums(csr(graph)) / (1 if graph.is_directed() else 2)
    assert pairs == pytest.approx(list(expected.values()), abs=1e-9, rel=1e-9)
    found = all_distances(csr(graph))
    lengths = dict(nx.all_pairs_shortest_path_length(nx.reverse(graph) if graph.is_directed() else graph))
    assert found.reached.tolist() == [len(lengths[v]) - 1 for v in graph]
    assert found.total.tolist() == [sum(lengths[v].values()) for v in graph]
    assert found.furthest.tolist() == [max(lengths[v].values()) for v in graph]
    assert found.inverse == pytest.approx(list(nx.harmonic_centrality(graph).values()), abs=1e-9)
    steps = [step for row in lengths.values() for step in row.values()]
    assert found.histogram.tolist() == [steps.count(step) for step in range(max(steps, default=0) + 1)]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("measure", [M.BETWEENNESS, M.CLOSENESS, M.HARMONIC])
def test_engines_agree_on_small_and_large_graphs(measure: M, weighted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = nx.disjoint_union(nx.les_miserables_graph(), nx.empty_graph(2))
    theirs.add_edge(77, 78, weight=3.0)
    graph = from_networkx(theirs)
    by_library = scores(graph, measure, weighted=weighted)
    monkeypatch.setattr(engines, "SMALL_WORK", -1)
    monkeypatch.setattr("graph_api.analytics.measures.paths.PYTHON_WORK", -1)
    assert scores(graph, measure, weighted=weighted) == pytest.approx(by_library, abs=1e-9)


def test_scores_are_the_same_bytes_on_any_number_of_threads() -> None:
    graph = csr(nx.gnp_random_graph(1_500, 0.01, seed=3))
    found = []
    for number in (1, 2, 5):
        with chunks.threads(number):
            distances = all_distances(graph)
            found.append(pair_sums(graph).tobytes() + distances.inverse.tobytes() + distances.total.tobytes())
    assert found[0] == found[1] == found[2]


def test_progress_is_told_and_a_listener_stops_the_work() -> None:
    graph = csr(nx.gnp_random_graph(1_500, 0.01, seed=3))
    told: list[tuple[int, int]] = []
    with listening(lambda done, total: told.append((done, total))):
        pair_sums(graph)
    assert len(told) > 2
    assert told[-1][0] == told[-1][1]
    assert told == sorted(told)

    class Enough(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Enough

    with listening(stop), pytest.raises(Enough):
        pair_sums(graph)


def test_cores_and_triangles_by_hand() -> None:
    kite: Graph = nx.Graph([(0, 1), (0, 2), (1, 2), (2, 3), (3, 4)])
    arcs = csr(kite)
    assert core_numbers(arcs.starts, arcs.ends).tolist() == [2, 2, 2, 1, 1]
    assert triangles(arcs.starts, arcs.ends).tolist() == [1, 1, 1, 0, 0]


@settings(max_examples=150, deadline=None)
@given(CASTS, PAIRS)
def test_cores_and_triangles_are_networkx(casts: list[set[int]], pairs: set[tuple[int, int]]) -> None:
    graph = films(casts, 30)
    graph.add_edges_from((a, b) for a, b in pairs if a != b)
    arcs = csr(graph)
    assert core_numbers(arcs.starts, arcs.ends).tolist() == list(nx.core_number(graph).values())
    around = nx.triangles(graph)
    assert isinstance(around, dict)
    assert triangles(arcs.starts, arcs.ends).tolist() == list(around.values())


def test_large_graphs_are_measured_by_kernels_with_igraphs_values() -> None:
    graph = from_networkx(nx.powerlaw_cluster_graph(2_000, 4, 0.5, seed=1))
    assert engines.served_by("CORE_NUMBER", "", len(graph), graph.ties) == "numba"
    native: Any = __import__("igraph").Graph(n=len(graph), edges=list(zip(graph.sources, graph.targets, strict=True)))
    for measure, wanted in (
        (M.CORE_NUMBER, native.coreness()),
        (M.CLUSTERING, native.transitivity_local_undirected(mode="zero")),
    ):
        found = scores(graph, measure)
        own = [found[slug] for slug in map(slug_of, graph.ids)]
        assert own == pytest.approx(wanted, rel=1e-11)
