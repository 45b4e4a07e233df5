"""A database that other programs use too: what they put there stays."""

from collections.abc import AsyncIterator, Iterator

import pytest

from graph_api.domain.catalogue import Kind, Relation
from graph_api.errors import Conflict
from graph_api.store.neo4j import writer
from graph_api.store.neo4j.store import Neo4jStore
from tests.store.items import IMPERIA, MARCEL, film, imperia, load
from tests.store.neo4j.cleaning import clean, query

_THEIRS = """
CREATE (p:Person {name: 'Foreign', id: 'x', generation: 2})-[:CREDITED_ON {role: 'DIRECTOR'}]->(:Film {title: 'Theirs'})
CREATE (:Graph {id: 'graph'}) CREATE (:Change {revision: 1})"""
_LIKES = """
MATCH (f:Film:FilmGraph), (p:Person:FilmGraph), (x:Person {name: 'Foreign'})
CREATE (x)-[:LIKES {since: 1}]->(f) CREATE (f)-[:LIKED_BY {since: 2}]->(x) CREATE (p)-[:LIKES {since: 3}]->(f)
SET f.pagerank = 0.5"""
_LOOK = """
MATCH (n) WHERE NOT n:FilmGraph OPTIONAL MATCH (n)-[r:CREDITED_ON]->()
RETURN labels(n), properties(n), type(r), properties(r) ORDER BY labels(n)[0], n.name"""
_LINKS = """
MATCH (a)-[r:LIKES|LIKED_BY]->(b)
RETURN coalesce(a.name, a.title), type(r), r.since, coalesce(b.name, b.title) ORDER BY r.since"""
LINKS = [
    ["Foreign", "LIKES", 1, "Imperia"],
    ["Imperia", "LIKED_BY", 2, "Foreign"],
    ["Marcel Barsotti", "LIKES", 3, "Imperia"],
]


@pytest.fixture
def theirs(neo4j_url: str) -> Iterator[list[list[object]]]:
    """Nodes with labels and properties like ours, as another program made them."""
    clean(neo4j_url)
    query(neo4j_url, _THEIRS)
    yield query(neo4j_url, _LOOK)
    clean(neo4j_url)
    query(neo4j_url, "MATCH (n:Person|Film|Graph|Change) WHERE NOT n:FilmGraph DETACH DELETE n")


@pytest.fixture
async def store(neo4j_url: str) -> AsyncIterator[Neo4jStore]:
    made = await Neo4jStore.open(neo4j_url)
    yield made
    await made.close()


async def test_other_nodes_are_neither_read_nor_changed(
    theirs: list[list[object]], store: Neo4jStore, neo4j_url: str
) -> None:
    assert await load(store, imperia()) == (1, 4, 0, 0)
    assert (await store.counts()).kinds == {Kind.PERSON: 1, Kind.FILM: 1}
    assert (await store.counts()).relations == {Relation.CREDITED_ON: 1}
    assert await store.check_integrity() == []
    assert await load(store, [], replace=True) == (2, 0, 0, 4)
    clean(neo4j_url)
    assert query(neo4j_url, _LOOK) == theirs


@pytest.mark.usefixtures("theirs")
@pytest.mark.parametrize("largest", [writer.SMALL, 0])
async def test_relationships_on_our_nodes_are_kept_or_the_change_is_refused(
    store: Neo4jStore, neo4j_url: str, monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    await load(store, imperia())
    digest = await store.graph_hash()
    query(neo4j_url, _LIKES)
    assert await store.degrees([IMPERIA, MARCEL]) == [1, 1]
    assert await store.graph_hash() == digest
    assert await store.check_integrity() == []

    monkeypatch.setattr(writer, "SMALL", largest)
    assert await load(store, imperia()) == (1, 0, 0, 0)
    assert await load(store, [film("imperia", "Imperia", "list#row 1", year="2024")]) == (2, 0, 1, 0)
    assert query(neo4j_url, _LINKS) == LINKS
    assert query(neo4j_url, "MATCH (f:Film:FilmGraph) RETURN f.year, f.pagerank") == [[2024, 0.5]]
    assert await store.degrees([IMPERIA, MARCEL]) == [1, 1]

    with pytest.raises(Conflict, match="another program has linked it by LIKE"):
        await load(store, [], replace=True)
    assert query(neo4j_url, _LINKS) == LINKS
    assert await store.revision() == 2
    assert await store.check_integrity() == []
    query(neo4j_url, "MATCH ()-[r:LIKES|LIKED_BY]->() DELETE r")
    assert await load(store, [], replace=True) == (3, 0, 0, 4)
