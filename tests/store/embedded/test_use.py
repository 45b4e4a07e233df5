"""A store in use: readers beside a writer, reads that are stopped, backups, and damage that is found."""

import asyncio
import gc
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from graph_api.domain.hashing import graph_hash
from graph_api.domain.ids import claim_id
from graph_api.domain.records import ChangeItem
from graph_api.errors import BadInput, DatasetInvalid, StoreUnavailable
from graph_api.store.embedded import reads, tables
from graph_api.store.embedded.store import EmbeddedStore
from tests.store.items import IMPERIA, MARCEL, film, imperia, load, person, source


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[EmbeddedStore]:
    store = await EmbeddedStore.open(tmp_path / "graph.db")
    await load(store, imperia())
    yield store
    await store.close()


async def test_readers_see_the_old_graph_until_a_change_is_whole(store: EmbeddedStore, tmp_path: Path) -> None:
    is_half, may_go_on = threading.Event(), threading.Event()

    def batches() -> Iterator[Sequence[ChangeItem]]:
        yield [film("imperia", "Imperia 2", "list#row 1")]
        is_half.set()
        assert may_go_on.wait(10)
        yield [person("new", "New", "list#row 2")]

    change = asyncio.create_task(store.apply(batches(), actor="test", dataset="films"))
    await asyncio.to_thread(is_half.wait, 10)
    (before,) = await store.entities([IMPERIA])
    assert before is not None
    assert (before.name, await store.revision()) == ("Imperia", 1)
    await store.backup(tmp_path / "meanwhile.db")
    may_go_on.set()
    assert (await change).revision == 2
    (after,) = await store.entities([IMPERIA])
    assert after is not None
    assert after.name == "Imperia 2"
    copy = await EmbeddedStore.open(tmp_path / "meanwhile.db")
    assert (await copy.revision(), await copy.check_integrity()) == (1, [])
    await copy.close()


async def test_changes_wait_for_each_other(store: EmbeddedStore) -> None:
    changes = [load(store, [person(f"p-{i}", f"P {i}", "list#1")]) for i in range(5)]
    assert sorted(await asyncio.gather(*changes)) == [(i + 2, 1, 0, 0) for i in range(5)]


async def test_a_failing_source_of_batches_leaves_the_graph(store: EmbeddedStore) -> None:
    def batches() -> Iterator[Sequence[ChangeItem]]:
        yield [person("new", "New", "list#row 2")]
        raise ValueError("the file ended in the middle")

    before = await store.graph_hash()
    with pytest.raises(ValueError, match="in the middle"):
        await store.apply(batches(), actor="test", dataset="films")
    assert (await store.revision(), await store.graph_hash()) == (1, before)
    assert await load(store, [person("new", "New", "list#row 2")]) == (2, 1, 0, 0)


async def test_a_read_that_is_cancelled_stops_and_gives_its_connection_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await EmbeddedStore.open(tmp_path / "graph.db", readers=1)
    ended = threading.Event()

    def endless(db: sqlite3.Connection) -> object:
        try:
            return db.execute(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
            ).fetchone()
        finally:
            ended.set()

    monkeypatch.setattr(reads, "counts", endless)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await store.counts()
    assert await asyncio.to_thread(ended.wait, 5)
    begin = time.monotonic()
    assert await store.revision() == 0
    assert time.monotonic() - begin < 2
    await store.close()


async def test_a_change_that_nobody_waits_for_is_still_made_whole(store: EmbeddedStore) -> None:
    is_begun, may_go_on = threading.Event(), threading.Event()

    def batches() -> Iterator[Sequence[ChangeItem]]:
        is_begun.set()
        assert may_go_on.wait(10)
        yield [person("new", "New", "list#row 2")]

    change = asyncio.create_task(store.apply(batches(), actor="test", dataset="films"))
    await asyncio.to_thread(is_begun.wait, 10)
    change.cancel()
    await asyncio.sleep(0)
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await change
    assert await store.revision() == 2


async def test_a_backup_is_the_graph(store: EmbeddedStore, tmp_path: Path) -> None:
    await store.backup(tmp_path / "safe" / "copy.db")
    assert [file.name for file in (tmp_path / "safe").iterdir()] == ["copy.db"]
    copy = await EmbeddedStore.open(tmp_path / "safe" / "copy.db")
    assert await copy.graph_hash() == await store.graph_hash()
    assert await copy.changes(0, 5) == await store.changes(0, 5)
    assert await load(copy, [source("more")]) == (2, 1, 0, 0)
    await copy.close()


async def test_a_backup_never_replaces_a_file(store: EmbeddedStore, tmp_path: Path) -> None:
    (tmp_path / "there.db").write_text("precious")
    with pytest.raises(BadInput, match="exists"):
        await store.backup(tmp_path / "there.db")
    assert (tmp_path / "there.db").read_text() == "precious"


async def test_a_backup_into_what_is_no_folder(store: EmbeddedStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable):
        await store.backup(tmp_path / "file" / "copy.db")


def claim_with(**wrong: str) -> str:
    """A statement that puts in a claim with a fault."""
    columns = {"property": "runtime", "value": "36", "unit": "min", "qualifiers": "{}", "rank": "NORMAL"} | wrong
    names, values = ", ".join(columns), ", ".join(f"'{value}'" for value in columns.values())
    id_ = claim_id(IMPERIA, "runtime", "36", "min", None, {})
    return (
        f"INSERT INTO claim (id, subject_key, certainty, {names}) "
        f"SELECT '{id_}', key, 'STATED', {values} FROM entity WHERE id = :film"
    )


