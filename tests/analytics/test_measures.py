"""Measures: values by hand, published values, agreement with NetworkX, invariants."""

import math
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.analytics.measures.catalogue import MEASURES
from graph_api.analytics.measures.catalogue import CentralityMeasure as M
from graph_api.analytics.parameters import check_parameters
from graph_api.analytics.projection import ProjectedGraph
from graph_api.errors import BadInput, NotFound
from tests.analytics.samples import from_networkx, graph_of, person, ranking, scores

PATH = graph_of([("a", "b"), ("b", "c"), ("c", "d")])
STAR = graph_of([("hub", "p"), ("hub", "q"), ("hub", "r")])
CYCLE = graph_of([("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")])
COMPLETE = graph_of([("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d")])
TWO = graph_of([("a", "b"), ("b", "c"), ("a", "c"), ("x", "y")], ["alone"])
WEIGHTED = graph_of([("a", "b", 2.0), ("b", "c", 4.0), ("a", "c", 1.0)])

BY_HAND = [
    (PATH, M.DEGREE, {}, {"a": 1 / 3, "b": 2 / 3, "c": 2 / 3, "d": 1 / 3}),
    (PATH, M.BETWEENNESS, {}, {"a": 0, "b": 2 / 3, "c": 2 / 3, "d": 0}),
    (PATH, M.CLOSENESS, {}, {"a": 3 / 6, "b": 3 / 4, "c": 3 / 4, "d": 3 / 6}),
    (PATH, M.HARMONIC, {}, {"a": 1 + 1 / 2 + 1 / 3, "b": 2.5, "c": 2.5, "d": 1 + 1 / 2 + 1 / 3}),
    (STAR, M.BETWEENNESS, {}, {"hub": 1, "p": 0, "q": 0, "r": 0}),
    (STAR, M.CLOSENESS, {}, {"hub": 1, "p": 3 / 5, "q": 3 / 5, "r": 3 / 5}),
    (STAR, M.EIGENVECTOR, {}, {"hub": 2**-0.5, "p": 6**-0.5, "q": 6**-0.5, "r": 6**-0.5}),
    (STAR, M.CORE_NUMBER, {}, {"hub": 1, "p": 1, "q": 1, "r": 1}),
    (STAR, M.CONSTRAINT, {}, {"hub": 1 / 3, "p": 1, "q": 1, "r": 1}),
    (STAR, M.HITS_HUB, {}, {"hub": 1 / 4, "p": 1 / 4, "q": 1 / 4, "r": 1 / 4}),
    (CYCLE, M.BETWEENNESS, {}, dict.fromkeys("abcd", 1 / 6)),
    (CYCLE, M.PAGERANK, {}, dict.fromkeys("abcd", 1 / 4)),
    (CYCLE, M.CLUSTERING, {}, dict.fromkeys("abcd", 0.0)),
    (CYCLE, M.KATZ, {}, dict.fromkeys("abcd", 1 / 2)),
    (COMPLETE, M.CLUSTERING, {}, dict.fromkeys("abcd", 1.0)),
    (COMPLETE, M.CORE_NUMBER, {}, dict.fromkeys("abcd", 3)),
    (COMPLETE, M.CLOSENESS, {}, dict.fromkeys("abcd", 1.0)),
    (COMPLETE, M.CONSTRAINT, {}, dict.fromkeys("abcd", 3 * (1 / 3 + 2 / 9) ** 2)),
    (COMPLETE, M.HITS_AUTHORITY, {}, dict.fromkeys("abcd", 1 / 4)),
    (COMPLETE, M.ARTICLE_RANK, {}, dict.fromkeys("abcd", 0.15 / (1 - 0.85 / 2))),
    (TWO, M.CLOSENESS, {}, {"a": 2 / 5, "b": 2 / 5, "c": 2 / 5, "x": 1 / 5, "y": 1 / 5, "alone": 0}),
    (TWO, M.EIGENVECTOR, {}, {"a": 3**-0.5, "b": 3**-0.5, "c": 3**-0.5, "x": 0, "y": 0, "alone": 0}),
    (TWO, M.CONSTRAINT, {}, {"a": 1.125, "b": 1.125, "c": 1.125, "x": 1, "y": 1}),
    (TWO, M.ARTICLE_RANK, {"alpha": 0.0}, dict.fromkeys(["a", "b", "c", "x", "y", "alone"], 1.0)),
    (WEIGHTED, M.STRENGTH, {}, {"a": 3, "b": 6, "c": 5}),
    (WEIGHTED, M.CLOSENESS, {"weighted": True}, {"a": 2 / 1.25, "b": 2 / 0.75, "c": 2 / 1.0}),
    (WEIGHTED, M.BETWEENNESS, {"weighted": True}, {"a": 0, "b": 1, "c": 0}),
    (WEIGHTED, M.BETWEENNESS, {}, {"a": 0, "b": 0, "c": 0}),
    (WEIGHTED, M.HARMONIC, {"weighted": True}, {"a": 2 + 1 / 0.75, "b": 6, "c": 4 + 1 / 0.75}),
    (WEIGHTED, M.PAGERANK, {"alpha": 0.0}, dict.fromkeys("abc", 1 / 3)),
    (graph_of([], ["one"]), M.DEGREE, {}, {"one": 1}),
    (graph_of([("a", "b"), ("b", "c")], directed=True), M.HITS_AUTHORITY, {}, {"a": 0, "b": 0.5, "c": 0.5}),
    (graph_of([("a", "c"), ("b", "c")], directed=True), M.HITS_HUB, {}, {"a": 0.5, "b": 0.5, "c": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("graph", "measure", "parameters", "expected"), BY_HAND)
def test_values_by_hand(
    graph: ProjectedGraph, measure: M, parameters: dict[str, object], expected: dict[str, float]
) -> None:
    assert scores(graph, measure, **parameters) == pytest.approx(expected, abs=1e-11)


def test_personalised_pagerank_stays_where_it_starts() -> None:
    found = scores(TWO, M.PERSONALIZED_PAGERANK, sources=[person("x")])
    assert found == pytest.approx({"x": 1 / 1.85, "y": 0.85 / 1.85, "a": 0, "b": 0, "c": 0, "alone": 0}, abs=1e-11)
    with pytest.raises(NotFound, match="not in the projection"):
        scores(TWO, M.PERSONALIZED_PAGERANK, sources=[person("nobody")])


def test_equal_components_share_the_eigenvector() -> None:
    twins = graph_of([("a", "b"), ("c", "d")], ["e"])
    assert scores(twins, M.EIGENVECTOR) == pytest.approx({"a": 0.5, "b": 0.5, "c": 0.5, "d": 0.5, "e": 0})


def test_influence_with_certain_ties_counts_components() -> None:
    found = scores(TWO, M.INFLUENCE_MAXIMIZATION, probability=1.0, k=3, runs=3)
    first = {"a": 3, "x": 2, "alone": 1}
    assert found == first | dict.fromkeys(["b", "c", "y"], 0)


def test_influence_gains_fall_and_seed_decides() -> None:
    graph = from_networkx(nx.karate_club_graph(), None)
    found = ranking(graph, M.INFLUENCE_MAXIMIZATION, k=5)
    gains = found.scores[:5].tolist()
    assert gains == sorted(gains, reverse=True)
    assert gains[0] > 1
    assert found.scores[5:].tolist() == [0] * 29
    again = ranking(graph, M.INFLUENCE_MAXIMIZATION, k=5)
    assert (again.ids, again.scores.tobytes()) == (found.ids, found.scores.tobytes())


def test_published_florentine_betweenness() -> None:
    # Wasserman and Faust, and NetworkX's gallery: the Medici lie on half of all ways
    found = scores(from_networkx(nx.florentine_families_graph(), None), M.BETWEENNESS)  # slugs may hold any name here
    assert found["Medici"] == pytest.approx(0.521978021978, abs=1e-9)
    assert found["Guadagni"] == pytest.approx(0.254578754579, abs=1e-9)
    assert found["Albizzi"] == pytest.approx(0.212454212454, abs=1e-9)
    assert found["Pucci" if "Pucci" in found else "Pazzi"] == 0


def test_published_karate_club() -> None:
    graph = from_networkx(nx.karate_club_graph(), None)
    assert scores(graph, M.BETWEENNESS)["0"] == pytest.approx(0.43763528138528146, abs=1e-9)
    assert scores(graph, M.EIGENVECTOR)["33"] == pytest.approx(0.373363, abs=1e-6)
    assert scores(graph, M.CLOSENESS)["0"] == pytest.approx(0.5689655172413793, abs=1e-9)


def test_published_les_miserables() -> None:
    graph = from_networkx(nx.les_miserables_graph())
    assert scores(graph, M.DEGREE)["Valjean"] == pytest.approx(36 / 76)
    assert scores(graph, M.STRENGTH)["Valjean"] == 158
    assert scores(graph, M.BETWEENNESS)["Valjean"] == pytest.approx(0.5699890527836186, abs=1e-9)


def test_ranks_share_the_lowest_and_ties_go_by_id() -> None:
    found = ranking(PATH, M.DEGREE)
    assert found.ids == (person("b"), person("c"), person("a"), person("d"))
    assert found.ranks.tolist() == [1, 1, 3, 3]


def test_float_noise_makes_no_winner() -> None:
    graph = graph_of([("a", "x", 0.1), ("a", "y", 0.2), ("b", "z", 0.3)])
    found = ranking(graph, M.STRENGTH)
    assert found.ids[:2] == (person("a"), person("b"))
    assert found.ranks[:2].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("measure", "parameters", "message"),
    [
        (M.PAGERANK, {"alpha": 1.5}, "alpha must be a number from 0 to 0.999"),
        (M.PAGERANK, {"damping": 0.5}, "no parameter 'damping'; it takes alpha, weighted"),
        (M.DEGREE, {"k": 1}, "it takes none"),
        (M.PERSONALIZED_PAGERANK, {}, "needs the parameter sources"),
        (M.PERSONALIZED_PAGERANK, {"sources": "x"}, "a list of 1 to 1,000 ids"),
        (M.BETWEENNESS, {"weighted": 1}, "true or false"),
        (M.INFLUENCE_MAXIMIZATION, {"k": 2.5}, "a whole number from 1 to 1000"),
        (M.INFLUENCE_MAXIMIZATION, {"probability": float("nan")}, "probability must be"),
        (M.KATZ, {"alpha": 0.9}, "alpha must be under 0.618"),
        (M.PAGERANK, {"max_iterations": 1}, "raise max_iterations"),
    ],
)
def test_bad_parameters_are_named(measure: M, parameters: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message.replace(".", r"\.")):
        scores(PATH, measure, **parameters)


@pytest.mark.parametrize("measure", list(M))
def test_every_measure_has_an_answer_for_odd_graphs(measure: M) -> None:
    for graph in (
        graph_of([]),
        graph_of([], ["a"]),
        graph_of([], ["a", "b"]),
        graph_of([("a", "b")]),
        graph_of([("a", "b")], ["c"]),
    ):
        record = MEASURES[measure]
        if measure is M.PERSONALIZED_PAGERANK:
            if not graph.ids:
                continue
            parameters: dict[str, object] = {"sources": [graph.ids[0]]}
        else:
            parameters = {}
        values = record.compute(graph, check_parameters(measure, record.parameters, parameters))
        assert len(values) == len(graph)
        assert np.isfinite(values).all() or measure is M.CONSTRAINT


# ---------------------------------------------------------------- agreement with NetworkX

WEIGHTS = st.sampled_from([0.5, 1.0, 2.0, 3.0, 7.0])
EDGES = st.dictionaries(
    st.tuples(st.integers(10, 24), st.integers(10, 24)).filter(lambda e: e[0] < e[1]), WEIGHTS, min_size=1, max_size=45
)


def _nx(edges: dict[tuple[int, int], float]) -> "nx.Graph[int]":
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(10, 25))
    graph.add_edges_from((s, t, {"weight": w, "distance": 1 / w}) for (s, t), w in edges.items())
    return graph


