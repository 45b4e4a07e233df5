"""Relationships as a change brings them, checked against the catalogue."""

from collections.abc import Mapping, Sequence

from graph_api.domain.catalogue import RELATIONS, Certainty, Property, Relation, ValueType
from graph_api.domain.records import RelationshipRow, Scalar
from graph_api.domain.values import check_date
from graph_api.store.embedded.session import Session
from graph_api.store.embedded.write_entities import source_keys
from graph_api.store.embedded.write_facts import Record, Shape, write_records

_FIXED = ("type", "source_key", "target_key")
_COMMON = ("rank", "certainty", "reason", "asserted_by")


class RelationPlan:
    """The columns and checks of one relation."""

    def __init__(self, relation: Relation) -> None:
        record = RELATIONS[relation]
        self.type = relation.value
        self.sources = frozenset(kind.value for kind in record.sources)
        self.targets = frozenset(kind.value for kind in record.targets)
        self.properties = record.properties
        self.names = tuple(p.name for p in record.properties)
        self.known = frozenset(self.names)
        self.required = tuple(p.name for p in record.properties if p.required)
        self.entities = tuple(p for p in record.properties if p.type is ValueType.ENTITY)
        self.checked = tuple(p for p in record.properties if p.type not in (ValueType.TEXT, ValueType.ENTITY))
        self.texts = tuple(p.name for p in record.properties if p.type is ValueType.TEXT)
        self.shape = Shape("relationship", _FIXED, (*_COMMON, *(f"p_{p.column}" for p in record.properties)))


_PLANS = {relation: RelationPlan(relation) for relation in Relation}


def check_scalar(prop: Property, value: object) -> None:
    """Make sure that a property can have such a value.

    Raises:
        ValueError: it can't.
    """
    match prop.type:
        case ValueType.ENUM:
            fits = prop.values is not None and value in prop.values.__members__
        case ValueType.INTEGER:
            fits = isinstance(value, int) and not isinstance(value, bool)
        case ValueType.NUMBER:
            fits = isinstance(value, (int, float)) and not isinstance(value, bool)
        case ValueType.BOOLEAN:
            fits = isinstance(value, bool)
        case ValueType.DATE:
            fits = isinstance(value, str) and bool(check_date(value))
        case _:
            fits = isinstance(value, str) and bool(value)
    if not fits:
        raise ValueError(f"{value!r} can't be the {prop.name} of a relationship")


def _check_properties(s: Session, plan: RelationPlan, properties: Mapping[str, Scalar]) -> None:
    if not properties.keys() <= plan.known:
        unknown = min(properties.keys() - plan.known)
        raise ValueError(f"{plan.type} has no property {unknown!r}; it has {', '.join(plan.names) or 'none'}")
    for name in plan.required:
        if name not in properties:
            raise ValueError(f"{plan.type} needs the property {name!r}")
    for name in plan.texts:
        if name in properties and not (isinstance(properties[name], str) and properties[name]):
            raise ValueError(f"{properties[name]!r} can't be the {name} of a relationship")
    for prop in plan.checked:
        if prop.name in properties:
            check_scalar(prop, properties[prop.name])
    for prop in plan.entities:
        if prop.name in properties:
            known = s.entities.get(str(properties[prop.name]))
            if known is None:
                raise ValueError(f"its {prop.name} is not in the graph ({properties[prop.name]})")
            if prop.entity_kinds and known[1] not in prop.entity_kinds:
                raise ValueError(f"its {prop.name} is a {known[1]}, not a {' or '.join(sorted(prop.entity_kinds))}")


def _record(s: Session, plan: RelationPlan, index: int, row: RelationshipRow) -> Record:
    r = row.relationship
    source, target = s.entities.get(r.source), s.entities.get(r.target)
    if source is None or target is None:
        raise ValueError(f"{plan.type} {'starts' if source is None else 'ends'} at something that is not in the graph")
    if source[1] not in plan.sources:
        raise ValueError(f"{plan.type} can't start at a {source[1]}, only at a {' or '.join(sorted(plan.sources))}")
    if target[1] not in plan.targets:
        raise ValueError(f"{plan.type} can't end at a {target[1]}, only at a {' or '.join(sorted(plan.targets))}")
    if r.certainty is Certainty.INFERRED and not r.reason:
        raise ValueError("what is INFERRED needs a reason")
    properties = r.properties
    _check_properties(s, plan, properties)
    return Record(
        index,
        r.id,
        (plan.type, source[0], target[0]),
        (r.rank.value, r.certainty.value, r.reason, r.asserted_by, *map(properties.get, plan.names)),
        source_keys(s, row.citations),
        (source[0], target[0]),
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
        for prop in _PLANS[r.type].entities:
            if prop.name in r.properties:
                wanted.add(str(r.properties[prop.name]))
    s.entities.load(wanted)
    s.sources.load({citation.source for _, row in items for citation in row.citations})
    for relation, group in groups.items():
        plan = _PLANS[relation]
        records: list[Record] = []
        for index, row in group:
            try:
                records.append(_record(s, plan, index, row))
            except ValueError as error:
                s.problem(index, str(error))
        s.ends.update(write_records(s, plan.shape, s.relationship, records))
