"""Work that is under way: begun once for all who ask, ended when nobody wants it any more, watched by whoever likes."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from graph_api.errors import AnalysisCancelled


class Piece:
    """One piece of work.

    Attributes:
        key: what it is known by.
        task: does it.
        long: is done when it turns out to take long.
        kept: it goes on though nobody waits for it.
        waiting: how many do.
        is_stopped: it was ended on purpose.
    """

    def __init__(self, key: Hashable, start: Callable[["Piece"], Coroutine[Any, Any, object]]) -> None:
        self.key = key
        self.long: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.kept = False
        self.waiting = 0
        self.is_stopped = False
        self.task = asyncio.create_task(start(self))

    def stop(self) -> None:
        """End the work, since somebody wants it to end or nobody wants it any more."""
        self.is_stopped = True
        self.task.cancel()

    def takes_long(self) -> None:
        """Say that it takes long."""
        if not self.long.done():
            self.long.set_result(None)

    async def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end, or, where seconds are given, for so long and no longer than it is known to take long.

        Whoever is cancelled while waiting ends the work, unless it is kept or others wait.

        Returns:
            Whether it has ended.
        """
        wanted: set[asyncio.Future[Any]] = {self.task} if seconds is None else {self.task, self.long}
        self.waiting += 1
        try:
            await asyncio.wait(wanted, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if self.waiting == 1 and not self.kept:
                self.stop()
            raise
        finally:
            self.waiting -= 1
        return self.task.done()

    def outcome(self) -> object:
        """Return what the work found, once it has ended.

        Raises:
            AnalysisCancelled: somebody stopped it.
        """
        if self.task.cancelled():
            raise AnalysisCancelled("the analysis was stopped; start it again if it is still wanted")
        return self.task.result()

    def failed_with(self, kind: type[BaseException]) -> bool:
        """Tell whether it ended with such an error."""
        return self.task.done() and not self.task.cancelled() and isinstance(self.task.exception(), kind)


class Underway:
    """Pieces of work by key, and those who watch them."""

    def __init__(self) -> None:
        self._pieces: dict[Hashable, Piece] = {}
        self._watchers: dict[Hashable, set[asyncio.Event]] = {}

    def get(self, key: Hashable) -> Piece | None:
        """Return the work that is under way under a key."""
        return self._pieces.get(key)

    def begin(self, key: Hashable, start: Callable[[Piece], Coroutine[Any, Any, object]]) -> Piece:
        """Return the work under a key, begun now if it is not under way."""
        piece = self._pieces.get(key)
        if piece is None:
            piece = self._pieces[key] = Piece(key, start)
            piece.task.add_done_callback(lambda done: self._end(key, done))
        return piece

    def _end(self, key: Hashable, done: "asyncio.Task[object]") -> None:
        del self._pieces[key]
        if not done.cancelled():
            done.exception()

    def changed(self, key: Hashable) -> None:
        """Wake those who watch."""
        for event in self._watchers.get(key, ()):
            event.set()

    @contextmanager
    def watching(self, key: Hashable) -> Iterator[asyncio.Event]:
        """Give an event that is set with each change from now on."""
        event = asyncio.Event()
        self._watchers.setdefault(key, set()).add(event)
        try:
            yield event
        finally:
            own = self._watchers[key]
            own.discard(event)
            if not own:
                del self._watchers[key]

    async def close(self) -> None:
        """End all work."""
        tasks = [piece.task for piece in self._pieces.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
