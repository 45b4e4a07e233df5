"""Bringing a database to today's layout, in one transaction.

The layout has a number (`PRAGMA user_version`) for what only code can bring about, and a
fingerprint of the catalogue (`meta`) for columns and derived data, which follow from the
catalogue alone. Where either differs, the numbered steps run, what is missing is made, and all
that is derived is derived anew.

    1  `seen` was a revision; no `conflict`, no degrees
    2  `seen` is a number of its own; what sources disagree about is kept
    3  a film's credits are in order (`place`), which older programs would not keep
"""

import sqlite3
from collections.abc import Callable
from hashlib import sha256

from graph_api.domain.catalogue import KINDS, PROPERTIES, RELATIONS
from graph_api.store.embedded import tables
from graph_api.store.embedded.connection import APPLICATION_ID, errors, identify
from graph_api.store.embedded.rederive import CHUNK, DERIVED_TABLES, PLACES, rederive, update_degrees
from graph_api.store.embedded.session import Session
from graph_api.store.embedded.writer import transaction

_DERIVATION = 1
"""To be raised where code, not the catalogue, changes what is derived: folding, ranking, conflicts."""


def fingerprint() -> str:
    """Return what tells this catalogue's tables and derived data from another's."""
    parts = [str(_DERIVATION), *tables.TABLES, *tables.INDEXES.values()]
    parts += [f"{p.name} {p.type} {sorted(p.kinds)} {p.many} {p.field}" for p in PROPERTIES.values()]
    parts += [f"{record.kind} {record.name_property}" for record in KINDS.values()]
    parts += [f"{record.type} {[p.name for p in record.properties]}" for record in RELATIONS.values()]
    return sha256("\n".join(parts).encode()).hexdigest()


def _number_loads(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO meta (name, value) SELECT 'load', coalesce(max(revision), 0) FROM change")


_STEPS: tuple[Callable[[sqlite3.Connection], None] | None, ...] = (_number_loads, None)
"""From layout n + 1 to n + 2; None where what is derived anew in any case is all."""


def is_current(db: sqlite3.Connection) -> bool:
    """Tell whether a database has today's layout."""
    with errors():
        return identify(db) == tables.VERSION and _stored_fingerprint(db) == fingerprint()


def _stored_fingerprint(db: sqlite3.Connection) -> str | None:
    row = db.execute("SELECT value FROM meta WHERE name = 'catalogue'").fetchone()
    return row[0] if row else None


def prepare(db: sqlite3.Connection) -> None:
    """Make the tables of an empty database; upgrade an older one.

    Raises:
        StoreBusy: another process is writing to it, perhaps doing this very thing.
        StoreReadOnly: it would have to be written, and can't be.
    """
    with errors():
        if identify(db) == tables.VERSION and _stored_fingerprint(db) == fingerprint():
            return
        with transaction(db):
            version = identify(db)
            if version == 0:
                _create(db)
            elif version < tables.VERSION or _stored_fingerprint(db) != fingerprint():
                _upgrade(db, version)


def _create(db: sqlite3.Connection) -> None:
    for statement in (*tables.TABLES, *tables.INDEXES.values(), *tables.TRIGGERS):
        db.execute(statement)
    _sign(db)


def _sign(db: sqlite3.Connection) -> None:
    db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('catalogue', ?)", (fingerprint(),))
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {tables.VERSION}")


def _upgrade(db: sqlite3.Connection, version: int) -> None:
    for step in _STEPS[version - 1 :]:
        if step is not None:
            step(db)
    for name in ("vocabulary", "name_words", *DERIVED_TABLES):
        db.execute(f"DROP TABLE IF EXISTS {name}")
    _add_missing(db)
    for statement in tables.TRIGGERS:
        db.execute(statement)
    _derive_all(db)
    _sign(db)


def _add_missing(db: sqlite3.Connection) -> None:
    """Make the tables, columns and indexes that are in the layout and not in the database."""
    present = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    wanted = sqlite3.connect(":memory:")
    try:
        for statement in tables.TABLES:
            name = statement.removeprefix("CREATE VIRTUAL TABLE ").removeprefix("CREATE TABLE ").split()[0]
            wanted.execute(statement)
            if name not in present:
                db.execute(statement)
                continue
            columns = {row[1] for row in db.execute(f"PRAGMA table_info({name})")}
            for _, column, type_, not_null, default, _ in wanted.execute(f"PRAGMA table_info({name})").fetchall():
                if column not in columns:
                    rule = f" NOT NULL DEFAULT {default}" if not_null else ""
                    db.execute(f"ALTER TABLE {name} ADD COLUMN {column} {type_}{rule}")
    finally:
        wanted.close()
    for name, statement in tables.INDEXES.items():
        db.execute(f"DROP INDEX IF EXISTS {name}")
        db.execute(statement)


def _derive_all(db: sqlite3.Connection) -> None:
    """Derive all data anew: no facts change, so the revision stays and no change is told of."""
    s = Session(db, "", "", None)
    last = s.entity.last_before
    for first in range(1, last + 1, CHUNK):
        s.dirty.update(range(first, min(first + CHUNK, last + 1)))
    s.ends.update(s.dirty)
    rederive(s, silent=True)
    update_degrees(s)
    db.execute(PLACES)
    db.execute("INSERT INTO name_words (name_words) VALUES ('rebuild')")
