"""Any operation as a stream of results, for protocols that carry more than one: WebSocket and SSE.

A document passes the same limits as over plain HTTP, and errors are told in the same words.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from inspect import isawaitable
from typing import Any, TypeAlias, cast

from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode, OperationType, execute, subscribe

from graph_api.errors import BadInput, DeadlineExceeded, FilmGraphError
from graph_api.http.documents import Document, Refused
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


async def results(
    service: Service, parameters: Parameters, make_context: MakeContext, headers: Headers
) -> AsyncGenerator[Result, None]:
    """Yield the results of an operation: one of a query or mutation, any number of a subscription.

    Args:
        service: executes it.
        parameters: what is asked.
        make_context: returns the context, or refuses the operation.
        headers: those of the request or handshake, which may say to which trace it belongs.
    """
    seen: dict[str, Any] = {}
    begin = time.perf_counter()
    try:
        async with aclosing(_results(service, parameters, make_context, headers, seen)) as found:
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
    seen: dict[str, Any],
) -> AsyncGenerator[Result, None]:
    try:
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
                yield _shown(result)
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


def _options(service: Service, operation: OperationDefinitionNode, parameters: Parameters, context: Context) -> Any:
    return {
        "context_value": context,
        "variable_values": parameters.variables,
        "operation_name": operation.name.value if operation.name else None,
        "hide_suggestions": not service.settings.suggestions,
    }


async def _executed(
    service: Service,
    document: Document,
    operation: OperationDefinitionNode,
    parameters: Parameters,
    context: Context,
) -> ExecutionResult:
    deadline = service.settings.request_deadline
    try:
        async with asyncio.timeout(deadline):
            result = execute(
                service.schema._schema,
                document.node,
                executor_class=service.schema.execution_context_class,
                **_options(service, operation, parameters, context),
            )
            return await result if isawaitable(result) else result
    except TimeoutError:
        raise DeadlineExceeded(
            f"the request took longer than {deadline:g} s; ask for less, or in several requests", limit=deadline
        ) from None


async def _subscribed(
    service: Service,
    document: Document,
    operation: OperationDefinitionNode,
    parameters: Parameters,
    context: Context,
) -> AsyncGenerator[ExecutionResult, None]:
    found = subscribe(service.schema._schema, document.node, **_options(service, operation, parameters, context))
    source = await found if isawaitable(found) else found
    if isinstance(source, ExecutionResult):
        raise Refused(source.errors or [], BadInput)
    return cast("AsyncGenerator[ExecutionResult, None]", source)


def _shown(result: ExecutionResult) -> Result:
    shown: Result = {}
    if result.errors:
        began = result.data is not None or any(error.path is not None for error in result.errors)
        shown["errors"] = graphql_errors(result.errors, None if began else BadInput)
        if not began:
            return shown
    shown["data"] = result.data
    if result.extensions:
        shown["extensions"] = result.extensions
    return shown
