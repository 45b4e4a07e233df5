"""Connections to the file of an embedded graph, and what SQLite's errors mean to a user.

    SQLITE_BUSY, LOCKED            StoreBusy
    SQLITE_READONLY                StoreReadOnly
    SQLITE_CORRUPT, NOTADB         StoreCorrupt
    SQLITE_CANTOPEN, IOERR, FULL   StoreUnavailable
    SQLITE_INTERRUPT               DeadlineExceeded

All else would be a fault of this program and passes as it is.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph_api.errors import (
    DeadlineExceeded,
    FilmGraphError,
    StoreBusy,
    StoreCorrupt,
    StoreReadOnly,
    StoreTooNew,
    StoreUnavailable,
)
from graph_api.store.embedded import tables

APPLICATION_ID = 0x46477261  # "FGra"
BUSY_SECONDS = 5.0

_NOT_OURS = "the database file is not a film graph, or it is damaged; restore a backup or load the data into a new file"
_MISSING = "there is no database at the path given; load a dataset to make one"
_READ_ONLY = "the database can only be read; give write permission to its file and folder, or use a copy"
_TOO_NEW = "the database was made by a newer version of this program; upgrade the program"


def _translated(error: sqlite3.Error) -> FilmGraphError | None:
    """Return the error of ours that an error of SQLite amounts to; None where it is a fault of this program."""
    code = getattr(error, "sqlite_errorcode", None)
    match code & 0xFF if code is not None else None:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreBusy("another process is writing to the database; try again when it has finished")
        case sqlite3.SQLITE_READONLY:
            return StoreReadOnly(_READ_ONLY)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return StoreCorrupt(_NOT_OURS)
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return StoreUnavailable(
                "the database file can't be opened; check that the path and its permissions are right"
            )
        case sqlite3.SQLITE_FULL:
            return StoreUnavailable("the disk is full; free some space and try again")
        case sqlite3.SQLITE_IOERR:
            return StoreUnavailable("the database file can't be read or written; check the disk it lies on")
        case sqlite3.SQLITE_INTERRUPT:
            return DeadlineExceeded("the work was stopped before it was done; ask for less at a time")
        case _:
            return None


@contextmanager
def errors() -> Iterator[None]:
    """Turn the errors of SQLite that a user can do something about into ours."""
    try:
        yield
    except sqlite3.Error as error:
        translated = _translated(error)
        if translated is None:
            raise
        raise translated from error


def prepare_path(path: Path, *, create: bool) -> None:
    """Make sure that a database can lie at `path`.

    Raises:
        StoreUnavailable: nothing is there and `create` is off, or its folder can't be made.
    """
    try:
        if not path.exists():
            if not create:
                raise StoreUnavailable(_MISSING)
            path.parent.mkdir(parents=True, exist_ok=True)
            return
        if path.is_dir():
            raise StoreUnavailable("the path given is a folder; give the path of a database file")
    except OSError as error:
        raise StoreUnavailable(
            "the database can't be reached or its folder can't be made; check the path and its permissions"
        ) from error


def _check_length(db: sqlite3.Connection, path: Path) -> None:
    """Refuse a file whose last page is cut short, which SQLite itself does not notice.

    While there is a log, the file may be in the middle of a write that the log makes good. The file
    is not opened here: POSIX locks belong to the process, so closing it would drop those that
    SQLite's own connections hold, and another process could take the log away from under them.

    Raises:
        StoreCorrupt: it is cut short.
    """
    page_size: int = db.execute("PRAGMA page_size").fetchone()[0]
    log = path.with_name(f"{path.name}-wal")
    has_log = log.exists() and log.stat().st_size > 0
    if not has_log and path.stat().st_size % page_size:
        raise StoreCorrupt(_NOT_OURS)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,  # a schema's worth of lists, each in a few page sizes
    )


def identify(db: sqlite3.Connection) -> int:
    """Return the layout's version of the graph in an open database; 0 where the database is empty.

    Raises:
        StoreCorrupt: it is a database of another program.
        StoreTooNew: of a newer version of this one.
    """
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    owner: int = db.execute("PRAGMA application_id").fetchone()[0]
    if owner != APPLICATION_ID:
        if owner == 0 and version == 0 and not db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            return 0
        raise StoreCorrupt(_NOT_OURS)
    if version > tables.VERSION:
        raise StoreTooNew(_TOO_NEW)
    return version


def open_writer(path: Path) -> sqlite3.Connection:
    """Open the one connection that writes; the file is made where there is none.

    A commit is on the disk when it returns (synchronous=FULL).
    """
    with errors():
        db = _connect(path, "mode=rwc")
        try:
            identify(db)
            _check_length(db, path)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA temp_store = MEMORY")
            db.execute("PRAGMA cache_size = -65536")  # KiB: a large load sorts and looks up far more than it streams
            db.execute("PRAGMA journal_size_limit = 67108864")
        except BaseException:
            db.close()
            raise
        return db


def open_reader(path: Path) -> sqlite3.Connection:
    """Open a connection that only reads.

    Raises:
        StoreUnavailable: there is no such file.
        StoreCorrupt, StoreTooNew: it is no graph that this version can read.
    """
    prepare_path(path, create=False)
    with errors():
        try:
            return _checked_reader(path, "mode=ro")
        except sqlite3.OperationalError as error:
            # Where the folder can't be written, SQLite can't make the files that readers share; without a
            # log there is also nobody who writes, and the file can be read as it lies.
            is_still = not path.with_name(f"{path.name}-wal").exists()
            if not is_still or (error.sqlite_errorcode & 0xFF) not in (
                sqlite3.SQLITE_CANTOPEN,
                sqlite3.SQLITE_READONLY,
            ):
                raise
            return _checked_reader(path, "mode=ro&immutable=1")


def _checked_reader(path: Path, mode: str) -> sqlite3.Connection:
    db = _connect(path, mode)
    try:
        if identify(db) == 0:
            raise StoreUnavailable(_MISSING)
        _check_length(db, path)
        db.execute("PRAGMA query_only = ON")
        db.execute("PRAGMA cache_size = -16384")
        db.execute("PRAGMA mmap_size = 268435456")
        db.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        db.close()
        raise
    return db
