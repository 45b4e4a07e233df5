"""Approximations: bounds that hold as often as they say, the same scores on any number of threads, deadlines."""

import time
from functools import cache
from random import Random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.analytics import engines
from graph_api.analytics.kernels.approximate import (
    Approximation,
    approximate_betweenness,
    approximate_closeness,
)
from graph_api.analytics.kernels.betweenness import pair_sums
from graph_api.analytics.kernels.bounds import bernstein, chernoff
from graph_api.analytics.kernels.chunks import threads
from graph_api.analytics.kernels.csr import Csr
from graph_api.analytics.kernels.distances import all_distances, score_of
from graph_api.analytics.measures.approximation import rank
from graph_api.analytics.measures.catalogue import MEASURES
from graph_api.analytics.measures.catalogue import CentralityMeasure as M
from graph_api.analytics.parameters import check_parameters
from graph_api.domain.arrays import FloatArray
from graph_api.errors import BadInput
from tests.analytics.samples import from_networkx
from tests.analytics.test_kernels import csr, films


@cache
def sample() -> Csr:
    """Films with casts of up to seven, some apart from the rest, and a star: both kinds of twins."""
    random = Random(7)
    casts = [set(random.choices(range(250), [1 / (i + 1) for i in range(250)], k=7)) for _ in range(120)]
    casts += [{260 + 8 * i + j for j in range(8)} for i in range(3)]
    graph = films(casts, 300)
    graph.add_edges_from((290, i) for i in range(291, 300))
    return csr(graph)


@cache
def thousands() -> Csr:
    """A part of 4,000 people, so that closeness is sampled, and 40 others."""
    return csr(nx.disjoint_union(nx.barabasi_albert_graph(4_000, 3, seed=1), nx.cycle_graph(40)))


@cache
def exact_betweenness() -> FloatArray:
    n = len(sample())
    return pair_sums(sample()) / ((n - 1) * (n - 2))


@cache
def exact_closeness(*, is_harmonic: bool) -> FloatArray:
    return score_of(all_distances(thousands()), len(thousands()), is_harmonic=is_harmonic)


def _violations(repeats: int, epsilon: float, delta: float) -> int:
    count = 0
    for seed in range(repeats):
        found = approximate_betweenness(sample(), Approximation(epsilon, delta, seed=seed))
        assert found.errors.max() <= epsilon
        assert found.samples > 0
        count += bool((np.abs(found.scores - exact_betweenness()) > found.errors).any())
    return count


@pytest.mark.slow
def test_bounds_of_betweenness_hold_in_all_but_delta_of_200_repeats() -> None:
    assert _violations(200, epsilon=0.03, delta=0.1) <= 0.1 * 200


@pytest.mark.slow
@pytest.mark.parametrize("is_harmonic", [False, True])
def test_bounds_of_distances_hold_in_all_but_delta_of_200_repeats(is_harmonic: bool) -> None:
    graph, exact = thousands(), exact_closeness(is_harmonic=is_harmonic)
    count = 0
    for seed in range(200):
        found = approximate_closeness(graph, Approximation(0.08, 0.1, seed=seed), is_harmonic=is_harmonic)
        assert 0 < found.samples < 2_000
        assert found.errors.max() <= 0.08 * (len(graph) - 1 if is_harmonic else 1)
        count += bool((np.abs(found.scores - exact) > found.errors + 1e-9).any())
    assert count <= 0.1 * 200


def test_samples_are_shortest_paths_each_as_likely() -> None:
    # the mean of many samples tends to the exact scores: 12 standard errors are never seen by chance
    found = approximate_betweenness(sample(), Approximation(0.008, 0.1))
    exact = exact_betweenness()
    assert np.abs(found.scores - exact).max() < 12 * np.sqrt(exact.max() / found.samples)
    assert np.corrcoef(found.scores, exact)[0, 1] > 0.99


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sets(st.integers(0, 29), max_size=6), min_size=1, max_size=15), st.integers(0, 5))
def test_nobody_off_all_shortest_paths_is_ever_passed(casts: list[set[int]], seed: int) -> None:
    graph = csr(films(casts, 30))
    exact = pair_sums(graph)
    found = approximate_betweenness(graph, Approximation(0.05, 0.5, seed=seed))
    assert (found.scores[exact == 0] == 0).all()
    assert (np.abs(found.scores - exact / (29 * 28)) <= found.errors).mean() > 0.9


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads() -> None:
    found = []
    for number in (1, 3):
        with threads(number):
            wanted = Approximation(0.02, seed=4)
            parts = (approximate_betweenness(sample(), wanted), approximate_closeness(thousands(), wanted))
            found.append(b"".join(part.scores.tobytes() + part.errors.tobytes() for part in parts))
    assert found[0] == found[1]
    other = approximate_betweenness(sample(), Approximation(0.02, seed=5))
    assert other.scores.tobytes() not in found[0]


