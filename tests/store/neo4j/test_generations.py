"""Large changes grow beside the graph; what a killed one leaves is removed; other programs' data stay."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import entity_id
from graph_api.domain.records import ChangeItem
from graph_api.errors import DatasetInvalid
from graph_api.store.embedded.store import EmbeddedStore
from graph_api.store.neo4j import writer
from graph_api.store.neo4j.store import Neo4jStore
from tests.store.items import IMPERIA, MARCEL, claim, credit, film, imperia, load, person, source
from tests.store.neo4j.cleaning import clean, query
from tests.store.test_export import rich

_COUNT = "MATCH (n:FilmGraph) WHERE n.generation > 0 RETURN n.generation, count(*) ORDER BY 1"


@pytest.fixture
async def store(neo4j_url: str) -> AsyncIterator[Neo4jStore]:
    clean(neo4j_url)
    made = await Neo4jStore.open(neo4j_url)
    yield made
    await made.close()


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes every change for a large one."""
    monkeypatch.setattr(writer, "SMALL", 0)


async def both(store: Neo4jStore, tmp_path: Path) -> AsyncIterator[tuple[int, ...]]:
    """Yield what becomes of the same changes on this store and on an embedded one."""
    embedded = await EmbeddedStore.open(tmp_path / "graph.db")
    old: list[ChangeItem] = [film("old", "Old", "list#2"), credit("marcel-barsotti", "old", "list#2"), source("unused")]
    merged: list[ChangeItem] = [*rich(), *old, claim(IMPERIA, "year", "2024", "list#9")]
    for items, dataset, replace in (
        (merged, "one", False),
        (merged, "one", False),
        (rich(), "two", False),
        (rich(), "one", True),
        ([], "two", True),
        ([film("imperia", "Imperia III", "list#row 1")], "one", False),
    ):
        found = await load(store, items, dataset=dataset, replace=replace, size=5)
        assert found == await load(embedded, items, dataset=dataset, replace=replace, size=5)
        assert await store.graph_hash() == await embedded.graph_hash()
        assert await store.entities([IMPERIA, MARCEL]) == await embedded.entities([IMPERIA, MARCEL])
        assert await store.counts() == await embedded.counts()
        for one, other in zip(await store.changes(0, 100), await embedded.changes(0, 100), strict=True):
            assert (one.revision, *map(sorted, (one.created, one.updated, one.removed))) == (
                other.revision,
                *map(sorted, (other.created, other.updated, other.removed)),
            )
        assert await store.check_integrity() == []
        yield found
    await embedded.close()


@pytest.mark.slow
@pytest.mark.usefixtures("large")
async def test_large_changes_give_the_same_graph(store: Neo4jStore, neo4j_url: str, tmp_path: Path) -> None:
    seen = [found[0] async for found in both(store, tmp_path)]
    assert seen == [1, 2, 3, 4, 4, 5]
    assert len(query(neo4j_url, _COUNT)) == 1


@pytest.mark.slow
async def test_small_changes_give_the_same_graph(store: Neo4jStore, tmp_path: Path) -> None:
    assert [found[0] async for found in both(store, tmp_path)] == [1, 2, 3, 4, 4, 5]


async def test_a_change_too_large_for_one_transaction_grows_beside(
    store: Neo4jStore, neo4j_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from graph_api.store.neo4j import link

    await load(store, imperia())
    monkeypatch.setattr(link, "MOST_ROWS", 3)
    assert await load(store, [], replace=True) == (2, 0, 0, 4)
    assert [n for _, n in query(neo4j_url, _COUNT)] == [1]


@pytest.mark.usefixtures("large")
async def test_a_large_change_that_fails_leaves_nothing(store: Neo4jStore, neo4j_url: str) -> None:
    await load(store, imperia())
    before = (query(neo4j_url, _COUNT), await store.graph_hash())
    with pytest.raises(DatasetInvalid):
        await load(store, [person("a", "A", "list#1"), film("b", " ", "list#1")], size=1)

    def breaks() -> Iterator[list[ChangeItem]]:
        yield [person("a", "A", "list#1")]
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"):
        await store.apply(breaks(), actor="test")
    assert (query(neo4j_url, _COUNT), await store.graph_hash()) == before
    assert len(await store.changes(0, 10)) == 1


@pytest.mark.usefixtures("large")
async def test_readers_see_the_old_graph_or_the_new_one(store: Neo4jStore) -> None:
    people = [person(f"p-{i}", "Old", "list#1") for i in range(300)]
    await load(store, [source("list"), *people])
    ids = [entity_id(Kind.PERSON, f"p-{i}") for i in range(300)]
    seen: set[frozenset[str]] = set()

    async def look() -> None:
        while not done.is_set():
            seen.add(frozenset(e.name for e in await store.entities(ids) if e))

    done = asyncio.Event()
    readers = [asyncio.ensure_future(look()) for _ in range(3)]
    for name in ("New", "Newer"):
        await load(store, [person(f"p-{i}", name, "list#1") for i in range(300)], size=50)
    done.set()
    await asyncio.gather(*readers)
    assert seen <= {frozenset({"Old"}), frozenset({"New"}), frozenset({"Newer"})}
    assert len(seen) > 1


async def test_small_changes_are_never_seen_half_done(store: Neo4jStore) -> None:
    people = [person(f"p-{i}", "0", "list#1") for i in range(200)]
    await load(store, [source("list"), *people])
    ids = [entity_id(Kind.PERSON, f"p-{i}") for i in range(200)]
    done = asyncio.Event()

    async def look() -> int:
        looks = 0
        while not done.is_set():
            assert len({e.name for e in await store.entities(ids) if e}) == 1
            looks += 1
        return looks

    readers = [asyncio.ensure_future(look()) for _ in range(3)]
    for i in range(1, 5):
        await load(store, [person(f"p-{n}", str(i), "list#1") for n in range(200)])
    done.set()
    assert min(await asyncio.gather(*readers)) > 0


# --------------------------------------------------------------------------- what killed work leaves
async def test_a_generation_that_was_left_is_removed_by_the_next_start(store: Neo4jStore, neo4j_url: str) -> None:
    await load(store, imperia())
    before = await store.graph_hash()
    query(
        neo4j_url,
        "CREATE (a:Person:FilmGraph {generation: 99, id: 'a'})-[:CREDITED_ON {generation: 99, id: 'r'}]->"
        "(:Film:FilmGraph {generation: 99, id: 'b'}) "
        "CREATE (:ChangePart:FilmGraph {generation: 0, id: 'change-2-1', revision: 2, part: 1, ids: ['a']})",
    )
    assert len(await store.check_integrity()) == 1
    again = await Neo4jStore.open(neo4j_url)
    assert await again.graph_hash() == before
    assert await again.check_integrity() == []
    assert await load(again, [film("b", "B", "list#row 1")]) == (2, 1, 0, 0)
    assert [len(change.created) for change in await again.changes(0, 9)] == [4, 1]
    await again.close()


@pytest.mark.parametrize("was_kept", [True, False])
async def test_a_change_killed_at_its_commit_is_settled_by_readers(
    store: Neo4jStore, neo4j_url: str, was_kept: bool
) -> None:
    await load(store, imperia())
    query(neo4j_url, "MATCH (m:Graph:FilmGraph) SET m.pending = true")
    if was_kept:
        query(
            neo4j_url,
            "CREATE (:Change:FilmGraph {generation: 0, id: 'change-2', revision: 2, at: '', actor: 'killed'})",
        )
    assert (await store.entities([IMPERIA]))[0] is not None
    assert await store.revision() == 1 + was_kept
