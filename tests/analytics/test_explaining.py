"""Explained scores: by hand, and parts that add up to the score on random graphs."""

from itertools import combinations
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.analytics.build import build
from graph_api.analytics.explaining import EXPLAINED, Bridged, Explanation, Part, explained
from graph_api.analytics.jobs.codec import decode, encode
from graph_api.analytics.measures.catalogue import MEASURES
from graph_api.analytics.measures.catalogue import CentralityMeasure as M
from graph_api.analytics.parameters import check_parameters
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.spec import ProjectionSpec, WeightScheme
from graph_api.errors import NotFound
from tests.analytics.samples import casts, film, from_networkx, graph_of, person, scores


def of(graph: ProjectedGraph, measure: M, slug: str, first: int = 100) -> Explanation:
    found = explained(graph, measure, check_parameters(measure, MEASURES[measure].parameters, {}), person(slug), first)
    assert decode(encode(found) or b"") == found
    return found


FILMS = {"f1": "ab", "f2": "abc", "f3": "bd", "f4": "e"}


def test_strength_by_hand() -> None:
    counted = of(build(ProjectionSpec(), casts(FILMS), {}), M.STRENGTH, "b")
    assert (counted.score, counted.rank, counted.rest) == (4.0, 1, 0.0)
    assert counted.neighbours == (Part(person("a"), 2.0), Part(person("c"), 1.0), Part(person("d"), 1.0))
    assert counted.films == (Part(film("f2"), 2.0), Part(film("f1"), 1.0), Part(film("f3"), 1.0))
    newman = of(build(ProjectionSpec(weight=WeightScheme.NEWMAN), casts(FILMS), {}), M.STRENGTH, "b", 2)
    assert newman.neighbours == (Part(person("a"), 1.5), Part(person("d"), 1.0))
    assert newman.films == (Part(film("f1"), 1.0), Part(film("f2"), 1.0))  # of the three films, each of which adds 1
    alone = of(build(ProjectionSpec(), casts(FILMS), {}), M.STRENGTH, "e")
    assert (alone.score, alone.neighbours, alone.films) == (0.0, (), ())


def test_degree_by_hand() -> None:
    found = of(build(ProjectionSpec(), casts(FILMS), {}), M.DEGREE, "b")
    assert found.neighbours == tuple(Part(person(slug), 0.25) for slug in "acd")
    # a is known from two films, half of it each
    assert found.films == (Part(film("f2"), 0.375), Part(film("f3"), 0.25), Part(film("f1"), 0.125))


def test_betweenness_of_a_barbell_by_hand() -> None:
    """Of two triangles joined by one who stands between them, all nine pairs pass."""
    ties = [*combinations("abc", 2), ("c", "m"), ("m", "x"), *combinations("xyz", 2)]
    found = of(graph_of(ties), M.BETWEENNESS, "m")
    assert found.score == pytest.approx(9 / 15)
    assert sum(pair.amount for pair in found.pairs) == pytest.approx(9 / 15)
    (pair,) = found.pairs
    assert sorted([pair.first.size, pair.second.size]) == [3, 4]  # m is itself of one of them
    assert {person("a"), person("x")} <= {*pair.first.members, *pair.second.members}
    ends = of(graph_of(ties), M.BETWEENNESS, "a")
    assert (ends.score, ends.pairs) == (0.0, ())
    with pytest.raises(NotFound):
        of(graph_of(ties), M.BETWEENNESS, "nobody")


@settings(max_examples=40, deadline=None)
@given(
    st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda e: e[0] < e[1]), min_size=1, max_size=25),
    st.integers(0, 9),
    st.sampled_from(EXPLAINED),
)
def test_parts_add_up_to_the_score(edges: set[tuple[int, int]], node: int, measure: M) -> None:
    reference: nx.Graph[Any] = nx.Graph()
    reference.add_nodes_from(map(str, range(10)))
    reference.add_edges_from((str(s), str(t)) for s, t in edges)
    graph = from_networkx(reference)
    found = of(graph, measure, str(node))
    assert found.score == scores(graph, measure)[str(node)]
    parts: tuple[Part | Bridged, ...] = found.pairs if measure is M.BETWEENNESS else found.neighbours
    assert sum(part.amount for part in parts) + found.rest == pytest.approx(found.score, abs=1e-9)
    if measure is M.BETWEENNESS:
        assert found.score == pytest.approx(nx.betweenness_centrality(reference)[str(node)], abs=1e-9)
    if measure is M.PAGERANK:
        rank = nx.pagerank(reference, tol=1e-12, max_iter=1_000)
        wanted = {other: 0.85 * rank[other] / reference.degree[other] for other in reference[str(node)]}
        assert {p.id: p.amount for p in found.neighbours} == pytest.approx({person(o): a for o, a in wanted.items()})
