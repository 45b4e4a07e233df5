"""Work for tests of jobs, in a module of its own, so that a worker can import it."""

import os
import signal
import sys
import time
from functools import partial

from graph_api.analytics.jobs.task import Work
from graph_api.analytics.progress import tell
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.requests import Request, Rows
from graph_api.analytics.spec import ProjectionSpec
from graph_api.errors import NotFound


def busy(graph: ProjectedGraph, seconds: float) -> object:
    """Use a core, telling how far it is."""
    print("what a library prints goes elsewhere")
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        sum(range(1_000))
        tell(round(1_000 * (1 - left / seconds)), 1_000)
    return Rows((graph.ids[0],))


def with_child(graph: ProjectedGraph, seconds: float) -> object:
    """Start a process of its own that uses a core."""
    if os.fork() == 0:
        busy(graph, seconds)
        os._exit(0)
    return busy(graph, seconds)


def die(graph: ProjectedGraph) -> object:
    """End as a process does that is out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    return None


def fail(graph: ProjectedGraph) -> object:
    raise NotFound("nobody is called so")


def break_(graph: ProjectedGraph) -> object:
    raise ValueError("a fault with a secret in it")


def leave(graph: ProjectedGraph) -> object:
    sys.exit(3)


def estimate(graph: ProjectedGraph, value: float) -> float:
    return value


def request(name: str, work: Work, *, seconds: float = 0.0, bytes_: float = 0.0) -> Request[object]:
    """Ask for some work, estimated to take so many seconds and bytes."""
    time_, space = partial(estimate, value=seconds), partial(estimate, value=bytes_)
    return Request(name, "DEGREE", ProjectionSpec(), {"name": name}, work, time_, space)


def slow(name: str, seconds: float = 60.0) -> Request[object]:
    """Ask for a minute of a core."""
    return request(name, partial(busy, seconds=seconds), seconds=seconds)
