"""Rows that came by the column, so that no tuple is ever made of them."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, overload

from typing_extensions import override

from graph_api.batching.columns import Rows, Shape
from graph_api.batching.readers import Always, At

T = TypeVar("T")


class Table(Rows[T]):
    """`Rows` of which the columns are kept: lists of one length, which nobody changes."""

    __slots__ = ("_columns", "_count")

    def __init__(self, shape: Shape[T], columns: Sequence[list[Any]], count: int) -> None:
        super().__init__(shape, ())
        self._columns = columns
        self._count = count

    @override
    def __len__(self) -> int:
        return self._count

    @override
    def __iter__(self) -> Iterator[T]:
        return map(self.shape.make, self.tuples)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    @override
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        columns = self._columns
        if isinstance(index, slice):
            return Table(self.shape, [column[index] for column in columns], len(range(self._count)[index]))
        return self.shape.make(tuple([column[index] for column in columns]))

    @property
    @override
    def tuples(self) -> Sequence[Any]:
        return list(zip(*self._columns, strict=True))

    @override
    def col(self, name: str) -> Any:
        reader = self.shape.readers.get(name)
        if isinstance(reader, (At, Always)):
            return reader.of_columns(self._columns, self._count)
        if isinstance(reader, Shape):
            return Table(reader, self._columns, self._count)
        return Rows(self.shape, self.tuples).col(name)

    @override
    def take(self, indexes: Sequence[int]) -> "Table[T]":
        return Table(self.shape, [[column[i] for i in indexes] for column in self._columns], len(indexes))

    @override
    def typenames(self) -> str | Sequence[str | None] | None:
        typename = self.shape.typename
        if isinstance(typename, At):
            return typename.of_columns(self._columns, self._count)
        return Rows(self.shape, self.tuples).typenames() if callable(typename) else typename
