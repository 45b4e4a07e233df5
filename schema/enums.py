"""The catalogue's enumerations as GraphQL enums, and those that only queries have."""

import re
from enum import Enum, StrEnum
from typing import Any, TypeVar

import strawberry
from strawberry.types.enum import EnumValueDefinition

from graph_api.domain import catalogue
from graph_api.domain.query import Direction as _Direction

E = TypeVar("E", bound=type[Enum])

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


def enum(cls: E, name: str, description: str | None = None, **values: str) -> E:
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
    return cls


EntityKind = enum(
    catalogue.Kind, "EntityKind", "The kinds of entity in the graph.",
    **{kind.value: record.description for kind, record in catalogue.KINDS.items()},
)  # fmt: skip
RelationType = enum(
    catalogue.Relation, "RelationType", "The relations between entities, each read from its source to its target.",
    **{relation.value: record.description for relation, record in catalogue.RELATIONS.items()},
)  # fmt: skip
ClaimRank = enum(catalogue.ClaimRank, "ClaimRank")
Certainty = enum(catalogue.Certainty, "Certainty")
NumberBound = enum(catalogue.NumberBound, "NumberBound", "How a source words a number.")
AiUse = enum(catalogue.AiUse, "AiUse")
FilmStatus = enum(catalogue.FilmStatus, "FilmStatus")
EventStatus = enum(catalogue.EventStatus, "EventStatus")
CreditRole = enum(catalogue.CreditRole, "CreditRole", "What a person did on a film.")
ParticipationRole = enum(catalogue.ParticipationRole, "ParticipationRole")
Premiere = enum(catalogue.Premiere, "Premiere", WORLD="First showing anywhere.", NATIONAL="First showing in a country.")
Outcome = enum(catalogue.Outcome, "Outcome")
StatementKind = enum(catalogue.StatementKind, "StatementKind")
Direction = enum(_Direction, "Direction", "Which way relationships are followed.")


class OrderDirection(StrEnum):
    """Ascending or descending; what has no value comes last in both."""

    ASC = "ASC"
    DESC = "DESC"


enum(OrderDirection, "OrderDirection", ASC="Smallest first.", DESC="Largest first.")
