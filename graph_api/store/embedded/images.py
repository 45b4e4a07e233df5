"""Records as images (`graph_api.domain.images`): read by id, and found by what they name."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from graph_api.domain.catalogue import RELATIONS, Kind, Relation, ValueType
from graph_api.domain.images import ClaimImage, EntityImage, Image, MentionImage, Place, RelationshipImage, SourceImage
from graph_api.domain.records import Source
from graph_api.store.embedded.facts import (
    CLAIM_COLUMNS,
    CLAIM_TABLES,
    RELATIONSHIP_COLUMNS,
    to_claim,
    to_relationship,
)
from graph_api.store.embedded.session import as_list

_AMONG = "IN (SELECT value FROM json_each(?))"
_SOURCES = f"""
SELECT key, id, slug, title, kind, url, publisher, published_on, retrieved_on, licence FROM source WHERE id {_AMONG}"""
_ORIGINS = f"""
SELECT o.source_key, d.name FROM source_origin o JOIN dataset d ON d.key = o.dataset_key
WHERE o.source_key {_AMONG} ORDER BY 1, 2"""
_ENTITIES = f"SELECT key, id, kind, slug FROM entity WHERE id {_AMONG}"
_MENTIONS = f"""
SELECT m.entity_key, s.id, m.locator, d.name, m.cells FROM mention m
JOIN source s ON s.key = m.source_key JOIN dataset d ON d.key = m.dataset_key WHERE m.entity_key {_AMONG}"""
_MERGED = f"SELECT entity_key, id FROM merged WHERE entity_key {_AMONG} ORDER BY 1, 2"
_TYPES = f"SELECT type, key FROM relationship WHERE id {_AMONG}"
_RELATIONSHIPS = {
    relation: f"""
SELECT {columns} FROM relationship r JOIN entity a ON a.key = r.source_key JOIN entity b ON b.key = r.target_key
WHERE r.key {_AMONG}"""
    for relation, columns in RELATIONSHIP_COLUMNS.items()
}
_CLAIMS = f"SELECT {CLAIM_COLUMNS} FROM {CLAIM_TABLES} WHERE c.id {_AMONG}"
_PLACES = {
    table: f"""
SELECT x.{table}_key, s.id, x.locator, d.name FROM {table}_citation x
JOIN source s ON s.key = x.source_key JOIN dataset d ON d.key = x.dataset_key WHERE x.{table}_key {_AMONG}"""
    for table in ("relationship", "claim")
}
_ENTITY_COLUMNS = sorted(
    {f"p_{p.column}" for record in RELATIONS.values() for p in record.properties if p.type is ValueType.ENTITY}
)
_REFERRING = (
    "SELECT r.id FROM relationship r JOIN entity e ON e.key = r.source_key OR e.key = r.target_key WHERE e.id = ?",
    *(f"SELECT id FROM relationship WHERE {column} = ?" for column in _ENTITY_COLUMNS),
    "SELECT c.id FROM claim c JOIN entity e ON e.key = c.subject_key WHERE e.id = ?",
    "SELECT c.id FROM claim c JOIN entity e ON e.key = c.entity_key WHERE e.id = ?",
    "SELECT c.id FROM claim c, json_each(c.qualifiers) q WHERE c.qualifiers <> '{}' AND q.value = ?",
)


def images(db: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Image]:
    """Return the images of those of some ids that are of records in the graph; merged ids are not."""
    wanted = (as_list(dict.fromkeys(ids)),)
    found: dict[str, Image] = {image.id: image for image in _sources(db, wanted)}
    found.update((image.id, image) for image in _entities(db, wanted))
    found.update((image.id, image) for image in _relationships(db, wanted))
    found.update((image.id, image) for image in _claims(db, wanted))
    return found


def referring(db: sqlite3.Connection, entity: str) -> list[str]:
    """Return the ids of the relationships and claims that name an entity, at an end or inside."""
    return sorted({row[0] for statement in _REFERRING for row in db.execute(statement, (entity,))})


def _sources(db: sqlite3.Connection, wanted: tuple[str]) -> Iterator[SourceImage]:
    rows = db.execute(_SOURCES, wanted).fetchall()
    datasets: dict[int, list[str]] = {}
    for key, name in db.execute(_ORIGINS, (as_list(row[0] for row in rows),)):
        datasets.setdefault(key, []).append(name)
    for key, *facts in rows:
        yield SourceImage(Source(*facts), tuple(datasets.get(key, ())))


def _entities(db: sqlite3.Connection, wanted: tuple[str]) -> Iterator[EntityImage]:
    rows = db.execute(_ENTITIES, wanted).fetchall()
    among = (as_list(row[0] for row in rows),)
    mentions: dict[int, list[MentionImage]] = {}
    for key, *place, cells in db.execute(_MENTIONS, among):
        mentions.setdefault(key, []).append(MentionImage(Place(*place), cells))
    merged: dict[int, list[str]] = {}
    for key, id_ in db.execute(_MERGED, among):
        merged.setdefault(key, []).append(id_)
    for key, id_, kind, slug in rows:
        yield EntityImage(id_, Kind(kind), slug, tuple(sorted(mentions.get(key, ()))), tuple(merged.get(key, ())))


def _relationships(db: sqlite3.Connection, wanted: tuple[str]) -> Iterator[RelationshipImage]:
    groups: dict[Relation, list[int]] = {}
    for type_, key in db.execute(_TYPES, wanted):
        groups.setdefault(Relation(type_), []).append(key)
    for relation, keys in groups.items():
        places = _places(db, "relationship", keys)
        for row in db.execute(_RELATIONSHIPS[relation], (as_list(keys),)).fetchall():
            yield RelationshipImage(to_relationship(relation, row), places.get(row[0], ()))


def _claims(db: sqlite3.Connection, wanted: tuple[str]) -> Iterator[ClaimImage]:
    rows = db.execute(_CLAIMS, wanted).fetchall()
    places = _places(db, "claim", (row[0] for row in rows))
    for row in rows:
        yield ClaimImage(to_claim(row, ()), places.get(row[0], ()))


def _places(db: sqlite3.Connection, table: str, keys: Iterable[int]) -> dict[int, tuple[Place, ...]]:
    found: dict[int, list[Place]] = {}
    for key, *place in db.execute(_PLACES[table], (as_list(keys),)):
        found.setdefault(key, []).append(Place(*place))
    return {key: tuple(sorted(places)) for key, places in found.items()}
