"""Paths between two entities: the statements behind `graph_api.domain.paths`."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Iterable, Sequence

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.paths import Edge, FoundPath, shortest_paths
from graph_api.domain.query import PathQuery
from graph_api.domain.records import Path
from graph_api.store.embedded.keys import entity_keys
from graph_api.store.embedded.nodes import entities, relationships
from graph_api.store.embedded.sql import TRUE, Sql, all_of, array, in_list, one_of, words

_YEARLY = words((Kind.FILM, Kind.FESTIVAL_EDITION, Kind.RECOGNITION))
_AT_FESTIVALS = words((Kind.FILM, Kind.FESTIVAL_EDITION, Kind.EVENT, Kind.RECOGNITION))

_OF_FESTIVALS = f"""
WITH RECURSIVE
edition (key) AS (
  SELECT r.source_key FROM relationship AS r
  WHERE r.type = '{Relation.EDITION_OF}' AND r.target_key IN (SELECT value FROM json_each(?))
),
place (key) AS (
  SELECT key FROM edition
  UNION SELECT r.source_key FROM place CROSS JOIN relationship AS r ON r.target_key = place.key
  WHERE r.type = '{Relation.PART_OF}'
),
recognition (key) AS (
  SELECT r.source_key FROM edition CROSS JOIN relationship AS r ON r.target_key = edition.key
  WHERE r.type = '{Relation.AT_EDITION}'
)
SELECT key FROM place
UNION SELECT key FROM recognition
UNION SELECT r.source_key FROM place CROSS JOIN relationship AS r ON r.target_key = place.key
  WHERE r.type = '{Relation.SCREENED_AT}'
UNION SELECT r.target_key FROM recognition CROSS JOIN relationship AS r ON r.source_key = recognition.key
  WHERE r.type = '{Relation.RECOGNIZED_FOR}'"""


def paths(conn: sqlite3.Connection, start: str, goal: str, query: PathQuery, max_length: int, limit: int) -> list[Path]:
    """Return the `limit` shortest loopless paths by hops, ties by the node ids along them, then relationship ids.

    From an entity to itself there is one path, without hops. What is of a festival: its editions,
    events that are part of them, recognitions given there, and films shown or recognised there.
    """
    ends = entities(conn, (start, goal))
    one, two = ends
    if one is None or two is None:
        return []
    rule = _rule(conn, query, (one.id, two.id))
    text = f"""
SELECT r.id, e.id, o.id FROM json_each(?) AS j CROSS JOIN entity AS e ON e.id = j.value
CROSS JOIN relationship AS r ON r.source_key = e.key CROSS JOIN entity AS o ON o.key = r.target_key WHERE {rule.text}
UNION ALL
SELECT r.id, e.id, o.id FROM json_each(?) AS j CROSS JOIN entity AS e ON e.id = j.value
CROSS JOIN relationship AS r ON r.target_key = e.key CROSS JOIN entity AS o ON o.key = r.source_key WHERE {rule.text}"""

    def expand(ids: Sequence[str]) -> Iterable[Edge]:
        frontier = array(ids)
        return conn.execute(text, (frontier, *rule.params, frontier, *rule.params)).fetchall()

    return _records(conn, shortest_paths(one.id, two.id, expand, max_length, limit))


def _records(conn: sqlite3.Connection, found: Sequence[FoundPath]) -> list[Path]:
    nodes = iter(entities(conn, [id_ for path in found for id_ in path.nodes]))
    hops = iter(relationships(conn, [id_ for path in found for id_ in path.relationships]))
    paths_ = []
    for path in found:
        along = tuple(node for _, node in zip(path.nodes, nodes, strict=False) if node)
        paths_.append(Path(along, tuple(hop for _, hop in zip(path.relationships, hops, strict=False) if hop)))
    return paths_


def _rule(conn: sqlite3.Connection, query: PathQuery, ends: Sequence[str]) -> Sql:
    """Return what a relationship `r` and the entity `o` it leads to have to meet; the ends always may be reached."""
    used = [one_of("r.type", query.relations)]
    if query.roles:
        role = in_list("r.p_role", query.roles)
        used.append(Sql(f"(r.type <> '{Relation.CREDITED_ON}' OR {role.text})", role.params))
    if query.cited_only:
        used.append(Sql("EXISTS (SELECT 1 FROM relationship_citation AS c WHERE c.relationship_key = r.key)"))
    through = _through(conn, query)
    if through != TRUE:
        used.append(Sql(f"(o.id IN (?, ?) OR {through.text})", (*ends, *through.params)))
    return all_of(used)


def _through(conn: sqlite3.Connection, query: PathQuery) -> Sql:
    """Return what an entity `o` between the ends has to meet."""
    parts = [one_of("o.kind", query.kinds)]
    bounds = [(s, year) for s, year in ((">=", query.years.first), ("<=", query.years.last)) if year is not None]
    for sign, year in bounds:
        parts.append(Sql(f"(o.kind NOT IN {_YEARLY} OR o.p_year {sign} ?)", (year,)))
    if query.festivals:
        keys = [key for key in entity_keys(conn, query.festivals) if key is not None]
        of_them = array(key for (key,) in conn.execute(_OF_FESTIVALS, (array(keys),)))
        parts.append(Sql(f"(o.kind NOT IN {_AT_FESTIVALS} OR o.key IN (SELECT value FROM json_each(?)))", (of_them,)))
    if query.exclude:
        keys = [key for key in entity_keys(conn, query.exclude) if key is not None]
        parts.append(Sql("o.key NOT IN (SELECT value FROM json_each(?))", (array(keys),)))
    return all_of(parts)
