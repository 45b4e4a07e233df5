"""Checks of a stored graph: the file, its references, its full-text index, its values, and all that is derived."""

# ruff: noqa: S608 - what is put together is names from the catalogue

import sqlite3
from collections.abc import Iterator, Sequence
from functools import partial

from graph_api.domain.catalogue import Relation
from graph_api.domain.derive import words_of
from graph_api.domain.stored import readable, value_faults
from graph_api.store.embedded.images import images
from graph_api.store.embedded.rederive import CHUNK, compare
from graph_api.store.embedded.session import as_list

_DEGREES = """
SELECT e.id FROM entity e
LEFT JOIN (
  SELECT key, count(*) AS degree FROM (
    SELECT source_key AS key FROM relationship
    UNION ALL SELECT target_key FROM relationship WHERE target_key <> source_key)
  GROUP BY key) d ON d.key = e.key
WHERE e.degree <> coalesce(d.degree, 0) ORDER BY e.id LIMIT 10"""
_PLACES = f"""
SELECT id FROM (
  SELECT r.id, r.place, row_number() OVER (
    PARTITION BY r.target_key ORDER BY r.p_order IS NULL, r.p_order, o.name_key, o.id, r.id) AS wanted
  FROM relationship AS r JOIN entity AS o ON o.key = r.source_key WHERE r.type = '{Relation.CREDITED_ON.value}')
WHERE place IS NOT wanted ORDER BY id LIMIT 10"""
_UNCITED = {
    "entity": "SELECT id FROM entity WHERE key NOT IN (SELECT entity_key FROM mention) LIMIT 10",
    "relationship": """
SELECT id FROM relationship WHERE key NOT IN (SELECT relationship_key FROM relationship_citation) LIMIT 10""",
    "claim": "SELECT id FROM claim WHERE key NOT IN (SELECT claim_key FROM claim_citation) LIMIT 10",
}
_KINDS = "SELECT id, kind FROM entity WHERE id IN (SELECT value FROM json_each(?))"
_FORMER = """
SELECT e.id, e.slug, o.id FROM merged m JOIN entity e ON e.id = m.id JOIN entity o ON o.key = m.entity_key LIMIT 10"""
_LOST_IN_FEED = "SELECT count(*) <> coalesce(max(revision), 0) FROM change"
_UNLOADED = """
SELECT count(*) FROM mention
WHERE seen > (SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM meta WHERE name = 'load')"""


def check(db: sqlite3.Connection) -> list[str]:
    """Return what is wrong with the graph in a file, a line each.

    Args:
        db: a connection that may write: the full-text index checks itself by a statement that SQLite
            counts as a write, though nothing is changed. Where the file is read-only it goes unchecked.
    """
    try:
        problems = [f"file: {row[0]}" for row in db.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
        return problems or [*_references(db), *_text_index(db), *_derived(db), *_values(db), *_chain(db)]
    except sqlite3.DatabaseError as error:
        if not _is(error, sqlite3.SQLITE_CORRUPT):
            raise
        return ["file: it is damaged so badly that it can't be checked; restore a backup"]


def _is(error: sqlite3.DatabaseError, code: int) -> bool:
    return error.sqlite_errorcode & 0xFF == code


def _references(db: sqlite3.Connection) -> Iterator[str]:
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check").fetchmany(20):
        yield f"{table}: row {row} refers to a {parent} that is not there"
    for table, statement in _UNCITED.items():
        for (id_,) in db.execute(statement):
            yield f"{table} {id_}: nothing is cited for it"


def _text_index(db: sqlite3.Connection) -> Iterator[str]:
    try:
        db.execute("INSERT INTO name_words (name_words, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if _is(error, sqlite3.SQLITE_CORRUPT):
            yield "search: the full-text index is not that of the names"
        elif not _is(error, sqlite3.SQLITE_READONLY):
            raise


def _derived(db: sqlite3.Connection) -> Iterator[str]:
    last: int = db.execute("SELECT coalesce(max(key), 0) FROM entity").fetchone()[0]
    for first in range(1, last + 1, CHUNK):
        for outcome in readable(partial(compare, db), range(first, min(first + CHUNK, last + 1))):
            if outcome.stored != outcome.wanted:
                yield f"entity {outcome.id}: its fields are not those that its facts give"
    for text, words in db.execute("SELECT text, words FROM name"):
        if words != words_of(text):
            yield f"search: the name {text!r} is kept under other words than its own"
    for (id_,) in db.execute(_DEGREES):
        yield f"entity {id_}: its degree is not the number of its relationships"
    for (id_,) in db.execute(_PLACES):
        yield f"relationship {id_}: its place among the credits of its film is not the one that it should have"


def _values(db: sqlite3.Connection) -> Iterator[str]:
    def chunks() -> Iterator[list[str]]:
        for table in ("source", "entity", "relationship", "claim"):
            ids = db.execute(f"SELECT id FROM {table} ORDER BY key")
            while rows := ids.fetchmany(CHUNK):
                yield [row[0] for row in rows]

    def kinds(ids: Sequence[str]) -> dict[str, str]:
        return dict(db.execute(_KINDS, (as_list(ids),)))

    yield from value_faults(chunks(), lambda ids: images(db, ids), kinds)
    for id_, slug, other in db.execute(_FORMER):
        yield f"entity {id_}: its slug {slug!r} is a former one of {other}; merge the two"


def _chain(db: sqlite3.Connection) -> Iterator[str]:
    if db.execute(_LOST_IN_FEED).fetchone()[0]:
        yield "changes: a revision is missing from the feed"
    if db.execute(_UNLOADED).fetchone()[0]:
        yield "datasets: rows are of a load that never was"
