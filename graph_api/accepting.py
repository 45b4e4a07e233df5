"""Connections shared evenly among workers that listen on one socket.

Whichever worker wakes first would take all connections that have come: an event loop accepts until
there are no more, and clients keep their connections. So each worker tells the others how many it
has, takes one at a time, and leaves it to one that has fewer, unless that one does not come for it.
"""

import asyncio
import logging
import socket
from collections.abc import Callable, MutableSequence, Sized
from multiprocessing import get_context
from typing import TypeAlias

from graph_api.observability import log

Counts: TypeAlias = MutableSequence[int]
"""How many connections each worker has."""

_WAIT_SECONDS = 0.001
_WAITS = 10
"""How often a worker waits for one that has fewer; it may be busy."""
_FULL_SECONDS = 1.0
"""For how long nothing is accepted when there are no file descriptors left, as asyncio does it."""


def shared_counts(workers: int) -> Counts:
    """Return counts that worker processes share; to be handed to them as they are started."""
    counts: Counts = get_context("spawn").RawArray("i", workers)
    return counts


class Acceptor:
    """Accepts connections for one worker.

    Args:
        listener: shared by the workers.
        protocol: makes what serves a connection.
        open_: the connections that the worker has.
        counts: of all workers.
        place: of this one among them.
    """

    def __init__(
        self,
        listener: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        open_: Sized,
        counts: Counts,
        place: int,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._listener = listener
        self._protocol = protocol
        self._open = open_
        self._counts = counts
        self._place = place
        self._waits = 0
        self._timer: asyncio.TimerHandle | None = None
        self._beginning: set[asyncio.Task[None]] = set()
        listener.setblocking(False)
        self._listen()

    def stop(self) -> None:
        """Accept no more."""
        if self._timer is not None:
            self._timer.cancel()
        self._loop.remove_reader(self._listener)
        self._counts[self._place] = 2**31 - 1  # nobody waits for a worker that stops

    def _listen(self) -> None:
        self._counts[self._place] = len(self._open) + len(self._beginning)
        self._timer = None
        self._loop.add_reader(self._listener, self._come)

    def _pause(self, seconds: float) -> None:
        self._loop.remove_reader(self._listener)
        self._timer = self._loop.call_later(seconds, self._listen)

    def _come(self) -> None:
        """Take the connection that has come, or leave it to another."""
        own = self._counts[self._place] = len(self._open) + len(self._beginning)
        if own > min(self._counts) and self._waits < _WAITS:
            self._waits += 1
            self._pause(_WAIT_SECONDS)
            return
        self._waits = 0
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another has taken it, or it is gone
        except OSError as error:
            log(logging.ERROR, "connections can't be accepted; trying again", reason=error.strerror)
            self._pause(_FULL_SECONDS)
            return
        connection.setblocking(False)
        task = self._loop.create_task(self._begin(connection))
        self._beginning.add(task)
        task.add_done_callback(self._beginning.discard)
        self._counts[self._place] = own + 1

    async def _begin(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:  # it has gone already
            connection.close()
