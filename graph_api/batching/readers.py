"""Reading one value off rows, whether they came as tuples or by the column."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any


class At:
    """Reads the value at one place of a row.

    Args:
        at: the place.
        convert: makes the value of what stands there, unless that is None.
    """

    __slots__ = ("_at", "_convert", "_get")

    def __init__(self, at: int, convert: Callable[[Any], Any] | None = None) -> None:
        self._at = at
        self._convert = convert
        self._get = itemgetter(at)

    def __call__(self, row: Sequence[Any]) -> Any:
        """Return the value of one row."""
        value = row[self._at]
        return value if self._convert is None or value is None else self._convert(value)

    def of_tuples(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Return the values of rows."""
        return self._converted(list(map(self._get, rows)))

    def of_columns(self, columns: Sequence[list[Any]], _: int) -> list[Any]:
        """Return the values of rows that came by the column."""
        return self._converted(columns[self._at])

    def _converted(self, values: list[Any]) -> list[Any]:
        convert = self._convert
        return values if convert is None else [None if value is None else convert(value) for value in values]


class Always:
    """Reads the same off every row."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __call__(self, _: Sequence[Any]) -> Any:
        """Return the value of one row."""
        return self._value

    def of_tuples(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Return the values of rows."""
        return [self._value] * len(rows)

    def of_columns(self, _: Sequence[list[Any]], count: int) -> list[Any]:
        """Return the values of rows that came by the column."""
        return [self._value] * count
