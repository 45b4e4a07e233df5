"""A schema in which everything that can be odd is: nulls, errors and values of the wrong type, at every place.

What a field of a node gives is settled by the node's number and the field's name alone, so that two
executors see the same.
"""

import asyncio
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, Union
from zlib import crc32

import strawberry
from strawberry.types import Info as StrawberryInfo

from graph_api.batching.adapter import batched, read, same, single
from graph_api.batching.columns import Answers, Column, Grouped, Row, Rows, Shape


@dataclass
class Log:
    """What was done, in order."""

    done: list[str] = field(default_factory=list)


Info = StrawberryInfo[Log, None]
_KINDS = ("Apple", "Pear", "Plum")


class Tint(Enum):
    RED = "red"
    BLUE = "blue"


strawberry.enum(Tint)


@dataclass(frozen=True)
class Node:
    """An object by its number; its kind follows from it."""

    number: int

    @property
    def kind(self) -> str:
        return _KINDS[self.number % 3]

    @property
    def label(self) -> Any:
        return odd(self.number, "label", f"node {self.number}", None, KeyError("label"), 7, [1])

    @property
    def size(self) -> Any:
        return odd(self.number, "size", self.number, None, 2**40, "big", 1.5, float("nan"), ValueError("size"))

    @property
    def tint(self) -> Any:
        return odd(self.number, "tint", Tint.RED, "blue", "green", None, 3)

    @property
    def broken(self) -> Any:
        if self.number % 5 == 0:
            raise RuntimeError(f"broken {self.number}")
        return self.number


def chance(number: int, name: str) -> int:
    return crc32(f"{number}/{name}".encode())


