"""The graph as columns, for projections and tables."""

from collections.abc import Mapping, Sequence

from graph_api.domain.catalogue import RELATIONS, Kind, Relation
from graph_api.domain.fields import NAME, usable_field
from graph_api.domain.query import EVERYTHING, ScanQuery
from graph_api.domain.records import RelationColumns
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.cypher import (
    FALSE,
    Values,
    all_of,
    among,
    any_of,
    collected,
    given,
    of_kinds,
    or_empty,
    rows,
    walked,
)
from graph_api.store.neo4j.filters import condition
from graph_api.store.neo4j.lists import BY_NAME
from graph_api.store.neo4j.schema import LABELS
from graph_api.store.neo4j.shapes import RELATION_OF, name_of

_WITH_ENUMERATED_ROLE = frozenset({Relation.CREDITED_ON, Relation.PARTICIPATED_IN})


async def scan(graph: Snapshot, query: ScanQuery) -> RelationColumns:
    """Return all relationships a projection needs, as columns ordered by id; deprecated ones are left out.

    Each type is a scan of its own: of several in one pattern the planner makes a scan of all nodes.
    """
    values = Values()
    parts = [part for relation in query.relations or Relation if (part := _scanned(relation, query, values))]
    if not parts:
        return RelationColumns([], [], [], [], [])
    union = "\nUNION ALL\n".join(parts)
    row = await graph.read(
        f"CALL () {{ {union} }} RETURN {collected(('id', 'type', 'source', 'target', 'role'))}", **values.named
    )
    found = sorted(rows(row, 5))
    return RelationColumns(
        [each[0] for each in found],
        [RELATION_OF[each[1]] for each in found],
        [each[2] for each in found],
        [each[3] for each in found],
        [given(each[4]) for each in found],
    )


def _scanned(relation: Relation, query: ScanQuery, values: Values) -> str:
    """Return the statement that gives the relationships of a type; empty where there can't be any."""
    record = RELATIONS[relation]
    parts = ["r.generation = $g", "r.rank <> 'DEPRECATED'"]
    ends = []
    kinds = frozenset(query.kinds)
    for alias, possible in (("a", record.sources), ("b", record.targets)):
        if kinds and not possible <= kinds:
            ends.append(of_kinds(alias, sorted(kinds & possible)) if kinds & possible else FALSE)
        if query.films != EVERYTHING and Kind.FILM in possible:
            is_other = () if possible == {Kind.FILM} else (f"NOT {of_kinds(alias, (Kind.FILM,))}",)
            ends.append(any_of((*is_other, condition(query.films, alias, values))))
    if query.roles is not None and relation is Relation.CREDITED_ON:
        parts.append(among("r.role", query.roles, values))
    if query.cited_only:
        parts.append("size(r.citations) > 0")
    where, of_ends = all_of(parts), all_of(ends)
    if FALSE in (where, of_ends):
        return ""
    role = or_empty("r.role") if relation in _WITH_ENUMERATED_ROLE else "''"
    return (
        f"MATCH (a)-[r:{relation.value}]->(b) WHERE {where}"
        f" WITH a, r, b SKIP 0 WHERE {of_ends}"  # a plain WITH lets the planner start from the ends, and scan all nodes
        f" RETURN r.id AS id, '{relation.value}' AS type, a.id AS source, b.id AS target, {role} AS role"
    )


async def field_columns(graph: Snapshot, kind: Kind, fields: Sequence[str]) -> Mapping[str, Sequence[object]]:
    """Return "id", "name" and fields of all entities of a kind as columns, ordered by id.

    Raises:
        BadInput: the kind has no such field.
    """
    wanted = [prop for name in dict.fromkeys(fields) if (prop := usable_field(name, kind))]
    cells = ["n.id", name_of("n", (kind,)), *(or_empty(f"n.{prop.name}") for prop in wanted)]
    row = await graph.read(f"{walked(LABELS[kind], 'nameKey')} WHERE {BY_NAME} RETURN {collected(cells)}")
    found = sorted(rows(row, len(cells)), key=lambda each: each[0])
    columns: dict[str, Sequence[object]] = {"id": [each[0] for each in found], NAME: [each[1] for each in found]}
    for at, prop in enumerate(wanted, 2):
        texts = (given(each[at]) for each in found)
        columns[prop.name] = [tuple(value) if isinstance(value, list) else value for value in texts]
    return columns
