"""Putting a backup in a database's place: checked first, then swapped in by one rename.

The old database is given up only when nobody has it open: SQLite lets a database leave WAL mode for
no connection but the last, and then a lock keeps others out until the rename.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp

from graph_api.errors import BadInput, StoreBusy, StoreCorrupt, StoreUnavailable
from graph_api.store.embedded import integrity
from graph_api.store.embedded.connection import APPLICATION_ID, errors, open_reader, open_writer, prepare_path
from graph_api.store.embedded.upgrade import prepare

_IN_USE = "the database is in use; stop the service, and whatever else has it open, and restore again"


def restore(backup: Path, target: Path) -> int:
    """Replace the database at `target` by a copy of `backup`, or change nothing.

    Returns:
        The graph's revision.

    Raises:
        BadInput: the backup is the database itself.
        StoreUnavailable: there is no such backup, or the database's folder can't be written.
        StoreCorrupt, StoreTooNew: the backup is no sound graph of this version or an older one, or what lies
            at `target` is no graph, however damaged.
        StoreBusy: somebody has the database open.
    """
    if target.exists() and backup.exists() and target.samefile(backup):
        raise BadInput("the backup is the database itself; give another file")
    _check_target(target)
    prepare_path(backup, create=False)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        os.close(handle)
    except OSError as error:
        raise StoreUnavailable("the database's folder can't be written; check its permissions") from error
    part = Path(name)
    try:
        revision = _checked_copy(backup, part)
        with _kept_out(target):
            part.replace(target)
        _sync(target.parent)
    finally:
        for leftover in (part, *_beside(part)):
            leftover.unlink(missing_ok=True)
    return revision


def _check_target(target: Path) -> None:
    """Refuse to write over somebody's other file: a graph, also a damaged one, is known by its first bytes."""
    prepare_path(target, create=True)
    if not target.exists() or target.stat().st_size == 0:
        return
    with target.open("rb") as file:
        head = file.read(100)
    # Of https://www.sqlite.org/fileformat.html#the_database_header: pages at 28, application id at 68. A
    # database of one page has no tables: the first load was stopped before it began.
    owner, pages = int.from_bytes(head[68:72], "big"), int.from_bytes(head[28:32], "big")
    is_graph = owner == APPLICATION_ID or (owner == 0 and pages == 1)
    if not (head.startswith(b"SQLite format 3\0") and is_graph):
        raise StoreCorrupt("what lies at the database's path is not a film graph; move it away and restore again")


def _beside(path: Path) -> list[Path]:
    """Return the files that SQLite keeps beside a database in WAL mode."""
    return [path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal")]


def _checked_copy(backup: Path, part: Path) -> int:
    """Copy a backup, bring it to today's layout, check it, and return its revision."""
    with errors():
        source = open_reader(backup)
        try:
            copy = sqlite3.connect(part, isolation_level=None)
            try:
                source.backup(copy)
            finally:
                copy.close()
        finally:
            source.close()
        db = open_writer(part)
        try:
            prepare(db)
            problems = integrity.check(db)
            if problems:
                raise StoreCorrupt(f"the backup is damaged ({problems[0]}); restore another")
            revision: int = db.execute("SELECT coalesce(max(revision), 0) FROM change").fetchone()[0]
            db.execute("PRAGMA journal_mode = DELETE")
        finally:
            db.close()
    with part.open("rb") as file:
        os.fsync(file.fileno())
    return revision


@contextmanager
def _kept_out(target: Path) -> Iterator[None]:
    """Hold the database that is to be replaced, so that nobody reads or writes it meanwhile."""
    if not target.exists() or target.stat().st_size == 0:
        _drop_log(target)
        yield
        return
    db = sqlite3.connect(target, isolation_level=None, timeout=0.5)
    try:
        try:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            if db.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
                raise StoreBusy(_IN_USE)
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StoreBusy(_IN_USE) from error
            if code not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                with errors():
                    raise
            # A damaged database is what backups are for; nobody can be using it.
            _drop_log(target)
        yield
    finally:
        db.close()


def _drop_log(target: Path) -> None:
    """Remove the log of a damaged or lost database: it must not be played into the one that takes its place."""
    for leftover in _beside(target):
        leftover.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Make a rename last."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
