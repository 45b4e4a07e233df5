"""What a run waits for: the awaitables of its resolvers, each in a task of its own.

A coroutine is never started before its task: whatever asks for the current task, such as
`asyncio.timeout`, finds the same one from beginning to end. One that is alone needs no task
beside the request's own.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from graph_api.batching.later import Later
from graph_api.batching.positions import Position


class Raised:
    """An exception in the place of a value."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


class Dropped:
    """In the place of a value that nobody needs any more, since null stands further up."""


DROPPED = Dropped()


class Wait:
    """Some awaitables and the rows whose values they bring.

    Attributes:
        position, rows: for each awaitable the rows that its value is for; when null stands above
            all of them, nobody waits for it any more.
        early: is told each result as it comes, and returns what to put in its place.
    """

    __slots__ = ("_left", "awaitables", "dropped", "early", "later", "position", "results", "rows", "tasks")

    def __init__(
        self,
        awaitables: Sequence[Awaitable[Any]],
        position: Position,
        rows: Sequence[Sequence[int]],
        early: Callable[[int, Any], Any] | None,
    ) -> None:
        self.awaitables = awaitables
        self.position = position
        self.rows = rows
        self.early = early
        self.results: list[Any] = [DROPPED] * len(awaitables)
        self.later = Later()
        self.tasks: list[asyncio.Future[Any] | None] = [None] * len(awaitables)
        self.dropped: set[int] = set()
        self._left = len(awaitables)

    def pending(self) -> list[int]:
        """Return which awaitables are neither done nor dropped."""
        return [i for i, t in enumerate(self.tasks) if i not in self.dropped and (t is None or not t.done())]

    def arrive(self, index: int, result: Any) -> None:
        """Take the result of one awaitable; the last one brings the run on."""
        self.results[index] = result if self.early is None else self.early(index, result)
        self._left -= 1
        if not self._left:
            self.later.set(self.results)

    def drop(self, index: int) -> None:
        """Say that nobody waits for this one any more: it is cancelled, or not begun."""
        self.dropped.add(index)
        task = self.tasks[index]
        if task is not None:
            task.cancel()


class Waiting:
    """All that a run waits for.

    Args:
        left_behind: gets what was dropped before anything was awaited.
    """

    def __init__(self, left_behind: Callable[[list[Awaitable[Any]]], None]) -> None:
        self._left_behind = left_behind
        self._new: list[Wait] = []
        self._tasks: dict[asyncio.Future[Any], tuple[Wait, int]] = {}
        self._done: list[asyncio.Future[Any]] = []
        self._wake: asyncio.Future[None] | None = None
        self.steps = 0

    def __bool__(self) -> bool:
        return bool(self._new or self._tasks)

    def add(
        self,
        awaitables: Sequence[Awaitable[Any]],
        position: Position,
        rows: Sequence[Sequence[int]],
        early: Callable[[int, Any], Any] | None = None,
    ) -> Later:
        """Return the results of awaitables, in order, an exception as `Raised`."""
        wait = Wait(awaitables, position, rows, early)
        self._new.append(wait)
        return wait.later

    def waits(self) -> list[Wait]:
        """Return what is waited for."""
        running = {id(wait): wait for wait, _ in self._tasks.values()}
        return [*running.values(), *self._new]

    def pass_over(self) -> None:
        """Let go of what was dropped before it was begun."""
        for wait in list(self._new):
            if len(wait.dropped) == len(wait.awaitables):
                self._new.remove(wait)
                self._let_go(wait, range(len(wait.awaitables)))

    def _let_go(self, wait: Wait, indexes: Iterable[int]) -> None:
        indexes = list(indexes)
        awaitables = [wait.awaitables[i] for i in indexes]
        if self.steps:
            close(awaitables)
        elif awaitables:
            self._left_behind(awaitables)
        for i in indexes:
            wait.arrive(i, DROPPED)

    async def step(self) -> None:
        """Wait until something has come."""
        self.steps += 1
        if not self._tasks and len(self._new) == 1 and len(self._new[0].awaitables) == 1:
            await self._alone(self._new.pop())
            return
        self._start()
        if not self._done and self._tasks:
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake
        done, self._done = self._done, []
        for task in done:
            wait, index = self._tasks.pop(task)
            wait.arrive(index, _result(task, is_dropped=index in wait.dropped))

    async def _alone(self, wait: Wait) -> None:
        (awaitable,) = wait.awaitables
        result: Any
        try:
            result = await awaitable
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the value's
            result = Raised(error)
        wait.arrive(0, result)

    def _start(self) -> None:
        new, self._new = self._new, []
        for wait in new:
            for index, awaitable in enumerate(wait.awaitables):
                if index in wait.dropped:
                    continue
                task = wait.tasks[index] = asyncio.ensure_future(awaitable)
                self._tasks[task] = (wait, index)
                task.add_done_callback(self._arrived)
            self._let_go(wait, wait.dropped)

    def _arrived(self, task: "asyncio.Future[Any]") -> None:
        self._done.append(task)
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def stop(self) -> None:
        """Cancel what is left, and wait until it has ended."""
        self.leave()
        if self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._tasks.clear()

    def leave(self) -> None:
        """Let go of everything that was not begun, where nobody will await it."""
        for wait in self._new:
            close(wait.awaitables)
        self._new.clear()


def close(awaitables: Iterable[Any]) -> None:
    """Close coroutines that nobody will await."""
    for awaitable in awaitables:
        if inspect.iscoroutine(awaitable):
            awaitable.close()


def _result(task: "asyncio.Future[Any]", *, is_dropped: bool) -> Any:
    """Return what a finished task brought.

    Raises:
        CancelledError: it was cancelled, and not by us: whoever did it wants the request to end.
    """
    if task.cancelled():
        if is_dropped:
            return DROPPED
        raise asyncio.CancelledError
    error = task.exception()
    if error is None:
        return DROPPED if is_dropped else task.result()
    if isinstance(error, Exception):
        return DROPPED if is_dropped else Raised(error)
    raise error
