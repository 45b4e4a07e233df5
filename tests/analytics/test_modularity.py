"""Leiden's and Louvain's ways by kernels: published values, guarantees on random graphs, the quality of igraph's."""

import statistics
from itertools import pairwise
from typing import Any, TypeAlias

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from graph_api.analytics import engines
from graph_api.analytics.communities import CommunityAlgorithm as A
from graph_api.analytics.dividing import modularity
from graph_api.analytics.kernels.cohesion_code import inside, joined
from graph_api.analytics.kernels.modularity import leiden, louvain
from graph_api.analytics.kernels.modularity_code import twins
from graph_api.analytics.progress import listening
from graph_api.analytics.projection import native
from graph_api.domain.arrays import FloatArray, IntArray, LongArray
from tests.analytics.samples import communities, from_networkx, slugs

Graph: TypeAlias = "nx.Graph[Any]"

EDGES = st.dictionaries(
    st.tuples(st.integers(0, 13), st.integers(0, 13)).filter(lambda ends: ends[0] < ends[1]),
    st.sampled_from([0.1, 0.25, 1.0, 1.0, 3.0]),
    max_size=50,
)
CASTS = st.lists(st.sets(st.integers(0, 13), max_size=7), max_size=6)
RESOLUTIONS = st.sampled_from([1e-6, 0.3, 1.0, 1.0, 2.5, 1e4])


def weighted(edges: dict[tuple[int, int], float], casts: list[set[int]] | None = None) -> Graph:
    """Random ties among fourteen, and those of films' casts, which are full of twins."""
    graph: Graph = nx.Graph()
    graph.add_nodes_from(range(14))
    for cast in casts or []:
        for a, b in ((a, b) for a in cast for b in cast if a < b):
            graph.add_edge(a, b, weight=graph.get_edge_data(a, b, {"weight": 0.0})["weight"] + 1.0)
    graph.add_weighted_edges_from((a, b, weight) for (a, b), weight in edges.items())
    return graph


def matrix_of(graph: Graph) -> "sparse.csr_array[Any]":
    found = sparse.csr_array(nx.to_scipy_sparse_array(graph), dtype=np.float64)
    found.sort_indices()
    return found


def arrays_of(graph: Graph) -> tuple[LongArray, IntArray, FloatArray, FloatArray]:
    matrix = matrix_of(graph)
    strengths = np.asarray(matrix.sum(axis=1), np.float64)
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data.astype(np.float64), strengths


def groups(labels: Any) -> list[set[int]]:
    return [set(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels).tolist()]


@pytest.mark.parametrize("seed", range(5))
def test_published_modularities(seed: int) -> None:
    # karate: Brandes and others, 2008; the ring: Fortunato and Barthelemy, 2007: a clique each is worth
    # 0.876, pairs of them up to 0.888
    karate: Graph = nx.karate_club_graph()
    nx.set_edge_attributes(karate, dict.fromkeys(karate.edges, 1.0), "weight")
    found = groups(leiden(matrix_of(karate), 1.0, 10, seed))
    assert nx.community.modularity(karate, found) == pytest.approx(0.4198, abs=5e-5)
    ring = nx.ring_of_cliques(30, 5)
    pairs = groups(leiden(matrix_of(ring), 1.0, 10, seed))
    assert nx.community.modularity(ring, pairs) >= 0.884
    assert [len(group) for group in groups(leiden(matrix_of(ring), 3.0, 10, seed))] == [5] * 30
    assert [len(group) for group in groups(louvain(matrix_of(ring), 3.0, seed))] == [5] * 30


@settings(max_examples=200, deadline=None)
@given(EDGES, CASTS, RESOLUTIONS, st.integers(1, 6), st.integers(0, 2**31 - 1))
def test_communities_are_connected_and_no_two_gain_by_merging(
    edges: dict[tuple[int, int], float], casts: list[set[int]], resolution: float, passes: int, seed: int
) -> None:
    graph = weighted(edges, casts)
    matrix = matrix_of(graph)
    labels = leiden(matrix, resolution, passes, seed)
    assert labels.tolist() == leiden(matrix, resolution, passes, seed).tolist()
    assert all(nx.is_connected(graph.subgraph(group)) for group in groups(labels))
    for found in (labels, louvain(matrix, resolution, seed)):
        total = float(matrix.sum()) or 1.0
        between = np.array([[matrix[sorted(a)][:, sorted(b)].sum() for b in groups(found)] for a in groups(found)])
        expected = resolution * np.outer(between.sum(axis=0), between.sum(axis=0)) / total
        np.fill_diagonal(between, -1.0)
        assert (between <= expected + 1e-9 * total).all()


