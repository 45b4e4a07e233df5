"""A few read-only connections, each read in a thread of its own and at one revision."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Concatenate, ParamSpec, TypeVar

from graph_api.errors import DeadlineExceeded, StoreUnavailable
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


class ReaderPool:
    """Runs reads off the event loop."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="graph-reader")
        self._idle: SimpleQueue[sqlite3.Connection | None] = SimpleQueue()
        for _ in range(size):
            self._idle.put(None)  # connections are opened when they are first needed
        self._is_closed = False

    async def run(self, read: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `read` does, run with a connection in one read transaction; cancelling stops it."""
        if self._is_closed:
            raise StoreUnavailable("the store is closed")
        ticket = _Ticket()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, lambda: self._run(ticket, read, *args, **kwargs))
        except asyncio.CancelledError:
            ticket.stop()
            raise

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
        while not self._idle.empty():
            db = self._idle.get()
            if db is not None:
                db.close()
