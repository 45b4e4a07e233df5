"""The change feed's rows, written while a change is being applied."""

import sqlite3

import orjson

from graph_api.domain.changes import ChangeFeed, Operation


def revision(db: sqlite3.Connection) -> int:
    """Return the graph's revision."""
    number: int = db.execute("SELECT coalesce(max(revision), 0) FROM change").fetchone()[0]
    return number


class Feed(ChangeFeed):
    """The feed of a change in this transaction."""

    def __init__(self, db: sqlite3.Connection, at: str, actor: str) -> None:
        super().__init__(revision(db), at, actor)
        self._db = db

    def write_change(self) -> None:
        """Write the change's row."""
        self._db.execute(
            "INSERT INTO change (revision, at, actor) VALUES (?, ?, ?)", (self.revision, self.at, self.actor)
        )

    def write_part(self, number: int, operation: Operation, ids: list[str]) -> None:
        """Write the row of a part."""
        self._db.execute(
            "INSERT INTO change_part (revision, part, operation, ids) VALUES (?, ?, ?, ?)",
            (self.revision, number, operation.value, orjson.dumps(ids).decode()),
        )
