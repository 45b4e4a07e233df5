"""Any operation as a stream of results, for protocols that carry more than one: WebSocket and SSE.

A document passes the same limits as over plain HTTP, and errors are told in the same words.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from functools import partial
from inspect import isawaitable
from typing import Any, TypeAlias

from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode, OperationType
from graphql.execution import (
    Executor,
    create_source_event_stream,
    execute_subscription_event,
    map_source_to_response_event,
)

from graph_api.errors import BadInput, DeadlineExceeded, FilmGraphError
from graph_api.http.documents import Document, Refused
from graph_api.http.execution import Deadline, begun
from graph_api.http.observing import ended
from graph_api.http.parameters import Parameters
from graph_api.http.responses import graphql_errors, internal_error
from graph_api.http.service import Service
from graph_api.http.variables import check_variables
from schema.context import Context

Result: TypeAlias = dict[str, Any]
"""The body of one answer: `data`, `errors`, `extensions`. Without `data` nothing was executed."""

Headers: TypeAlias = Iterable[tuple[bytes, bytes]]
"""As ASGI has them."""

MakeContext: TypeAlias = Callable[[OperationType, int], Context]
"""Takes the sort of an operation and the number of its root fields."""

CheckAccess: TypeAlias = Callable[[], Awaitable[None]]
"""Raises where whoever asked may no longer read, or their token holds no longer."""


async def results(
    service: Service, parameters: Parameters, make_context: MakeContext, headers: Headers, check: CheckAccess
) -> AsyncGenerator[Result, None]:
    """Yield the results of an operation: one of a query or mutation, any number of a subscription.

    Args:
        service: executes it.
        parameters: what is asked.
        make_context: returns the context, or refuses the operation.
        headers: those of the request or handshake, which may say to which trace it belongs.
        check: is called before the operation, and before each event of a subscription.
    """
    seen: dict[str, Any] = {}
    begin = time.perf_counter()
    try:
        async with aclosing(_results(service, parameters, make_context, headers, check, seen)) as found:
            async for result in found:
                if errors := result.get("errors"):
                    seen.setdefault("code", errors[0]["extensions"]["code"])
                yield result
    finally:
        ended(service, seen, None if seen.get("is_subscription") else time.perf_counter() - begin)


async def _results(
    service: Service,
    parameters: Parameters,
    make_context: MakeContext,
    headers: Headers,
    check: CheckAccess,
    seen: dict[str, Any],
) -> AsyncGenerator[Result, None]:
    try:
        await check()
        check_variables(parameters.variables or {}, service.settings)
        document = service.document(parameters)
        operation = document.operation(parameters.operation_name)
        seen["document"], seen["operation"] = document, operation.name.value if operation.name else None
        seen["cost"] = document.price(operation, parameters.variables).requested
        context = make_context(operation.operation, document.root_fields(operation))
        if operation.operation is not OperationType.SUBSCRIPTION:
            work: Awaitable[ExecutionResult] = _executed(service, document, operation, parameters, context)
            if service.tracing is not None:
                kind = operation.operation.value
                work = service.tracing.operation(work, kind, seen["operation"], headers, context.request_id)
            yield _shown(await work)
            return
        seen["is_subscription"] = True
        source = await _subscribed(service, document, operation, parameters, context)
    except Refused as refused:
        yield {"errors": graphql_errors(refused.errors, refused.kind)}
        return
    except FilmGraphError as error:
        yield {"errors": [shown_error(error)]}
        return
    service.subscriptions += 1
    try:
        async with aclosing(source):
            async for result in source:
                await check()
                yield _shown(result, has_begun=True)
                context.forget()
    except GraphQLError as error:
        yield {"data": None, "errors": graphql_errors([error], None)}
    except Exception as error:  # noqa: BLE001 - told as every unforeseen error is
        yield {"data": None, "errors": [shown_error(error)]}
    finally:
        service.subscriptions -= 1


def shown_error(error: Exception) -> Result:
    """Return an error as it is shown; what nobody foresaw is logged."""
    known = isinstance(error, FilmGraphError) and type(error) is not FilmGraphError
    told = error if isinstance(error, FilmGraphError) and known else internal_error(error)
    return {"message": told.message, "extensions": told.extensions}


async def _executed(
    service: Service,
    document: Document,
    operation: OperationDefinitionNode,
    parameters: Parameters,
    context: Context,
) -> ExecutionResult:
    deadline = Deadline(service.settings.request_deadline)
    if operation.operation is OperationType.QUERY:
        await service.turns.take()
        deadline.check()
    suggestions = service.settings.suggestions
    return await _in_time(
        deadline,
        begun(service.schema, document, operation, parameters, context, suggestions=suggestions, deadline=deadline),
    )


async def _in_time(deadline: Deadline, result: ExecutionResult | Awaitable[ExecutionResult]) -> ExecutionResult:
    """Await a result until its time is over.

    Raises:
        DeadlineExceeded: it is; the work was cancelled.
    """
    if isinstance(result, ExecutionResult):
        return result
    limit = asyncio.timeout(deadline.left)
    try:
        async with limit:
            return await result
    except TimeoutError:
        if not limit.expired():
            raise
        raise deadline.error() from None


async def _subscribed(
    service: Service,
    document: Document,
    operation: OperationDefinitionNode,
    parameters: Parameters,
    context: Context,
) -> AsyncGenerator[ExecutionResult, None]:
    executor = Executor.build(
        service.schema._schema,
        document.node,
        context_value=context,
        raw_variable_values=parameters.variables,
        operation_name=operation.name.value if operation.name else None,
        hide_suggestions=not service.settings.suggestions,
    )
    if isinstance(executor, list):
        raise Refused(executor, BadInput)
    found: Any = create_source_event_stream(executor)
    source = await found if isawaitable(found) else found
    if isinstance(source, ExecutionResult):
        raise Refused(source.errors or [], BadInput)
    return map_source_to_response_event(executor, source, partial(_event, service.settings.request_deadline))


async def _event(seconds: float, executor: Executor[Any]) -> ExecutionResult:
    """Execute the fields of one event; each has the time of a request, and one that takes longer fails alone."""
    deadline = Deadline(seconds)
    try:
        return await _in_time(deadline, execute_subscription_event(executor))
    except DeadlineExceeded as error:
        return ExecutionResult(None, [GraphQLError(error.message, executor.operation, original_error=error)])


def _shown(result: ExecutionResult, *, has_begun: bool = False) -> Result:
    shown: Result = {}
    if result.errors:
        began = has_begun or result.data is not None or any(error.path is not None for error in result.errors)
        shown["errors"] = graphql_errors(result.errors, None if began else BadInput)
        if not began:
            return shown
    shown["data"] = result.data
    if result.extensions:
        shown["extensions"] = result.extensions
    return shown
