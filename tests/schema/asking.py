"""What tests of the schema ask with."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol, cast

import strawberry
from strawberry.types import ExecutionResult

from graph_api.analytics.service import Analyses
from graph_api.errors import FilmGraphError
from graph_api.store.base import Store
from schema.build import make_schema
from schema.context import Context

Data = dict[str, Any]
Variables = Mapping[str, Any]


@cache
def the_schema(executor: str = "breadth-first") -> strawberry.Schema:
    """The schema with an executor, made once."""
    return make_schema(executor)


class CountingStore:
    """Passes every call on to a store, and counts them by name."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            self.calls[name] += 1
            return method(*args, **kwargs)

        return counted

    @property
    def total(self) -> int:
        """How many calls there were since the last `clear`."""
        return sum(self.calls.values())


class AskRaw(Protocol):
    """Executes a query and returns data and errors."""

    async def __call__(self, query: str, variables: Variables | None = None) -> ExecutionResult: ...


class Ask(Protocol):
    """Executes a query that has no errors and returns its data."""

    async def __call__(self, query: str, variables: Variables | None = None) -> Data: ...


def asker(store: Store | CountingStore, analyses: Analyses, executor: str = "breadth-first") -> AskRaw:
    """Return a function that asks a store, each time in a request of its own."""

    async def ask(query: str, variables: Variables | None = None) -> ExecutionResult:
        context = Context(cast(Store, store), analyses)
        answer = await the_schema(executor).execute(query, dict(variables or {}), context_value=context)
        assert isinstance(answer, ExecutionResult)
        return answer

    return ask


def without_errors(ask_raw: AskRaw) -> Ask:
    """Return a function that fails where an answer has errors."""

    async def ask(query: str, variables: Variables | None = None) -> Data:
        answer = await ask_raw(query, variables)
        assert not answer.errors, [(error.path, error.message) for error in answer.errors]
        assert answer.data is not None
        return answer.data

    return ask


def error_of(answer: ExecutionResult) -> FilmGraphError:
    """Return the one error of an answer, as the service raised it."""
    assert answer.errors, answer.data
    assert len(answer.errors) == 1, answer.errors
    cause = answer.errors[0].original_error
    while cause is not None and not isinstance(cause, FilmGraphError) and hasattr(cause, "original_error"):
        cause = cause.original_error
    assert isinstance(cause, FilmGraphError), answer.errors[0]
    return cause
