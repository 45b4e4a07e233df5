"""Files that can't be used, and what is said of each."""

# ruff: noqa: ASYNC240 - files are small and nothing else runs meanwhile

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_api.errors import (
    BadInput,
    FilmGraphError,
    StoreBusy,
    StoreCorrupt,
    StoreReadOnly,
    StoreTooNew,
    StoreUnavailable,
)
from graph_api.store.embedded import connection
from graph_api.store.embedded.store import EmbeddedStore
from graph_api.store.factory import open_store
from tests.store.items import IMPERIA, film, imperia, load

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A file with a small graph."""
    file = tmp_path / "graph.db"
    store = await EmbeddedStore.open(file)
    await load(store, imperia())
    await store.close()
    return file


async def refused(path: Path, error: type[FilmGraphError], message: str) -> None:
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(error, match=message) as caught:
        await EmbeddedStore.open(path, create=False)
    assert str(path) not in caught.value.message
    assert "\n" not in caught.value.message
    assert (path.read_bytes() if path.is_file() else None) == before


async def test_missing_folders_are_made(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/a/b/graph.db")
    assert await store.revision() == 0
    assert await store.check_integrity() == []
    await store.close()
    assert (tmp_path / "a" / "b" / "graph.db").exists()


async def test_nothing_is_made_unless_asked_for(tmp_path: Path) -> None:
    await refused(tmp_path / "none.db", StoreUnavailable, "there is no database")
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    await refused(tmp_path, StoreUnavailable, "is a folder")


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable, match="folder can't be made"):
        await EmbeddedStore.open(tmp_path / "file" / "graph.db")


async def test_an_empty_file_becomes_a_graph(tmp_path: Path) -> None:
    (tmp_path / "graph.db").touch()
    store = await EmbeddedStore.open(tmp_path / "graph.db")
    assert await store.revision() == 0
    await store.close()


@pytest.mark.parametrize("content", [b"hello, world", b"x" * 10_000, b"SQLite format 3\x00 and no more"])
async def test_a_file_of_something_else(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "graph.db").write_bytes(content)
    await refused(tmp_path / "graph.db", StoreCorrupt, "not a film graph, or it is damaged")


async def test_a_database_of_another_program(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "graph.db")
    db.execute("CREATE TABLE entity (id)")
    db.close()
    await refused(tmp_path / "graph.db", StoreCorrupt, "not a film graph")


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
async def test_a_file_cut_short(path: Path, part: float) -> None:
    os.truncate(path, int(path.stat().st_size * part))
    await refused(path, StoreCorrupt, "restore a backup")


async def test_a_damaged_page_is_found(path: Path) -> None:
    db = sqlite3.connect(path)
    page, size = (
        db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'relationship'").fetchone()[0],
        db.execute("PRAGMA page_size").fetchone()[0],
    )
    db.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    store = await EmbeddedStore.open(path)
    assert (await store.check_integrity())[0].startswith("file: ")
    with pytest.raises(StoreCorrupt):
        list(store.export())
    await store.close()


async def test_a_newer_version(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    await refused(path, StoreTooNew, "newer version")


async def test_a_database_that_another_process_writes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.2)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store = await EmbeddedStore.open(path)
    with pytest.raises(StoreBusy, match="another process") as caught:
        await load(store, [film("imperia", "Imperia", "list#2")])
    assert caught.value.is_retryable
    # Readers never wait for a writer.
    assert (await store.entities([IMPERIA]))[0] is not None
    other.execute("ROLLBACK")
    other.close()
    assert await load(store, [film("imperia", "Imperia", "list#2")]) == (2, 0, 1, 0)
    await store.close()


@pytest.fixture
def frozen(path: Path) -> Iterator[Path]:
    """A graph that everybody may read and nobody write.

    It is no folder of pytest's, whose every start, also in another process, closes those to all but their owner.
    """
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        copy = folder / "graph.db"
        shutil.copyfile(path, copy)
        copy.chmod(0o444)
        folder.chmod(0o555)
        yield copy
        folder.chmod(0o755)


_READ_ONLY = """
import asyncio, os, sys
from pathlib import Path
from graph_api.errors import StoreReadOnly
from graph_api.store.embedded.store import EmbeddedStore
from tests.store.items import IMPERIA, imperia, load, source

async def main(path):
    store = await EmbeddedStore.open(path)
    assert (await store.entities([IMPERIA]))[0].name == "Imperia"
    assert len(list(store.export())) == 4
    assert await store.check_integrity() == []
    try:
        await load(store, [source("new")])
    except StoreReadOnly as error:
        print(error.message)
    await store.close()

if os.geteuid() == 0:
    os.setuid(65534)
asyncio.run(main(Path(sys.argv[1])))
"""


def test_what_can_only_be_read_is_read(frozen: Path) -> None:
    """In a process of its own, since the superuser may write anything."""
    for folder in frozen.parents:
        if folder.stat().st_uid == os.geteuid() and not folder.stat().st_mode & 0o001 and folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, "-c", _READ_ONLY, str(frozen)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == (
        "the database can only be read; give write permission to its file and folder, or use a copy\n",
        "",
    )


@pytest.mark.parametrize("url", ["postgres://x", "neo5j://host", "sqlite:///", ""])
async def test_addresses_that_name_no_store(url: str) -> None:
    with pytest.raises(BadInput):
        await open_store(url)


async def test_a_closed_store_says_so(path: Path) -> None:
    store = await EmbeddedStore.open(path)
    await store.close()
    await store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.revision()
    with pytest.raises(StoreUnavailable, match="closed"):
        await load(store, imperia())


def test_read_only_is_refused_by_its_code() -> None:
    db = sqlite3.connect("file:none?mode=memory", uri=True)
    db.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreReadOnly), connection.errors():
        db.execute("CREATE TABLE x (y)")
    db.close()
