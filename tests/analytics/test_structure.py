"""Windows of years, robustness and significance: by hand, by brute force, against NetworkX."""

from collections import Counter
from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.analytics.build import build
from graph_api.analytics.measures import influence
from graph_api.analytics.measures.catalogue import MEASURES
from graph_api.analytics.measures.catalogue import CentralityMeasure as M
from graph_api.analytics.measures.influence import influence_maximization
from graph_api.analytics.parameters import Parameters, check_parameters
from graph_api.analytics.robustness import Removal, robustness
from graph_api.analytics.significance import drawn, significance, swapped
from graph_api.analytics.slices import over_time, windowed, windows
from graph_api.analytics.spec import ProjectionSpec, WeightScheme
from graph_api.domain.query import YearSpan
from tests.analytics.samples import casts, columns, credit, film, from_networkx, graph_of, person, slug_of


def plain(measure: M) -> Parameters:
    return check_parameters(measure, MEASURES[measure].parameters, {})


# ---------------------------------------------------------------- time


def test_windows_end_with_the_last_year() -> None:
    assert windows(2020, 2025, 3, 2) == [(2021, 2023), (2023, 2025)]
    assert windows(2020, 2022, 1, 1) == [(2020, 2020), (2021, 2021), (2022, 2022)]
    assert windows(2020, 2021, 5, 1) == []


FILMS = {"f1": "ab", "f2": "bc", "f3": "abc", "f4": "cd", "f5": "a"}
YEARS = {film("f1"): 2020, film("f2"): 2021, film("f3"): 2022, film("f4"): 2022}


def test_degrees_over_time_by_hand() -> None:
    graph = build(ProjectionSpec(), casts(FILMS), YEARS)
    found = over_time(graph, M.STRENGTH, {}, 2, 1, [person("b"), person("d")]).slices
    assert [(s.first, s.last, s.nodes, s.ties) for s in found] == [(2020, 2021, 3, 2), (2021, 2022, 4, 4)]
    assert [dict(zip(map(slug_of, s.scores.ids), s.scores.scores.tolist(), strict=True)) for s in found] == [
        {"b": 2.0},  # with a, and with c
        {"b": 3.0, "d": 1.0},  # with c twice, and with a
    ]
    assert [s.scores.ranks.tolist() for s in found] == [[1], [2, 4]]
    top = over_time(graph, M.STRENGTH, {}, 3, 1, []).slices
    assert [slug_of(node) for node in top[0].scores.ids] == ["b", "c", "a", "d"]
    assert over_time(build(ProjectionSpec(), casts(FILMS), {}), M.DEGREE, {}, 1, 1, []).slices == ()


@settings(max_examples=40, deadline=None)
@given(
    st.sets(st.tuples(st.integers(0, 7), st.integers(0, 6)), min_size=1, max_size=30),
    st.lists(st.integers(2018, 2023), min_size=7, max_size=7),
    st.integers(1, 4),
    st.sampled_from(list(WeightScheme)),
)
def test_a_window_is_the_projection_of_its_years(
    pairs: set[tuple[int, int]], years: list[int], width: int, weight: WeightScheme
) -> None:
    rows = [credit(f"p{who}", f"f{what}") for who, what in sorted(pairs)]
    known = {film(f"f{i}"): year for i, year in enumerate(years)}
    graph = build(ProjectionSpec(weight=weight), columns(rows), known)
    for span, part in windowed(graph, windows(2018, 2023, width, 1)):
        wanted = build(ProjectionSpec(weight=weight, years=YearSpan(*span)), columns(rows), known)
        assert part.ids == wanted.ids
        assert part.spec == wanted.spec
        assert part.sources.tolist() == wanted.sources.tolist()
        assert part.targets.tolist() == wanted.targets.tolist()
        assert part.weights.tolist() == pytest.approx(wanted.weights.tolist(), rel=1e-12)


# ---------------------------------------------------------------- robustness


