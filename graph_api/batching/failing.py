"""Errors, settled when the answer is there: which are told, and where null stands because of them.

Nulls are put in from the paths of the errors, so that rows without errors pay nothing. Of several
errors below one null the one that came first is told, and of those that came together the first
in the document's order, as graphql-core does; the specification leaves the choice free (section
6.4.4).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from graphql import FieldNode, GraphQLError, located_error

from graph_api.batching.positions import Position, Step

Keys: TypeAlias = tuple[str | int, ...]


class Failure(NamedTuple):
    """An error of one row, and how often something had been awaited before it came."""

    position: Position
    row: int
    nodes: Sequence[FieldNode]
    error: Exception
    after: int


def nulled(steps: Sequence[Step]) -> int:
    """Return how many steps lead to where null stands because of an error at the end of `steps`."""
    depth = len(steps)
    while depth and not steps[depth - 1].is_nullable:
        depth -= 1
    return depth


class Failures:
    """The errors of one run."""

    def __init__(self) -> None:
        self._found: list[Failure] = []
        self._looked_at = 0
        self._nulls: set[Keys] = set()

    def __len__(self) -> int:
        return len(self._found)

    def add(self, position: Position, row: int, nodes: Sequence[FieldNode], error: Exception, after: int) -> None:
        """Note the error of one row."""
        self._found.append(Failure(position, row, nodes, error, after))

    @property
    def is_new(self) -> bool:
        """Whether there were errors since `nulls` was last read."""
        return self._looked_at < len(self._found)

    @property
    def nulls(self) -> set[Keys]:
        """Where null stands because of the errors so far."""
        for failure in self._found[self._looked_at :]:
            steps = failure.position.steps(failure.row)
            self._nulls.add(tuple(step.key for step in steps[: nulled(steps)]))
        self._looked_at = len(self._found)
        return self._nulls

    def cover(self, position: Position, rows: Sequence[int]) -> bool:
        """Tell whether null stands at or above all of these rows."""
        nulls = self.nulls
        if () in nulls:
            return True
        for row in rows:
            keys = tuple(step.key for step in position.steps(row))
            if not any(keys[:depth] in nulls for depth in range(1, len(keys) + 1)):
                return False
        return True

    def settle(self, data: dict[str, Any]) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
        """Return the answer with nulls where they belong, and the errors that are told."""
        told: list[GraphQLError] = []
        done: set[Keys] = set()
        failures = [(failure.position.steps(failure.row), failure) for failure in self._found]
        failures.sort(key=lambda pair: (pair[1].after, [step.order for step in pair[0]]))
        root: dict[str, Any] | None = data
        for steps, failure in failures:
            keys = tuple(step.key for step in steps)
            depth = nulled(steps)
            if any(keys[:above] in done for above in range(depth + 1)):
                continue
            done.add(keys[:depth])
            told.append(located_error(failure.error, failure.nodes, list(keys)))
            if not depth:
                root = None
            elif root is not None:
                _put_null(root, keys[:depth])
        return root, told


def _put_null(data: Any, keys: Keys) -> None:
    *above, last = keys
    for key in above:
        data = data[key]
        if data is None:
            return
    data[last] = None
