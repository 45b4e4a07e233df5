"""The scalars that GraphQL lacks."""

from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

from graph_api.domain.values import check_date

Date = NewType("Date", str)
DateTime = NewType("DateTime", str)


def _date(value: Any) -> str:
    # Any other error would be taken for a fault of the service's own.
    if not isinstance(value, str):
        raise GraphQLError("a date is written as text: 2025, 2025-10 or 2025-10-26")
    try:
        return check_date(value)
    except ValueError as error:
        raise GraphQLError(str(error)) from None


SCALARS: dict[object, ScalarDefinition] = {
    Date: strawberry.scalar(
        name="Date",
        description='A date as ISO 8601 has it, as precise as the source is: "2025", "2025-10" or "2025-10-26".',
        specified_by_url="https://www.iso.org/iso-8601-date-and-time-format.html",
        serialize=str,
        parse_value=_date,
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description='A moment in UTC as RFC 3339 has it: "2025-10-26T01:00:00Z".',
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=str,
    ),
}

__all__ = ["JSON", "SCALARS", "Date", "DateTime"]
