"""What a user of the executor would notice beyond the answers: calls, cancellation, order, bounds."""

import asyncio
import gc
import time
from typing import Any

import pytest
import strawberry
from graphql import parse

from graph_api.batching.adapter import batched
from graph_api.batching.columns import Answers, Column
from graph_api.batching.executor import BreadthFirst
from graph_api.batching.plans import Plans
from tests.batching.odd_schema import Log, make_schema


class Store:
    """Notes what is asked and what is cancelled."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.cancelled: list[str] = []

    async def read(self, name: str) -> int:
        self.started.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.cancelled.append(name)
            raise
        return 1


Info = strawberry.Info[Store, None]


@strawberry.type
class Item:
    number: int

    @batched
    async def waits(parents: Column["Item"], info: Info) -> Answers[int | None]:  # noqa: N805
        """Asks the store."""
        return [await info.context.read("waits")] * len(parents)

    @batched
    async def fails(parents: Column["Item"], info: Info) -> Answers[int]:  # noqa: N805
        """Fails when the store has been asked."""
        await info.context.started.wait()
        return [ValueError("no")] * len(parents)


@strawberry.type
class Query:
    @strawberry.field
    def items(self) -> list[Item] | None:
        return [Item(number=number) for number in range(3)]


SCHEMA = strawberry.Schema(Query, execution_context_class=BreadthFirst)


async def test_siblings_below_a_null_are_cancelled_in_the_store() -> None:
    store = Store()
    async with asyncio.timeout(5):
        answer = await SCHEMA.execute("{ items { waits fails } }", context_value=store)
    assert answer.data == {"items": None}
    assert store.cancelled == ["waits"]


async def test_a_request_that_ends_is_cancelled_in_the_store() -> None:
    store = Store()
    request = asyncio.create_task(SCHEMA.execute("{ items { a: waits b: waits } }", context_value=store))
    await asyncio.wait_for(store.started.wait(), 5)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert store.cancelled
    assert len(asyncio.all_tasks()) == 1


@strawberry.type
class Deep:
    @batched
    async def next(parents: Column["Deep"], info: Info) -> Answers["Deep"]:  # noqa: N805
        """Computes and waits for nothing."""
        time.sleep(0.01)  # noqa: ASYNC251
        info.context.started.set()
        return [Deep()] * len(parents)

    @strawberry.field
    async def later(self, info: Info) -> int:
        return await info.context.read("later")


@strawberry.type
class DeepQuery:
    @strawberry.field
    def deep(self) -> Deep:
        return Deep()

    @strawberry.field
    def all(self) -> list[Deep]:
        return [Deep()] * 100


DEEP = strawberry.Schema(DeepQuery, execution_context_class=BreadthFirst)
LEVELS = 60


def deep() -> str:
    return "{ deep " + "{ next " * LEVELS + "{ __typename }" + "}" * LEVELS + "}"


async def test_what_only_computes_lets_others_go_on_and_can_be_cancelled() -> None:
    store = Store()
    begin = time.perf_counter()
    request = asyncio.create_task(DEEP.execute(deep(), context_value=store))
    await asyncio.wait_for(store.started.wait(), 5)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert time.perf_counter() - begin < LEVELS * 0.01 / 2


def ending(query: str, calls: int) -> Any:
    """Return an operation whose host ends it after so many calls of `check`."""
    executor: Any = BreadthFirst.build(DEEP._schema, parse(query), context_value=Store())
    left = [calls]

    def check() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise TimeoutError("no more")

    executor.check = check
    return executor


async def test_who_hosts_it_ends_it_at_a_level() -> None:
    with pytest.raises(TimeoutError, match="no more"):
        await ending(deep(), 10).execute_operation()
    assert (await ending(deep(), LEVELS + 3).execute_operation()).errors is None


async def test_who_hosts_it_ends_it_between_two_objects() -> None:
    """What the resolvers before it began is let go of: a coroutine left behind would be a warning."""
    with pytest.raises(TimeoutError, match="no more"):
        ending("{ all { later } }", 50).execute_operation()
    gc.collect()
    assert len(asyncio.all_tasks()) == 1


async def test_mutations_run_one_after_the_other() -> None:
    log = Log()
    query = "mutation { a: plant(number: 1) { number } b: plant(number: 2) { number } }"
    await make_schema(BreadthFirst).execute(query, context_value=log)
    assert log.done == ["begin 1", "end 1", "begin 2", "end 2"]


async def test_plans_are_bounded() -> None:
    plans = Plans(kept=3, variants=2)
    for number in range(9):
        text = f"query($a: Boolean = {'true' if number % 2 else 'false'}) {{ items {{ number @skip(if: $a) }} }}"
        built: Any = BreadthFirst.build(SCHEMA._schema, parse(text))
        assert plans.get(built) is plans.get(built)
    assert len(plans) == 3


async def test_nothing_waits_where_nothing_is_asynchronous() -> None:
    answer = SCHEMA.execute_sync("{ items { number } }")
    assert answer.data == {"items": [{"number": 0}, {"number": 1}, {"number": 2}]}