@settings(max_examples=40, deadline=None)
@given(EDGES)
def test_agrees_with_networkx(edges: dict[tuple[int, int], float]) -> None:
    theirs = _nx(edges)
    ours = from_networkx(theirs)  # type: ignore[arg-type]
    tight: dict[str, Any] = {"tol": 1e-13, "max_iter": 10_000}
    burt, burt_weighted = nx.constraint(theirs), nx.constraint(theirs, weight="weight")
    expected: list[tuple[M, dict[str, object], Any]] = [
        (M.DEGREE, {}, nx.degree_centrality(theirs)),
        (M.STRENGTH, {}, dict(theirs.degree(weight="weight"))),
        (M.PAGERANK, {}, nx.pagerank(theirs, **tight)),
        (M.PAGERANK, {"weighted": False, "alpha": 0.5}, nx.pagerank(theirs, alpha=0.5, weight=None, **tight)),
        (M.PERSONALIZED_PAGERANK, {"sources": [person("12")]}, nx.pagerank(theirs, personalization={12: 1}, **tight)),
        (M.BETWEENNESS, {}, nx.betweenness_centrality(theirs)),
        (M.BETWEENNESS, {"weighted": True}, nx.betweenness_centrality(theirs, weight="distance")),
        (M.CLOSENESS, {}, nx.closeness_centrality(theirs)),
        (M.CLOSENESS, {"weighted": True}, nx.closeness_centrality(theirs, distance="distance")),
        (M.HARMONIC, {}, nx.harmonic_centrality(theirs)),
        (M.HARMONIC, {"weighted": True}, nx.harmonic_centrality(theirs, distance="distance")),
        (M.KATZ, {"alpha": 0.01}, nx.katz_centrality(theirs, alpha=0.01, tol=1e-14)),
        (M.CORE_NUMBER, {}, nx.core_number(theirs)),
        (M.CLUSTERING, {}, nx.clustering(theirs)),
        (M.CLUSTERING, {"weighted": True}, nx.clustering(theirs, weight="weight")),
        (M.CONSTRAINT, {}, {n: c for n, c in burt.items() if not math.isnan(c)}),
        (M.CONSTRAINT, {"weighted": True}, {n: c for n, c in burt_weighted.items() if not math.isnan(c)}),
    ]  # fmt: skip
    for measure, parameters, values in expected:
        found = scores(ours, measure, **parameters)
        assert found == pytest.approx({str(n): v for n, v in values.items()}, abs=1e-9), measure


