"""What happens inside a worker process: tasks are read, done one after another, and told of."""

import asyncio
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias

from graph_api.analytics.jobs.shelf import Shelf
from graph_api.analytics.jobs.task import (
    HEADER,
    Broke,
    Done,
    HashTask,
    Later,
    Message,
    Refused,
    Sized,
    Task,
    Told,
    over_limit,
    packed,
)
from graph_api.analytics.kernels.chunks import cores, threads
from graph_api.analytics.load import load_projection
from graph_api.analytics.progress import listening
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.runs import ByteCache
from graph_api.errors import Conflict, FilmGraphError, LimitExceeded
from graph_api.store.base import Store

Opener: TypeAlias = Callable[[str], Awaitable[Store]]
PROJECTION_BYTES = 512_000_000
"""Projections a worker keeps in memory."""
_PAUSE = 0.1
"""Seconds between two messages of progress."""
_PR_SET_PDEATHSIG = 1


class Desk:
    """Does tasks.

    Args:
        opener: opens the store at an address.
        send: takes each message.
    """

    def __init__(self, opener: Opener, send: Callable[[Message], None]) -> None:
        self._opener = opener
        self._send = send
        self._loop = asyncio.Runner()
        self._stores: dict[str, Store] = {}
        self._projections: ByteCache[tuple[str, int, str], ProjectedGraph] = ByteCache(PROJECTION_BYTES)

    def do(self, task: Task | HashTask) -> None:
        """Do a task; whatever happens, the last message sent is one that ends it."""
        try:
            self._send(self._done(task) if isinstance(task, Task) else Done(self._loop.run(self._hash(task))))
        except FilmGraphError as error:
            self._send(Refused(error))
        except MemoryError:
            self._send(Refused(LimitExceeded("the analysis ran out of memory; narrow it by roles, years or a filter")))
        except Exception:  # noqa: BLE001 - the service logs it
            self._send(Broke(traceback.format_exc()))

    def _done(self, task: Task) -> Message:
        graph = self._graph(task)
        seconds = task.seconds(graph)
        self._send(Sized(len(graph), graph.ties, seconds))
        if reason := over_limit(task, graph, seconds):
            raise LimitExceeded(reason, limit=task.max_seconds, requested=round(seconds))
        if task.quick is not None and seconds > task.quick:
            return Later()
        with listening(self._throttled()), threads(task.threads or max(1, cores() - 1)):
            return Done(task.work(graph))

    async def _hash(self, task: HashTask) -> str:
        store = await self._store(task.address)
        found = await store.graph_hash()
        if await store.revision() != task.revision:
            raise Conflict("the graph changed while the analysis was starting; try again")
        return found

    async def _store(self, address: str) -> Store:
        if address not in self._stores:
            self._stores[address] = await self._opener(address)
        return self._stores[address]

    def _throttled(self) -> Callable[[int, int], None]:
        last = time.monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= _PAUSE:
                last = now
                self._send(Told(done, total))

        return tell

    def _graph(self, task: Task) -> ProjectedGraph:
        key = (task.address, task.revision, task.spec.hash)
        graph = self._projections.get(key)
        if graph is None:
            shelf = Shelf(task.shelf)
            graph = shelf.get(task.revision, task.spec.hash)
            if graph is None:
                graph = self._loop.run(self._load(task))
                if graph.revision != task.revision:
                    raise Conflict("the graph changed while the analysis was starting; try again")
                shelf.put(graph)
            self._projections.put(key, graph)
        return graph

    async def _load(self, task: Task) -> ProjectedGraph:
        async def here(build: Callable[[], ProjectedGraph]) -> ProjectedGraph:
            return build()

        return await load_projection(await self._store(task.address), task.spec, here)


def serve(opener: Opener, niceness: int) -> None:
    """Do tasks from standard input until it ends; messages go to standard output.

    What the libraries print goes to standard error. The process ends as soon as the service does, also in the
    middle of a task: a thread sees the end of the input, and Linux is asked to see to it where that thread
    can't run because a library holds the interpreter.
    """
    _follow_parent()
    with suppress(OSError, AttributeError):
        os.nice(niceness)
    output = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def send(message: Message) -> None:
        body = memoryview(packed(message))
        while body:
            body = body[output.write(body) :]

    desk = Desk(opener, send)
    tasks: queue.SimpleQueue[Task | HashTask] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(tasks,), daemon=True).start()
    while True:
        desk.do(tasks.get())


def _read(tasks: "queue.SimpleQueue[Task | HashTask]") -> None:
    import pickle

    source = sys.stdin.buffer
    with suppress(OSError):
        while len(header := source.read(HEADER)) == HEADER:
            tasks.put(pickle.loads(source.read(int.from_bytes(header, "big"))))  # noqa: S301 - from the parent
    os._exit(0)


def _follow_parent() -> None:
    if sys.platform == "linux":
        import ctypes

        parent = os.getppid()
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
