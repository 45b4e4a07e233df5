"""Facets and conflicts: what the entities of a kind have in common, and what sources disagree about."""

from collections.abc import Sequence

from graph_api.domain.catalogue import PROPERTIES, RELATIONS, Kind, Property, Relation, ValueType
from graph_api.domain.claims import live
from graph_api.domain.derive import TAGGED
from graph_api.domain.fields import usable_field
from graph_api.domain.paging import Page, PageRequest
from graph_api.domain.query import Direction, Filter
from graph_api.domain.records import ConflictRecord, FacetCount
from graph_api.domain.values import facet_text
from graph_api.errors import BadInput
from graph_api.store.neo4j.claims_read import claims
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.cypher import TRUE, Conditions, Values, all_of, of_kinds, pattern, walked
from graph_api.store.neo4j.filters import folded
from graph_api.store.neo4j.keyset import Key, Stretch
from graph_api.store.neo4j.lists import BY_NAME, Listing, Part, matching, with_items
from graph_api.store.neo4j.shapes import RELATION_OF, entity_shape


async def facets(graph: Snapshot, kind: Kind, by: Sequence[str], where: Filter, limit: int) -> list[list[FacetCount]]:
    """Return for each field its values among the entities that match, most frequent first, then by value.

    A field is a field property, or a relation's name: the entities at its other end, by id. Texts
    that fold to the same are one value, written as the first of them by code point.

    Raises:
        BadInput: the kind has no such field or relation.
    """
    values = Values(limit=limit)
    entities = matching(kind, where, values)
    asked = [_facet(name, kind) for name in by]
    if not asked:
        return []
    text = "\n".join(
        f"CALL ({f'f{at - 1}' if at else ''}) {{ {entities} {counted} RETURN collect([value, number]) AS f{at} }}"
        for at, (counted, _) in enumerate(asked)
    )
    row = await graph.read(f"{text}\nRETURN {', '.join(f'f{at}' for at in range(len(asked)))}", **values.named)
    found = []
    for at, (_, prop) in enumerate(asked):
        counts = [(facet_text(prop, value), number) for value, number in row[f"f{at}"]]
        counts.sort(key=lambda each: (-each[1], each[0]))
        found.append([FacetCount(value, number) for value, number in counts[:limit]])
    return found


def _facet(name: str, kind: Kind) -> tuple[str, Property | None]:
    """Return the clauses that count the values of a field among entities `n`, and the field's property."""
    relation = RELATION_OF.get(name)
    if relation is not None:
        return _linked(relation, kind), None
    prop = usable_field(name, kind)
    if prop is None or (prop.type is ValueType.TEXT and prop.name not in TAGGED):
        raise BadInput(f"{name} differs for nearly every entity and can't be a facet; use another field")
    if prop.name not in TAGGED:
        return f"AND n.{name} IS NOT NULL WITH n.{name} AS value, count(*) AS number", prop
    key = folded(prop, "n")
    if not prop.many:
        return f"AND {key} IS NOT NULL WITH {key} AS key, min(n.{name}) AS value, count(*) AS number", prop
    return (
        f"AND n.{name} IS NOT NULL UNWIND range(0, size(n.{name}) - 1) AS at"
        f" WITH {key}[at] AS key, min(n.{name}[at]) AS value, count(DISTINCT n) AS number"
    ), prop


def _linked(relation: Relation, kind: Kind) -> str:
    record = RELATIONS[relation]
    outgoing, incoming = kind in record.sources, kind in record.targets
    if not (outgoing or incoming):
        raise BadInput(f"{relation.value} does not join {kind.value} with anything")
    direction = Direction.ANY if outgoing and incoming else Direction.OUT if outgoing else Direction.IN
    return (
        f"MATCH {pattern('n', '', 'far', (relation,), direction)} WITH far, count(DISTINCT n) AS number"
        " WITH far.id AS value, number ORDER BY number DESC, value LIMIT $limit"
    )


async def conflicts(
    graph: Snapshot, kind: Kind | None, property_name: str | None, page: PageRequest
) -> Page[ConflictRecord]:
    """Return what sources disagree about, by the subject's folded name, property, then subject id.

    Of the claims only those that are in conflict, which the deprecated ones aren't.
    """
    values = Values()
    name = TRUE
    if property_name is not None:
        name = f"property = {values.add(property_name if property_name in PROPERTIES else '')}"
    shape = entity_shape((kind,) if kind else ())
    keys = (Key("n.nameKey"), Key("property"), Key("n.id"))
    of_kind = of_kinds("n", (kind,) if kind else ())
    disputed = f"{walked('Disputed', 'nameKey')} WHERE {all_of((BY_NAME, of_kind))}"
    match = f"{disputed} UNWIND n.conflicts AS property WITH n, property"
    listing = Listing(Conditions(name), (Part(match, TRUE, Stretch(keys)),), keys, values, "n, property")
    found = await listing.cut(graph, page, ("property", *shape.cells("n")))
    subjects = [shape.read(row, 1) for row in found.items]
    about = await claims(graph, [subject.id for subject in subjects])
    items = [
        ConflictRecord(subject, row[0], tuple(c for c in live(all_) if c.property == row[0]))
        for subject, row, all_ in zip(subjects, found.items, about, strict=True)
    ]
    return with_items(found, items)
