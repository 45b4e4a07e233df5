"""The catalogue's enumerations as GraphQL enums, and those that only queries have."""

import re
from enum import Enum, StrEnum
from typing import Any

import strawberry
from strawberry.types.enum import EnumValueDefinition

from graph_api.domain.catalogue import (
    KINDS,
    RELATIONS,
    AiUse,
    Certainty,
    ClaimRank,
    CreditRole,
    EventStatus,
    FilmStatus,
    NumberBound,
    Outcome,
    ParticipationRole,
    Premiere,
    StatementKind,
)
from graph_api.domain.catalogue import Kind as EntityKind
from graph_api.domain.catalogue import Relation as RelationType
from graph_api.domain.query import Direction

_VALUES: dict[str, str] = {
    "EXACT": "The source gives the number itself.",
    "ABOUT": "The source says about, or approximately.",
    "AT_LEAST": "The source says more than, over, or at least.",
    "AT_MOST": "The source says less than, under, or up to.",
    "STATED": "The source says so.",
    "INFERRED": "It follows from what the source says; the reason is kept.",
    "UNCERTAIN": "The source leaves it open.",
    "PREFERRED": "Believed before its rivals.",
    "DEPRECATED": "Known to be wrong or superseded; kept, but not shown as a value.",
    "FULLY_GENERATED": "All moving pictures were generated; voices, script or music may be human.",
    "AI_ASSISTED": "Tools made or changed a part.",
    "WON": "First place, or the award itself.",
    "OFFICIAL_SELECTION": "Chosen to be shown.",
    "FEATURED": "Appears as themselves, or is only shown.",
    "CONTINENTAL": "First showing on a continent, such as an Asia premiere.",
    "OUT": "Relationships that start here.",
    "IN": "Relationships that end here.",
    "ANY": "Both.",
}


def enum(cls: type[Enum], name: str, description: str | None = None, **values: str) -> None:
    """Register an enumeration under a GraphQL name, with a description of each value."""
    texts: dict[str, Any] = {}
    for member in cls:
        words = re.sub("_", " ", member.name.lower()).capitalize() + "."
        text = values.get(member.name) or _VALUES.get(member.name, words)
        texts[member.name] = EnumValueDefinition(value=member.value, description=text)
    strawberry.enum(cls, name=name, description=description or (cls.__doc__ or "").strip())
    definition = cls.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = texts[value.name].description


enum(
    EntityKind,
    "EntityKind",
    "The kinds of entity in the graph.",
    **{kind.value: record.description for kind, record in KINDS.items()},
)
enum(
    RelationType,
    "RelationType",
    "The relations between entities, each read from its source to its target.",
    **{relation.value: record.description for relation, record in RELATIONS.items()},
)
enum(ClaimRank, "ClaimRank")
enum(Certainty, "Certainty")
enum(NumberBound, "NumberBound", "How a source words a number.")
enum(AiUse, "AiUse")
enum(FilmStatus, "FilmStatus")
enum(EventStatus, "EventStatus")
enum(CreditRole, "CreditRole", "What a person did on a film.")
enum(ParticipationRole, "ParticipationRole")
enum(Premiere, "Premiere", WORLD="First showing anywhere.", NATIONAL="First showing in a country.")
enum(Outcome, "Outcome")
enum(StatementKind, "StatementKind")
enum(Direction, "Direction", "Which way relationships are followed.")


class OrderDirection(StrEnum):
    """Ascending or descending; what has no value comes last in both."""

    ASC = "ASC"
    DESC = "DESC"


enum(OrderDirection, "OrderDirection", ASC="Smallest first.", DESC="Largest first.")

__all__ = [
    "AiUse",
    "Certainty",
    "ClaimRank",
    "CreditRole",
    "Direction",
    "EntityKind",
    "EventStatus",
    "FilmStatus",
    "NumberBound",
    "OrderDirection",
    "Outcome",
    "ParticipationRole",
    "Premiere",
    "RelationType",
    "StatementKind",
]
