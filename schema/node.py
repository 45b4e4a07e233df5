"""Relay's Node: whatever has an id."""

from typing import Any

import strawberry

from graph_api.analytics.runs import AnalysisRun
from graph_api.domain import records
from graph_api.domain.catalogue import KINDS


@strawberry.interface(description="Whatever has an id, and can be read again by it.")
class Node:
    """An object with an id; see https://graphql.org/learn/global-object-identification/."""

    id: strawberry.ID = strawberry.field(
        description="Opaque; the same over reloads of the same data, and on every store."
    )

    @classmethod
    def resolve_type(cls, obj: Any, _info: Any, _type: Any) -> str | None:
        """The GraphQL type that a row of the store stands for."""
        return type_name(obj)


def type_name(row: Any) -> str | None:
    """Return the GraphQL type of a row; a relationship is a Relationship, unless a field says which view it wants."""
    match row:
        case records.Entity():
            return KINDS[row.kind].type_name
        case records.Relationship():
            return "Relationship"
        case records.Claim():
            return "Claim"
        case records.Source():
            return "Source"
        case AnalysisRun():
            return "AnalysisRun"
        case _:
            return None
