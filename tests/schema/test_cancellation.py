"""What nobody waits for any more is stopped where it runs: in the store. Both executors, on each store."""

import asyncio
from typing import Any, cast

import pytest

from graph_api.analytics.service import Analyses
from graph_api.store.base import Store
from tests.schema.asking import asker

FILM = 'film(slug: "imperia")'


class Waiting:
    """A store whose hops begin and do not end by themselves; it notes those that are stopped."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.begun = asyncio.Event()
        self.stopped = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def hops(self, *_: Any) -> Any:
        self.begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.stopped += 1
            raise

    async def claims(self, *_: Any) -> Any:
        await self.begun.wait()
        raise ValueError("no")


async def test_the_end_of_a_request_reaches_the_store(store: Store, analyses: Analyses, executor: str) -> None:
    waiting = Waiting(store)
    ask = asker(cast(Store, waiting), analyses, executor)
    query = f"{{ {FILM} {{ credits {{ nodes {{ role }} }} directors {{ name }} }} }}"
    request = asyncio.create_task(ask(query))
    await asyncio.wait_for(waiting.begun.wait(), 5)
    await asyncio.sleep(0.01)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    await asyncio.sleep(0)
    assert waiting.stopped == 2


async def test_a_null_above_stops_what_is_read_for_below_it(store: Store, analyses: Analyses, executor: str) -> None:
    waiting = Waiting(store)
    ask = asker(cast(Store, waiting), analyses, executor)
    answer = await asyncio.wait_for(ask(f"{{ {FILM} {{ credits {{ nodes {{ role }} }} claims {{ id }} }} }}"), 5)
    assert answer.data == {"film": None}
    await asyncio.sleep(0)
    assert waiting.stopped == 1