@settings(max_examples=25, deadline=None)
@given(EDGES)
def test_eigenvectors_agree_with_networkx_on_connected_graphs(edges: dict[tuple[int, int], float]) -> None:
    theirs = _nx(edges)
    theirs = theirs.subgraph(max(nx.connected_components(theirs), key=lambda c: (len(c), max(c)))).copy()
    theirs.add_edge("x", min(theirs), weight=1.0)  # type: ignore[arg-type]
    theirs.add_edge("x", max(theirs, key=str), weight=1.0) if len(theirs) > 2 else None  # type: ignore[arg-type]
    theirs.remove_edges_from(list(nx.selfloop_edges(theirs)))
    ours = from_networkx(theirs)  # type: ignore[arg-type]
    if len(theirs) > 2:
        expected = nx.eigenvector_centrality_numpy(theirs)
        assert scores(ours, M.EIGENVECTOR) == pytest.approx({str(n): abs(v) for n, v in expected.items()}, abs=1e-9)
        weighted = nx.eigenvector_centrality_numpy(theirs, weight="weight")
        assert scores(ours, M.EIGENVECTOR, weighted=True) == pytest.approx(
            {str(n): abs(v) for n, v in weighted.items()}, abs=1e-9
        )
    if not nx.is_bipartite(theirs):
        hubs, _ = nx.hits(theirs, max_iter=10_000, tol=0)
        assert scores(ours, M.HITS_HUB) == pytest.approx({str(n): v for n, v in hubs.items()}, abs=1e-9)


