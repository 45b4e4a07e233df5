"""The orders of each kind's list. What has no value comes last either way; ties are broken by id."""

from enum import Enum
from typing import Any

import strawberry

from graph_api.domain.query import BY_NAME, Order
from graph_api.errors import BadInput
from schema.enums import OrderDirection, enum

_MAX_KEYS = 4


def compile_order(orders: list[Any] | None) -> tuple[Order, ...]:
    """Return the store's order for an input; by name where none is given.

    Raises:
        BadInput: too many keys.
    """
    if orders and len(orders) > _MAX_KEYS:
        raise BadInput(f"a list can be ordered by at most {_MAX_KEYS} keys", limit=_MAX_KEYS)
    keys = tuple(Order(order.field.value, order.direction is OrderDirection.DESC) for order in orders or ())
    return keys or BY_NAME


class FilmOrderField(Enum):
    """What films are ordered by."""

    TITLE = "name"
    YEAR = "year"
    RUNTIME = "runtime"
    RECOGNITIONS = "count:RECOGNIZED_FOR"
    DEGREE = "degree"


enum(
    FilmOrderField,
    "FilmOrderField",
    TITLE="By title, folded.",
    YEAR="By year.",
    RUNTIME="By running time.",
    RECOGNITIONS="By number of recognitions.",
    DEGREE="By number of relationships.",
)


@strawberry.input(description="An order of films.")
class FilmOrder:
    """One key."""

    field: FilmOrderField = strawberry.field(description="What they are ordered by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Ascending or descending.")


class PersonOrderField(Enum):
    """What people are ordered by."""

    NAME = "name"
    CREDITS = "count:CREDITED_ON"
    RECOGNITIONS = "count:RECIPIENT_OF"
    STATEMENTS = "count:SAID"
    DEGREE = "degree"


enum(
    PersonOrderField,
    "PersonOrderField",
    NAME="By name, folded.",
    CREDITS="By number of credits.",
    RECOGNITIONS="By number of recognitions.",
    STATEMENTS="By number of statements.",
    DEGREE="By number of relationships.",
)


@strawberry.input(description="An order of people.")
class PersonOrder:
    """One key."""

    field: PersonOrderField = strawberry.field(description="What they are ordered by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Ascending or descending.")


class CharacterOrderField(Enum):
    """What characters are ordered by."""

    NAME = "name"
    DEGREE = "degree"


enum(CharacterOrderField, "CharacterOrderField", NAME="By name, folded.", DEGREE="By number of relationships.")


@strawberry.input(description="An order of characters.")
class CharacterOrder:
    """One key."""

    field: CharacterOrderField = strawberry.field(description="What they are ordered by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Ascending or descending.")


class OrganizationOrderField(Enum):
    """What organizations are ordered by."""

    NAME = "name"
    FOUNDED_ON = "foundedOn"
    FILMS = "count:PRODUCED_BY"
    DEGREE = "degree"


enum(
    OrganizationOrderField,
    "OrganizationOrderField",
    NAME="By name, folded.",
    FOUNDED_ON="By founding date.",
    FILMS="By number of films produced.",
    DEGREE="By number of relationships.",
)


@strawberry.input(description="An order of organizations.")
class OrganizationOrder:
    """One key."""

    field: OrganizationOrderField = strawberry.field(description="What they are ordered by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Ascending or descending.")


class FestivalOrderField(Enum):
    """What festivals are ordered by."""

    NAME = "name"
    EDITIONS = "count:EDITION_OF"
    DEGREE = "degree"


enum(
    FestivalOrderField,
    "FestivalOrderField",
    NAME="By name, folded.",
    EDITIONS="By number of editions.",
    DEGREE="By number of relationships.",
)


@strawberry.input(description="An order of festivals.")
class FestivalOrder:
    """One key."""

    field: FestivalOrderField = strawberry.field(description="What they are ordered by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Ascending or descending.")


class FestivalEditionOrderField(Enum):
    """What festival editions are ordered by."""

    NAME = "name"
    YEAR = "year"
    STARTS_ON = "startsOn"
    RECOGNITIONS = "count:AT_EDITION"
    DEGREE = "degree"


