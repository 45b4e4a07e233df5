"""Runs on record: begun once for equal requests, also of other processes, followed, and found again."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar, cast

from graph_api.analytics.computing import Computing
from graph_api.analytics.engines import ENGINES, engine_versions
from graph_api.analytics.hashes import GraphHashes
from graph_api.analytics.jobs.keep import INTERRUPTED
from graph_api.analytics.jobs.process import WorkerBroke
from graph_api.analytics.notes import Note, broken, failure
from graph_api.analytics.records import Records
from graph_api.analytics.requests import Request
from graph_api.analytics.runs import ENDED, AnalysisRun, ByteCache, RunStatus, Sized, now, run_id
from graph_api.analytics.underway import Piece, Underway
from graph_api.errors import AnalysisCancelled, Conflict, FilmGraphError, NotFound, QueueFull
from graph_api.store.base import Store

T = TypeVar("T")
_LOOK_SECONDS = 0.3
"""Between two looks at what other processes ask or tell."""


@dataclass(frozen=True, slots=True)
class Finished(Generic[T]):
    """A run's record and what it found."""

    run: AnalysisRun
    result: T


class Recording:
    """Begins runs and knows of all.

    Args:
        store: where the graph is.
        records: the runs remembered.
        underway: those of this process that have not ended.
        hashes, computing: give the graph's hash, and results.
        result_bytes: memory for results kept for equal requests.

    Attributes:
        results: those in memory.
    """

    def __init__(
        self,
        store: Store,
        records: Records,
        underway: Underway,
        hashes: GraphHashes,
        computing: Computing,
        result_bytes: int,
    ) -> None:
        self._store = store
        self._records = records
        self._underway = underway
        self._hashes = hashes
        self._computing = computing
        self.results: ByteCache[str, Sized] = ByteCache(result_bytes)

    # ------------------------------------------------------------------ what is known
    async def run(self, run: str) -> AnalysisRun | None:
        """Return a run's record, None where it is unknown or forgotten."""
        await self._records.refresh(run)
        return self._records.get(run)

    async def known(self, run: str) -> AnalysisRun:
        """Return a run's record.

        Raises:
            NotFound: no such run is remembered.
        """
        await self._records.refresh(run)
        return self.get(run)

    def get(self, run: str) -> AnalysisRun:
        """Return a run's record as it is known here.

        Raises:
            NotFound: no such run is remembered.
        """
        record = self._records.get(run)
        if record is None:
            raise NotFound("no analysis run with this id is remembered; analysisRuns lists those that are")
        return record

    async def watch(self, run: str) -> AsyncIterator[AnalysisRun]:
        """Yield a run's record now and with each change, until it has ended.

        Raises:
            NotFound: no such run is remembered.
        """
        told: AnalysisRun | None = None
        with self._underway.watching(run) as changed:
            while True:
                changed.clear()
                record = await self.known(run)
                if record != told:
                    yield record
                told = record
                if record.status in ENDED:
                    return
                # A run of another process is looked for again; one of this process tells of itself.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(None if self._underway.get(run) else _LOOK_SECONDS):
                        await changed.wait()

    async def held(self, run: AnalysisRun) -> object:
        """Return what a run found, from memory or the file."""
        held: object = self.results.get(run.id)
        if held is None:
            held = await self._records.result(run)
            if held is not None:
                self.results.put(run.id, cast(Sized, held))
        return held

    # ------------------------------------------------------------------ what is begun
    async def begin(self, request: Request[T], client: str, patience: float | None) -> Piece | Finished[object]:
        """Return what is known of a request, or its work: that under way here or in another process, or begun now.

        Raises:
            NotReady: the graph's hash takes longer than `patience`.
        """
        run = await self._new(request, patience)
        if self._underway.get(run.id) is None:
            known = await self.run(run.id)
            if known is not None and known.status is RunStatus.SUCCEEDED:
                held = await self.held(known)
                if held is not None:
                    return Finished(known, held)
            elif known is not None and known.status not in ENDED and not self._records.is_own(run.id):
                return self._underway.begin((_ELSEWHERE, run.id), lambda _: self._joined(run.id))
        if self._underway.get(run.id) is None:
            self._records.add(run)
        return self._underway.begin(run.id, lambda piece: self._recorded(run, request, client, piece))

    async def _new(self, request: Request[T], patience: float | None) -> AnalysisRun:
        """Return the record of a request as it begins."""
        revision = await self._store.revision()
        graph_hash = await self._hashes.of(revision, patience)
        engine = ENGINES[request.engine].name
        versions = engine_versions(engine)
        everything = {**request.parameters, "projection": request.spec.canonical()}
        return AnalysisRun(
            id=run_id(graph_hash, request.analysis, everything, engine, versions),
            analysis=request.analysis,
            spec=request.spec,
            parameters=everything,
            status=RunStatus.QUEUED,
            progress=0.0,
            exact=True,
            nodes=0,
            relationships=0,
            graph_revision=str(revision),
            graph_hash=graph_hash,
            engine=engine,
            engine_versions=versions,
            queued_at=now(),
        )

    async def _joined(self, run: str) -> Finished[object]:
        """Wait for a run of another process.

        Raises:
            Conflict: it has to be begun anew: its process ended, or its result is not kept.
        """
        async for _ in self.watch(run):
            pass
        record = self.get(run)
        if record.status is RunStatus.CANCELLED:
            raise AnalysisCancelled("the analysis was stopped; start it again if it is still wanted")
        if record.status is RunStatus.FAILED and record.error != INTERRUPTED:
            raise FilmGraphError(record.error or "the analysis failed")
        held = await self.held(record) if record.status is RunStatus.SUCCEEDED else None
        if held is None:
            raise Conflict("the process that ran the analysis is no more; try again")
        return Finished(record, held)

    async def _recorded(self, run: AnalysisRun, request: Request[T], client: str, piece: Piece) -> Finished[object]:
        note = Note(run, self._records, self._underway)
        listener = asyncio.create_task(self._stopped_elsewhere(piece))
        piece.task.add_done_callback(lambda _: listener.cancel())
        started = time.perf_counter()
        try:
            result = await self._computing.compute(note, request, client, piece)
        except BaseException as error:
            if isinstance(error, QueueFull) and not piece.kept:
                note.forget()
                raise
            status, text = failure(error, interrupted=not piece.is_stopped)
            note.change(status=status, error=text, seconds=time.perf_counter() - started)
            if isinstance(error, WorkerBroke):
                raise broken(error) from None
            raise
        error_bound = getattr(result, "error", 0.0)
        note.run = replace(
            note.run,
            status=RunStatus.SUCCEEDED,
            progress=1.0,
            exact=not error_bound,
            seconds=time.perf_counter() - started,
        )
        self._records.finish(note.run, result)
        self.results.put(run.id, cast(Sized, result))
        self._underway.changed(run.id)
        return Finished(note.run, result)

    async def _stopped_elsewhere(self, piece: Piece) -> None:
        """Stop a run once another process asks for it."""
        while not piece.is_stopped:
            await asyncio.sleep(_LOOK_SECONDS)
            if await self._records.is_stop_asked(str(piece.key)):
                piece.stop()


def run_of(piece: Piece) -> str:
    """Return the id of the run that a piece of work is, or follows."""
    return str(piece.key[1] if isinstance(piece.key, tuple) else piece.key)


_ELSEWHERE = "elsewhere"
