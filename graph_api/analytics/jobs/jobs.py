"""Analyses run in worker processes: quick ones at once, all others in a bounded queue."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from graph_api.analytics.jobs.board import Board
from graph_api.analytics.jobs.keep import runs_path
from graph_api.analytics.jobs.lanes import Lane
from graph_api.analytics.jobs.process import TakesLonger
from graph_api.analytics.jobs.task import Estimate, HashTask, Listener, Task, Work
from graph_api.analytics.spec import ProjectionSpec

QUICK_SECONDS = 2.0
"""An analysis that is estimated to take no longer is done at once, whatever waits in the queue."""
BROKEN_OFF = 20.0
"""Seconds after which one that was thought to be quick is broken off and queued with the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLimits:
    """Bounds of analyses.

    Attributes:
        workers: longer analyses that run at once.
        queue, queue_per_client: how many may wait.
        memory: bytes that one may take.
        seconds: that one may be estimated to take.
        threads: cores that one may use; 0: all but one.
        niceness: how far they stand back behind everything else: 0 not at all, 19 most.
    """

    workers: int = 1
    queue: int = 64
    queue_per_client: int = 8
    memory: float = 4e9
    seconds: float = 3_600.0
    threads: int = 0
    niceness: int = 15


class Jobs:
    """Runs tasks on one store's graph.

    Args:
        address: of the store; workers open it themselves, so that reading it costs the service nothing.
        limits: see `JobLimits`.
        is_shared: the bounds on longer analyses hold for all processes of a service together.
    """

    def __init__(self, address: str, limits: JobLimits, *, is_shared: bool = False) -> None:
        self._address = address
        self.limits = limits
        self._shelf: str | None = None
        most, own = limits.queue, limits.queue_per_client
        self._quick = Lane(1, limits.niceness, most, own, BROKEN_OFF)
        board = Board(runs_path(address), limits.workers, most, own) if is_shared else None
        self._long = Lane(limits.workers, limits.niceness, most, own, board=board)

    async def run(
        self,
        client: str,
        spec: ProjectionSpec,
        revision: int,
        work: Work,
        seconds: Estimate,
        memory: Estimate,
        listener: Listener,
        queued: Callable[[], None],
    ) -> object:
        """Return what an analysis finds. Cancelling it frees the core at once.

        Args:
            client: whose turn it takes.
            spec, revision: the projection.
            work: what is computed; it can be pickled, as its estimates can.
            seconds, memory: estimates.
            listener: hears how far it is.
            queued: is called when it turns out to be a long one, which may have to wait.

        Raises:
            QueueFull, LimitExceeded, FilmGraphError: see `Lane.run`.
        """
        if self._shelf is None:
            self._shelf = await asyncio.to_thread(tempfile.mkdtemp, prefix="filmgraph-")
        limits = self.limits
        task = Task(
            self._address, spec, revision, work, seconds, memory,
            limits.seconds, limits.memory, QUICK_SECONDS, limits.threads, self._shelf,
        )  # fmt: skip
        with suppress(TakesLonger):
            return await self._quick.run(client, task, listener)
        return await self._long.run(client, replace(task, quick=None), listener, queued)

    def load(self) -> tuple[int, int]:
        """Return how many tasks run, and how many wait."""
        lanes = (self._quick, self._long)
        return sum(lane.running for lane in lanes), sum(lane.waiting for lane in lanes)

    async def graph_hash(self, revision: int) -> str:
        """Return the hash of the graph, computed by a worker of its own.

        Raises:
            Conflict: the graph is at another revision.
        """
        lane = Lane(1, self.limits.niceness, 1, 1)
        try:
            return str(await lane.run("", HashTask(self._address, revision), lambda _: None))
        finally:
            await lane.close()

    async def close(self) -> None:
        """End all workers and remove what they shared."""
        await asyncio.gather(self._quick.close(), self._long.close())
        if self._shelf is not None:
            await asyncio.to_thread(shutil.rmtree, self._shelf, ignore_errors=True)
