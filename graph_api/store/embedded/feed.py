"""The change feed's rows, written while a change is being applied."""

import sqlite3
from collections.abc import Iterable
from enum import StrEnum

import orjson

from graph_api.domain.records import Applied

_PART_SIZE = 1_000


def revision(db: sqlite3.Connection) -> int:
    """Return the graph's revision."""
    number: int = db.execute("SELECT coalesce(max(revision), 0) FROM change").fetchone()[0]
    return number


class Operation(StrEnum):
    """What became of a record."""

    CREATED = "created"
    UPDATED = "updated"
    REMOVED = "removed"


class Feed:
    """Writes which records a change creates, updates and removes, in parts of bounded size."""

    def __init__(self, db: sqlite3.Connection, at: str, actor: str) -> None:
        self._db = db
        self._at = at
        self._actor = actor
        self._before = revision(db)
        self._part = 0
        self._waiting: dict[Operation, list[str]] = {operation: [] for operation in Operation}
        self._counts = dict.fromkeys(Operation, 0)

    def add(self, operation: Operation, ids: Iterable[str]) -> None:
        """Tell of records; each may be told of once for an operation."""
        waiting = self._waiting[operation]
        before = len(waiting)
        waiting.extend(ids)
        self._counts[operation] += len(waiting) - before
        while len(waiting) >= _PART_SIZE:
            self._write(operation, waiting[:_PART_SIZE])
            del waiting[:_PART_SIZE]

    def finish(self) -> Applied:
        """Write what is waiting and return what became of the change."""
        for operation, waiting in self._waiting.items():
            if waiting:
                self._write(operation, waiting)
        changed = self._part > 0
        counts = self._counts
        return Applied(
            self._before + changed,
            changed,
            counts[Operation.CREATED],
            counts[Operation.UPDATED],
            counts[Operation.REMOVED],
        )

    def _write(self, operation: Operation, ids: list[str]) -> None:
        number = self._before + 1
        if self._part == 0:
            self._db.execute(
                "INSERT INTO change (revision, at, actor) VALUES (?, ?, ?)", (number, self._at, self._actor)
            )
        self._part += 1
        self._db.execute(
            "INSERT INTO change_part (revision, part, operation, ids) VALUES (?, ?, ?, ?)",
            (number, self._part, operation.value, orjson.dumps(ids).decode()),
        )
