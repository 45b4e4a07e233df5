"""A store whose calls are counted and traced: another around it, put there only where that is wanted."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from inspect import iscoroutinefunction
from time import perf_counter, time_ns
from typing import Any, cast

from graph_api.domain.paging import Page, Pages
from graph_api.domain.records import RelationColumns, Subgraph
from graph_api.errors import FilmGraphError
from graph_api.metrics import Metrics
from graph_api.store.base import Store
from graph_api.tracing import Call, calls_now


def observed(store: Store, metrics: Metrics | None, *, is_traced: bool) -> Store:
    """Return a store that does the same, and tells metrics and the trace of the operation of each call."""
    return cast("Store", _Observed(store, metrics)) if metrics or is_traced else store


class _Observed:
    """Has the methods of a store, each made when it is first asked for."""

    def __init__(self, store: Store, metrics: Metrics | None) -> None:
        self._store = store
        self._metrics = metrics

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if iscoroutinefunction(found):
            found = _told(found, name, self._metrics)
            setattr(self, name, found)
        return found


def _told(
    call: Callable[..., Awaitable[object]], name: str, metrics: Metrics | None
) -> Callable[..., Awaitable[object]]:
    async def told(calls: list[Call] | None, *args: object, **kwargs: object) -> object:
        begin, clock = time_ns(), perf_counter()
        try:
            found = await call(*args, **kwargs)
        except BaseException as error:
            code = _code(error)
            if metrics is not None:
                metrics.store_failure(name, code)
            if calls is not None:
                calls.append((name, begin, time_ns(), 0, code))
            raise
        end, seconds, rows = time_ns(), perf_counter() - clock, rows_of(found)
        if metrics is not None:
            metrics.store_call(name, seconds, rows)
        if calls is not None:
            calls.append((name, begin, end, rows, None))
        return found

    def told_if_wanted(*args: object, **kwargs: object) -> Awaitable[object]:
        calls = calls_now()
        return call(*args, **kwargs) if metrics is None and calls is None else told(calls, *args, **kwargs)

    return told_if_wanted


def _code(error: BaseException) -> str:
    if isinstance(error, FilmGraphError):
        return error.code
    return FilmGraphError.code if isinstance(error, Exception) else "CANCELLED"


def rows_of(found: object) -> int:
    """Return how many rows an answer of the store holds, without making any; numbers and the like are none."""
    if type(found) is list:  # as it mostly is
        return _rows_of_list(found)
    if isinstance(found, (Page, Pages)):
        return len(found.items)
    if isinstance(found, Mapping):
        return max((len(column) for column in found.values() if isinstance(column, Sequence)), default=0)
    if isinstance(found, Subgraph):
        return len(found.nodes) + len(found.relationships)
    if isinstance(found, RelationColumns):
        return len(found)
    return len(found) if isinstance(found, Sequence) and not isinstance(found, str) else 0


def _rows_of_list(found: list[Any]) -> int:
    if not found:
        return 0
    if isinstance(found[0], Page):
        return sum(len(page.items) for page in found)
    return sum(map(len, found)) if isinstance(found[0], (list, tuple)) else len(found)