def test_a_deadline_ends_it_with_the_bound_reached() -> None:
    started = time.monotonic()
    found = approximate_betweenness(sample(), Approximation(1e-4, seconds=0.5))
    assert time.monotonic() - started < 20
    assert found.is_late
    assert 1e-4 < found.errors.max() < 1
    assert (np.abs(found.scores - exact_betweenness()) <= found.errors).all()
    hurried = approximate_closeness(thousands(), Approximation(1e-3, seconds=0.0))
    assert hurried.is_late
    assert (np.abs(hurried.scores - exact_closeness(is_harmonic=False)) <= hurried.errors + 1e-12).all()


def test_top_scores_end_it_once_told_apart() -> None:
    graph = csr(nx.barbell_graph(30, 1))
    full = approximate_betweenness(graph, Approximation(0.01))
    early = approximate_betweenness(graph, Approximation(0.01, top=3))
    assert early.samples < full.samples
    assert set(np.argsort(-early.scores)[:3].tolist()) == {29, 30, 60}


def test_rankings_carry_a_bound_for_each_score(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "SMALL_WORK", -1)
    graph = from_networkx(nx.les_miserables_graph())
    parameters = check_parameters("BETWEENNESS", MEASURES[M.BETWEENNESS].parameters, {})
    exact = rank(graph, M.BETWEENNESS, parameters)
    assert (exact.errors, exact.error) == (None, 0.0)
    found = rank(graph, M.BETWEENNESS, parameters, Approximation(0.05))
    assert found.errors is not None
    assert len(found.errors) == len(found.ids)
    assert 0 < found.error <= 0.05
    truth = dict(zip(exact.ids, exact.scores.tolist(), strict=True))
    off = [abs(score - truth[node]) for node, score in zip(found.ids, found.scores.tolist(), strict=True)]
    assert (np.array(off) <= found.errors).all()


def test_what_is_not_sampled_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = from_networkx(nx.les_miserables_graph())
    weighted = check_parameters("CLOSENESS", MEASURES[M.CLOSENESS].parameters, {"weighted": True})
    plain = check_parameters("CLOSENESS", MEASURES[M.CLOSENESS].parameters, {})
    assert rank(graph, M.CLOSENESS, plain, Approximation()).errors is None
    monkeypatch.setattr(engines, "SMALL_WORK", -1)
    assert rank(graph, M.DEGREE, {}, Approximation()).errors is None
    assert rank(graph, M.CLOSENESS, weighted, Approximation()).errors is None
    assert rank(graph, M.CLOSENESS, plain, Approximation()).error == 0.0
    with pytest.raises(BadInput, match="epsilon"):
        rank(graph, M.CLOSENESS, plain, Approximation(epsilon=0.0))
    with pytest.raises(BadInput, match="delta"):
        rank(graph, M.CLOSENESS, plain, Approximation(delta=1.0))


def test_bounds_by_hand() -> None:
    # no success in n samples: (1 - p)^n = e^-x, so p = 1 - e^(-x/n)
    low, high = chernoff(np.array([0, 50, 100]), 100, 3.0)
    assert high[0] == pytest.approx(1 - np.exp(-0.03))
    assert (low[0], high[2]) == (0.0, 1.0)
    assert low[2] == pytest.approx(np.exp(-0.03))
    assert 0.5 - low[1] == pytest.approx(high[1] - 0.5)
    # equal samples have no variance: 7 ln(2/eta) / (3 (n - 1)) is left
    bound = bernstein(np.array([50.0]), np.array([25.0]), 100, 1.0, np.log(1 / 0.05))
    assert bound[0] == pytest.approx(7 * np.log(2 / 0.05) / (3 * 99))


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_tiny_graphs(n: int) -> None:
    graph = csr(nx.complete_graph(n))
    assert len(approximate_betweenness(graph, Approximation()).scores) == n
    expected = score_of(all_distances(graph), n, is_harmonic=False)
    assert approximate_closeness(graph, Approximation()).scores.tolist() == expected.tolist()


def test_all_pairs_of_a_small_graph_are_drawn_alike() -> None:
    # a path of three: 1 lies between in two of six ordered pairs
    graph = csr(nx.path_graph(3))
    found = approximate_betweenness(graph, Approximation(0.02))
    assert found.scores[1] == pytest.approx(1.0, abs=0.05)
    assert [found.scores[0], found.scores[2]] == [0.0, 0.0]
