"""Entities, sources and relationships by id or slug, and the numbers kept with them."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Sequence
from functools import lru_cache

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.folding import SLUG
from graph_api.domain.ids import check_ascii, check_unknown, entity_id, possible_kinds
from graph_api.domain.records import Entity, NeighborCount, Relationship, Source
from graph_api.store.embedded.keys import Key, entity_keys, id_array
from graph_api.store.embedded.shapes import (
    ENDS,
    KIND_OF,
    RELATION_OF,
    SOURCE_COLUMNS,
    EntityShape,
    entity_shape,
    read_source,
    relationship_shape,
)
from graph_api.store.embedded.sql import array, one_of

_ENTITIES = """
SELECT j.key, {} FROM json_each(?) AS j CROSS JOIN entity AS e ON e.key =
  coalesce((SELECT key FROM entity WHERE id = j.value), (SELECT entity_key FROM merged WHERE id = j.value))"""
_ENTITY = "SELECT {} FROM entity AS e WHERE e.id = ?"
_BY_KEY = f"SELECT j.key, {entity_shape().select('e')} FROM json_each(?) AS j CROSS JOIN entity AS e ON e.key = j.value"
_SOURCES = f"SELECT j.key, {SOURCE_COLUMNS} FROM json_each(?) AS j CROSS JOIN source AS s ON s.id = j.value"
_RELATIONSHIPS = f"""
SELECT j.key, s.id, t.id, {relationship_shape().select("r")}
FROM json_each(?) AS j CROSS JOIN relationship AS r ON r.id = j.value {ENDS}"""


@lru_cache(maxsize=256)
def _selected(kinds: frozenset[Kind]) -> tuple[EntityShape, str, str]:
    """Return the shape of entities of these kinds, and the statements that read one, and many."""
    shape = entity_shape(kinds)
    columns = shape.select("e")
    return shape, _ENTITY.format(columns), _ENTITIES.format(columns)


def entities(conn: sqlite3.Connection, ids: Sequence[str]) -> list[Entity | None]:
    """Return the entities."""
    shape, one, many = _selected(frozenset(possible_kinds(ids)))
    if len(ids) == 1:  # as mostly it is, and then it is nearly always an id that no merge has changed
        check_ascii(ids)
        row = conn.execute(one, (ids[0],)).fetchone()
        if row is not None:
            return [shape.read(row)]
    found: list[Entity | None] = [None] * len(ids)
    for row in conn.execute(many, (id_array(ids),)):
        found[row[0]] = shape.read(row, 1)
    check_unknown(ids, found)
    return found


def entities_by_key(conn: sqlite3.Connection, keys: Sequence[Key]) -> list[Entity]:
    """Return the entities with these keys, all of which exist."""
    read = entity_shape().read
    return [read(row, 1) for row in conn.execute(_BY_KEY, (array(keys),))]


def entities_by_slug(conn: sqlite3.Connection, kind: Kind, slugs: Sequence[str]) -> list[Entity | None]:
    """Return the entities of one kind that have these slugs, or had them before a merge."""
    if len(slugs) == 1 and SLUG.fullmatch(slugs[0]):
        shape, one, _ = _selected(frozenset((kind,)))
        row = conn.execute(one, (entity_id(kind, slugs[0]),)).fetchone()
        if row is not None:
            return [shape.read(row)]
    possible = [i for i, slug in enumerate(slugs) if SLUG.fullmatch(slug)]
    found: list[Entity | None] = [None] * len(slugs)
    for i, entity in zip(possible, entities(conn, [entity_id(kind, slugs[i]) for i in possible]), strict=True):
        found[i] = entity
    return found


def sources(conn: sqlite3.Connection, ids: Sequence[str]) -> list[Source | None]:
    """Return the sources."""
    found: list[Source | None] = [None] * len(ids)
    for row in conn.execute(_SOURCES, (id_array(ids),)):
        found[row[0]] = read_source(row, 1)
    check_unknown(ids, found)
    return found


def relationships(conn: sqlite3.Connection, ids: Sequence[str]) -> list[Relationship | None]:
    """Return the relationships."""
    found: list[Relationship | None] = [None] * len(ids)
    read = relationship_shape().read
    for row in conn.execute(_RELATIONSHIPS, (id_array(ids),)):
        found[row[0]] = read(row, 3, row[1], row[2])
    check_unknown(ids, found)
    return found


def degrees(conn: sqlite3.Connection, ids: Sequence[str], relations: Sequence[Relation] = ()) -> list[int]:
    """Return how many relationships the entities have, of all types or of these; a loop is one."""
    keys = entity_keys(conn, ids)
    if relations:
        types = one_of("r.type", relations).text
        these = f"SELECT count(*) FROM relationship AS r WHERE {types} AND"
        degree = f"({these} r.source_key = j.value) + ({these} r.target_key = j.value AND r.source_key <> j.value)"
    else:
        degree = "coalesce((SELECT degree FROM entity WHERE key = j.value), 0)"
    return [number for _, number in conn.execute(f"SELECT j.key, {degree} FROM json_each(?) AS j", (array(keys),))]


_NEIGHBOR_COUNTS = """
SELECT h.position, h.type, h.outgoing, o.kind, count(*) FROM (
  SELECT j.key AS position, r.type AS type, 1 AS outgoing, r.target_key AS other
  FROM json_each(?1) AS j CROSS JOIN relationship AS r ON r.source_key = j.value
  UNION ALL
  SELECT j.key, r.type, 0, r.source_key
  FROM json_each(?1) AS j CROSS JOIN relationship AS r ON r.target_key = j.value AND r.source_key <> r.target_key
) AS h CROSS JOIN entity AS o ON o.key = h.other
GROUP BY h.position, h.type, h.outgoing, o.kind ORDER BY h.position, h.type, h.outgoing DESC, o.kind"""


def neighbor_counts(conn: sqlite3.Connection, ids: Sequence[str]) -> list[list[NeighborCount]]:
    """Return the entities' neighbour edges counted by relation, direction (outgoing first) and kind.

    A loop is one, and goes out.
    """
    found: list[list[NeighborCount]] = [[] for _ in ids]
    for position, type_, outgoing, kind, count in conn.execute(_NEIGHBOR_COUNTS, (array(entity_keys(conn, ids)),)):
        found[position].append(NeighborCount(RELATION_OF[type_], bool(outgoing), KIND_OF[kind], count))
    return found