def test_large_components_take_the_other_solver_to_the_same_end() -> None:
    theirs = nx.connected_watts_strogatz_graph(400, 6, 0.2, seed=3)
    expected = nx.eigenvector_centrality(theirs, tol=1e-14, max_iter=100_000)
    assert scores(from_networkx(theirs), M.EIGENVECTOR) == pytest.approx(
        {str(n): v for n, v in expected.items()}, abs=1e-9
    )


def test_directed_walks_agree_with_networkx() -> None:
    theirs = nx.gnp_random_graph(30, 0.1, seed=5, directed=True)
    ours = from_networkx(theirs)
    expected = nx.pagerank(theirs, tol=1e-14, max_iter=10_000)
    assert scores(ours, M.PAGERANK) == pytest.approx({str(n): v for n, v in expected.items()}, abs=1e-9)
    hubs, authorities = nx.hits(theirs, tol=0, max_iter=10_000)
    assert scores(ours, M.HITS_HUB) == pytest.approx({str(n): v for n, v in hubs.items()}, abs=1e-9)
    assert scores(ours, M.HITS_AUTHORITY) == pytest.approx({str(n): v for n, v in authorities.items()}, abs=1e-9)


# ---------------------------------------------------------------- invariants

LOCAL = (M.STRENGTH, M.BETWEENNESS, M.HARMONIC, M.CORE_NUMBER, M.CLUSTERING, M.CONSTRAINT, M.EIGENVECTOR)


@settings(max_examples=20, deadline=None)
@given(EDGES, st.permutations(range(10, 25)))
def test_relabelling_moves_scores_with_the_names(edges: dict[tuple[int, int], float], order: list[int]) -> None:
    new = dict(zip(range(10, 25), order, strict=True))
    before, after = _nx(edges), nx.relabel_nodes(_nx(edges), new)
    for measure in M:
        if measure in (M.INFLUENCE_MAXIMIZATION, M.PERSONALIZED_PAGERANK):
            continue
        found = scores(from_networkx(before), measure)  # type: ignore[arg-type]
        moved = scores(from_networkx(after), measure)  # type: ignore[arg-type]
        assert {str(new[int(n)]): v for n, v in found.items()} == pytest.approx(moved, abs=1e-9), measure


@settings(max_examples=20, deadline=None)
@given(EDGES)
def test_an_isolate_changes_nobody_else(edges: dict[tuple[int, int], float]) -> None:
    theirs = _nx(edges)
    before = from_networkx(theirs)  # type: ignore[arg-type]
    theirs.add_node(99)
    after = from_networkx(theirs)  # type: ignore[arg-type]
    for measure in LOCAL:
        found = scores(after, measure)
        n = len(theirs)
        rescale = (n - 1) / (n - 3) if measure is M.BETWEENNESS else 1.0
        assert found.pop("99", 0.0) == 0.0
        assert {k: v * rescale for k, v in found.items()} == pytest.approx(scores(before, measure), abs=1e-9), measure
