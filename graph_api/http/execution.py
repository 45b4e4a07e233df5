"""Executing an operation: until it is done, its time is over, or its client has gone."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, Generic, TypeGuard, TypeVar, cast

import orjson
import strawberry
from graphql import ExecutionResult, OperationDefinitionNode, OperationType
from starlette.requests import ClientDisconnect
from starlette.types import Receive
from strawberry.execution import optimized_is_awaitable

from graph_api.batching.executor import BreadthFirst
from graph_api.errors import DeadlineExceeded
from graph_api.http.documents import Document
from graph_api.http.parameters import Parameters

T = TypeVar("T")
_is_awaitable = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)
_SHORT = 0.05
"""Seconds after which a client is watched; most requests are done before, and save the watching."""


class Deadline:
    """When a request's time is over.

    Args:
        seconds: that it has, from now on.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = time.perf_counter() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left; below 0 when it is over."""
        return self._until - time.perf_counter()

    def check(self) -> None:
        """Make sure that it is not over.

        Raises:
            DeadlineExceeded: it is.
        """
        if time.perf_counter() > self._until:
            raise self.error()

    def error(self) -> DeadlineExceeded:
        """Return what a request is told that took too long."""
        return DeadlineExceeded(
            f"the request took longer than {self.seconds:g} s; ask for less, or in several requests", limit=self.seconds
        )


async def run(
    schema: strawberry.Schema,
    document: Document,
    operation: OperationDefinitionNode,
    parameters: Parameters,
    context: Any,
    *,
    suggestions: bool,
    deadline: Deadline,
    receive: Receive,
) -> ExecutionResult:
    """Execute one operation of a valid document; parts of a long answer come as `orjson.Fragment`.

    Raises:
        DeadlineExceeded: its time was over; its resolvers are cancelled.
        ClientDisconnect: nobody waits for the answer any more; likewise.
    """
    result = begun(
        schema, document, operation, parameters, context, suggestions=suggestions, deadline=deadline, encode=_as_text
    )
    if isinstance(result, ExecutionResult):
        return result
    # A change is made in a task of its own: it may take its time to stop, and nobody waits for that.
    is_change = operation.operation is OperationType.MUTATION
    return await (within if is_change else here_within)(deadline, receive, result)


def begun(
    schema: strawberry.Schema,
    document: Document,
    operation: OperationDefinitionNode,
    parameters: Parameters,
    context: Any,
    *,
    suggestions: bool,
    deadline: Deadline,
    encode: Callable[[Any], Any] | None = None,
) -> ExecutionResult | Awaitable[ExecutionResult]:
    """Begin one operation of a valid document, and return its result if it is there without waiting.

    The schema's own executor class is called as `graphql.execute` calls it; parsing and validation were done before.

    Raises:
        DeadlineExceeded: its time was over; so may what is awaited, which itself looks only while it computes.
    """
    executor = schema.execution_context_class.build(
        schema._schema,
        document.node,
        context_value=context,
        raw_variable_values=parameters.variables,
        operation_name=operation.name.value if operation.name else None,
        is_awaitable=_is_awaitable,
        hide_suggestions=not suggestions,
        operation_extensions=parameters.extensions,
    )
    if isinstance(executor, list):
        return ExecutionResult(None, executor)
    if isinstance(executor, BreadthFirst):
        executor.encode = encode
        executor.check = deadline.check
    result: Any = executor.execute_operation()  # nothing comes in parts: the schema has no @defer
    return cast("ExecutionResult | Awaitable[ExecutionResult]", result)


def _as_text(part: Any) -> orjson.Fragment:
    # The bytes that orjson gives keep up to as much again in reserve; a copy does not.
    return orjson.Fragment(bytes(memoryview(orjson.dumps(part))))


async def here_within(deadline: Deadline, receive: Receive, work: Awaitable[T]) -> T:
    """Await work as `within` does, but in this task: what is done without waiting costs nothing more.

    Raises:
        DeadlineExceeded, ClientDisconnect: the work was cancelled.
    """
    if isinstance(work, Coroutine):
        begun: Begun[T] = Begun(work)
        if begun.is_done:
            return begun.value
        work = begun
    task = asyncio.current_task()
    assert task is not None
    watch = _Watch(task, receive)
    timer = asyncio.get_running_loop().call_later(_SHORT, watch.begin)
    limit = asyncio.timeout(deadline.left)
    try:
        async with limit:
            return await work
    except TimeoutError:
        if not limit.expired():
            raise
        raise deadline.error() from None
    except asyncio.CancelledError:
        if not watch.is_gone:
            raise
        task.uncancel()
        raise ClientDisconnect from None
    finally:
        timer.cancel()
        watch.end()


class Begun(Generic[T]):
    """A coroutine that has run up to where it first waits; to be awaited by the task that began it."""

    __slots__ = ("_waited_for", "_work", "is_done", "value")

    value: T

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self._work = work
        self.is_done = False
        try:
            self._waited_for = work.send(None)
        except StopIteration as done:
            self.is_done = True
            self.value = done.value

    def __await__(self) -> Generator[Any, Any, T]:
        waited_for = self._waited_for
        try:
            while True:
                try:
                    sent = yield waited_for
                except BaseException as error:  # noqa: BLE001 - whatever it is, it is the coroutine's
                    waited_for = self._work.throw(error)
                else:
                    waited_for = self._work.send(sent)
        except StopIteration as done:
            value: T = done.value
            return value


class _Watch:
    """Cancels a task when its client has gone."""

    def __init__(self, task: asyncio.Task[Any], receive: Receive) -> None:
        self._task = task
        self._receive = receive
        self._watching: asyncio.Task[None] | None = None
        self.is_gone = False

    def begin(self) -> None:
        self._watching = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        await _disconnected(self._receive)
        self.is_gone = True
        self._task.cancel()

    def end(self) -> None:
        if self._watching is not None:
            self._watching.cancel()


async def within(deadline: Deadline, receive: Receive, work: Awaitable[T]) -> T:
    """Await work until its time is over, as long as the client is there.

    Raises:
        DeadlineExceeded, ClientDisconnect: the work was cancelled.
    """
    task = asyncio.ensure_future(work)
    gone: asyncio.Future[None] | None = None
    try:
        await asyncio.wait([task], timeout=max(0, min(_SHORT, deadline.left)))
        if not task.done() and deadline.left > 0:
            gone = asyncio.ensure_future(_disconnected(receive))
            await asyncio.wait([task, gone], timeout=deadline.left, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        if gone is not None and gone.done():
            raise ClientDisconnect
        raise deadline.error()
    finally:
        task.cancel()
        if gone is not None:
            gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
