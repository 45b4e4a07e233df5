"""The writing side of a store on Neo4j: one thread, one change at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from graph_api.errors import StoreUnavailable
from graph_api.store.neo4j.link import Link

P = ParamSpec("P")
T = TypeVar("T")


class Writing:
    """Runs work with a link in a thread, one after the other."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="graph-writer")
        self._lock = asyncio.Lock()
        self._is_closed = False

    async def run(self, work: Callable[Concatenate[Link, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `work` does; where the caller goes away it is finished all the same."""
        if self._is_closed:
            raise StoreUnavailable("the store is closed")
        async with self._lock:
            # Shielded, since a change that has begun ends by itself, and the lock must be held till then.
            future = asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(self.link, *args, **kwargs))
            try:
                return await asyncio.shield(future)
            except asyncio.CancelledError:
                await asyncio.wait([future])
                raise

    async def close(self) -> None:
        """Wait for the work that is under way and let go of the connections."""
        if self._is_closed:
            return
        self._is_closed = True
        async with self._lock:
            await asyncio.to_thread(self._thread.shutdown)
            await asyncio.to_thread(self.link.close)
