"""Columns: the parents of one level of a query, and the answers for them."""

from collections.abc import Callable, Iterator, Sequence
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, overload

T = TypeVar("T")
R = TypeVar("R")


class Column(Sequence[T], Generic[T]):
    """The parents that a batched resolver answers for, in order; the same one may come twice."""

    __slots__ = ("_items",)

    def __init__(self, items: Sequence[T]) -> None:
        self._items = items

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._items[index]

    def col(self, name: str) -> list[Any]:
        """Return one attribute of all parents."""
        return [getattr(item, name) for item in self._items]

    def map(self, function: Callable[[T], R]) -> list[R]:
        """Return what a function makes of each parent."""
        return [function(item) for item in self._items]


if TYPE_CHECKING:
    # Resolvers answer with the store's rows, which stand for the GraphQL type named in brackets.
    Answers: TypeAlias = Sequence[T | Any]
    Row: TypeAlias = T | Any
else:

    class Answers:
        """`Answers[Film]`: one Film, or one exception, for each parent, in the parents' order."""

        def __class_getitem__(cls, item: object) -> GenericAlias:
            return GenericAlias(cls, (item,))

    class Row:
        """`Row[Film]`: a row that stands for a Film; the annotation is Film itself."""

        def __class_getitem__(cls, item: object) -> object:
            return item
