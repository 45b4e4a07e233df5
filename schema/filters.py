"""The filters of lists, and how each field of one becomes a filter of the store.

Each input type has `and`, `or`, `not` beside its own fields; fields given together must all
match. What a field means stands beside it, in its metadata, as a function from the value to a
`graph_api.domain.query.Filter`.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields
from enum import StrEnum
from typing import Any

import strawberry

from graph_api.domain.catalogue import KINDS, Kind, Relation
from graph_api.domain.ids import decode
from graph_api.domain.query import EVERYTHING, And, Direction, Filter, FromSource, Linked, Match, Not, Op, Or
from graph_api.errors import BadInput
from schema import enums

Rule = Callable[[Any], Filter]
_OPERATORS = {
    "eq": Op.EQ,
    "in_": Op.IN,
    "starts_with": Op.STARTS_WITH,
    "contains": Op.CONTAINS,
    "gt": Op.GT,
    "gte": Op.GTE,
    "lt": Op.LT,
    "lte": Op.LTE,
}
_MAX_DEPTH = 8
_MAX_PARTS = 500
"""Conditions and what joins them: a database takes about 1,000 in one expression."""
_RULE = "filter_rule"


@strawberry.input(
    description="Compares a text, ignoring accents and case. What is given together must all hold; "
    "what has no value does not match."
)
class StringFilter:
    """Operators on text."""

    eq: str | None = strawberry.field(default=strawberry.UNSET, description="It is this.")
    in_: list[str] | None = strawberry.field(default=strawberry.UNSET, name="in", description="It is one of these.")
    starts_with: str | None = strawberry.field(default=strawberry.UNSET, description="It starts with this.")
    contains: str | None = strawberry.field(default=strawberry.UNSET, description="It contains this.")


@strawberry.input(
    description="Compares a number. What is given together must all hold; what has no value does not match."
)
class IntFilter:
    """Operators on whole numbers."""

    eq: int | None = strawberry.field(default=strawberry.UNSET, description="Equal to this.")
    in_: list[int] | None = strawberry.field(default=strawberry.UNSET, name="in", description="One of these.")
    gt: int | None = strawberry.field(default=strawberry.UNSET, description="Greater than this.")
    gte: int | None = strawberry.field(default=strawberry.UNSET, description="This or greater.")
    lt: int | None = strawberry.field(default=strawberry.UNSET, description="Less than this.")
    lte: int | None = strawberry.field(default=strawberry.UNSET, description="This or less.")


def given(value: Any) -> bool:
    """Tell whether an input field was given a value; null is none."""
    return value is not None and value is not strawberry.UNSET


def compared(field: str) -> Rule:
    """A StringFilter or IntFilter on a field of the entity."""

    def rule(value: Any) -> Filter:
        found: list[Filter] = []
        for name, op in _OPERATORS.items():
            operand: Any = getattr(value, name, None)
            if given(operand):
                found.append(Match(field, op, tuple(operand) if op is Op.IN else operand))
        return And(tuple(found))

    return rule


def compared_rounded(field: str) -> Rule:
    """An IntFilter on a field whose numbers are shown rounded, half a unit up."""

    def rule(value: Any) -> Filter:
        found: list[Filter] = []
        if given(value.eq):
            found.append(_rounds_to(field, value.eq))
        if given(value.in_):
            found.append(Or(tuple(_rounds_to(field, number) for number in value.in_)))
        if given(value.gt):
            found.append(Match(field, Op.GTE, value.gt + 0.5))
        if given(value.gte):
            found.append(Match(field, Op.GTE, value.gte - 0.5))
        if given(value.lt):
            found.append(Match(field, Op.LT, value.lt - 0.5))
        if given(value.lte):
            found.append(Match(field, Op.LT, value.lte + 0.5))
        return And(tuple(found))

    return rule


def _rounds_to(field: str, number: int) -> Filter:
    return And((Match(field, Op.GTE, number - 0.5), Match(field, Op.LT, number + 0.5)))


def one_of(field: str, members: type[StrEnum], absent: str) -> Rule:
    """A list of enumerated values, one of which the field has; where it has none, `absent` is what is shown."""

    def rule(values: list[StrEnum]) -> Filter:
        if absent not in values:
            return Match(field, Op.IN, tuple(str(value) for value in values))
        return Not(Match(field, Op.IN, tuple(str(member) for member in members if member not in values)))

    return rule


def checked_id(value: str, *kinds: Kind) -> str:
    """Return an id that was given.

    Raises:
        BadId: it is none.
        BadInput: it is of another kind than wanted.
    """
    kind = decode(value).kind
    if kinds and kind not in kinds:
        wanted = " or ".join(KINDS[k].type_name for k in kinds)
        raise BadInput(f"the id of a {wanted} is wanted here, not of a {decode(value).type}")
    return value


def linked(relation: Relation, direction: Direction, *kinds: Kind) -> Rule:
    """An id to which the entity is related."""
    return lambda value: Linked((relation,), direction, (checked_id(value, *kinds),))


def linked_where(relation: Relation, direction: Direction, rule: Rule) -> Rule:
    """The entity is related to another that matches."""
    return lambda value: Linked((relation,), direction, where=rule(value))


def is_linked(relation: Relation, direction: Direction) -> Rule:
    """A Boolean: whether the entity has such a relationship at all."""
    return lambda value: Linked((relation,), direction) if value else Not(Linked((relation,), direction))


def with_role(relation: Relation, direction: Direction) -> Rule:
    """A list of roles, in one of which the entity has such a relationship."""
    return lambda roles: Linked(
        (relation,), direction, properties={"role": tuple(str(getattr(r, "value", r)) for r in roles)}
    )


def at_festival(value: str) -> Filter:
    """A film shown at, or a film or person honoured at, an edition of a festival or an event of it."""
    festival = (checked_id(value, Kind.FESTIVAL),)
    edition = Linked((Relation.EDITION_OF,), Direction.OUT, festival)
    part = Linked((Relation.PART_OF,), Direction.OUT, where=edition)
    deeper = Linked((Relation.PART_OF,), Direction.OUT, where=part)
    place = Or((edition, part, deeper))
    recognition = Linked((Relation.AT_EDITION,), Direction.OUT, where=edition)
    return Or(
        (
            Linked((Relation.SCREENED_AT,), Direction.OUT, where=place),
            Linked((Relation.RECOGNIZED_FOR,), Direction.IN, where=recognition),
            Linked((Relation.RECIPIENT_OF,), Direction.OUT, where=recognition),
            Linked((Relation.PARTICIPATED_IN,), Direction.OUT, where=Or((part, deeper))),
        )
    )


def from_source(value: str) -> Filter:
    """A source that mentions the entity."""
    if decode(value).type != "Source":
        raise BadInput(f"the id of a Source is wanted here, not of a {decode(value).type}")
    return FromSource(value)


def rule_field(rule: Rule, description: str) -> Any:
    """A field of a filter, with what it means."""
    return strawberry.field(default=strawberry.UNSET, description=description, metadata={_RULE: rule})


def _rules(value: Any) -> Iterator[tuple[str, Rule]]:
    for field in fields(value):
        rule = (getattr(field, "metadata", None) or {}).get(_RULE)
        if rule:
            yield field.name, rule


def compile_filter(value: Any | None) -> Filter:
    """Return the store's filter for an input; for none, one that everything matches.

    Raises:
        BadInput: it is nested too deeply, or has too many parts.
    """
    found = _compiled(value, 0)
    parts = _parts(found)
    if parts > _MAX_PARTS:
        raise BadInput(
            f"a filter may have {_MAX_PARTS} parts, not {parts}; use several requests",
            limit=_MAX_PARTS,
            requested=parts,
        )
    return found


def _parts(where: Filter) -> int:
    match where:
        case And(filters) | Or(filters):
            return 1 + sum(map(_parts, filters))
        case Not(inner):
            return 1 + _parts(inner)
        case Linked():
            return 1 + (_parts(where.where) if where.where else 0)
        case _:
            return 1


def _compiled(value: Any | None, depth: int) -> Filter:
    if value is None or not given(value):
        return EVERYTHING
    if depth > _MAX_DEPTH:
        raise BadInput(f"a filter may be nested {_MAX_DEPTH} deep", limit=_MAX_DEPTH)
    found: list[Filter] = [rule(getattr(value, name)) for name, rule in _rules(value) if given(getattr(value, name))]
    if given(value.and_):
        found += [_compiled(part, depth + 1) for part in value.and_]
    if given(value.or_):
        found.append(Or(tuple(_compiled(part, depth + 1) for part in value.or_)))
    if given(value.not_):
        found.append(Not(_compiled(value.not_, depth + 1)))
    return found[0] if len(found) == 1 else And(tuple(found))


__all__ = ["IntFilter", "StringFilter", "compile_filter", "enums"]