def test_robustness_of_a_barbell_by_hand() -> None:
    triangles = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("d", "e"), ("e", "f"), ("f", "g"), ("e", "g")]
    found = robustness(graph_of(triangles, ["z"]), M.BETWEENNESS, plain(M.BETWEENNESS), 2)
    assert [(slug_of(node), parted) for node, parted in found.articulation_points] == [("d", 3), ("c", 2), ("e", 2)]
    assert [(slug_of(s), slug_of(t)) for s, t in found.bridges] == [("c", "d"), ("d", "e")]
    assert found.removals == (Removal(None, 7, 2), Removal(person("d"), 3, 3), Removal(person("c"), 3, 3))


def test_robustness_of_nothing_and_of_a_circle() -> None:
    assert robustness(graph_of([]), M.DEGREE, {}, 5).removals == (Removal(None, 0, 0),)
    circle = robustness(graph_of([("a", "b"), ("b", "c"), ("a", "c")]), M.DEGREE, {}, 9)
    assert (circle.articulation_points, circle.bridges) == ((), ())
    assert [step.largest for step in circle.removals] == [3, 2, 1, 0]


@settings(max_examples=60, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda e: e[0] < e[1]), max_size=18))
def test_robustness_is_what_taking_out_shows(edges: set[tuple[int, int]]) -> None:
    made: nx.Graph[Any] = nx.Graph()
    made.add_nodes_from(range(12))
    made.add_edges_from(edges)
    graph = from_networkx(made)
    found = robustness(graph, M.DEGREE, {}, 12)
    number = {node: int(slug_of(node).rpartition("-")[2]) for node in graph.ids}
    assert {number[node] for node, _ in found.articulation_points} == set(nx.articulation_points(made))
    bridges = {frozenset((number[s], number[t])) for s, t in found.bridges}
    assert bridges == {frozenset(edge) for edge in nx.bridges(made)}
    for node, parted in found.articulation_points:
        component = made.subgraph(nx.node_connected_component(made, number[node]) - {number[node]})
        pieces = [len(piece) for piece in nx.connected_components(component)]
        assert parted == sum(pieces) - max(pieces)
    left = made.copy()
    for step in found.removals:
        if step.node is not None:
            left.remove_node(number[step.node])
        pieces = [len(piece) for piece in nx.connected_components(left)]
        assert (step.largest, step.components) == (max(pieces, default=0), len(pieces))


# ---------------------------------------------------------------- significance


def test_drawn_graphs_keep_every_number_of_films_and_people() -> None:
    chance = np.random.default_rng(5)
    rows = {(f"p{chance.integers(30)}", f"f{chance.integers(25)}") for _ in range(120)}
    left = np.array([int(who[1:]) for who, _ in sorted(rows)])
    right = np.array([int(what[1:]) for _, what in sorted(rows)])
    one, two = swapped(left, right, np.random.default_rng(1), two_modes=True)
    assert Counter(one.tolist()) == Counter(left.tolist())
    assert Counter(two.tolist()) == Counter(right.tolist())
    assert len(set(zip(one.tolist(), two.tolist(), strict=True))) == len(rows)
    assert (two != right).mean() > 0.5
    made = from_networkx(nx.gnm_random_graph(30, 60, seed=3))
    other = drawn(made, np.random.default_rng(1))
    assert np.diff(other.matrix.indptr).tolist() == np.diff(made.matrix.indptr).tolist()
    assert other.ties == made.ties
    assert other.sources.tolist() != made.sources.tolist()


@pytest.mark.parametrize("two_modes", [True, False])
def test_every_graph_of_the_same_degrees_is_drawn_as_often(two_modes: bool) -> None:
    start = [(0, 0), (0, 1), (1, 1), (2, 2)] if two_modes else [(0, 1), (2, 3), (4, 5)]
    all_pairs = [(a, b) for a in range(3) for b in range(3)] if two_modes else list(combinations(range(6), 2))
    degrees = Counter(f"l{a}" for a, _ in start) + Counter(f"{'r' if two_modes else 'l'}{b}" for _, b in start)
    possible = [
        graph
        for graph in combinations(all_pairs, len(start))
        if Counter(f"l{a}" for a, _ in graph) + Counter(f"{'r' if two_modes else 'l'}{b}" for _, b in graph) == degrees
    ]
    left, right = np.array([a for a, _ in start]), np.array([b for _, b in start])
    random, draws = np.random.default_rng(7), 2_000
    seen: Counter[tuple[tuple[int, int], ...]] = Counter()
    for _ in range(draws):
        one, two = swapped(left, right, random, two_modes=two_modes)
        ties = zip(one.tolist(), two.tolist(), strict=True)
        seen[tuple(sorted(tie if two_modes else (min(tie), max(tie)) for tie in ties))] += 1
    assert set(seen) == {tuple(sorted(graph)) for graph in possible}
    expected = draws / len(possible)
    chi_square = sum((count - expected) ** 2 / expected for count in seen.values())
    free = len(possible) - 1
    assert chi_square < free + 4 * (2 * free) ** 0.5


