"""A store whose calls are counted and traced: another around it, put there only where that is wanted."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from inspect import iscoroutinefunction
from time import perf_counter
from typing import Any, cast

from graph_api.domain.paging import Page, Pages
from graph_api.domain.records import RelationColumns, Subgraph
from graph_api.errors import FilmGraphError
from graph_api.metrics import Metrics
from graph_api.store.base import Store
from graph_api.tracing import Tracing


def observed(store: Store, metrics: Metrics | None, tracing: Tracing | None) -> Store:
    """Return a store that does the same, and tells metrics and tracing of each call."""
    return cast("Store", _Observed(store, metrics, tracing)) if metrics or tracing else store


class _Observed:
    """Has the methods of a store, each made when it is first asked for."""

    def __init__(self, store: Store, metrics: Metrics | None, tracing: Tracing | None) -> None:
        self._store = store
        self._metrics = metrics
        self._tracing = tracing

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if iscoroutinefunction(found):
            found = _told(found, name, self._metrics, self._tracing)
            setattr(self, name, found)
        return found


def _told(
    call: Callable[..., Awaitable[object]], name: str, metrics: Metrics | None, tracing: Tracing | None
) -> Callable[..., Awaitable[object]]:
    async def told(*args: object, **kwargs: object) -> object:
        span = None if tracing is None else tracing.store_call(name)
        begin = perf_counter()
        try:
            found = await call(*args, **kwargs)
        except BaseException as error:
            code = _code(error)
            if metrics is not None:
                metrics.store_failure(name, code)
            if tracing is not None and span is not None:
                tracing.failed_call(span, code)
            raise
        rows = rows_of(found)
        if metrics is not None:
            metrics.store_call(name, perf_counter() - begin, rows)
        if tracing is not None and span is not None:
            tracing.ended_call(span, rows)
        return found

    return told


def _code(error: BaseException) -> str:
    if isinstance(error, FilmGraphError):
        return error.code
    return FilmGraphError.code if isinstance(error, Exception) else "CANCELLED"


def rows_of(found: object) -> int:
    """Return how many rows an answer of the store holds, without making any; numbers and the like are none."""
    if isinstance(found, Page | Pages):
        return len(found.items)
    if isinstance(found, Mapping):
        return max((len(column) for column in found.values() if isinstance(column, Sequence)), default=0)
    if isinstance(found, Subgraph):
        return len(found.nodes) + len(found.relationships)
    if isinstance(found, RelationColumns):
        return len(found)
    if not isinstance(found, Sequence) or isinstance(found, str):
        return 0
    if found and isinstance(found[0], Page):
        return sum(len(page.items) for page in found)
    if found and isinstance(found[0], list | tuple):
        return sum(map(len, found))
    return len(found)
