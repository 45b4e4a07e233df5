"""Whose turn it is: some queries begin, then everything else that is ready goes on, then the next ones begin.

A query computes on the event loop for up to some milliseconds, most without waiting. Of 32 that came together all would
be done in one round of the loop, and whatever waits for a thread or for the network, as a change does several times,
would wait for all of them each time.
"""

import asyncio
from collections import deque
from time import perf_counter

_ROUND_SECONDS = 0.004
"""How long queries that begin in one round of the event loop may take together; one always may."""
_GRAIN_SECONDS = 1e-6
"""Less may have passed, or by a coarse clock nothing at all."""


class Turns:
    """A queue, first come first served, out of which some may go in each round of the event loop."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_round = False
        self._since = 0.0
        self._begun = 0

    async def take(self) -> None:
        """Return when it is the caller's turn: at once, where little else has begun in this round."""
        loop = asyncio.get_running_loop()
        if not self._is_round:
            self._start_round(loop)
        elif self._waiting or perf_counter() - self._since >= _ROUND_SECONDS:
            turn = loop.create_future()
            self._waiting.append(turn)
            await turn
            return
        self._begun += 1

    def _start_round(self, loop: asyncio.AbstractEventLoop) -> None:
        self._is_round, self._since, self._begun = True, perf_counter(), 0
        loop.call_soon(self._end_round, loop)

    def _end_round(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let as many go as will take so long as one round may, if they are like those of the last."""
        self._is_round = False
        if not self._waiting:
            return
        spent = perf_counter() - self._since
        most = max(1, int(_ROUND_SECONDS * self._begun / max(spent, _GRAIN_SECONDS)))
        going = 0
        while self._waiting and going < most:
            turn = self._waiting.popleft()
            if not turn.done():  # who has gone away is passed over
                turn.set_result(None)
                going += 1
        # They go on before what this schedules.
        self._start_round(loop)
        self._begun = going
