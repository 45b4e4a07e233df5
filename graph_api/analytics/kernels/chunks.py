"""Work on ranges of sources, side by side on threads, its results in order."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from graph_api.analytics.progress import tell

T = TypeVar("T")

_threads: ContextVar[int | None] = ContextVar("threads", default=None)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def threads(number: int) -> Iterator[None]:
    """Let kernels called inside compute on so many threads; else they use all cores."""
    token = _threads.set(number)
    try:
        yield
    finally:
        _threads.reset(token)


def in_chunks(work: Callable[[int, int], T], total: int, step: int, *, told: bool = True) -> Iterator[T]:
    """Yield work(low, high) for ranges of `step` that cover 0 to `total`, in order, computed side by side.

    `work` has to let go of Python's lock. With `told`, progress is told after each range; a listener that raises ends
    the work once the ranges under way are done.
    """
    number = _threads.get() or cores()
    starts = deque(range(0, total, step))
    pool = ThreadPoolExecutor(number, thread_name_prefix="kernel")
    waiting: deque[tuple[int, Future[T]]] = deque()
    try:
        while starts or waiting:
            while starts and len(waiting) < 2 * number:
                low = starts.popleft()
                high = min(total, low + step)
                waiting.append((high, pool.submit(work, low, high)))
            high, future = waiting.popleft()
            yield future.result()
            if told:
                tell(high, total)
    finally:
        pool.shutdown(cancel_futures=True)
