"""Turns that hold for all processes of a service: how many long analyses run, and how many may wait.

They lie in the file beside the graph that keeps the runs. Each process takes its own in the order that is fair to its
clients (`lanes.Turns`); among processes that client goes first whose last turn was longest ago. What a process leaves
behind that was killed is cleared away by the others.
"""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from graph_api.analytics.jobs.keep import is_alive, owner
from graph_api.errors import QueueFull
from graph_api.observability import log

T = TypeVar("T")
_LOOK_SECONDS = 0.1
"""Between two looks whether it is one's turn."""
_KEEP_CLIENTS = 1_000
_TABLES = (
    """CREATE TABLE IF NOT EXISTS turn (
  id TEXT PRIMARY KEY, number INTEGER NOT NULL, client TEXT NOT NULL, owner TEXT NOT NULL, state TEXT NOT NULL)""",
    "CREATE TABLE IF NOT EXISTS last_turn (client TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID",
)
_COUNT = """
SELECT count(*) FILTER (WHERE state = 'holds'), count(*) FILTER (WHERE state <> 'holds'),
  count(*) FILTER (WHERE state <> 'holds' AND client = ?) FROM turn"""
_ENTER = "INSERT INTO turn SELECT ?, coalesce(max(number), 0) + 1, ?, ?, 'waits' FROM turn"
_NEXT = """
SELECT t.id, t.client FROM turn t LEFT JOIN last_turn l ON l.client = t.client
WHERE t.state = 'ready' ORDER BY coalesce(l.number, 0), t.number LIMIT 1"""
_TAKEN = "INSERT OR REPLACE INTO last_turn SELECT ?, coalesce(max(number), 0) + 1 FROM last_turn"


class Board:
    """Turns in a file.

    Args:
        path: of the file; where it can't be used, the turns of each process are its own.
        size: turns at once.
        most, most_per_client: how many may wait.
    """

    def __init__(self, path: Path, size: int, most: int, most_per_client: int) -> None:
        self._path = path
        self._size = size
        self._most = most
        self._most_per_client = most_per_client
        self._owner = owner()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="analysis-turns")

    @asynccontextmanager
    async def place(self, client: str) -> AsyncIterator["Place"]:
        """Have a place among those who wait, and give it up when the context is left.

        Raises:
            QueueFull: too many wait already.
        """
        place = Place(self, uuid4().hex)
        try:
            await self.look(lambda db: self._enter(db, place.id, client))
            yield place
        finally:
            # By the one thread, so after whatever was begun for it; nobody waits for that.
            self._thread.submit(self._work, lambda db: db.execute("DELETE FROM turn WHERE id = ?", (place.id,)))

    async def look(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Return what some work on the file gives; None where the file can't be used."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._work, work)

    def _work(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        try:
            with closing(sqlite3.connect(self._path, timeout=2.0, isolation_level=None)) as db:
                db.execute("PRAGMA synchronous = OFF")
                db.execute("BEGIN IMMEDIATE")
                for statement in _TABLES:
                    db.execute(statement)
                self._clear(db)
                done = work(db)
                db.execute("COMMIT")
                return done
        except sqlite3.Error as error:
            log(logging.WARNING, "the turns of analyses are each process's own: their file fails", reason=str(error))
            return None

    def _clear(self, db: sqlite3.Connection) -> None:
        for (other,) in db.execute("SELECT DISTINCT owner FROM turn").fetchall():
            if other != self._owner and not is_alive(other):
                db.execute("DELETE FROM turn WHERE owner = ?", (other,))

    def _enter(self, db: sqlite3.Connection, id_: str, client: str) -> None:
        holding, waiting, own = db.execute(_COUNT, (client,)).fetchone()
        behind = max(0, holding + waiting - self._size)
        for limit, those in ((self._most, behind), (self._most_per_client, min(own, behind))):
            if holding + waiting >= self._size and those >= limit:
                raise QueueFull(f"{limit} analyses wait already; try again when one of them is done", limit=limit)
        db.execute(_ENTER, (id_, client, self._owner))

    def take(self, db: sqlite3.Connection, id_: str) -> bool:
        """Take a turn if it is that of this place; the place is ready for it from now on."""
        db.execute("UPDATE turn SET state = 'ready' WHERE id = ? AND state = 'waits'", (id_,))
        holding = db.execute("SELECT count(*) FROM turn WHERE state = 'holds'").fetchone()[0]
        first = db.execute(_NEXT).fetchone()
        if holding >= self._size or first is None or first[0] != id_:
            return False
        db.execute("UPDATE turn SET state = 'holds' WHERE id = ?", (id_,))
        db.execute(_TAKEN, (first[1],))
        db.execute("DELETE FROM last_turn WHERE number <= (SELECT max(number) FROM last_turn) - ?", (_KEEP_CLIENTS,))
        return True

    async def close(self) -> None:
        """Finish writing."""
        await asyncio.to_thread(self._thread.shutdown, wait=True)


class Place:
    """A place among those who wait."""

    def __init__(self, board: Board, id_: str) -> None:
        self._board = board
        self.id = id_

    async def turn(self) -> None:
        """Return when it is one's turn, or the file can't be used."""
        while await self._board.look(lambda db: self._board.take(db, self.id)) is False:  # noqa: ASYNC110 - other processes wake nobody
            await asyncio.sleep(_LOOK_SECONDS)
