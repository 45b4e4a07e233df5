"""The records of analyses that a service remembers: in memory, and where there is one in a file."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from graph_api.analytics.jobs.keep import RunFile, runs_path
from graph_api.analytics.runs import AnalysisRun, RunLog
from graph_api.domain.paging import Page, PageRequest
from graph_api.observability import log

T = TypeVar("T")
KEEP_RUNS = 1_000
PASSING = frozenset({"SIMILAR", "PATHS", "DISTANCES"})
"""Analyses that are not kept in the file: they are answers to one question, and quick."""
_TELL_SECONDS = 1.0
_KEEP_OWN = 10_000
"""Ids of runs of this process; of those forgotten the file tells, a second later."""


class Records:
    """Runs by id, newest first; what is kept in a file is written by one thread, in order.

    Args:
        keep_runs: how many are remembered.
        file: where they are kept (None: nowhere).
    """

    def __init__(self, keep_runs: int = KEEP_RUNS, file: RunFile | None = None) -> None:
        self._log = RunLog(keep_runs)
        self._hashes: dict[str, str] = {}
        self._own: set[str] = set()
        self._state = -1
        self._told: dict[str, float] = {}
        self._file = file
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="run-records") if file else None

    @classmethod
    async def open(cls, address: str, max_bytes: int, keep_runs: int = KEEP_RUNS, *, create: bool = True) -> "Records":
        """Return the records of a store's analyses.

        Where the file can't be used, as in a folder that can only be read, they are remembered in memory alone.

        Args:
            address: of the store.
            max_bytes: of results that are kept.
            keep_runs: how many records are.
            create: make the file where there is none; else there are no records then.
        """
        path = runs_path(address)
        if not create and not await asyncio.to_thread(path.exists):
            return cls(keep_runs)
        try:
            file = await asyncio.to_thread(RunFile, path, keep_runs, max_bytes)
            records = cls(keep_runs, file)
            await records.refresh()
        except (OSError, sqlite3.Error) as error:
            log(logging.WARNING, "analyses are not kept: their file can't be used", reason=type(error).__name__)
            return cls(keep_runs)
        return records

    async def refresh(self, run: str | None = None) -> None:
        """Learn what other processes have written, of one run or of all."""
        if self._file is None or self._thread is None or run in self._own:
            return
        try:
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(self._thread, self._read, self._file, run)
        except sqlite3.Error as error:
            _tell(error)
            return
        for record in found:
            if record.id not in self._own:
                if self._log.get(record.id) is None:
                    self._log.add(record)
                else:
                    self._log.update(record)

    def _read(self, file: RunFile, run: str | None) -> list[AnalysisRun]:
        """Return one run, or all if another process has written; on the file's thread."""
        if run is not None:
            record = file.get(run)
            return [record] if record else []
        state = file.state
        if state == self._state:
            return []
        self._state = state
        return file.load()

    async def ask_stop(self, run: str) -> None:
        """Ask the process that a run belongs to for stopping it."""
        if self._file is not None and self._thread is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._file.ask_stop, run)

    async def is_stop_asked(self, run: str) -> bool:
        """Tell whether another process asked for a run to be stopped."""
        if self._file is None or self._thread is None:
            return False
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._file.is_stop_asked, run)

    def get(self, run: str) -> AnalysisRun | None:
        """Return a run by id, as far as it is known here: see `refresh`."""
        return self._log.get(run)

    def page(self, request: PageRequest) -> Page[AnalysisRun]:
        """Return a page of runs, newest first."""
        return self._log.page(request)

    def is_own(self, run: str) -> bool:
        """Tell whether a run is of this process."""
        return run in self._own

    def add(self, run: AnalysisRun) -> None:
        """Remember a new run, of this process."""
        if len(self._own) > _KEEP_OWN:
            self._own.clear()
        self._own.add(run.id)
        self._log.add(run)
        self._later(run, lambda file: file.add(run))

    def update(self, run: AnalysisRun) -> None:
        """Remember how far a run is; the file learns of each change of status, and of progress every second."""
        before = self._log.get(run.id)
        self._log.update(run)
        now = time.monotonic()
        if before is None or before.status is not run.status or now - self._told.get(run.id, 0.0) > _TELL_SECONDS:
            self._told = {run.id: now}
            self._later(run, lambda file: file.update(run))

    def finish(self, run: AnalysisRun, result: object) -> None:
        """Remember the end of a run, and what it found."""
        self._log.update(run)
        self._later(run, lambda file: file.keep(run, result))

    def forget(self, run: AnalysisRun) -> None:
        """Forget a run that never began, so that refusals do not push out what was found."""
        self._log.forget(run.id)
        self._later(run, lambda file: file.forget(run.id))

    async def result(self, run: AnalysisRun) -> Any:
        """Return what a run found, None where it is not kept."""
        if self._file is None or self._thread is None or run.analysis in PASSING:
            return None
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._file.result, run.id)
        except sqlite3.Error as error:
            _tell(error)
            return None

    async def hash(self, name: str) -> str | None:
        """Return the graph's hash at a revision, None where it is not kept."""
        if name not in self._hashes and self._file is not None and self._thread is not None:
            with suppress(sqlite3.Error):
                found = await asyncio.get_running_loop().run_in_executor(self._thread, self._file.hash, name)
                if found is not None:
                    self._hashes[name] = found
        return self._hashes.get(name)

    def keep_hash(self, name: str, value: str) -> None:
        """Remember the graph's hash at a revision; that of others is forgotten here."""
        self._hashes = {name: value}
        if self._file is not None and self._thread is not None:
            self._thread.submit(self._file.keep_hash, name, value).add_done_callback(_written)

    def _later(self, run: AnalysisRun, write: Callable[[RunFile], None]) -> None:
        if self._file is not None and self._thread is not None and run.analysis not in PASSING:
            self._thread.submit(write, self._file).add_done_callback(_written)

    async def close(self) -> None:
        """Finish writing and close the file."""
        if self._thread is not None and self._file is not None:
            await asyncio.to_thread(self._thread.shutdown, wait=True)
            self._file.close()
            self._file = None


def _written(done: "Future[None]") -> None:
    error = done.exception()
    if error is not None:
        _tell(error)


def _tell(error: BaseException) -> None:
    log(logging.WARNING, "the file of analyses can't be read or written", reason=str(error))
