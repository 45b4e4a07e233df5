"""A schema that is slow, breaks and nests as tests want it."""

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from graph_api.batching.executor import BreadthFirst
from graph_api.errors import BadPage, NotFound

cancelled: list[str] = []
"""Names of slow fields whose work was cancelled."""


@strawberry.type
class Nested:
    value: int = 1

    @strawberry.field
    def again(self) -> "Nested":
        return Nested()


@strawberry.type
class Busy:
    @strawberry.field
    def spin(self, ms: float) -> int:
        time.sleep(ms / 1000)  # computes, and lets nothing else go on
        return 1


@strawberry.type
class Tick:
    seconds: float

    @strawberry.field
    async def waits(self) -> str:
        await asyncio.sleep(self.seconds)
        return "done"


@strawberry.type
class Query:
    nested: Nested = strawberry.field(resolver=Nested)

    @strawberry.field
    def busy(self, n: int) -> list[Busy]:
        return [Busy()] * n

    @strawberry.field
    def hello(self, name: str = "you") -> str:
        return f"hello {name}"

    @strawberry.field
    def number(self, n: int) -> int:
        return n

    @strawberry.field
    def blob(self) -> JSON:
        return JSON({"list": [1, None, "é"]})

    @strawberry.field
    async def slow(
        self, name: str, seconds: Annotated[float, strawberry.argument(description="How long.")] = 30
    ) -> str:
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            cancelled.append(name)
            raise
        return "done"

    @strawberry.field
    def missing(self) -> str | None:
        raise NotFound("no film has the slug 'imperial'; near are imperia", nearest=["imperia"])

    @strawberry.field
    def page(self) -> int:
        raise BadPage("first must be 1 to 100, not 0", limit=100, requested=0)

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError('password=hunter2\n2026-01-01T00:00:00Z INFO    request forged=1 "quoted"')


@strawberry.type
class Mutation:
    @strawberry.mutation
    def touch(self) -> str:
        return "touched"

    @strawberry.mutation
    async def hop(self, times: int) -> str:
        for _ in range(times):
            await asyncio.sleep(0)
        return "there"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncGenerator[Tick, None]:
        for seconds in (0, 30, 0):
            yield Tick(seconds=seconds)


def make_schema(executor: str = "breadth-first") -> strawberry.Schema:
    own = BreadthFirst if executor == "breadth-first" else None
    return strawberry.Schema(Query, Mutation, Subscription, execution_context_class=own)
