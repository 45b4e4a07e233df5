"""Dates as precise as their sources, and nothing else."""

from typing import Any

import pytest
from graphql import GraphQLError

from schema.scalars import SCALARS, Date

PARSE: Any = SCALARS[Date].parse_value


@pytest.mark.parametrize("text", ["2025", "2025-10", "2025-10-26", "2024-02-29"])
def test_dates_of_every_precision(text: str) -> None:
    assert PARSE(text) == text


@pytest.mark.parametrize(
    "value", ["", "25", "2025-13", "2025-02-29", "2025-1-1", "26.10.2025", "2025-10-26T00:00:00Z", 2025]
)
def test_what_is_no_date(value: object) -> None:
    with pytest.raises(GraphQLError, match=r"date|day"):
        PARSE(value)
