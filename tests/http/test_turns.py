"""Fair shares: a change does not wait until all queries are done that came before it."""

import asyncio
import time

import pytest

from graph_api.http.turns import Turns
from tests.http.conftest import Serve

BUSY = {"query": "{ busy(n: 1) { spin(ms: 5) } }"}
HOP = {"query": "mutation { hop(times: 10) }"}


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_a_change_goes_on_between_queries(serve_toy: Serve, accept: str) -> None:
    """It waits ten times; of sixty queries that are there at once most begin after it has ended."""
    done: list[str] = []
    async with serve_toy() as client:

        async def ask(body: dict[str, str]) -> None:
            answer = await client.post("/graphql", json=body, headers={"accept": accept})
            assert '"errors"' not in answer.text
            done.append(body["query"])

        await asyncio.gather(*[ask(BUSY) for _ in range(30)], ask(HOP), *[ask(BUSY) for _ in range(30)])
    assert len(done) == 61
    assert done.index(HOP["query"]) < 40


async def test_turns_are_taken_in_order_and_those_gone_are_passed_over() -> None:
    turns = Turns()
    order: list[int] = []

    async def take(number: int) -> None:
        await turns.take()
        order.append(number)
        time.sleep(0.005)  # noqa: ASYNC251 - computes, and lets nothing else go on

    tasks = [asyncio.ensure_future(take(number)) for number in range(20)]
    await asyncio.sleep(0)
    assert len(order) < 10
    for gone in (17, 18):
        tasks[gone].cancel()
    await asyncio.wait(tasks, timeout=10)
    assert order == [*range(17), 19]
    await asyncio.wait_for(turns.take(), 1)
