"""Several worker processes behind one listening socket: started, watched, replaced, stopped."""

import contextlib
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, TypeAlias

from graph_api.errors import FilmGraphError
from graph_api.observability import log

Target: TypeAlias = Callable[..., None]
"""Called in a process of its own with its place, what tells that it is ready, and further arguments."""

_TRIES = 3
"""How often in a row workers may end before they were ready; what keeps one from starting keeps the next one too."""
_GRACE = 5.0
"""Seconds that a worker is given beyond those its requests have, before it is killed."""


class _Worker:
    """One process and the pipe that joins it with this one."""

    def __init__(self, place: int, target: Target, arguments: tuple[Any, ...]) -> None:
        self.place = place
        self.is_ready = False
        spawn = multiprocessing.get_context("spawn")
        self.link, theirs = spawn.Pipe()
        self.process: SpawnProcess = spawn.Process(target=_begin, args=(target, place, theirs, arguments))
        self.process.start()
        theirs.close()

    def hear(self) -> None:
        """Take note of what it says."""
        try:
            while not self.link.closed and self.link.poll():
                self.is_ready = self.link.recv()
        except (EOFError, OSError):
            self.link.close()


def supervise(
    count: int,
    target: Target,
    *arguments: Any,
    ready: Callable[[], None],
    gone: Callable[[int], None],
    shutdown_seconds: float,
) -> None:
    """Run workers until a signal says to stop; one that ends by itself is replaced.

    Args:
        count: how many.
        target: what a worker does; SIGTERM has to make it stop.
        arguments: for it; they are sent to the process.
        ready: called once, when all workers have said that they are.
        gone: called with the number of a process that ended by itself.
        shutdown_seconds: how long workers may take to stop; then they are killed.

    Raises:
        FilmGraphError: workers end before they are ready.
    """
    bell, rope = multiprocessing.Pipe(duplex=False)
    told: list[int] = []

    def stop(number: int, _: Any) -> None:
        told.append(number)
        rope.send(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    workers = [_Worker(place, target, arguments) for place in range(count)]
    failures = 0
    is_told = False
    try:
        while not told:
            wait([bell, *(worker.process.sentinel for worker in workers), *_open_links(workers)])
            for worker in workers:
                worker.hear()
            for place, worker in enumerate(workers):
                if told or worker.process.exitcode is None:
                    continue
                log(logging.ERROR, "a worker ended", worker=place, exitcode=worker.process.exitcode)
                gone(worker.process.pid or 0)
                failures = 0 if worker.is_ready else failures + 1
                if failures >= _TRIES:
                    raise FilmGraphError("workers end before they can serve; the log says why")
                workers[place] = _Worker(place, target, arguments)
            if not is_told and all(worker.is_ready for worker in workers):
                is_told = True
                ready()
    finally:
        _stop(workers, shutdown_seconds + _GRACE)


def _open_links(workers: list[_Worker]) -> list[Connection]:
    """Return the pipes of those that have not said yet that they are ready."""
    return [worker.link for worker in workers if not worker.is_ready and not worker.link.closed]


def _stop(workers: list[_Worker], seconds: float) -> None:
    for worker in workers:
        if worker.process.exitcode is None:
            worker.process.terminate()
    end = time.monotonic() + seconds
    for worker in workers:
        worker.process.join(max(0.0, end - time.monotonic()))
        if worker.process.exitcode is None:
            log(logging.ERROR, "a worker did not stop and is killed", worker=worker.place)
            worker.process.kill()
            worker.process.join()


def _begin(target: Target, place: int, link: Connection, arguments: tuple[Any, ...]) -> None:
    """Be a worker: in a group of its own, since Ctrl-C is the supervisor's to hear; and not without a supervisor."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpgid(0, 0)
    threading.Thread(target=_end_with, args=(link,), daemon=True).start()
    target(place, lambda: link.send(True), *arguments)


def _end_with(link: Connection) -> None:
    """Stop when the supervisor is gone: its end of the pipe is closed then, whatever became of it."""
    with contextlib.suppress(EOFError, OSError):
        link.recv()
    os.kill(os.getpid(), signal.SIGTERM)
