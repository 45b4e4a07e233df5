"""A database of an older version is upgraded in place; a newer one is refused."""

import sqlite3
from pathlib import Path

import pytest

from graph_api.domain.catalogue import Kind
from graph_api.errors import StoreTooNew
from graph_api.store.embedded import tables
from graph_api.store.embedded.store import EmbeddedStore
from tests.store.embedded.layouts import make_old
from tests.store.items import IMPERIA, MARCEL, film, imperia, load, source


def schema(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Tables and their columns."""
    db = sqlite3.connect(path)
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' OR type = 'index'")]
    found = {name: sorted((row[1], row[2]) for row in db.execute(f"PRAGMA table_info({name})")) for name in names}
    db.close()
    return found


async def filled(path: Path) -> tuple[str, object]:
    store = await EmbeddedStore.open(path)
    await load(store, [*imperia(), source("b"), film("imperia", "Imperia II", "b#1", runtime="40 min")])
    state = await store.graph_hash(), await store.entities([IMPERIA, MARCEL])
    await store.close()
    return state


async def test_an_older_layout_is_upgraded_with_its_facts(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    before = await filled(path)
    wanted = schema(path)
    make_old(path)
    assert schema(path) != wanted
    store = await EmbeddedStore.open(path)
    assert (await store.graph_hash(), await store.entities([IMPERIA, MARCEL])) == before
    assert await store.revision() == 1
    assert await store.check_integrity() == []
    assert await store.degrees([IMPERIA]) == [1]
    # Writing goes on: `replace` knows what the dataset brought before the upgrade.
    assert await load(store, imperia(), replace=True) == (2, 0, 1, 1)
    await store.close()
    assert schema(path) == wanted


async def test_another_catalogue_alone_has_everything_derived_anew(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    before = await filled(path)
    db = sqlite3.connect(path)
    db.executescript(
        """
        UPDATE meta SET value = 'of yesterday' WHERE name = 'catalogue';
        ALTER TABLE entity DROP COLUMN p_runtime;
        UPDATE entity SET name = 'Wrong', name_key = 'wrong';
        DELETE FROM conflict; DELETE FROM tag;
        """
    )
    db.close()
    store = await EmbeddedStore.open(path)
    assert (await store.graph_hash(), await store.entities([IMPERIA, MARCEL])) == before
    assert await store.check_integrity() == []
    (page,) = [await store.entities_by_slug(Kind.FILM, ["imperia"])]
    assert page[0] is not None
    await store.close()


async def test_a_newer_layout_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    await filled(path)
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {tables.VERSION + 1}")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match="upgrade the program"):
        await EmbeddedStore.open(path)
    assert path.read_bytes() == before
