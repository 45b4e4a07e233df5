"""Reads that follow relationships further than one step: what encloses, what lies around, what leads there."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Sequence

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.records import Entity, Relationship, Subgraph
from graph_api.store.embedded.keys import entity_keys
from graph_api.store.embedded.nodes import entities_by_key
from graph_api.store.embedded.shapes import ENDS, entity_shape, relationship_shape
from graph_api.store.embedded.sql import array, one_of

_DEEPEST = 32
_RELATIONSHIPS_A_NODE = 10


def enclosing(conn: sqlite3.Connection, ids: Sequence[str], relation: Relation, kind: Kind) -> list[Entity | None]:
    """Return the nearest entity of a kind reached by following a relation forwards, once or more often.

    Of several equally near the first by id; at most 32 steps are followed.
    """
    shape = entity_shape((kind,))
    text = f"""
WITH RECURSIVE up (position, key, depth) AS (
  SELECT key, value, 0 FROM json_each(?)
  UNION SELECT up.position, r.target_key, up.depth + 1 FROM up CROSS JOIN relationship AS r ON r.source_key = up.key
  WHERE r.type = '{relation.value}' AND up.depth < {_DEEPEST}
)
SELECT up.position, {shape.select("e")} FROM up CROSS JOIN entity AS e ON e.key = up.key
WHERE up.depth > 0 AND e.kind = '{kind.value}' ORDER BY up.position, up.depth, e.id"""
    found: list[Entity | None] = [None] * len(ids)
    for row in conn.execute(text, (array(entity_keys(conn, ids)),)):
        if found[row[0]] is None:
            found[row[0]] = shape.read(row, 1)
    return found


def neighborhood(
    conn: sqlite3.Connection,
    ids: Sequence[str],
    depth: int,
    relations: Sequence[Relation],
    kinds: Sequence[Kind],
    limit: int,
) -> Subgraph:
    """Return what lies within `depth` steps of any of the entities.

    At most `limit` nodes, those asked for among them: nearest first, then by degree (highest
    first), then id; and the relationships of the given types among them, by id, at most ten times
    `limit`. `kinds` restricts which nodes are reached and gone through.
    """
    starts = [key for key in entity_keys(conn, ids) if key is not None]
    ranked = (
        "SELECT e.key FROM entity AS e WHERE e.key IN (SELECT value FROM json_each(?)) ORDER BY e.degree DESC, e.id"
    )
    level = [key for (key,) in conn.execute(ranked, (array(starts),))]
    truncated = len(level) > limit
    chosen = level = level[:limit]
    for _ in range(depth):
        if truncated or not level:
            break
        level = _around(conn, level, chosen, relations, kinds, limit - len(chosen) + 1)
        truncated = len(chosen) + len(level) > limit
        chosen = [*chosen, *level][:limit]
    among = _among(conn, chosen, relations, _RELATIONSHIPS_A_NODE * limit + 1)
    if len(among) > _RELATIONSHIPS_A_NODE * limit:
        among.pop()
        truncated = True
    return Subgraph(tuple(entities_by_key(conn, chosen)), tuple(among), truncated)


def _around(
    conn: sqlite3.Connection,
    level: Sequence[int],
    known: Sequence[int],
    relations: Sequence[Relation],
    kinds: Sequence[Kind],
    limit: int,
) -> list[int]:
    """Return the first of those one step away from a level, the known ones left out."""
    types = one_of("r.type", relations).text
    text = f"""
SELECT o.key FROM (
  SELECT r.target_key AS key FROM json_each(?1) AS j CROSS JOIN relationship AS r ON r.source_key = j.value
  WHERE {types}
  UNION
  SELECT r.source_key FROM json_each(?1) AS j CROSS JOIN relationship AS r ON r.target_key = j.value
  WHERE {types}
) AS n CROSS JOIN entity AS o ON o.key = n.key
WHERE n.key NOT IN (SELECT value FROM json_each(?2)) AND {one_of("o.kind", kinds).text}
ORDER BY o.degree DESC, o.id LIMIT ?3"""
    return [key for (key,) in conn.execute(text, (array(level), array(known), limit))]


def _among(
    conn: sqlite3.Connection, keys: Sequence[int], relations: Sequence[Relation], limit: int
) -> list[Relationship]:
    """Return the first relationships among entities, by id."""
    shape = relationship_shape(relations)
    text = f"""
SELECT s.id, t.id, {shape.select("r")}
FROM json_each(?1) AS j CROSS JOIN relationship AS r ON r.source_key = j.value {ENDS}
WHERE r.target_key IN (SELECT value FROM json_each(?1)) AND {one_of("r.type", relations).text} ORDER BY r.id LIMIT ?2"""
    return [shape.read(row, 2, row[0], row[1]) for row in conn.execute(text, (array(keys), limit))]