DAMAGE = {
    "UPDATE entity SET name = 'Wrong' WHERE id = :film": f"entity {IMPERIA}: its fields",
    "UPDATE entity SET degree = 7 WHERE id = :film": f"entity {IMPERIA}: its degree",
    "DELETE FROM relationship_citation": "relationship ",
    "DELETE FROM mention WHERE entity_key = (SELECT key FROM entity WHERE id = :film)": f"entity {IMPERIA}: nothing",
    "DELETE FROM entity WHERE id = :film": "mention: row",
    "INSERT INTO name_words (name_words) VALUES ('delete-all')": "search: the full-text index",
    "UPDATE name SET words = 'other'": "search: ",
    "UPDATE relationship SET place = 7": "relationship ",
    "DELETE FROM tag": f"entity {IMPERIA}: its fields",
    "INSERT INTO change (revision, at, actor) VALUES (3, '', '')": "changes: a revision is missing",
    "DELETE FROM meta WHERE name = 'load'": "datasets: ",
    "UPDATE mention SET cells = json_set(cells, '$.runtime', 'long')": f"Film {IMPERIA}: its runtime: ",
    "UPDATE mention SET cells = json_set(cells, '$.runtime', '36.0 min')": f"Film {IMPERIA}: its runtime is ",
    "UPDATE mention SET cells = json_set(cells, '$.colour', 'red')": f"Film {IMPERIA}: a FILM has no property",
    "UPDATE mention SET cells = json_set(cells, '$.title', char(10))": f"Film {IMPERIA}: a name ",
    "UPDATE mention SET cells = 'nonsense'": f"Film {IMPERIA}: it can't be read",
    "UPDATE relationship SET p_role = 'KING'": "R ",
    "UPDATE relationship SET type = 'OLD'": "R ",
    claim_with(value="long"): "Claim ",
    claim_with(property="speed"): "Claim ",
    claim_with(rank="BEST"): "Claim ",
    claim_with(qualifiers='{"place": "UGxhY2U6bm8"}'): "Claim ",
    "UPDATE source SET published_on = '2025-13'": "Source ",
    "UPDATE source SET url = 'javascript:alert(1)'": "Source ",
    "INSERT INTO merged SELECT :film, max(key) FROM entity": f"entity {IMPERIA}: its slug 'imperia' is a former one",
}


@pytest.mark.parametrize("statement", DAMAGE)
async def test_damage_is_found(store: EmbeddedStore, tmp_path: Path, statement: str) -> None:
    assert await store.check_integrity() == []
    db = sqlite3.connect(tmp_path / "graph.db", isolation_level=None)
    db.execute(statement, {"film": IMPERIA} if ":film" in statement else {})
    db.close()
    assert any(line.startswith(DAMAGE[statement]) for line in await store.check_integrity())


@pytest.mark.parametrize("table", ["change", "change_part", "audit"])
async def test_the_log_of_changes_can_only_be_added_to(store: EmbeddedStore, tmp_path: Path, table: str) -> None:
    await store.apply([], actor="ed", remove=[IMPERIA])
    db = sqlite3.connect(tmp_path / "graph.db", isolation_level=None)
    for statement in (f"UPDATE {table} SET revision = revision + 7", f"DELETE FROM {table}"):
        with pytest.raises(sqlite3.IntegrityError, match="only be added to"):
            db.execute(statement)
    db.close()


async def test_a_check_leaves_all_as_it_was(store: EmbeddedStore) -> None:
    before = await store.graph_hash()
    await store.check_integrity()
    assert (await store.revision(), await store.graph_hash()) == (1, before)
    assert (await store.entities([MARCEL]))[0] is not None


async def test_a_first_load_leaves_every_index_also_where_it_is_refused(tmp_path: Path) -> None:
    """An empty graph is filled without indexes, which are made at the end."""
    store = await EmbeddedStore.open(tmp_path / "graph.db")

    def indexes() -> set[str]:
        db = sqlite3.connect(tmp_path / "graph.db")
        rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
        db.close()
        return {name for (name,) in rows}

    thresholds = gc.get_threshold()
    with pytest.raises(DatasetInvalid):
        await load(store, [film("a", "A", "nowhere#1")])
    assert indexes() == set(tables.INDEXES)
    await load(store, imperia())
    assert indexes() == set(tables.INDEXES)
    assert gc.get_threshold() == thresholds
    await store.close()


async def test_one_reader_hashes_for_all_who_ask(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = await store.graph_hash()
    is_begun, may_end, runs = threading.Event(), threading.Event(), []

    def slowly(items: Iterable[ChangeItem]) -> str:
        runs.append(1)
        is_begun.set()
        assert may_end.wait(10)
        return graph_hash(items)

    monkeypatch.setattr("graph_api.store.embedded.store.graph_hash", slowly)
    await load(store, [film("new", "New", "list#row 9")])
    asking = [asyncio.create_task(store.graph_hash()) for _ in range(6)]
    await asyncio.to_thread(is_begun.wait, 10)
    asking[0].cancel()
    found = await asyncio.wait_for(store.entities([IMPERIA]), 5)
    assert found[0] is not None
    await load(store, [film("newer", "Newer", "list#row 10")])
    late = asyncio.create_task(store.graph_hash())
    await asyncio.sleep(0.05)
    may_end.set()
    hashes = set(await asyncio.gather(*asking[1:]))
    assert len(hashes) == 1
    assert len({expected, *hashes, await late}) == 3
    assert len(runs) == 2
