"""Following the graph: every change from a revision on, in order, each once.

All who follow share one look at the store's revision, so that a thousand of them cost no more
than one; each then reads the changes it lacks, at its own pace.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator

from graph_api.domain.records import Change
from graph_api.errors import Conflict, StoreError
from graph_api.observability import log
from graph_api.store.base import Store

_SECONDS = 0.25
_SECONDS_WHEN_AWAY = 1.0
_PAGE = 20


class Following:
    """Tells those who wait that the graph has moved on."""

    def __init__(self, store: Store, seconds: float = _SECONDS) -> None:
        self._store = store
        self._seconds = seconds
        self._waiting: dict[int, asyncio.Event] = {}
        self._waiters: Counter[int] = Counter()
        self._seen = 0
        self._looking: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Stop looking."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])

    async def changes(self, since: int) -> AsyncGenerator[Change, None]:
        """Yield every change after a revision, oldest first, and wait for more.

        Raises:
            Conflict: the graph is at an earlier revision: it was replaced by another.
        """
        last = since
        while True:
            page = await self._read(last)
            for change in page:
                yield change
                last = change.revision
            if not page:
                await self._moved_on(last)

    async def _read(self, last: int) -> list[Change]:
        while True:
            try:
                return await self._store.changes(last, _PAGE)
            except StoreError as error:
                if not error.is_retryable:
                    raise
            await asyncio.sleep(_SECONDS_WHEN_AWAY)

    async def _moved_on(self, last: int) -> None:
        """Wait until the graph is past a revision."""
        event = self._waiting.setdefault(last, asyncio.Event())
        self._waiters[last] += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            await event.wait()
        finally:
            self._waiters[last] -= 1
            if not self._waiters[last]:
                del self._waiters[last]
                self._waiting.pop(last, None)
        if self._seen < last:
            raise Conflict("the graph was replaced by one of an earlier revision; read it anew", revision=last)

    async def _look(self) -> None:
        """Look for as long as anybody waits."""
        is_away = False
        while self._waiting:
            try:
                self._seen = await self._store.revision()
            except StoreError as error:
                if not is_away:
                    log(logging.WARNING, "the store is away; those who follow it wait", error=error)
                is_away = True
                await asyncio.sleep(_SECONDS_WHEN_AWAY)
                continue
            is_away = False
            for last in [last for last in self._waiting if last != self._seen]:
                self._waiting.pop(last).set()
            await asyncio.sleep(self._seconds)
