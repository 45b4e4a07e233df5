"""Claims as a change brings them, checked against the catalogue."""

from collections.abc import Sequence

import orjson

from graph_api.domain.catalogue import PROPERTIES, QUALIFIERS, Certainty, Kind, NumberBound, Property, ValueType
from graph_api.domain.records import Claim
from graph_api.domain.values import parse
from graph_api.store.embedded.session import Session
from graph_api.store.embedded.write_entities import source_keys
from graph_api.store.embedded.write_facts import Record, Shape, write_records

CLAIMS = Shape(
    "claim",
    ("subject_key", "property", "value", "number", "unit", "entity_key", "qualifiers"),
    ("bound", "rank", "certainty", "reason", "asserted_by"),
)
_NUMERIC = (ValueType.INTEGER, ValueType.NUMBER)


def _entity(s: Session, what: str, id_: str, kinds: frozenset[Kind]) -> int:
    known = s.entities.get(id_)
    if known is None:
        raise ValueError(f"its {what} is not in the graph ({id_})")
    if kinds and known[1] not in kinds:
        raise ValueError(f"its {what} is a {known[1]}, not a {' or '.join(sorted(kinds))}")
    return known[0]


def _check_qualifiers(s: Session, claim: Claim) -> None:
    for name, text in claim.qualifiers.items():
        qualifier = QUALIFIERS.get(name)
        if qualifier is None:
            raise ValueError(f"there is no qualifier {name!r}; there are {', '.join(QUALIFIERS)}")
        if qualifier.type is ValueType.ENTITY:
            _entity(s, f"qualifier {name}", text, qualifier.entity_kinds)
        else:
            parse(qualifier, text)


def _value(s: Session, prop: Property, claim: Claim) -> tuple[float | None, int | None]:
    """Return the number that the value is and the key of the entity that it is."""
    if prop.type is ValueType.ENTITY:
        if claim.entity is None or claim.value is not None:
            raise ValueError(f"the value of {prop.name} is an entity")
        return None, _entity(s, "value", claim.entity, prop.entity_kinds)
    if claim.value is None or claim.entity is not None:
        raise ValueError(f"the value of {prop.name} is a literal")
    literal = parse(prop, claim.value, claim.unit)
    if (literal.text, literal.unit) != (claim.value, claim.unit):
        raise ValueError(f"{claim.value!r} is not written in the canonical way, which is {literal.text!r}")
    return literal.number, None


def _record(s: Session, index: int, claim: Claim) -> Record:
    subject = s.entities.get(claim.subject)
    if subject is None:
        raise ValueError(f"its subject is not in the graph ({claim.subject})")
    prop = PROPERTIES.get(claim.property)
    if prop is None or subject[1] not in prop.kinds:
        raise ValueError(f"a {subject[1]} has no property {claim.property!r}")
    if claim.certainty is Certainty.INFERRED and not claim.reason:
        raise ValueError("what is INFERRED needs a reason")
    _check_qualifiers(s, claim)
    number, entity = _value(s, prop, claim)
    bound = (claim.bound or NumberBound.EXACT).value if prop.type in _NUMERIC else None
    qualifiers = orjson.dumps(dict(claim.qualifiers), option=orjson.OPT_SORT_KEYS).decode()
    return Record(
        index,
        claim.id,
        (subject[0], claim.property, claim.value, number, claim.unit, entity, qualifiers),
        (bound, claim.rank.value, claim.certainty.value, claim.reason, claim.asserted_by),
        source_keys(s, claim.citations),
        (subject[0],),
    )


def write_claims(s: Session, items: Sequence[tuple[int, Claim]]) -> None:
    """Write a batch's claims, given with their index in the batch."""
    wanted: set[str] = set()
    for _, claim in items:
        wanted.add(claim.subject)
        wanted.update(claim.qualifiers.values())
        if claim.entity is not None:
            wanted.add(claim.entity)
    s.entities.load(wanted)
    s.sources.load({citation.source for _, claim in items for citation in claim.citations})
    records: list[Record] = []
    for index, claim in items:
        try:
            records.append(_record(s, index, claim))
        except ValueError as error:
            s.problem(index, str(error))
    s.dirty.update(write_records(s, CLAIMS, s.claim, records))
