"""Relationships as a change brings them, checked against the catalogue."""

from collections.abc import Sequence

from graph_api.domain.catalogue import RELATIONS, Relation
from graph_api.domain.checks import RELATION_PLANS, RelationPlan, check_relationship
from graph_api.domain.merging import renamed_relationship
from graph_api.domain.records import RelationshipRow
from graph_api.store.embedded.session import Session
from graph_api.store.embedded.write_entities import source_keys
from graph_api.store.embedded.write_facts import Record, Shape, write_records

_FIXED = ("type", "source_key", "target_key")
_COMMON = ("rank", "certainty", "reason", "asserted_by")


SHAPES = {
    relation: Shape("relationship", _FIXED, (*_COMMON, *(f"p_{p.column}" for p in record.properties)))
    for relation, record in RELATIONS.items()
}
"""The statements for each type of relationship."""


def _record(s: Session, plan: RelationPlan, index: int, row: RelationshipRow) -> Record:
    r = row.relationship
    if s.entities.merged:
        r = renamed_relationship(r, s.entities.merged)
    check_relationship(plan, r, s.entities.kind)
    source, target = s.entities.key(r.source), s.entities.key(r.target)
    return Record(
        index,
        r.id,
        (plan.type, source, target),
        (r.rank.value, r.certainty.value, r.reason, r.asserted_by, *map(r.properties.get, plan.names)),
        source_keys(s, row.citations),
        (source, target),
    )


def write_relationships(s: Session, items: Sequence[tuple[int, RelationshipRow]]) -> None:
    """Write a batch's relationships, given with their index in the batch."""
    wanted: set[str] = set()
    groups: dict[Relation, list[tuple[int, RelationshipRow]]] = {}
    for item in items:
        r = item[1].relationship
        wanted.add(r.source)
        wanted.add(r.target)
        groups.setdefault(r.type, []).append(item)
        for prop in RELATION_PLANS[r.type].entities:
            if prop.name in r.properties:
                wanted.add(str(r.properties[prop.name]))
    s.entities.load(wanted)
    s.sources.load({citation.source for _, row in items for citation in row.citations})
    for relation, group in groups.items():
        plan = RELATION_PLANS[relation]
        records: list[Record] = []
        for index, row in group:
            try:
                records.append(_record(s, plan, index, row))
            except ValueError as error:
                s.problem(index, str(error))
        s.relinked(write_records(s, SHAPES[relation], s.relationship, records))
