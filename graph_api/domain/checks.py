"""Items of a change held against the catalogue, before a store takes them.

Every ValueError says in one clause what is wrong with the item.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias

from graph_api.domain.catalogue import (
    PROPERTIES,
    QUALIFIERS,
    RELATIONS,
    Certainty,
    Kind,
    NumberBound,
    Property,
    Relation,
    ValueType,
)
from graph_api.domain.derive import NAME_PROPERTIES, Cells, KindPlan, StoredCells
from graph_api.domain.folding import SLUG
from graph_api.domain.naming import LONGEST_SLUG, check_name
from graph_api.domain.records import Claim, EntityRow, Relationship, Scalar
from graph_api.domain.values import check_date, parse

KindOf: TypeAlias = Callable[[str], str | None]
"""The kind of the entity that an id stands for in the graph; None where there is none."""

_NUMERIC = (ValueType.INTEGER, ValueType.NUMBER)


# --------------------------------------------------------------------------- entities
@lru_cache(maxsize=4096)
def canonical_cell(prop: Property, text: str) -> str:
    """Return a cell's text as it is kept; a unit stays behind a number.

    Raises:
        ValueError: the property can't have such a value.
    """
    literal = parse(prop, text)
    return f"{literal.text} {literal.unit}" if literal.unit else literal.text


def clean_row(plan: KindPlan, row: EntityRow) -> StoredCells:
    """Return what a row says of an entity, in the canonical way.

    Raises:
        ValueError: it can't be said of an entity of this kind.
    """
    name = check_name(row.name.strip())
    if not SLUG.fullmatch(row.slug) or len(row.slug) > LONGEST_SLUG:
        raise ValueError(f"{row.slug[:60]!r} is not a slug: a-z, 0-9 and single hyphens, at most {LONGEST_SLUG}")
    for slug in row.former:
        if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG or slug == row.slug:
            raise ValueError(f"{slug[:60]!r} is no former slug of {row.slug!r}")
    cells: Cells = {plan.name_property: name}
    for key, given in row.cells.items():
        prop = plan.properties.get(key)
        if prop is None:
            raise ValueError(f"a {plan.kind.value} has no property {key!r}")
        try:
            if isinstance(given, str):
                texts = [
                    given.strip() if prop.type is ValueType.TEXT and given.strip() else canonical_cell(prop, given)
                ]
            else:
                texts = sorted({canonical_cell(prop, text) for text in given})
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from None
        if key == plan.name_property:
            texts = sorted({name, *map(check_name, texts)})
        if texts:
            cells[key] = texts[0] if len(texts) == 1 else texts
    aliases = sorted({check_name(alias.strip()) for alias in row.aliases if alias.strip()}) if row.aliases else []
    external_ids = sorted(set(row.external_ids)) if row.external_ids else []
    return StoredCells(cells, aliases, external_ids)


# --------------------------------------------------------------------------- relationships
class RelationPlan:
    """What relationships of one type are checked for."""

    def __init__(self, relation: Relation) -> None:
        record = RELATIONS[relation]
        self.type = relation.value
        self.sources = frozenset(kind.value for kind in record.sources)
        self.targets = frozenset(kind.value for kind in record.targets)
        self.names = tuple(p.name for p in record.properties)
        self.known = frozenset(self.names)
        self.required = tuple(p.name for p in record.properties if p.required)
        self.entities = tuple(p for p in record.properties if p.type is ValueType.ENTITY)
        self.checked = tuple(p for p in record.properties if p.type not in (ValueType.TEXT, ValueType.ENTITY))
        self.texts = tuple(p.name for p in record.properties if p.type is ValueType.TEXT)


RELATION_PLANS: Mapping[Relation, RelationPlan] = {relation: RelationPlan(relation) for relation in Relation}


def check_relationship(plan: RelationPlan, r: Relationship, kind_of: KindOf) -> None:
    """Make sure that a relationship fits the catalogue and what is in the graph.

    Raises:
        ValueError: it does not.
    """
    source, target = kind_of(r.source), kind_of(r.target)
    if source is None or target is None:
        raise ValueError(f"{plan.type} {'starts' if source is None else 'ends'} at something that is not in the graph")
    if source not in plan.sources:
        raise ValueError(f"{plan.type} can't start at a {source}, only at a {' or '.join(sorted(plan.sources))}")
    if target not in plan.targets:
        raise ValueError(f"{plan.type} can't end at a {target}, only at a {' or '.join(sorted(plan.targets))}")
    if r.certainty is Certainty.INFERRED and not r.reason:
        raise ValueError("what is INFERRED needs a reason")
    _check_properties(plan, r.properties, kind_of)


def _check_properties(plan: RelationPlan, properties: Mapping[str, Scalar], kind_of: KindOf) -> None:
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
            _check_entity(prop.name, str(properties[prop.name]), prop.entity_kinds, kind_of)


def check_scalar(prop: Property, value: object) -> None:
    """Make sure that a property of a relationship can have such a value.

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


def _check_entity(what: str, id_: str, kinds: frozenset[Kind], kind_of: KindOf) -> None:
    kind = kind_of(id_)
    if kind is None:
        raise ValueError(f"its {what} is not in the graph ({id_})")
    if kinds and kind not in kinds:
        raise ValueError(f"its {what} is a {kind}, not a {' or '.join(sorted(kinds))}")


# --------------------------------------------------------------------------- claims
def check_claim(claim: Claim, kind_of: KindOf) -> tuple[float | None, NumberBound | None]:
    """Return the number that a claim's value is, and the bound that it has.

    Raises:
        ValueError: the claim does not fit the catalogue, or what is in the graph.
    """
    subject = kind_of(claim.subject)
    if subject is None:
        raise ValueError(f"its subject is not in the graph ({claim.subject})")
    prop = PROPERTIES.get(claim.property)
    if prop is None or subject not in prop.kinds:
        raise ValueError(f"a {subject} has no property {claim.property!r}")
    if claim.certainty is Certainty.INFERRED and not claim.reason:
        raise ValueError("what is INFERRED needs a reason")
    for name, text in claim.qualifiers.items():
        qualifier = QUALIFIERS.get(name)
        if qualifier is None:
            raise ValueError(f"there is no qualifier {name!r}; there are {', '.join(QUALIFIERS)}")
        if qualifier.type is ValueType.ENTITY:
            _check_entity(f"qualifier {name}", text, qualifier.entity_kinds, kind_of)
        else:
            parse(qualifier, text)
    number = _check_value(prop, claim, kind_of)
    return number, (claim.bound or NumberBound.EXACT) if prop.type in _NUMERIC else None


def _check_value(prop: Property, claim: Claim, kind_of: KindOf) -> float | None:
    if prop.type is ValueType.ENTITY:
        if claim.entity is None or claim.value is not None:
            raise ValueError(f"the value of {prop.name} is an entity")
        _check_entity("value", claim.entity, prop.entity_kinds, kind_of)
        return None
    if claim.value is None or claim.entity is not None:
        raise ValueError(f"the value of {prop.name} is a literal")
    if prop.name in NAME_PROPERTIES:
        check_name(claim.value)
    literal = parse(prop, claim.value, claim.unit)
    if (literal.text, literal.unit) != (claim.value, claim.unit):
        raise ValueError(f"{claim.value!r} is not written in the canonical way, which is {literal.text!r}")
    return literal.number
