"""How far a computation is: what a measure says between blocks of its work, and who listens.

A measure calls `tell` with the sources, rounds or samples that are done and their sum; it needs no argument for
that and does not know who listens. In a worker process the listener sends it to the service; a listener may raise,
which stops the work there. A call costs a few hundred nanoseconds: once per block of some milliseconds is plenty.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

Listener: TypeAlias = Callable[[int, int], None]
"""Takes how much is done and the sum, on the thread that computes."""

_listener: ContextVar[Listener | None] = ContextVar("progress", default=None)


def tell(done: int, total: int) -> None:
    """Say that `done` of `total` pieces of the work are finished."""
    listener = _listener.get()
    if listener is not None:
        listener(done, total)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hear what the work inside tells, on this thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
