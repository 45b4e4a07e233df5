"""Executing an operation: until it is done, its time is over, or its client has gone."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any, TypeGuard, TypeVar, cast

import strawberry
from graphql import ExecutionResult, OperationDefinitionNode, execute
from starlette.requests import ClientDisconnect
from starlette.types import Receive
from strawberry.execution import optimized_is_awaitable

from graph_api.errors import DeadlineExceeded
from graph_api.http.documents import Document
from graph_api.http.parameters import Parameters

T = TypeVar("T")
_is_awaitable = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)
_SHORT = 0.05
"""Seconds after which a client is watched; most requests are done before, and save the watching."""


async def run(
    schema: strawberry.Schema,
    document: Document,
    operation: OperationDefinitionNode,
    parameters: Parameters,
    context: Any,
    *,
    suggestions: bool,
    deadline: float,
    receive: Receive,
) -> ExecutionResult:
    """Execute one operation of a valid document.

    graphql-core is called as `strawberry.Schema.execute` calls it, with the schema's own
    executor class; parsing and validation were done before.

    Raises:
        DeadlineExceeded: it took longer than `deadline` seconds; its resolvers are cancelled.
        ClientDisconnect: nobody waits for the answer any more; likewise.
    """
    result = execute(
        schema._schema,
        document.node,
        context_value=context,
        variable_values=parameters.variables,
        operation_name=operation.name.value if operation.name else None,
        is_awaitable=_is_awaitable,
        executor_class=schema.execution_context_class,
        hide_suggestions=not suggestions,
        operation_extensions=parameters.extensions,
    )
    return await within(deadline, receive, result) if isawaitable(result) else result


async def within(deadline: float, receive: Receive, work: Awaitable[T]) -> T:
    """Await work for `deadline` seconds, as long as the client is there.

    Raises:
        DeadlineExceeded, ClientDisconnect: the work was cancelled.
    """
    task = asyncio.ensure_future(work)
    gone: asyncio.Future[None] | None = None
    try:
        await asyncio.wait([task], timeout=min(_SHORT, deadline))
        if not task.done() and deadline > _SHORT:
            gone = asyncio.ensure_future(_disconnected(receive))
            await asyncio.wait([task, gone], timeout=deadline - _SHORT, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        if gone is not None and gone.done():
            raise ClientDisconnect
        raise DeadlineExceeded(
            f"the request took longer than {deadline:g} s; ask for less, or in several requests", limit=deadline
        )
    finally:
        task.cancel()
        if gone is not None:
            gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
