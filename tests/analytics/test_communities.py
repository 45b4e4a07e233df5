"""Communities: known divisions, order, scores, modularity; the same on every run."""

import networkx as nx
import pytest

from graph_api.analytics.communities import CommunityAlgorithm as A
from graph_api.errors import BadInput
from tests.analytics.samples import communities, from_networkx, graph_of, person, slugs

BARBELL = graph_of(
    [("a", "b"), ("b", "c"), ("a", "c"), ("x", "y"), ("y", "z"), ("x", "z"), ("c", "x")], ["alone"]
)  # fmt: skip


@pytest.mark.parametrize("algorithm", [A.LEIDEN, A.LOUVAIN, A.LABEL_PROPAGATION])
def test_two_triangles_are_two_communities(algorithm: A) -> None:
    found = communities(BARBELL, algorithm)
    assert slugs(found) == [["a", "b", "c"], ["x", "y", "z"], ["alone"]]
    assert [c.index for c in found.communities] == [0, 1, 2]
    assert found.communities[0].scores.tolist() == [2, 2, 2]
    assert found.modularity == pytest.approx(2 * (3 / 7 - 0.25))
    assert found.community_of[person("y")] == 1


def test_members_stand_by_their_ties_inside() -> None:
    graph = graph_of([("a", "b", 1.0), ("b", "c", 2.0), ("c", "d", 5.0)])
    found = communities(graph, A.CONNECTED_COMPONENTS)
    assert slugs(found) == [["c", "d", "b", "a"]]
    assert found.communities[0].scores.tolist() == [7, 5, 3, 1]
    assert found.modularity == 0


def test_components_by_size_then_smallest_id() -> None:
    graph = graph_of([("m", "n"), ("a", "b"), ("p", "q"), ("q", "r")], ["z"])
    # ids are base64: that of m comes before that of a
    assert slugs(communities(graph, A.CONNECTED_COMPONENTS)) == [["q", "p", "r"], ["m", "n"], ["a", "b"], ["z"]]


def test_k_core_leaves_the_rim_out() -> None:
    found = communities(BARBELL, A.K_CORE)
    assert slugs(found) == [["c", "x", "a", "b", "y", "z"]]
    assert slugs(communities(BARBELL, A.K_CORE, k=0))[1] == ["alone"]
    with pytest.raises(BadInput, match="k must be at most 2"):
        communities(BARBELL, A.K_CORE, k=3)


@pytest.mark.parametrize("algorithm", list(A))
def test_graphs_without_ties_have_no_modularity(algorithm: A) -> None:
    found = communities(graph_of([], ["a", "b"]), algorithm)
    assert found.modularity is None
    assert sorted(map(sorted, slugs(found))) == [["a"], ["b"]]
    assert communities(graph_of([]), algorithm).communities == ()


@pytest.mark.parametrize("algorithm", [A.LEIDEN, A.LOUVAIN, A.LABEL_PROPAGATION])
def test_a_seed_gives_the_same_communities(algorithm: A) -> None:
    graph = from_networkx(nx.les_miserables_graph())
    first = communities(graph, algorithm, seed=3)
    assert communities(graph, algorithm, seed=3).communities[0].members == first.communities[0].members
    assert slugs(communities(graph, algorithm, seed=3)) == slugs(first)


def test_published_karate_modularity() -> None:
    graph = from_networkx(nx.karate_club_graph(), None)
    # the best division there is has modularity 0.4198 and four communities (Brandes and others, 2008)
    found = communities(graph, A.LEIDEN)
    assert found.modularity == pytest.approx(0.4198, abs=5e-5)
    assert len(found.communities) == 4


def test_modularity_agrees_with_networkx() -> None:
    theirs = nx.les_miserables_graph()
    found = communities(from_networkx(theirs), A.LOUVAIN, seed=7)
    expected = nx.community.modularity(theirs, [set(group) for group in slugs(found)])
    assert found.modularity == pytest.approx(expected, abs=1e-11)


def test_resolution_makes_more_communities() -> None:
    graph = from_networkx(nx.les_miserables_graph())
    assert len(communities(graph, A.LEIDEN, resolution=4.0).communities) > len(communities(graph, A.LEIDEN).communities)
