"""The records of analyses that a service remembers: in memory, and where there is one in a file."""

import asyncio
import logging
import sqlite3
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


class Records:
    """Runs by id, newest first; what is kept in a file is written by one thread, in order.

    Args:
        keep_runs: how many are remembered.
        file: where they are kept (None: nowhere).
    """

    def __init__(self, keep_runs: int = KEEP_RUNS, file: RunFile | None = None) -> None:
        self._log = RunLog(keep_runs)
        self._hashes: dict[str, str] = {}
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
            for run in await asyncio.to_thread(file.load):
                records._log.add(run)
        except (OSError, sqlite3.Error) as error:
            log(logging.WARNING, "analyses are not kept: their file can't be used", reason=type(error).__name__)
            return cls(keep_runs)
        return records

    def get(self, run: str) -> AnalysisRun | None:
        """Return a run by id."""
        return self._log.get(run)

    def page(self, request: PageRequest) -> Page[AnalysisRun]:
        """Return a page of runs, newest first."""
        return self._log.page(request)

    def add(self, run: AnalysisRun) -> None:
        """Remember a new run."""
        self._log.add(run)
        self._later(run, lambda file: file.add(run))

    def update(self, run: AnalysisRun) -> None:
        """Remember how far a run is; the file learns of changes of status alone."""
        before = self._log.get(run.id)
        self._log.update(run)
        if before is None or before.status is not run.status:
            self._later(run, lambda file: file.update(run))

    def finish(self, run: AnalysisRun, result: object) -> None:
        """Remember the end of a run, and what it found."""
        self._log.update(run)
        self._later(run, lambda file: file.keep(run, result))

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