def partitions(n: int) -> list[list[int]]:
    """All divisions of n nodes, as labels."""
    found = [[0]]
    for _ in range(n - 1):
        found = [[*labels, label] for labels in found for label in range(max(labels) + 2)]
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sets(st.integers(0, 5), max_size=5), max_size=4), st.sampled_from([0.5, 1.0, 2.0, 6.0]))
def test_a_best_division_has_twins_together(casts: list[set[int]], resolution: float) -> None:
    graph = weighted({}, casts).subgraph(range(6)).copy()
    matrix = matrix_of(graph)
    if not matrix.nnz:
        return
    arrays = arrays_of(graph)
    strengths = arrays[-1]
    rate = resolution / float(strengths.sum())
    gains = matrix.toarray() - rate * np.outer(strengths, strengths)
    firsts = twins(*arrays, rate)
    worth = {tuple(p): float(gains[np.equal.outer(p, p)].sum()) for p in partitions(6)}
    together = [value for p, value in worth.items() if all(p[v] == p[int(first)] for v, first in enumerate(firsts))]
    assert max(together) == pytest.approx(max(worth.values()), abs=1e-9)
    labels = np.array(leiden(matrix, resolution, 10, 0))
    assert float(gains[np.equal.outer(labels, labels)].sum()) <= max(worth.values()) + 1e-9


def test_twins_by_hand() -> None:
    graph = weighted({(4, 5): 3.0}, [{0, 1, 2}, {2, 3, 4, 5}, {6, 7}])
    arrays = arrays_of(graph)
    rate = 1 / float(arrays[-1].sum())
    # 4 and 5 are tied to each other more than to 3, so that 3 is no twin of theirs
    assert twins(*arrays, rate).tolist() == [0, 0, 2, 3, 4, 4, 6, 6, *range(8, 14)]
    # at a resolution at which a tie is worth nothing, nobody belongs together
    assert twins(*arrays, 100.0).tolist() == list(range(14))


@settings(max_examples=100, deadline=None)
@given(EDGES)
def test_components_and_sums_are_networkx(edges: dict[tuple[int, int], float]) -> None:
    graph = weighted(edges)
    ends = np.array(sorted(edges), np.int32).reshape(-1, 2)
    labels = joined(ends[:, 0].copy(), ends[:, 1].copy(), 14)
    assert groups(labels) == sorted(nx.connected_components(graph), key=min)
    halves = np.arange(14, dtype=np.int64) % 2 - (np.arange(14) == 13) * 2
    own, whole = inside(ends[:, 0].copy(), ends[:, 1].copy(), np.array([edges[a, b] for a, b in sorted(edges)]), halves)
    assert whole.tolist() == pytest.approx([graph.degree(v, weight="weight") for v in range(14)])
    same = [{u for u in graph[v] if halves[u] == halves[v] >= 0} for v in range(14)]
    assert own.tolist() == pytest.approx([sum(graph[v][u]["weight"] for u in same[v]) for v in range(14)])


def test_large_graphs_are_divided_by_kernels_at_least_as_well_as_by_igraph() -> None:
    theirs = nx.powerlaw_cluster_graph(2_500, 4, 0.6, seed=3)
    graph = from_networkx(theirs)
    assert {engines.served_by(name, "", len(graph), graph.ties) for name in ("LEIDEN", "LOUVAIN")} == {"numba"}
    found = communities(graph, A.LEIDEN)
    assert sum(len(community.members) for community in found.communities) == len(graph)
    sets: list[set[Any]] = [set(group) for group in slugs(found)]
    named: Graph = nx.relabel_nodes(theirs, str)
    assert found.modularity == pytest.approx(nx.community.modularity(named, sets), abs=1e-11)
    assert all(nx.is_connected(named.subgraph(group)) for group in sets)
    ours = [communities(graph, A.LEIDEN, seed=seed).modularity or 0.0 for seed in range(5)]
    igraph = native(graph)
    best = [igraph.modularity(igraph.community_leiden("modularity", n_iterations=10)) for _ in range(5)]
    assert statistics.median(ours) >= statistics.median(best) - 0.002
    assert (communities(graph, A.LOUVAIN).modularity or 0.0) > 0.9 * statistics.median(best)
    assert all(a >= b for a, b in pairwise(len(c.members) for c in found.communities))


def test_passes_are_told_and_a_listener_stops_them() -> None:
    matrix = matrix_of(nx.karate_club_graph())
    told: list[tuple[int, int]] = []
    with listening(lambda done, total: told.append((done, total))):
        leiden(matrix, 1.0, 5, 0)
    assert told[0] == (1, 5)
    assert 4 <= len(told) <= 5

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with listening(stop), pytest.raises(KeyboardInterrupt):
        leiden(matrix, 1.0, 5, 0)


def test_modularity_of_a_division_in_which_some_are_alone() -> None:
    graph = from_networkx(nx.karate_club_graph())
    labels = np.where(np.arange(34) < 20, 0, -1)
    sets = [set(range(20)), *({v} for v in range(20, 34))]
    assert modularity(graph, labels) == pytest.approx(nx.community.modularity(graph.numbered(), sets), abs=1e-11)
