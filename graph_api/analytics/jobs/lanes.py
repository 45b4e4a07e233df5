"""Lanes: a few workers each, and turns that are fair between clients."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from graph_api.analytics.jobs.board import Board
from graph_api.analytics.jobs.process import TakesLonger, Worker, WorkerBroke
from graph_api.analytics.jobs.task import HashTask, Listener, Task
from graph_api.errors import FilmGraphError, QueueFull


class Turns:
    """So many turns at once, given to clients in rotation, whatever the number of requests each has waiting.

    Args:
        size: turns at once.
        most, most_per_client: requests that may wait.
    """

    def __init__(self, size: int, most: int, most_per_client: int) -> None:
        self._free = size
        self._most = most
        self._most_per_client = most_per_client
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(map(len, self._waiting.values()))

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for a turn and hold it.

        Raises:
            QueueFull: too many wait already.
        """
        await self._take(client)
        try:
            yield
        finally:
            self._give()

    async def _take(self, client: str) -> None:
        if self._free:
            self._free -= 1
            return
        own = self._waiting.setdefault(client, deque())
        if len(own) >= self._most_per_client or self.waiting >= self._most:
            limit = self._most_per_client if len(own) >= self._most_per_client else self._most
            if not own:
                del self._waiting[client]
            raise QueueFull(f"{limit} analyses wait already; try again when one of them is done", limit=limit)
        future = asyncio.get_running_loop().create_future()
        own.append(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._give()
            else:
                own.remove(future)
                if not own:
                    self._waiting.pop(client, None)
            raise

    def _give(self) -> None:
        """Hand a turn to the client that has waited longest for one."""
        for client in list(self._waiting):
            own = self._waiting.pop(client)
            future = own.popleft()
            if own:
                self._waiting[client] = own
            if not future.done():
                future.set_result(None)
                return
        self._free += 1


class Lane:
    """Workers of one sort, started when they are first needed.

    Args:
        size: workers at once.
        niceness: how far they stand back.
        most, most_per_client: tasks that may wait.
        seconds: a task that takes longer is broken off and raises `TakesLonger`; None: it may take for ever.
        board: where the turns of all processes are (None: those of this one are all there are).

    Attributes:
        running, waiting: how many tasks of this process do.
    """

    def __init__(
        self,
        size: int,
        niceness: int,
        most: int,
        most_per_client: int,
        seconds: float | None = None,
        board: Board | None = None,
    ) -> None:
        self._turns = Turns(size, most, most_per_client)
        self._niceness = niceness
        self._seconds = seconds
        self._board = board
        self.running = self.waiting = 0
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()

    async def run(
        self, client: str, task: Task | HashTask, listener: Listener, queued: Callable[[], None] = lambda: None
    ) -> object:
        """Return what a task finds; cancelling it ends the process it is in.

        Args:
            client: whose turn it takes.
            task: what is done.
            listener: hears how far it is.
            queued: is called once it has its place among those who wait.

        Raises:
            QueueFull: too many wait.
            TakesLonger, FilmGraphError: see `Worker.run`.
        """
        async with self._turn(client, queued):
            worker = await self._worker()
            try:
                async with asyncio.timeout(self._seconds):
                    result = await worker.run(task, listener)
            except (FilmGraphError, TakesLonger, WorkerBroke):
                self._keep(worker)
                raise
            except TimeoutError:
                worker.kill()
                raise TakesLonger from None
            except BaseException:
                worker.kill()
                raise
            self._keep(worker)
            return result

    @asynccontextmanager
    async def _turn(self, client: str, queued: Callable[[], None]) -> AsyncIterator[None]:
        self.waiting += 1
        is_waiting = True
        try:
            async with self._uncounted_turn(client, queued):
                is_waiting = False
                self.waiting -= 1
                self.running += 1
                try:
                    yield
                finally:
                    self.running -= 1
        finally:
            self.waiting -= is_waiting

    @asynccontextmanager
    async def _uncounted_turn(self, client: str, queued: Callable[[], None]) -> AsyncIterator[None]:
        if self._board is None:
            queued()
            async with self._turns.turn(client):
                yield
            return
        async with self._board.place(client) as place:
            queued()
            async with self._turns.turn(client):
                await place.turn()
                yield

    async def _worker(self) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.is_alive:
                return worker
        for gone in [worker for worker in self._all if not worker.is_alive]:
            self._all.discard(gone)
        worker = await Worker.start(self._niceness)
        self._all.add(worker)
        return worker

    def _keep(self, worker: Worker) -> None:
        if worker.is_alive:
            self._idle.append(worker)

    async def close(self) -> None:
        """End all processes."""
        for worker in self._all:
            worker.kill()
        for worker in self._all:
            with suppress(ProcessLookupError):
                await worker.wait()
        self._all.clear()
        self._idle.clear()
        if self._board is not None:
            await self._board.close()