enum(
    FestivalEditionOrderField,
    "FestivalEditionOrderField",
    NAME="By name, folded.",
    YEAR="By year.",
    STARTS_ON="By first day.",
    RECOGNITIONS="By number of recognitions.",
    DEGREE="By number of relationships.",
)


@strawberry.input(description="An order of festival editions.")
class FestivalEditionOrder:
    """One key."""

    field: FestivalEditionOrderField = strawberry.field(description="What they are ordered by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Ascending or descending.")


class EventOrderField(Enum):
    """What events are ordered by."""

    NAME = "name"
    STARTS_ON = "startsOn"
    PARTICIPANTS = "count:PARTICIPATED_IN"
    DEGREE = "degree"


enum(
    EventOrderField,
    "EventOrderField",
    NAME="By name, folded.",
    STARTS_ON="By first day.",
    PARTICIPANTS="By number of people who took part.",
    DEGREE="By number of relationships.",
)


@strawberry.input(description="An order of events.")
class EventOrder:
    """One key."""

    field: EventOrderField = strawberry.field(description="What they are ordered by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Ascending or descending.")


class AwardOrderField(Enum):
    """What awards are ordered by."""

    NAME = "name"
    RECOGNITIONS = "count:OF_AWARD"
    DEGREE = "degree"


enum(
    AwardOrderField,
    "AwardOrderField",
    NAME="By name, folded.",
    RECOGNITIONS="By number of recognitions.",
    DEGREE="By number of relationships.",
)


@strawberry.input(description="An order of awards.")
class AwardOrder:
    """One key."""

    field: AwardOrderField = strawberry.field(description="What they are ordered by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Ascending or descending.")


class RecognitionOrderField(Enum):
    """What recognitions are ordered by."""

    NAME = "name"
    YEAR = "year"
    DEGREE = "degree"


enum(
    RecognitionOrderField,
    "RecognitionOrderField",
    NAME="By name, folded.",
    YEAR="By year.",
    DEGREE="By number of relationships.",
)


@strawberry.input(description="An order of recognitions.")
class RecognitionOrder:
    """One key."""

    field: RecognitionOrderField = strawberry.field(description="What they are ordered by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Ascending or descending.")


class PlatformOrderField(Enum):
    """What platforms are ordered by."""

    NAME = "name"
    FILMS = "count:MADE_WITH"
    DEGREE = "degree"


enum(
    PlatformOrderField,
    "PlatformOrderField",
    NAME="By name, folded.",
    FILMS="By number of films made with it.",
    DEGREE="By number of relationships.",
)


@strawberry.input(description="An order of platforms.")
class PlatformOrder:
    """One key."""

    field: PlatformOrderField = strawberry.field(description="What they are ordered by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Ascending or descending.")


class PlaceOrderField(Enum):
    """What places are ordered by."""

    NAME = "name"
    DEGREE = "degree"


enum(PlaceOrderField, "PlaceOrderField", NAME="By name, folded.", DEGREE="By number of relationships.")


@strawberry.input(description="An order of places.")
class PlaceOrder:
    """One key."""

    field: PlaceOrderField = strawberry.field(description="What they are ordered by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Ascending or descending.")


class TopicOrderField(Enum):
    """What topics are ordered by."""

    NAME = "name"
    MENTIONS = "count:ABOUT"
    DEGREE = "degree"


enum(
    TopicOrderField,
    "TopicOrderField",
    NAME="By name, folded.",
    MENTIONS="By number of statements, events and films about it.",
    DEGREE="By number of relationships.",
)


@strawberry.input(description="An order of topics.")
class TopicOrder:
    """One key."""

    field: TopicOrderField = strawberry.field(description="What they are ordered by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Ascending or descending.")


class StatementOrderField(Enum):
    """What statements are ordered by."""

    NAME = "name"
    DEGREE = "degree"


enum(StatementOrderField, "StatementOrderField", NAME="By name, folded.", DEGREE="By number of relationships.")


@strawberry.input(description="An order of statements.")
class StatementOrder:
    """One key."""

    field: StatementOrderField = strawberry.field(description="What they are ordered by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Ascending or descending.")
