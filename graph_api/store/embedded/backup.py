"""A copy of the graph, made while it is in use."""

import os
import sqlite3
from pathlib import Path
from tempfile import mkstemp

from graph_api.errors import BadInput, StoreUnavailable
from graph_api.store.embedded.connection import errors, open_reader

_PAGES = 4_096


def backup(source: Path, target: Path) -> None:
    """Copy the graph at one revision to a new file, which appears whole or not at all.

    Raises:
        BadInput: the target exists.
        StoreUnavailable: its folder can't be written, or the disk is full.
    """
    if target.exists():
        raise BadInput("the backup's file exists; name one that does not")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        os.close(handle)
    except OSError as error:
        raise StoreUnavailable("the backup's folder can't be written; choose another") from error
    part = Path(name)
    try:
        _copy(source, part)
        _publish(part, target)
    finally:
        part.unlink(missing_ok=True)


def _copy(source: Path, part: Path) -> None:
    with errors():
        db = open_reader(source)
        try:
            # The transaction pins one revision; without it a write would start the copy over.
            db.execute("BEGIN")
            db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
            copy = sqlite3.connect(part, isolation_level=None)
            try:
                db.backup(copy, pages=_PAGES, sleep=0)
                copy.execute("PRAGMA journal_mode = DELETE")
            finally:
                copy.close()
        finally:
            db.close()


def _publish(part: Path, target: Path) -> None:
    try:
        with part.open("rb") as file:
            os.fsync(file.fileno())
        try:
            os.link(part, target)  # unlike a rename it never replaces what appeared meanwhile
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            part.rename(target)
    except FileExistsError as error:
        raise BadInput("the backup's file exists; name one that does not") from error
    except OSError as error:
        raise StoreUnavailable("the backup can't be put in place; choose another folder") from error
