"""Mixing: by hand, against NetworkX, and the jackknife against leaving ties out."""

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.analytics.jobs.codec import decode, encode
from graph_api.analytics.labels import Labels
from graph_api.analytics.mixing import Mixing, mixing
from graph_api.errors import Conflict
from tests.analytics.samples import from_networkx, graph_of, person


def labelled(revision: int = 1, **labels: str) -> Labels:
    """Labels by slug, one letter each."""
    return Labels(revision, {person(slug): tuple(some) for slug, some in labels.items()})


def test_by_hand() -> None:
    graph = graph_of([("a", "b"), ("b", "c"), ("c", "d", 3.0)], ["z"])
    found = mixing(graph, labelled(a="F", b="F", c="G", d="G"), weighted=False)
    assert found.labels == ("F", "G")
    assert found.rows.tolist() == [[pytest.approx(2 / 6), pytest.approx(1 / 6)], [pytest.approx(1 / 6)] * 1 + [2 / 6]]
    assert (found.ties, found.unlabelled, found.people.tolist()) == (3, 1, [2.0, 2.0])
    assert found.assortativity == pytest.approx((4 / 6 - 1 / 2) / (1 - 1 / 2))
    weighted = mixing(graph, labelled(a="F", b="F", c="G", d="G"), weighted=True)
    assert weighted.labels == ("G", "F")
    assert weighted.assortativity == pytest.approx((8 / 10 - 0.49 - 0.09) / (1 - 0.49 - 0.09))


def test_who_has_two_labels_counts_in_part() -> None:
    found = mixing(graph_of([("a", "b")]), labelled(a="FG", b="F"), weighted=False)
    assert found.people.tolist() == [1.5, 0.5]
    assert found.rows.tolist() == [[0.5, 0.25], [0.25, 0.0]]
    assert found.assortativity == pytest.approx((0.5 - 0.625) / (1 - 0.625))
    twice = mixing(graph_of([("a", "b")]), labelled(a="FFG", b="F"), weighted=False)
    assert twice.people.tolist() == pytest.approx([5 / 3, 1 / 3])


def test_where_there_is_nothing_to_tell_apart() -> None:
    graph = graph_of([("a", "b")])
    for labels in (labelled(), labelled(a="F"), labelled(a="F", b="F")):
        found = mixing(graph, labels, weighted=False)
        assert (found.assortativity, found.error) == (None, None)
    with pytest.raises(Conflict):
        mixing(graph, labelled(2, a="F"), weighted=False)


def graphs() -> st.SearchStrategy[tuple[set[tuple[int, int]], list[str]]]:
    edges = st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda e: e[0] < e[1]), min_size=2)
    return st.tuples(edges, st.lists(st.sampled_from("FGH"), min_size=10, max_size=10))


def made(edges: set[tuple[int, int]], labels: list[str]) -> "nx.Graph[Any]":
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_nodes_from((str(i), {"of": label}) for i, label in enumerate(labels))
    graph.add_edges_from((str(s), str(t)) for s, t in edges)
    return graph


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_one_label_each_is_networkx(drawn: tuple[set[tuple[int, int]], list[str]]) -> None:
    reference = made(*drawn)
    labels = Labels(1, {person(str(i)): (label,) for i, label in enumerate(drawn[1])})
    found = mixing(from_networkx(reference), labels, weighted=False)
    mapping = {label: i for i, label in enumerate(found.labels)}
    matrix = nx.attribute_mixing_matrix(reference, "of", mapping=mapping)
    assert found.rows == pytest.approx(np.asarray(matrix), abs=1e-12)
    if found.assortativity is not None:
        assert found.assortativity == pytest.approx(nx.attribute_assortativity_coefficient(reference, "of"))
    if found.error is not None:
        left = []
        for edge in list(reference.edges):
            part = reference.copy()
            part.remove_edge(*edge)
            left.append(nx.attribute_assortativity_coefficient(part, "of"))
        assert found.assortativity is not None
        assert found.error == pytest.approx(sum((r - found.assortativity) ** 2 for r in left) ** 0.5, abs=1e-9)
    kept: Mixing = decode(encode(found) or b"")
    assert (kept.labels, kept.rows.tolist(), kept.error) == (found.labels, found.rows.tolist(), found.error)
