"""The file beside a graph that keeps the records of its analyses and what they found.

It is a SQLite database of its own, so that a run's record never waits for a load that is writing the graph, and a
backup of the graph stays the graph alone. Losing it loses no facts: every result can be computed again. Several
processes may use it at once: each sees the runs of the others, and may ask for one to be stopped.
"""

import hashlib
import os
import socket
import sqlite3
import time
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from graph_api.analytics.jobs.codec import decode, encode, spec_of
from graph_api.analytics.runs import AnalysisRun, RunStatus

INTERRUPTED = "interrupted: the program ended while it ran; start it again"
_UNFINISHED = (RunStatus.QUEUED, RunStatus.RUNNING)
_TABLE = """
CREATE TABLE IF NOT EXISTS run (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL, owner TEXT NOT NULL,
  record TEXT NOT NULL, result BLOB, bytes INTEGER NOT NULL DEFAULT 0, used REAL NOT NULL DEFAULT 0,
  stop INTEGER NOT NULL DEFAULT 0)"""
_HASHES = "CREATE TABLE IF NOT EXISTS hash (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
"""The graph's hash by its revision and that revision's time."""
_KEEP_HASHES = 100
_ADD = "INSERT INTO run (id, status, owner, record) VALUES (?, ?, ?, ?)"
_UPDATE = "UPDATE run SET status = ?, record = ? WHERE id = ?"
_UNUSED = "SELECT id, bytes FROM run WHERE bytes > 0 ORDER BY used"
_VERSION = 3


def runs_path(address: str) -> Path:
    """Return where the runs of a store are kept: beside its file, or for a server in the user's data folder."""
    scheme, separator, rest = address.partition("://")
    if separator and scheme != "sqlite":
        from platformdirs import user_data_path

        parts = urlsplit(address)
        place = f"{parts.scheme}://{parts.hostname}:{parts.port}{parts.path}"
        name = hashlib.sha256(place.encode()).hexdigest()[:16]
        return Path(user_data_path("ai-film-graph", appauthor=False)) / f"runs-{name}.db"
    path = Path(rest[1:] if separator else address).expanduser()
    return path.with_name(f"{path.name}-runs")


