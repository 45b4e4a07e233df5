"""The graph as a whole: its revision, its size, what changed in it, and its columns."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Mapping, Sequence

import orjson

from graph_api.domain.catalogue import Certainty, Kind, Relation
from graph_api.domain.fields import NAME, usable_field
from graph_api.domain.query import EVERYTHING, ScanQuery
from graph_api.domain.records import Change, Counts, RelationColumns
from graph_api.store.embedded.cache import PerSnapshot
from graph_api.store.embedded.filters import condition, needs_fold
from graph_api.store.embedded.functions import add_fold
from graph_api.store.embedded.shapes import KIND_OF, RELATION_OF, entity_shape
from graph_api.store.embedded.sql import Sql, all_of, in_list, one_of

# A claim that is both stored and in a row is one: its id is made of subject, property, value and unit.
_COUNT_CLAIMS = """
SELECT (SELECT count(*) FROM claim WHERE qualifiers <> '{}' OR value IS NULL) + (SELECT count(*) FROM (
  SELECT subject_key, property, value || coalesce(' ' || unit, '') FROM claim
  WHERE qualifiers = '{}' AND value IS NOT NULL
  UNION
  SELECT m.entity_key, c.key, v.value
  FROM mention AS m CROSS JOIN json_each(m.cells) AS c CROSS JOIN json_each(m.cells, c.fullkey) AS v
  WHERE c.key NOT IN ('aliases', 'externalIds')))"""
_CHANGES = """
SELECT c.revision, c.at, c.actor, p.operation, p.ids
FROM (SELECT * FROM change WHERE revision > ? ORDER BY revision LIMIT ?) AS c
LEFT JOIN change_part AS p ON p.revision = c.revision ORDER BY c.revision, p.part"""


def revision(conn: sqlite3.Connection) -> int:
    """Return the graph's revision: 0 when empty, one more with each change applied."""
    number: int = conn.execute("SELECT coalesce(max(revision), 0) FROM change").fetchone()[0]
    return number


def counts(conn: sqlite3.Connection) -> Counts:
    """Return how much the graph holds; kept until it changes."""
    return _counts.get(conn)


def _count(conn: sqlite3.Connection) -> Counts:
    kinds = dict(conn.execute("SELECT kind, count(*) FROM entity GROUP BY kind").fetchall())
    types = dict(conn.execute("SELECT type, count(*) FROM relationship GROUP BY type").fetchall())
    one = "SELECT (SELECT count(*) FROM source), (SELECT count(*) FROM conflict)"
    sources, conflicts = conn.execute(one).fetchone()
    return Counts(
        {kind: kinds[kind.value] for kind in KIND_OF.values() if kind.value in kinds},
        {relation: types[relation.value] for relation in RELATION_OF.values() if relation.value in types},
        sources,
        conn.execute(_COUNT_CLAIMS).fetchone()[0],
        conflicts,
    )


_counts = PerSnapshot(_count)


def changes(conn: sqlite3.Connection, since: int, limit: int) -> list[Change]:
    """Return the changes applied after revision `since`, oldest first, at most `limit`."""
    found: list[tuple[int, str, str, dict[str, list[str]]]] = []
    for number, at, actor, operation, ids in conn.execute(_CHANGES, (since, limit)):
        if not found or found[-1][0] != number:
            found.append((number, at, actor, {}))
        if operation is not None:
            found[-1][3].setdefault(operation, []).extend(orjson.loads(ids))
    return [
        Change(number, at, actor, *(tuple(parts.get(name, ())) for name in ("created", "updated", "removed")))
        for number, at, actor, parts in found
    ]


# --------------------------------------------------------------------------- columns
def scan(conn: sqlite3.Connection, query: ScanQuery) -> RelationColumns:
    """Return all relationships a projection needs, as columns ordered by id; deprecated ones are left out.

    The ends' ids are put in here and not by a join: there are far fewer entities than ends.
    """
    where = _scanned(query)
    if needs_fold(query.films):
        add_fold(conn)
    text = f"SELECT r.id, r.type, r.source_key, r.target_key, r.p_role FROM relationship AS r WHERE {where.text}"
    rows = conn.execute(text, where.params).fetchall()
    rows.sort()
    ids = dict(conn.execute("SELECT key, id FROM entity"))
    return RelationColumns(
        [row[0] for row in rows],
        [RELATION_OF[row[1]] for row in rows],
        [ids[row[2]] for row in rows],
        [ids[row[3]] for row in rows],
        [row[4] if row[1] in _WITH_ENUMERATED_ROLE else None for row in rows],
    )


_DISPUTED = "SELECT entity_key FROM conflict"
_UNDISPUTED = Sql(
    f"r.certainty <> '{Certainty.UNCERTAIN.value}'"
    f" AND r.source_key NOT IN ({_DISPUTED}) AND r.target_key NOT IN ({_DISPUTED})"
)
_WITH_ENUMERATED_ROLE = frozenset({Relation.CREDITED_ON.value, Relation.PARTICIPATED_IN.value})


def _scanned(query: ScanQuery) -> Sql:
    parts = [Sql("r.rank <> 'DEPRECATED'"), one_of("r.type", query.relations)]
    if query.kinds:
        others = f"SELECT key FROM entity AS k WHERE NOT {one_of('k.kind', query.kinds).text}"
        parts.append(Sql(f"r.source_key NOT IN ({others}) AND r.target_key NOT IN ({others})"))
    if query.roles is not None:
        role = in_list("r.p_role", query.roles)
        parts.append(Sql(f"(r.type <> '{Relation.CREDITED_ON.value}' OR {role.text})", role.params))
    if query.films != EVERYTHING:
        matching = condition(query.films, "f", negated=True)
        others = f"SELECT f.key FROM entity AS f WHERE f.kind = '{Kind.FILM.value}' AND {matching.text}"
        ends = f"r.source_key NOT IN ({others}) AND r.target_key NOT IN ({others})"
        parts.append(Sql(ends, matching.params * 2))
    if query.cited_only:
        parts.append(Sql("EXISTS (SELECT 1 FROM relationship_citation AS c WHERE c.relationship_key = r.key)"))
    if query.undisputed:
        parts.append(_UNDISPUTED)
    return all_of(parts)


def field_columns(conn: sqlite3.Connection, kind: Kind, fields: Sequence[str]) -> Mapping[str, Sequence[object]]:
    """Return "id", "name" and fields of all entities of a kind as columns, ordered by id.

    Raises:
        BadInput: the kind has no such field.
    """
    for name in fields:
        usable_field(name, kind)
    shape = entity_shape((kind,))
    rows = conn.execute(f"SELECT {shape.select('e')} FROM entity AS e WHERE e.kind = '{kind.value}'").fetchall()
    found = sorted((shape.read(row) for row in rows), key=lambda entity: entity.id)
    columns: dict[str, Sequence[object]] = {"id": [e.id for e in found], NAME: [e.name for e in found]}
    columns |= {name: [e.values.get(name) for e in found] for name in fields if name != NAME}
    return columns
