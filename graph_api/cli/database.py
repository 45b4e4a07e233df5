"""The graph that a command works on: which one, whether it is there, opened and closed.

A database in the default place is made with the built-in dataset by the first command that needs
it. One that somebody names has to be there: a mistyped path must not answer from another graph.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from graph_api.cli.output import hint
from graph_api.errors import StoreUnavailable
from graph_api.settings import load_settings

if TYPE_CHECKING:
    from graph_api.analytics.service import Analyses
    from graph_api.store.base import Store

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a graph is, and whether somebody named the place."""

    address: str
    is_named: bool

    @property
    def path(self) -> Path | None:
        """The file; None where the store is not a file."""
        return None if "://" in self.address else Path(self.address).expanduser()


def place_of(flag: str | None) -> Place:
    """Return the place that a flag, FILMGRAPH_DATABASE or neither names."""
    is_named = flag is not None or bool(os.environ.get("FILMGRAPH_DATABASE", "").strip())
    return Place(load_settings({"database": flag}).database, is_named)


@asynccontextmanager
async def graph(flag: str | None, *, make: bool = False) -> AsyncIterator["Store"]:
    """Open the graph, and close it in the end.

    Args:
        flag: what --database says.
        make: whether a place that is named but empty gets a new, empty graph.

    Raises:
        StoreUnavailable: a named database does not exist.
    """
    from graph_api.store.factory import open_store

    place = place_of(flag)
    path = place.path
    is_missing = path is not None and not path.exists()
    if is_missing and place.is_named and not make:
        raise StoreUnavailable(
            f"there is no database {path}; `filmgraph serve` or `filmgraph load DIR` with --database {path} makes it"
        )
    store = await open_store(place.address, create=make or not place.is_named)
    try:
        if not place.is_named and not await store.ready():
            await _fill(store, place)
        yield store
    finally:
        await store.close()


async def _fill(store: "Store", place: Place) -> None:
    from seed.builtin import ensure_loaded

    hint(f"making {place.address} with the built-in dataset")
    await ensure_loaded(store)


@asynccontextmanager
async def analyses(store: "Store", flag: str | None) -> AsyncIterator["Analyses"]:
    """Open the analyses of a graph, and close them in the end.

    What is quick is computed here, all else in a process that ends with this one. Results are kept beside the graph.
    """
    from graph_api.analytics.jobs.jobs import JobLimits, Jobs
    from graph_api.analytics.kernels.chunks import cores
    from graph_api.analytics.records import Records
    from graph_api.analytics.service import Analyses

    settings = load_settings({"database": flag})
    threads = settings.analysis_threads or cores()
    limits = JobLimits(memory=settings.analysis_memory, seconds=settings.analysis_seconds, threads=threads, niceness=0)
    records = await Records.open(settings.database, settings.analysis_results)
    opened = Analyses(store, jobs=Jobs(settings.database, limits), records=records)
    try:
        yield opened
    finally:
        await opened.close()


def run(work: Coroutine[Any, Any, R]) -> R:
    """Run a command's asynchronous part to its end."""
    import asyncio

    return asyncio.run(work)


def with_graph(flag: str | None, work: Callable[["Store"], Awaitable[R]], *, make: bool = False) -> R:
    """Open the graph, do some work on it, close it."""

    async def whole() -> R:
        async with graph(flag, make=make) as store:
            return await work(store)

    return run(whole())
