"""Where in the answer the rows of a column stand.

Columns carry pointers back to what they came from, so that a path is put together only where
one is needed: for an error, or for a resolver that is called for one parent.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple, Protocol

from graphql.pyutils import Path


class Step(NamedTuple):
    """One step of a path: its key, its place among its siblings, and whether null may stand there."""

    key: str | int
    order: int
    is_nullable: bool


class Position(Protocol):
    """The places of the rows of one column."""

    def steps(self, row: int) -> list[Step]:
        """Return the way from the root to a row."""
        ...

    def path(self, row: int) -> Path | None:
        """Return the way from the root to a row as graphql-core has it; None is the root itself."""
        ...


class Root:
    """The root of an operation: one row."""

    __slots__ = ()

    def steps(self, row: int) -> list[Step]:
        """Return no steps."""
        return []

    def path(self, row: int) -> Path | None:
        """Return None."""
        return None


class AtField:
    """A field of each row of `up`."""

    __slots__ = ("_paths", "_step", "_type_name", "_up")

    def __init__(self, up: Position, step: Step, type_name: str) -> None:
        self._up = up
        self._step = step
        self._type_name = type_name
        self._paths: dict[int, Path] = {}

    def steps(self, row: int) -> list[Step]:
        """Return the way from the root to a row."""
        return [*self._up.steps(row), self._step]

    def path(self, row: int) -> Path:
        """Return the way from the root to a row as graphql-core has it."""
        path = self._paths.get(row)
        if path is None:
            path = self._paths[row] = Path(self._up.path(row), self._step.key, self._type_name)
        return path


class AtItems:
    """The items of the lists that stand at the rows of `up`."""

    __slots__ = ("_ends", "_is_nullable", "_lengths", "_up")

    def __init__(self, up: Position, lengths: Sequence[int], *, is_nullable: bool) -> None:
        self._up = up
        self._lengths = lengths
        self._is_nullable = is_nullable
        self._ends: list[int] | None = None

    def _place(self, row: int) -> tuple[int, int]:
        if self._ends is None:
            self._ends = list(accumulate(self._lengths))
        parent = bisect_right(self._ends, row)
        return parent, row - (self._ends[parent - 1] if parent else 0)

    def steps(self, row: int) -> list[Step]:
        """Return the way from the root to a row."""
        parent, index = self._place(row)
        return [*self._up.steps(parent), Step(index, index, self._is_nullable)]

    def path(self, row: int) -> Path:
        """Return the way from the root to a row as graphql-core has it."""
        parent, index = self._place(row)
        return Path(self._up.path(parent), index, None)


class Joint:
    """The rows of several columns, one after the other: pairs of position and number of rows."""

    __slots__ = ("_ends", "_parts")

    def __init__(self, parts: Sequence[tuple[Position, int]]) -> None:
        self._parts = parts
        self._ends = list(accumulate(count for _, count in parts))

    def _place(self, row: int) -> tuple[Position, int]:
        part = bisect_right(self._ends, row)
        return self._parts[part][0], row - (self._ends[part - 1] if part else 0)

    def steps(self, row: int) -> list[Step]:
        """Return the way from the root to a row."""
        position, own = self._place(row)
        return position.steps(own)

    def path(self, row: int) -> Path | None:
        """Return the way from the root to a row as graphql-core has it."""
        position, own = self._place(row)
        return position.path(own)


class Kept:
    """Some rows of `up`, by their places there."""

    __slots__ = ("_rows", "_up")

    def __init__(self, up: Position, rows: Sequence[int]) -> None:
        self._up = up
        self._rows = rows

    def steps(self, row: int) -> list[Step]:
        """Return the way from the root to a row."""
        return self._up.steps(self._rows[row])

    def path(self, row: int) -> Path | None:
        """Return the way from the root to a row as graphql-core has it."""
        return self._up.path(self._rows[row])
