"""Similarity and collaboration paths: values by hand, NetworkX, order of ties, and what explains them."""

import itertools

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.analytics.collaboration import CollaborationPath, collaboration_paths, distances
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.similarity import Similar, SimilarityMeasure, similar
from graph_api.analytics.spec import ProjectionSpec, WeightScheme
from graph_api.domain import ids
from graph_api.domain.catalogue import Relation
from tests.analytics.samples import built, casts, columns, credit, film, from_networkx, graph_of, person, slug_of

S = SimilarityMeasure
SQUARE = graph_of([("a", "p"), ("b", "p"), ("a", "q"), ("b", "q"), ("c", "q"), ("c", "r")])


def _alike(graph: ProjectedGraph, who: str, by: S, limit: int = 10) -> list[tuple[str, object, list[str]]]:
    def row(found: Similar) -> tuple[str, object, list[str]]:
        return slug_of(found.id), found.score, [slug_of(s) for s in found.shared]

    return [row(found) for found in similar(graph, person(who), by, limit)]


def test_similarity_by_hand() -> None:
    assert _alike(SQUARE, "a", S.COMMON_NEIGHBORS) == [("b", 2, ["p", "q"]), ("c", 1, ["q"])]
    assert _alike(SQUARE, "a", S.JACCARD) == [("b", 1, ["p", "q"]), ("c", pytest.approx(1 / 3), ["q"])]
    assert _alike(SQUARE, "a", S.RESOURCE_ALLOCATION)[0] == ("b", pytest.approx(1 / 2 + 1 / 3), ["p", "q"])
    assert _alike(SQUARE, "a", S.ADAMIC_ADAR, 1) == [("b", pytest.approx(2.3529341766), ["p", "q"])]
    assert _alike(SQUARE, "a", S.PERSONALIZED_PAGERANK)[0][0] == "q"
    assert _alike(SQUARE, "nobody", S.JACCARD) == []
    assert _alike(graph_of([], ["a"]), "a", S.JACCARD) == []


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_similarity_agrees_with_networkx(seed: int) -> None:
    theirs = nx.gnp_random_graph(18, 0.25, seed=seed)
    ours = from_networkx(theirs)
    pairs = [(0, other) for other in range(1, 18)]
    for by, function in (
        (S.ADAMIC_ADAR, nx.adamic_adar_index),
        (S.JACCARD, nx.jaccard_coefficient),
        (S.RESOURCE_ALLOCATION, nx.resource_allocation_index),
    ):
        expected = {str(v): score for _, v, score in function(theirs, pairs) if score > 0}
        assert {who: score for who, score, _ in _alike(ours, "0", by, 20)} == pytest.approx(expected, abs=1e-9)


def _people(path: CollaborationPath) -> str:
    return "".join(slug_of(node) for node in path.people)


def _ways(graph: ProjectedGraph, start: str, goal: str, limit: int = 1) -> list[tuple[str, float]]:
    return [(_people(p), p.cost) for p in collaboration_paths(graph, person(start), person(goal), limit)]


def test_paths_by_cost_then_names() -> None:
    diamond = graph_of([("a", "c"), ("a", "b"), ("b", "d"), ("c", "d"), ("a", "d", 0.25)])
    assert _ways(diamond, "a", "d", 5) == [("abd", 2), ("acd", 2), ("ad", 4)]
    assert _ways(diamond, "a", "d") == [("abd", 2)]
    assert _ways(diamond, "a", "a") == [("a", 0)]
    assert _ways(diamond, "a", "nobody") == []
    assert _ways(graph_of([("a", "b"), ("c", "d")]), "a", "d") == []


def test_thirds_make_a_whole() -> None:
    graph = graph_of(
        [("a", "b", 3.0), ("b", "c", 3.0), ("c", "z", 3.0), ("a", "y", 2.0), ("y", "z", 2.0), ("a", "z", 1.0)]
    )
    assert _ways(graph, "a", "z", 3) == [("abcz", 1), ("ayz", 1), ("az", 1)]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_paths_are_the_best_of_all(seed: int, limit: int) -> None:
    theirs = nx.gnp_random_graph(7, 0.5, seed=seed)
    for number, (s, t) in enumerate(theirs.edges):
        theirs.edges[s, t]["weight"] = float(1 + (number * seed) % 4)
    ours = from_networkx(theirs)
    every = []
    for way in nx.all_simple_paths(theirs, 0, 6):
        cost = sum(1 / theirs.edges[s, t]["weight"] for s, t in itertools.pairwise(way))
        every.append((round(cost, 9), "".join(map(str, way))))
    found = [(round(cost, 9), way) for way, cost in _ways(ours, "0", "6", limit)]
    assert found == sorted(every)[:limit]


def test_a_tie_shows_its_films_and_credits() -> None:
    rows = [
        credit("a", "f1"),
        credit("a", "f1", "WRITER"),
        credit("b", "f1"),
        credit("a", "f2"),
        credit("b", "f2"),
        credit("b", "f3"),
        credit("c", "f3"),
    ]
    graph = built(ProjectionSpec(), columns(rows))
    (path,) = collaboration_paths(graph, person("a"), person("c"), 1)
    first, second = path.ties
    assert (path.cost, first.weight, second.weight) == (1.5, 2, 1)
    assert first.films == (film("f1"), film("f2"))

    def credit_id(who: str, what: str, role: str = "CAST") -> str:
        return ids.relationship_id(Relation.CREDITED_ON, person(who), film(what), [("role", role)])

    expected = [
        credit_id("a", "f1"),
        credit_id("a", "f1", "WRITER"),
        credit_id("b", "f1"),
        credit_id("a", "f2"),
        credit_id("b", "f2"),
    ]
    assert first.credits == tuple(sorted(expected))
    assert second.films == (film("f3"),)
    assert second.credits == tuple(sorted([credit_id("b", "f3"), credit_id("c", "f3")]))


def test_hops_where_weights_say_nothing() -> None:
    films = {"f1": "ab", "f2": "ab", "f3": "bc"}
    graph = built(ProjectionSpec(weight=WeightScheme.NONE), casts(films))
    assert _ways(graph, "a", "c") == [("abc", 2)]


def test_distances_count_everybody_in_reach() -> None:
    graph = graph_of([("a", "b"), ("b", "c"), ("b", "d"), ("d", "e")], ["far"])
    assert distances(graph, person("a")) == ((0, 1), (1, 1), (2, 2), (3, 1))
    assert distances(graph, person("far")) == ((0, 1),)
    assert distances(graph, person("nobody")) == ()