class RunFile:
    """Records and results in a file; to be used by one thread at a time.

    Args:
        path: of the file, made where there is none.
        keep_runs, max_bytes: bounds of records and of results; the oldest records and the least recently used
            results go first.

    Raises:
        sqlite3.Error, OSError: it can't be used.
    """

    def __init__(self, path: Path, keep_runs: int, max_bytes: int) -> None:
        self._keep_runs = keep_runs
        self._max_bytes = max_bytes
        self._owner = owner()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=2.0, isolation_level=None, check_same_thread=False)
        try:
            self._db.execute("PRAGMA auto_vacuum = FULL")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            if self._db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                self._db.execute("DROP TABLE IF EXISTS run")
                self._db.execute(_TABLE)
                self._db.execute(_HASHES)
                self._db.execute(f"PRAGMA user_version = {_VERSION}")
        except BaseException:
            self._db.close()
            raise

    def load(self) -> list[AnalysisRun]:
        """Return the records, oldest first; those whose program is no more say so."""
        rows = self._db.execute("SELECT owner, record FROM run ORDER BY number").fetchall()
        return [run for owner_, text in rows if (run := self._seen(owner_, text)) is not None]

    def _seen(self, owner_: str, text: str) -> AnalysisRun | None:
        with suppress(KeyError, TypeError, ValueError):
            run = _run(orjson.loads(text))
            if run.status in _UNFINISHED and not is_alive(owner_):
                run = replace(run, status=RunStatus.FAILED, error=INTERRUPTED)
                self.update(run)
            return run
        return None

    def get(self, id_: str) -> AnalysisRun | None:
        """Return the record of a run, None where there is none."""
        row = self._db.execute("SELECT owner, record FROM run WHERE id = ?", (id_,)).fetchone()
        return self._seen(*row) if row else None

    @property
    def state(self) -> int:
        """A number that differs once another process has written to the file."""
        number: int = self._db.execute("PRAGMA data_version").fetchone()[0]
        return number

    def ask_stop(self, id_: str) -> None:
        """Ask the process that a run belongs to for stopping it."""
        self._db.execute("UPDATE run SET stop = 1 WHERE id = ?", (id_,))

    def is_stop_asked(self, id_: str) -> bool:
        """Tell whether somebody asked for a run to be stopped."""
        row = self._db.execute("SELECT stop FROM run WHERE id = ?", (id_,)).fetchone()
        return bool(row and row[0])

    def add(self, run: AnalysisRun) -> None:
        """Keep the record of a new run, in place of an earlier equal one and its result."""
        with self._whole():
            self._db.execute("DELETE FROM run WHERE id = ?", (run.id,))
            self._db.execute(_ADD, (run.id, run.status.value, self._owner, _text(run)))
            self._db.execute(
                "DELETE FROM run WHERE status NOT IN (?, ?)"
                " AND number <= (SELECT number FROM run ORDER BY number DESC LIMIT 1 OFFSET ?)",
                (*_UNFINISHED, self._keep_runs),
            )

    def update(self, run: AnalysisRun) -> None:
        """Keep what became of a run."""
        self._db.execute(_UPDATE, (run.status.value, _text(run), run.id))

    def forget(self, id_: str) -> None:
        """Remove the record of a run."""
        self._db.execute("DELETE FROM run WHERE id = ?", (id_,))

    def keep(self, run: AnalysisRun, result: object) -> None:
        """Keep the end of a run with what it found, if that is not too large."""
        data = encode(result)
        with self._whole():
            self.update(run)
            if data is not None and len(data) <= self._max_bytes:
                self._db.execute(
                    "UPDATE run SET result = ?, bytes = ?, used = ? WHERE id = ?",
                    (data, len(data), time.time(), run.id),
                )
                self._make_room()

    def _make_room(self) -> None:
        held: int = self._db.execute("SELECT coalesce(sum(bytes), 0) FROM run").fetchone()[0]
        for id_, size in self._db.execute(_UNUSED).fetchall():
            if held <= self._max_bytes:
                return
            self._db.execute("UPDATE run SET result = NULL, bytes = 0 WHERE id = ?", (id_,))
            held -= size

    def result(self, id_: str) -> Any:
        """Return what a run found, None where it is not kept."""
        row = self._db.execute("SELECT result FROM run WHERE id = ?", (id_,)).fetchone()
        if row is None or row[0] is None:
            return None
        self._db.execute("UPDATE run SET used = ? WHERE id = ?", (time.time(), id_))
        return decode(row[0])

    def hash(self, name: str) -> str | None:
        """Return the graph's hash at a revision, None where it was not computed yet."""
        row = self._db.execute("SELECT value FROM hash WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def keep_hash(self, name: str, value: str) -> None:
        """Keep the graph's hash at a revision."""
        with self._whole():
            if self._db.execute("SELECT count(*) FROM hash").fetchone()[0] >= _KEEP_HASHES:
                self._db.execute("DELETE FROM hash")
            self._db.execute("INSERT OR REPLACE INTO hash VALUES (?, ?)", (name, value))

    def _whole(self) -> "_Transaction":
        return _Transaction(self._db)

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class _Transaction:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")


def _text(run: AnalysisRun) -> str:
    return orjson.dumps({name: value for name, value in asdict(run).items() if name != "spec"}).decode()


def _run(data: dict[str, Any]) -> AnalysisRun:
    status = RunStatus(data.pop("status"))
    return AnalysisRun(spec=spec_of(data["parameters"]["projection"]), status=status, **data)


def owner() -> str:
    """Return what names this process among all that ever were on this machine."""
    return f"{socket.gethostname()} {os.getpid()} {_started(os.getpid())}"


def is_alive(owner_: str) -> bool:
    """Tell whether a process still runs; one of another machine is taken to."""
    host, pid, started = owner_.rsplit(" ", 2)
    if host != socket.gethostname():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return started == _started(int(pid))


def _started(pid: int) -> str:
    """Return when a process started, in ticks since the machine did; "0" where the system does not say."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return "0"
