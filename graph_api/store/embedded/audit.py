"""The audit log: what a change did to each record, as images from before and after.

Before it commits, a change looks at its records twice: through its own connection, and through
one that sees the graph as everybody else still does.
"""

import contextlib
import sqlite3
from pathlib import Path

from graph_api.domain import auditing
from graph_api.domain.images import AuditEntry, Image, decode, encode
from graph_api.domain.records import Applied, Change
from graph_api.store.embedded.connection import open_reader
from graph_api.store.embedded.images import images
from graph_api.store.embedded.whole import changes

_CHUNK = 1_000
_INSERT = "INSERT INTO audit (revision, id, before, after) VALUES (?, ?, ?, ?)"
_SELECT = "SELECT id, before, after FROM audit WHERE revision = ? ORDER BY id"
_FILE = "SELECT file FROM pragma_database_list WHERE name = 'main'"


def change_of(db: sqlite3.Connection, applied: Applied) -> Change:
    """Return what the feed tells of a change."""
    (change,) = changes(db, applied.revision - 1, 1)
    return change


def record(db: sqlite3.Connection, change: Change) -> None:
    """Write down what a change that is about to be committed did to each of its records."""
    ids = sorted({*change.created, *change.updated, *change.removed})
    with contextlib.ExitStack() as stack:
        past = None
        if change.revision > 1:
            past = stack.enter_context(contextlib.closing(open_reader(Path(db.execute(_FILE).fetchone()[0]))))
            past.execute("BEGIN")
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            before, after = images(past, chunk) if past else {}, images(db, chunk)
            rows = [
                (change.revision, id_, encode(before.get(id_)), encode(after.get(id_)))
                for id_ in chunk
                if before.get(id_) != after.get(id_)
            ]
            db.executemany(_INSERT, rows)


def entries(db: sqlite3.Connection, revision: int) -> list[AuditEntry]:
    """Return what a change did to each record, by id."""
    return [AuditEntry(id_, decode(before), decode(after)) for id_, before, after in db.execute(_SELECT, (revision,))]


def reversal(db: sqlite3.Connection, revision: int) -> dict[str, Image | None]:
    """Return what has to be put in place to undo a change; see `graph_api.domain.auditing.reversal`."""
    found = entries(db, revision)
    present = images(db, [entry.id for entry in found])
    return auditing.reversal(revision, found, present, is_known=bool(changes(db, revision - 1, 1)))
