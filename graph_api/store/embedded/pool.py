"""Read-only connections: short reads are done where they are asked for, all others in threads.

Handing a read to a thread and back costs more than most reads do, and SQLite lets go of Python's
lock at each row, for which a busy event loop makes it wait. So a read that is expected to be short
is done at once, by a connection of the event loop's own; where it takes longer than that, or would
have to wait, it is given up and done in a thread after all.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from time import thread_time
from typing import Concatenate, ParamSpec, TypeVar

from graph_api.errors import DeadlineExceeded, StoreError, StoreUnavailable
from graph_api.store.embedded.connection import errors, open_reader

P = ParamSpec("P")
T = TypeVar("T")


class _Ticket:
    """A read that can be stopped from outside, and only while it is this read that runs."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._db: sqlite3.Connection | None = None
        self._is_stopped = False

    def start(self, db: sqlite3.Connection) -> bool:
        """Say which connection works for it; False where it was stopped before."""
        with self._lock:
            self._db = None if self._is_stopped else db
            return not self._is_stopped

    def finish(self) -> None:
        """Say that the connection no longer works for it."""
        with self._lock:
            self._db = None

    def stop(self) -> None:
        """Stop the read."""
        with self._lock:
            self._is_stopped = True
            if self._db is not None:
                self._db.interrupt()


_SHORT_SECONDS = 0.004
"""How long a read may hold up the event loop, by the processor's clock: what making a large answer takes as well."""
_STEPS = 2_000
"""After how many instructions of SQLite's machine the clock is looked at."""


class _Here:
    """The connection for short reads; it never waits, neither for a lock nor for a long statement."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._lock = Lock()
        self._until = 0.0

    def run(
        self, read: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[T] | None:
        """Return what `read` does; None where it has to be done in a thread."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            db = self._db or self._open()
            self._until = thread_time() + _SHORT_SECONDS
            db.execute("BEGIN")
            try:
                return (read(db, *args, **kwargs),)
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")
        except (sqlite3.Error, StoreError):
            return None  # whatever it is, the thread meets it too, and tells
        finally:
            self._lock.release()

    def _open(self) -> sqlite3.Connection:
        db = self._db = open_reader(self._path)
        db.execute("PRAGMA busy_timeout = 0")
        db.set_progress_handler(self._is_over, _STEPS)
        return db

    def _is_over(self) -> bool:
        return thread_time() > self._until

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None


class ReaderPool:
    """Runs reads off the event loop, and short ones on it.

    Attributes:
        size: how many connections there may be.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self.size = size
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="graph-reader")
        self._idle: SimpleQueue[sqlite3.Connection | None] = SimpleQueue()
        for _ in range(size):
            self._idle.put(None)  # connections are opened when they are first needed
        self._here = _Here(path)
        self._is_closed = False

    @property
    def busy(self) -> int:
        """How many connections are in use."""
        return self.size - self._idle.qsize()

    async def run_short(
        self, read: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what a read does that is expected to be short; it is done before anything else runs, if it is."""
        if self._is_closed:
            raise StoreUnavailable("the store is closed")
        done = self._here.run(read, *args, **kwargs)
        return await self.run(read, *args, **kwargs) if done is None else done[0]

    async def run(self, read: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `read` does, run with a connection in one read transaction; cancelling stops it."""
        if self._is_closed:
            raise StoreUnavailable("the store is closed")
        ticket = _Ticket()
        loop = asyncio.get_running_loop()
        # The loop holds a future until the next wait, and would hold the rows with it while the answer is made.
        found: list[T] = []
        try:
            await loop.run_in_executor(self._threads, lambda: found.append(self._run(ticket, read, *args, **kwargs)))
        except asyncio.CancelledError:
            ticket.stop()
            raise
        return found.pop()

    def _run(
        self,
        ticket: _Ticket,
        read: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        db = self._idle.get()
        try:
            with errors():
                if db is None:
                    db = open_reader(self._path)
                db.execute("BEGIN")
                try:
                    if not ticket.start(db):
                        raise DeadlineExceeded("the caller has gone away")
                    return read(db, *args, **kwargs)
                finally:
                    ticket.finish()
                    if db.in_transaction:
                        db.execute("ROLLBACK")
        finally:
            self._idle.put(db)

    async def close(self) -> None:
        """Wait for the reads that are under way and close the connections."""
        self._is_closed = True
        await asyncio.to_thread(self._threads.shutdown, wait=True)
        self._here.close()
        while not self._idle.empty():
            db = self._idle.get()
            if db is not None:
                db.close()
