"""The record of a run that is under way: what changes in it, and what it says in the end."""

import asyncio
import logging
from dataclasses import replace
from typing import Any

from graph_api.analytics.engines import served_by
from graph_api.analytics.jobs.keep import INTERRUPTED
from graph_api.analytics.jobs.process import WorkerBroke
from graph_api.analytics.jobs.task import Sized, Told
from graph_api.analytics.records import Records
from graph_api.analytics.runs import AnalysisRun, RunStatus, now
from graph_api.analytics.underway import Underway
from graph_api.errors import FilmGraphError
from graph_api.observability import log


class Note:
    """The record of a run that is under way, and those who want to know."""

    def __init__(self, run: AnalysisRun, records: Records, underway: Underway) -> None:
        self.run = run
        self._records = records
        self._underway = underway

    def change(self, **changes: Any) -> None:
        """Record a change."""
        self.run = replace(self.run, **changes)
        self._records.update(self.run)
        self._underway.changed(self.run.id)

    def forget(self) -> None:
        """Leave no record: it was refused before anybody was told of it."""
        self._records.forget(self.run)
        self._underway.changed(self.run.id)

    def begin(self) -> None:
        """Record that it runs."""
        self.change(status=RunStatus.RUNNING, started_at=self.run.started_at or now())

    def size(self, nodes: int, ties: int) -> None:
        """Record how large the projection is, and so which engine takes it."""
        run = self.run
        engine = served_by(run.analysis, run.engine, nodes, ties)
        self.change(nodes=nodes, relationships=ties, engine=engine)

    def hear(self, message: Sized | Told) -> None:
        """Record what a worker tells."""
        if isinstance(message, Sized):
            self.begin()
            self.size(message.nodes, message.ties)
        elif self.run.status is RunStatus.RUNNING and message.total > 0:
            self.change(progress=min(1.0, message.done / message.total))


def broken(error: WorkerBroke) -> FilmGraphError:
    """Log a fault of this program in a worker and return what may be told of it."""
    log(logging.ERROR, "an analysis failed in its worker", detail=str(error))
    return FilmGraphError("the analysis failed")


def failure(error: BaseException, *, interrupted: bool) -> tuple[RunStatus, str | None]:
    """Return what the record of a run says that ended with an error."""
    if isinstance(error, asyncio.CancelledError):
        return (RunStatus.FAILED, INTERRUPTED) if interrupted else (RunStatus.CANCELLED, None)
    return RunStatus.FAILED, error.message if isinstance(error, FilmGraphError) else "the analysis failed"
