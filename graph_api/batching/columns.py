"""Columns: the parents of one level of a query, and the answers for them.

A column is a sequence of objects that can also be read across, one attribute of all of them at a
time. Where the objects come from a database they need not be made at all: `Rows` are the tuples
as they were read, with a `Shape` that names what is in them, and `Grouped` is a list for each
parent, kept in one piece.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, chain, islice
from operator import attrgetter
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, overload

from typing_extensions import override

from graph_api.batching.readers import Always, At

T = TypeVar("T")
R = TypeVar("R")
Reader: TypeAlias = "Callable[[Any], Any] | Shape[Any]"
"""Reads one value off a tuple; or the part of it that stands for an object of its own."""


_attribute = lru_cache(maxsize=1024)(attrgetter)

if TYPE_CHECKING:
    _Base: TypeAlias = Sequence
else:
    # A class made of Sequence asks an ABC at each isinstance, which takes as long as a small column; these only count
    # as sequences (Sequence.register, below).
    class _Base:
        __slots__ = ()

        def __class_getitem__(cls, _: object) -> type:
            return cls


class Column(_Base[T], Generic[T]):
    """The parents that a batched resolver answers for, in order; the same one may come twice."""

    __slots__ = ("_items",)

    is_whole = False
    """Whether every item is an object: no None, no exception, nothing to wait for."""

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

    def col(self, name: str) -> Any:
        """Return one attribute of all items: a list, or a column where the values are objects again."""
        return list(map(_attribute(name), self._items))

    def read(self, name: str, get: Callable[[Any], Any]) -> Any:
        """Return what `get` reads off each item; a column that has it under `name` needs no items for it."""
        return list(map(get, self))

    def map(self, function: Callable[[T], R]) -> list[R]:
        """Return what a function makes of each item."""
        return [function(item) for item in self]

    def take(self, indexes: Sequence[int]) -> "Column[T]":
        """Return the items at these places."""
        items = self._items
        return Column([items[i] for i in indexes])

    def is_a(self, name: str) -> bool:
        """Tell whether all items are known to stand for the GraphQL type of this name."""
        return False

    def typenames(self) -> str | Sequence[str | None] | None:
        """Return the GraphQL type of all items, or of each; None where the items have to be asked."""
        return None


class Shape(Generic[T]):
    """What is in the tuples of `Rows`.

    Args:
        make: returns the object that a tuple stands for, for whoever wants one.
        readers: by name, what `col` reads; a `Shape` where the value is made of the same tuple.
        typename: the GraphQL type of the objects, or what tells it by the tuple.
        stands_for: further GraphQL types that the objects may be seen as.
    """

    __slots__ = ("make", "readers", "stands_for", "typename")

    def __init__(
        self,
        make: Callable[[Any], T],
        readers: Mapping[str, Reader],
        typename: str | Callable[[Any], str | None] | None = None,
        stands_for: Sequence[str] = (),
    ) -> None:
        self.make = make
        self.readers = readers
        self.typename = typename
        self.stands_for = frozenset((*stands_for, typename) if isinstance(typename, str) else stands_for)


class Rows(Column[T]):
    """Tuples as they came from a database; objects are made only of those that are looked at one by one."""

    __slots__ = ("shape",)

    is_whole = True

    def __init__(self, shape: Shape[T], tuples: Sequence[Any]) -> None:
        super().__init__(tuples)
        self.shape = shape

    @override
    def __iter__(self) -> Iterator[T]:
        return map(self.shape.make, self._items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    @override
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return Rows(self.shape, self._items[index])
        return self.shape.make(self._items[index])

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(_equal, self, other))

    __hash__ = None  # type: ignore[assignment]

    @property
    def tuples(self) -> Sequence[Any]:
        """The rows as they are."""
        return self._items

    @override
    def col(self, name: str) -> Any:
        reader = self.shape.readers.get(name)
        rows: Sequence[Any] = self._items
        if reader is None:
            return list(map(_attribute(name), self))
        if isinstance(reader, (At, Always)):
            return reader.of_tuples(rows)
        return Rows(reader, rows) if isinstance(reader, Shape) else list(map(reader, rows))

    @override
    def read(self, name: str, get: Callable[[Any], Any]) -> Any:
        return self.col(name) if name in self.shape.readers else list(map(get, self))

    @override
    def take(self, indexes: Sequence[int]) -> "Rows[T]":
        items = self._items
        return Rows(self.shape, [items[i] for i in indexes])

    @override
    def is_a(self, name: str) -> bool:
        return name in self.shape.stands_for

    @override
    def typenames(self) -> str | Sequence[str | None] | None:
        typename = self.shape.typename
        return list(map(typename, self._items)) if callable(typename) else typename


class Joined(Column[T]):
    """Several columns, one after the other."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[Column[T]]) -> None:
        super().__init__(())
        self._parts = parts

    @override
    def __len__(self) -> int:
        return sum(map(len, self._parts))

    @override
    def __iter__(self) -> Iterator[T]:
        return chain.from_iterable(self._parts)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    @override
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return list(self)[index]

    @override
    def take(self, indexes: Sequence[int]) -> Column[T]:
        return Column(list(self)).take(indexes)

    @override
    def col(self, name: str) -> Any:
        return [value for part in self._parts for value in part.col(name)]


def part_of(answers: Any, start: int, end: int) -> Any:
    """Return the answers from `start` to before `end`, in the form they came in."""
    if isinstance(answers, (Column, Grouped)):
        return answers.take(range(start, end))
    return answers[start:end]


class Grouped(_Base[Sequence[T]], Generic[T]):
    """A list for each parent, kept in one piece: all items in the parents' order, and how many each has."""

    __slots__ = ("_ends", "items", "lengths")

    def __init__(self, items: Sequence[T], lengths: Sequence[int]) -> None:
        self.items = items
        self.lengths = lengths
        self._ends: list[int] | None = None

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[Sequence[T]]:
        items = iter(self.items)
        return (list(islice(items, length)) for length in self.lengths)

    @overload
    def __getitem__(self, index: int) -> Sequence[T]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Sequence[T]]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if self._ends is None:
            self._ends = list(accumulate(self.lengths))
        end = self._ends[index]
        return self.items[end - self.lengths[index] : end]

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(_equal, self, other))

    __hash__ = None  # type: ignore[assignment]

    def take(self, indexes: Sequence[int]) -> "Grouped[T]":
        """Return the lists at these places."""
        lists = [self[i] for i in indexes]
        return Grouped(list(chain.from_iterable(lists)), list(map(len, lists)))


Sequence.register(Column)
Sequence.register(Grouped)


def _equal(one: object, other: object) -> bool:
    return one == other


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
