"""The graph as columns, for projections and tables."""

from collections.abc import Mapping, Sequence

from graph_api.domain.catalogue import RELATIONS, Certainty, Kind, Relation
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
from graph_api.store.neo4j.filters import condition
from graph_api.store.neo4j.lists import BY_NAME
from graph_api.store.neo4j.schema import LABELS
from graph_api.store.neo4j.shapes import RELATION_OF, name_of

_ALL = """
MATCH (a:FilmGraph) USING INDEX SEEK a:FilmGraph(generation, id) WHERE a.generation = $g AND a.id >= ''"""
_ROLE = (
    f"CASE WHEN r:{Relation.CREDITED_ON.value}|{Relation.PARTICIPATED_IN.value} THEN {or_empty('r.role')} ELSE '' END"
)


_MOST_TYPES = 3


async def scan(graph: Snapshot, query: ScanQuery) -> RelationColumns:
    """Return all relationships a projection needs, as columns ordered by id; deprecated ones are left out.

    Of many types all nodes are walked, and what goes out from them is followed: a scan for each type took twice as
    long, and longer still to plan. In one scan of several types the planner looks at all nodes of the database.
    """
    values = Values()
    relations = query.relations or tuple(Relation)
    groups = [(type_,) for type_ in relations] if len(relations) <= _MOST_TYPES else [relations]
    scans = [_scan(group, query, values) for group in groups]
    cells = ("r.id", "type(r)", "a.id", "b.id", _ROLE)
    row = await graph.read(f"CALL () {{ {' UNION ALL '.join(scans)} }} RETURN {collected(cells)}", **values.named)
    found = sorted(rows(row, len(cells)))
    return RelationColumns(
        [each[0] for each in found],
        [RELATION_OF[each[1]] for each in found],
        [each[2] for each in found],
        [each[3] for each in found],
        [given(each[4]) for each in found],
    )


def _scan(relations: Sequence[Relation], query: ScanQuery, values: Values) -> str:
    """Return the statement that gives the relationships `r` of these types with their ends `a` and `b`.

    Of the ends all is nested, or the planner may start from them.
    """
    plain, nested = ["r.rank <> 'DEPRECATED'"], []
    for alias, ends in (
        ("a", [RELATIONS[r].sources for r in relations]),
        ("b", [RELATIONS[r].targets for r in relations]),
    ):
        possible = frozenset[Kind]().union(*ends)
        if query.kinds and not possible <= set(query.kinds):
            nested.append(of_kinds(alias, query.kinds))
        if query.films != EVERYTHING and Kind.FILM in possible:
            is_other = () if possible == {Kind.FILM} else (f"NOT {of_kinds(alias, (Kind.FILM,))}",)
            nested.append(any_of((*is_other, condition(query.films, alias, values))))
    if query.roles is not None and Relation.CREDITED_ON in relations:
        is_other = () if len(relations) == 1 else (f"NOT r:{Relation.CREDITED_ON.value}",)
        plain.append(any_of((*is_other, among("r.role", query.roles, values))))
    if query.cited_only:
        plain.append("size(r.citations) > 0")
    if query.undisputed:
        plain.append(f"r.certainty <> '{Certainty.UNCERTAIN.value}'")
        nested += [f"NOT {alias}:Disputed" for alias in ("a", "b")]
    match = f"MATCH (a)-[r:{types(relations)}]->(b)"
    if len(relations) == 1:
        plain.append("r.generation = $g")
    else:
        match = f"{_ALL} {match}"
    return f"{Conditions(all_of(plain), all_of(nested)).after(match, 'a, r, b')} RETURN a, r, b"


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
