"""The graph as columns, for projections and tables."""

from collections.abc import Iterator, Mapping, Sequence

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.fields import NAME, usable_field
from graph_api.domain.query import EVERYTHING, ScanQuery
from graph_api.domain.records import RelationColumns
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.cypher import (
    Conditions,
    Values,
    all_of,
    among,
    any_of,
    collected,
    given,
    of_kinds,
    or_empty,
    rows,
    types,
    walked,
)
from graph_api.store.neo4j.filters import conditions
from graph_api.store.neo4j.lists import BY_NAME
from graph_api.store.neo4j.schema import LABELS
from graph_api.store.neo4j.shapes import RELATION_OF, name_of

_ALL = """
MATCH (a:FilmGraph) USING INDEX SEEK a:FilmGraph(generation, id) WHERE a.generation = $g AND a.id >= ''"""
_ROLE = (
    f"CASE WHEN r:{Relation.CREDITED_ON.value}|{Relation.PARTICIPATED_IN.value} THEN {or_empty('r.role')} ELSE '' END"
)


async def scan(graph: Snapshot, query: ScanQuery) -> RelationColumns:
    """Return all relationships a projection needs, as columns ordered by id; deprecated ones are left out.

    All nodes are walked, and what goes out from them is followed: a scan for each type took twice as long, and
    longer still to plan.
    """
    values = Values()
    where = list(_conditions(query, values))
    plain = all_of(("r.rank <> 'DEPRECATED'", *(part.plain for part in where)))
    found_by = Conditions(plain, all_of(part.nested for part in where))
    if found_by.is_never:
        return RelationColumns([], [], [], [], [])
    match = f"{_ALL} MATCH (a)-[r:{types(query.relations)}]->(b)"
    cells = ("r.id", "type(r)", "a.id", "b.id", _ROLE)
    row = await graph.read(f"{found_by.after(match, 'a, r, b')} RETURN {collected(cells)}", **values.named)
    found = sorted(rows(row, len(cells)))
    return RelationColumns(
        [each[0] for each in found],
        [RELATION_OF[each[1]] for each in found],
        [each[2] for each in found],
        [each[3] for each in found],
        [given(each[4]) for each in found],
    )


def _conditions(query: ScanQuery, values: Values) -> Iterator[Conditions]:
    """Yield what a relationship `r` and its ends `a` and `b` have to meet."""
    for alias in ("a", "b"):
        yield Conditions(of_kinds(alias, query.kinds))
        if query.films != EVERYTHING:
            films = conditions(query.films, alias, values)
            is_other = f"NOT {of_kinds(alias, (Kind.FILM,))}"
            yield Conditions(any_of((is_other, films.plain)), any_of((is_other, films.nested)))
    if query.roles is not None:
        role = among("r.role", query.roles, values)
        yield Conditions(any_of((f"NOT r:{Relation.CREDITED_ON.value}", role)))
    if query.cited_only:
        yield Conditions("size(r.citations) > 0")


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