def odd(number: int, name: str, usual: Any, *others: Any) -> Any:
    """Return the usual value mostly, else one of the others."""
    drawn = chance(number, name)
    return usual if drawn % 4 else others[(drawn // 4) % len(others)]


def raised(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


def node_at(number: int) -> Node:
    return Node(number % 1000)


ROW = Shape(
    lambda row: Node(row[0]),
    {"number": lambda row: row[0], "label": lambda row: Node(row[0]).label},
    lambda row: Node(row[0]).kind,
    ("Fruit",),
)


@strawberry.interface
class Fruit:
    number: int
    label: str | None
    size: int | None = read("size", "Read off the object.")
    tint: Tint | None
    broken: int | None

    @strawberry.field
    def plain(self, times: int = 1) -> int | None:
        return raised(odd(self.number, "plain", self.number * times, None, OSError("plain")))  # type: ignore[no-any-return]

    @strawberry.field
    async def slow(self) -> str | None:
        await asyncio.sleep(0)
        return raised(odd(self.number, "slow", "slow", None, OSError("slow")))  # type: ignore[no-any-return]

    @strawberry.field
    async def sure(self) -> str:
        await asyncio.sleep(0)
        return raised(odd(self.number, "sure", "sure", None, OSError("sure")))  # type: ignore[no-any-return]

    @batched
    async def weight(parents: Column[Any], info: Info, factor: float | None = None) -> Answers[float]:  # noqa: N805
        """One answer or exception a parent."""
        numbers = parents.col("number")
        return [odd(n, "weight", n * (factor or 1.0), None, ValueError("weight"), "heavy") for n in numbers]

    @batched
    def next(parents: Column[Any], info: Info, steps: int = 1) -> Answers["Fruit | None"]:  # noqa: N805
        """The one after it."""
        return [odd(n, "next", node_at(n * 7 + steps), None, ValueError("next")) for n in parents.col("number")]

    @batched
    async def heirs(parents: Column[Any], info: Info, first: int = 2) -> Answers[list["Fruit"]]:  # noqa: N805
        """Those it leads to, without gaps."""
        found = [[node_at(n * 3 + i) for i in range(first)] for n in parents.col("number")]
        return [odd(n, "heirs", own, [*own, None], ValueError("heirs")) for n, own in zip(parents.col("number"), found)]  # noqa: B905

    @batched
    def rows(parents: Column[Any], info: Info) -> Answers[list["Fruit"]]:  # noqa: N805
        """The same as rows of a store."""
        numbers = parents.col("number")
        counts = [chance(n, "rows") % 4 for n in numbers]
        flat = [((n * 11 + i) % 1000,) for n, count in zip(numbers, counts, strict=True) for i in range(count)]
        return Grouped(Rows(ROW, flat), counts)

    @batched
    async def gone(parents: Column[Any], info: Info) -> Answers[str | None]:  # noqa: N805
        """Fails for all where one of them is unlucky by itself."""
        if len(parents) == 1 and parents[0].number % 2:
            raise OSError("gone")
        return ["here"] * len(parents)

    @strawberry.field
    def grid(self) -> list[list[int | None] | None]:
        return odd(self.number, "grid", [[1, None], [2]], [None, [3]], [[4, "x"], 5], None, iter([[6]]))  # type: ignore[no-any-return]

    @strawberry.field
    def either(self) -> "Apple | Pear | None":
        return odd(self.number, "either", node_at(self.number * 3), node_at(self.number), None)  # type: ignore[no-any-return]

    @strawberry.field
    async def basket(self) -> "list[Either | None]":
        return [node_at(self.number + i) for i in range(3)]  # type: ignore[misc]

    @classmethod
    def resolve_type(cls, obj: Any, _info: Any, _type: Any) -> str:
        return str(obj.kind)


def _is(kind: str) -> Any:
    return staticmethod(lambda obj, _info: obj.kind == kind)


@strawberry.type
class Apple(Fruit):
    is_type_of = _is("Apple")
    core: "Core" = same("The same object, seen otherwise.")


@strawberry.type
class Core:
    """A `Node` again."""

    number: int

    @batched
    async def apple(parents: Column[Any], info: Info) -> Answers["Apple | None"]:  # noqa: N805
        """Back, where it is none in between."""
        return [node_at(n) for n in parents.col("number")]


@strawberry.type
class Pear(Fruit):
    is_type_of = _is("Pear")

    @strawberry.field
    async def cousin(self) -> "Pear":
        return odd(self.number, "cousin", Node((self.number + 3) % 999), Node(0), None)  # type: ignore[no-any-return]


@strawberry.type
class Plum(Fruit):
    is_type_of = _is("Plum")


Either = Annotated[Union[Apple, Pear, Plum], strawberry.union("Either")]  # noqa: UP007 - Strawberry wants it so


@strawberry.type
class Query:
    @single
    async def fruit(info: Info, number: int = 1) -> Row[Fruit | None]:  # noqa: N805
        """One of them."""
        return node_at(number)

    @single
    async def fruits(info: Info, first: int = 3, start: int = 0) -> Row[list[Fruit]]:  # noqa: N805
        """Some of them."""
        return [node_at(start + i) for i in range(first)]

    @single
    async def rows(info: Info, first: int = 4) -> Row[list[Fruit]]:  # noqa: N805
        """Some, as rows of a store."""
        return Rows(ROW, [(i,) for i in range(first)])

    @strawberry.field
    def apple(self, number: int = 0) -> Apple | None:
        return node_at(number)  # type: ignore[return-value]

    @strawberry.field
    async def must(self, number: int = 2) -> Fruit:
        return node_at(number)  # type: ignore[return-value]


@strawberry.type
class Mutation:
    @single
    async def plant(info: Info, number: int = 1) -> Row[Fruit | None]:  # noqa: N805
        """Notes when it begins and ends."""
        info.context.done.append(f"begin {number}")
        await asyncio.sleep(0)
        info.context.done.append(f"end {number}")
        return node_at(number)

    @strawberry.mutation
    async def risk(self, info: Info, number: int = 1) -> int:
        info.context.done.append(f"risk {number}")
        await asyncio.sleep(0)
        return raised(odd(number, "risk", number, OSError("risk"), None))  # type: ignore[no-any-return]


def make_schema(executor: Any) -> strawberry.Schema:
    return strawberry.Schema(Query, Mutation, types=[Apple, Pear, Plum], execution_context_class=executor)
