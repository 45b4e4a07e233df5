"""What is worth keeping for as long as a graph does not change."""

import sqlite3
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")
Snapshot: TypeAlias = tuple[str, int, str]

_GRAPHS = 4


def snapshot(conn: sqlite3.Connection) -> Snapshot | None:
    """Return what names the revision of the graph that a transaction sees; None where nothing does.

    The time of the change tells two files from each other that lay at the same path, one after
    the other. A graph in memory has no name.
    """
    path = conn.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()[0]
    row = conn.execute("SELECT revision, at FROM change ORDER BY revision DESC LIMIT 1").fetchone()
    return (path, *row) if path and row else None


class PerSnapshot(Generic[T]):
    """Results of a computation on whole graphs, the last few of them; safe to share among threads."""

    def __init__(self, compute: Callable[[sqlite3.Connection], T]) -> None:
        self._compute = compute
        self._kept: OrderedDict[Snapshot, T] = OrderedDict()
        self._lock = Lock()

    def get(self, conn: sqlite3.Connection) -> T:
        """Return the result for the graph that a connection's transaction sees."""
        name = snapshot(conn)
        if name is None:
            return self._compute(conn)
        with self._lock:
            if name not in self._kept:
                # Results for older revisions of the same file are of no use to new readers.
                for other in [other for other in self._kept if other[0] == name[0]]:
                    del self._kept[other]
                self._kept[name] = self._compute(conn)
                while len(self._kept) > _GRAPHS:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(name)
            return self._kept[name]
