"""A worker process as the service sees it: started, given tasks, listened to, killed."""

import asyncio
import os
import pickle
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from graph_api.analytics.jobs.task import (
    HEADER,
    Broke,
    Done,
    HashTask,
    Later,
    Listener,
    Message,
    Refused,
    Sized,
    Task,
    Told,
    packed,
)
from graph_api.errors import LimitExceeded

MODULE = "graph_api.worker"
_ROOT = Path(__file__).parents[3]
_LARGE = 200_000
"""Bytes of a message from which on it is unpacked in a thread."""


class TakesLonger(Exception):
    """The task would take longer than a quick one may; another worker has to do it."""


class WorkerBroke(Exception):
    """A fault of this program in a worker, with its traceback: for the log alone."""


class Worker:
    """One process; made by `Worker.start`. It does one task at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._is_killed = False

    @classmethod
    async def start(cls, niceness: int) -> "Worker":
        """Start a process, in a process group of its own, so that whatever it starts ends with it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            MODULE,
            str(niceness),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
            env=_environment(os.environ),
        )
        return cls(process)

    @property
    def is_alive(self) -> bool:
        """Whether it can take a task."""
        return not self._is_killed and self._process.returncode is None

    async def run(self, task: Task | HashTask, listener: Listener) -> object:
        """Return what a task finds; `listener` hears how far it is. Whoever cancels this has to kill the worker.

        Raises:
            TakesLonger: the task is not quick.
            LimitExceeded: it would take too much, or the process was ended from outside.
            FilmGraphError: what else went wrong.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(packed(task))
            await stdin.drain()
            while True:
                message = await _message(stdout)
                match message:
                    case Sized() | Told():
                        listener(message)
                    case Done(result):
                        return result
                    case Later():
                        raise TakesLonger
                    case Refused(error):
                        raise error
                    case Broke(text):
                        raise WorkerBroke(text)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.kill()
            raise LimitExceeded(
                "the system ended the analysis, most likely for want of memory; narrow it by roles, years or a filter"
            ) from None

    def kill(self) -> None:
        """End the process and all it has started, now."""
        # A process that is ending has no return code yet, and must not be given another task.
        self._is_killed = True
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def wait(self) -> None:
        """Return when the process has ended."""
        await self._process.wait()


async def _message(stdout: asyncio.StreamReader) -> Message:
    size = int.from_bytes(await stdout.readexactly(HEADER), "big")
    body = await stdout.readexactly(size)
    if size > _LARGE:
        return await asyncio.to_thread(_loaded, body)
    return _loaded(body)


def _loaded(body: bytes) -> Message:
    message: Message = pickle.loads(body)  # noqa: S301 - from a child of ours, over a pipe that nobody else has
    return message


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a worker, which finds this very program wherever it was started from."""
    path = os.pathsep.join(filter(None, (str(_ROOT), environ.get("PYTHONPATH", ""))))
    return {**environ, "PYTHONPATH": path}