def test_what_degrees_explain_is_not_significant() -> None:
    star = build(ProjectionSpec(), casts({f"f{i}": f"h{leaf}" for i, leaf in enumerate("abcdef")}), {})
    found = significance(star, M.BETWEENNESS, plain(M.BETWEENNESS), 20, 0)
    assert np.isnan(found.z).all()  # with these numbers of films and people there is no other graph
    assert found.quantiles.tolist() == [0.5] * len(found.ids)
    assert found.scores.tolist() == found.means.tolist()


def test_where_all_graphs_drawn_agree_there_is_no_z_score() -> None:
    # a path of five beside many pairs: drawn anew, its inner three are hardly ever neighbours
    graph = from_networkx(
        nx.disjoint_union(nx.path_graph(5), nx.from_edgelist([(2 * i, 2 * i + 1) for i in range(99)]))
    )
    found = significance(graph, M.BETWEENNESS, plain(M.BETWEENNESS), 11, 3)
    place = found.ids.index(person("2"))
    assert found.scores[place] == pytest.approx(4 * found.means[place])
    assert found.deviations[place] == 0
    assert np.isnan(found.z[place])
    assert found.quantiles[place] == 1.0


def test_a_broker_of_two_groups_stands_out_and_seeds_repeat() -> None:
    left = {f"l{i}{j}": "abcde"[i] + "abcde"[j] for i, j in combinations(range(5), 2)}
    right = {f"r{i}{j}": "vwxyz"[i] + "vwxyz"[j] for i, j in combinations(range(5), 2)}
    graph = build(ProjectionSpec(), casts({**left, **right, "m1": "am", "m2": "mv"}), {})
    found = significance(graph, M.BETWEENNESS, plain(M.BETWEENNESS), 200, 1)
    place = found.ids.index(person("m"))
    assert found.z[place] > 3
    assert found.quantiles[place] > 0.99
    again = significance(graph, M.BETWEENNESS, plain(M.BETWEENNESS), 200, 1)
    assert again.z.tobytes() == found.z.tobytes()
    assert significance(graph, M.BETWEENNESS, plain(M.BETWEENNESS), 200, 2).z.tobytes() != found.z.tobytes()


# ---------------------------------------------------------------- influence


@settings(max_examples=30, deadline=None)
@given(
    st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda e: e[0] < e[1]), max_size=20),
    st.sampled_from([0.2, 0.5, 1.0]),
    st.integers(1, 11),
)
def test_lazy_seeds_are_those_of_the_greedy_choice(edges: set[tuple[int, int]], probability: float, k: int) -> None:
    made: nx.Graph[Any] = nx.Graph()
    made.add_nodes_from(range(10))
    made.add_edges_from(edges)
    graph = from_networkx(made)
    parameters = {"k": k, "probability": probability, "runs": 20, "seed": 3}
    found = influence_maximization(graph, parameters)
    labels, sizes = influence._worlds(graph, probability, 20, 3)
    wanted = np.zeros(10)
    for _ in range(min(k, 10)):
        gains = [
            -1 if wanted[node] else sum(int(own[label[node]]) for own, label in zip(sizes, labels, strict=True))
            for node in range(10)
        ]
        best = int(np.argmax(gains))
        if gains[best] <= 0:
            break
        wanted[best] = gains[best] / 20
        for own, label in zip(sizes, labels, strict=True):
            own[label[best]] = 0
    assert found.tolist() == wanted.tolist()
