"""Columns that come later, because something has to be awaited first."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias, TypeVar, Union

Done: TypeAlias = "list[Any]"
Maybe: TypeAlias = Union[Done, "Later"]
"""A completed column, or one that comes later."""

T = TypeVar("T")


class Later:
    """A list that is not there yet, and the one receiver that waits for it."""

    __slots__ = ("_receive", "_result")

    def __init__(self) -> None:
        self._receive: Callable[[Done], None] | None = None
        self._result: Done | None = None

    def set(self, result: Maybe) -> None:
        """Hand over the list; or what will be the list when it is there."""
        if isinstance(result, Later):
            result.give_to(self.set)
        elif self._receive is None:
            self._result = result
        else:
            self._receive(result)

    def give_to(self, receive: Callable[[Done], None]) -> None:
        """Say who gets the list."""
        if self._result is None:
            self._receive = receive
        else:
            receive(self._result)

    def then(self, function: Callable[[Done], Maybe]) -> "Later":
        """Return what a function makes of the list."""
        following = Later()
        self.give_to(lambda result: following.set(function(result)))
        return following


def then(column: Maybe, function: Callable[[Done], Maybe]) -> Maybe:
    """Return what a function makes of a column, now or later."""
    return column.then(function) if isinstance(column, Later) else function(column)


def joined(columns: list[Any], build: Callable[[Sequence[Any]], Done]) -> Maybe:
    """Return what `build` makes of columns when all of them are there."""
    waiting = [i for i, column in enumerate(columns) if type(column) is Later]
    if not waiting:
        return build(columns)
    result = Later()
    left = len(waiting)

    def arrive(index: int, column: Done) -> None:
        nonlocal left
        columns[index] = column
        left -= 1
        if not left:
            result.set(build(columns))

    for i in waiting:
        columns[i].give_to(partial(arrive, i))
    return result
