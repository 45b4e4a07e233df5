"""The whole graph as the items of a change, streamed in one read transaction."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.derive import rows_of
from graph_api.domain.ids import decode
from graph_api.domain.records import ChangeItem, Citation, EntityRow, RelationshipRow
from graph_api.store.embedded.connection import errors, open_reader
from graph_api.store.embedded.facts import (
    CLAIM_COLUMNS,
    CLAIM_TABLES,
    RELATIONSHIP_COLUMNS,
    SOURCE_COLUMNS,
    citations_of,
    to_claim,
    to_relationship,
    to_source,
)
from graph_api.store.embedded.session import as_list

_CHUNK = 1_000
_SOURCES = f"SELECT {SOURCE_COLUMNS} FROM source ORDER BY id"
_MENTIONS = """
SELECT e.kind, e.slug, s.id, m.locator, m.cells
FROM entity e CROSS JOIN mention m ON m.entity_key = e.key JOIN source s ON s.key = m.source_key
WHERE e.id > ? AND e.id <= ? GROUP BY e.key, s.id, m.locator, m.cells ORDER BY e.id, s.id, m.locator, m.cells"""
_MERGED = "SELECT e.kind, e.slug, m.id FROM merged m JOIN entity e ON e.key = m.entity_key ORDER BY m.id"
_LAST_ENTITY = "SELECT max(id) FROM (SELECT id FROM entity WHERE id > ? ORDER BY id LIMIT ?)"
_RELATIONSHIPS = "SELECT key, type FROM relationship ORDER BY id"
_RELATIONSHIP = {
    relation: f"""
SELECT {columns} FROM relationship r JOIN entity a ON a.key = r.source_key JOIN entity b ON b.key = r.target_key
WHERE r.key IN (SELECT value FROM json_each(?))"""
    for relation, columns in RELATIONSHIP_COLUMNS.items()
}
_CLAIMS = f"SELECT {CLAIM_COLUMNS} FROM {CLAIM_TABLES} ORDER BY c.id"


def export(path: Path) -> Iterator[ChangeItem]:
    """Yield the graph in a file at one revision; see `graph_api.store.base.Store.export`."""
    with errors():
        db = open_reader(path)
        try:
            db.execute("BEGIN")
            yield from items(db)
        finally:
            db.close()


def items(db: sqlite3.Connection) -> Iterator[ChangeItem]:
    """Yield the graph that a connection's transaction sees."""
    for row in db.execute(_SOURCES):
        yield to_source(row)
    yield from _entities(db)
    yield from _relationships(db)
    rows = db.execute(_CLAIMS)
    while chunk := rows.fetchmany(_CHUNK):
        citations = citations_of(db, "claim", (row[0] for row in chunk))
        for row in chunk:
            yield to_claim(row, citations.get(row[0], ()))


def _entities(db: sqlite3.Connection) -> Iterator[EntityRow]:
    former: dict[tuple[str, str], list[str]] = {}
    for kind, slug, id_ in db.execute(_MERGED):
        former.setdefault((kind, slug), []).append(decode(id_).key)
    last = ""
    while end := db.execute(_LAST_ENTITY, (last, _CHUNK)).fetchone()[0]:
        for kind, slug, source, locator, text in db.execute(_MENTIONS, (last, end)).fetchall():
            slugs = former.pop((kind, slug), ())  # with the first row alone
            yield from rows_of(Kind(kind), slug, Citation(source, locator), text, tuple(slugs))
        last = end


def _relationships(db: sqlite3.Connection) -> Iterator[RelationshipRow]:
    order = db.execute(_RELATIONSHIPS)
    while chunk := order.fetchmany(_CHUNK):
        citations = citations_of(db, "relationship", (row[0] for row in chunk))
        groups: dict[str, list[int]] = {}
        for key, type_ in chunk:
            groups.setdefault(type_, []).append(key)
        found = {
            row[0]: to_relationship(Relation(type_), row)
            for type_, keys in groups.items()
            for row in db.execute(_RELATIONSHIP[Relation(type_)], (as_list(keys),))
        }
        for key, _ in chunk:
            yield RelationshipRow(found[key], citations.get(key, ()))
