"""GraphQL over WebSocket: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md.

Strawberry's handler speaks the protocol with its close codes; this module gives it our documents,
limits and errors, and drops whoever reads too slowly.

    4400  a message that is none          4408  no connection_init in time
    4401  before connection_init          4409  an id that is in use
    4403  a token that does not hold      4429  a second connection_init
    1013  reads too slowly: come back with since
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from datetime import timedelta
from typing import Any

import orjson
from graphql import GraphQLError, OperationType
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived, WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.unset import UNSET

from graph_api.domain.access import NOBODY, Access
from graph_api.errors import FilmGraphError, TooManyRequests, VariablesTooLarge
from graph_api.http.authorization import access_of, check_reads, is_own_origin
from graph_api.http.nesting import check_nesting
from graph_api.http.parameters import parameters_of
from graph_api.http.responses import error_response
from graph_api.http.service import Service, service_of
from graph_api.http.streams import Result, results
from graph_api.observability import log, request_id
from graph_api.settings import Settings
from schema.context import Context

_NO_MESSAGE = 4400
_FORBIDDEN = 4403
_FAILED = 1011
_TRY_AGAIN_LATER = 1013
_REASON_BYTES = 120
"""A close frame holds no more than 123."""


async def socket(websocket: WebSocket) -> None:
    """Serve a WebSocket until it ends."""
    service = service_of(websocket)
    request_id.set(secrets.token_hex(8))
    if not is_own_origin(websocket.headers.get("origin"), websocket.headers.get("host", ""), service):
        await websocket.close(_FORBIDDEN)  # before it is accepted: the handshake is answered by 403
        return
    if GRAPHQL_TRANSPORT_WS_PROTOCOL not in websocket.scope.get("subprotocols", ()):
        await websocket.accept()
        await websocket.close(4406, "Subprotocol not acceptable")
        return
    try:
        service.ration(websocket)
    except TooManyRequests as error:
        await websocket.send_denial_response(error_response(error))
        return
    await websocket.accept(GRAPHQL_TRANSPORT_WS_PROTOCOL)
    connection = _Connection(service, websocket)
    settings = service.settings
    adapter = _Adapter(websocket, settings)
    handler: BaseGraphQLTransportWSHandler[Any, None] = BaseGraphQLTransportWSHandler(
        view=connection,  # type: ignore[arg-type] # what the handler uses of it
        websocket=adapter,  # type: ignore[arg-type]
        context=connection,
        root_value=None,
        schema=connection,  # type: ignore[arg-type]
        connection_init_wait_timeout=timedelta(seconds=settings.connection_init_seconds),
        max_subscriptions_per_connection=settings.max_subscriptions,
    )
    serving, dropped = asyncio.ensure_future(handler.handle()), asyncio.ensure_future(adapter.dropped.wait())
    await asyncio.wait([serving, dropped], return_when=asyncio.FIRST_COMPLETED)
    if not serving.done():
        await adapter.close(_TRY_AGAIN_LATER, "read too slowly; come back with since")
    for task in (serving, dropped):
        task.cancel()
    await asyncio.wait([serving, dropped])
    failure = None if serving.cancelled() else serving.exception()
    if failure is not None:
        log(logging.ERROR, "unforeseen error", error=failure)
        await adapter.close(_FAILED, "internal error")


class _Connection:
    """What Strawberry's handler wants of a view, a context and a schema."""

    def __init__(self, service: Service, websocket: WebSocket) -> None:
        self._service = service
        self._websocket = websocket
        self._access: Access = NOBODY
        self._given: str | None = None
        self.connection_params: Mapping[str, object] | None = None

    async def on_ws_connect(self, _: object) -> object:
        """Find out who has come; the token is in connection_init's payload, as browsers can't send headers."""
        given = (self.connection_params or {}).get("authorization", self._websocket.headers.get("authorization"))
        self._given = None if given is None else str(given)
        try:
            await self._check()
        except FilmGraphError as error:
            raise ConnectionRejectionError({"message": error.message}) from None
        return UNSET

    async def _check(self) -> None:
        self._access = await access_of(self._service, self._given)
        check_reads(self._service, self._access)

    def _context(self, operation: OperationType, fields: int) -> Context:
        self._service.ration(self._websocket)
        if operation is OperationType.MUTATION and self._access.token is not None:
            self._service.writes.take(self._access.token, "changes with one token", fields)
        return self._service.context(self._websocket, self._access)

    async def stream(self, query: object, **_: object) -> AsyncGenerator[ExecutionResult | PreExecutionError, None]:
        """Return the results of an operation; `query` is the whole payload (`_Adapter`)."""
        return self._results(query)

    async def _results(self, payload: object) -> AsyncGenerator[ExecutionResult | PreExecutionError, None]:
        try:
            parameters = parameters_of(payload)
        except FilmGraphError as error:
            yield PreExecutionError(data=None, errors=[GraphQLError(error.message, extensions=error.extensions)])
            return
        async with aclosing(
            results(self._service, parameters, self._context, self._websocket.scope["headers"], self._check)
        ) as found:
            async for result in found:
                errors = [_as_graphql_error(error) for error in result.get("errors", ())] or None
                if "data" in result:
                    yield ExecutionResult(data=result["data"], errors=errors, extensions=result.get("extensions"))
                else:
                    yield PreExecutionError(data=None, errors=errors)


def _as_graphql_error(error: Result) -> GraphQLError:
    return GraphQLError(error["message"], path=error.get("path"), extensions=error["extensions"])


class _Adapter:
    """A WebSocket as Strawberry's handler wants it."""

    def __init__(self, websocket: WebSocket, settings: Settings) -> None:
        self._websocket = websocket
        self._patience = settings.slow_reader_seconds
        self._deepest = settings.max_variable_depth
        self.dropped = asyncio.Event()

    async def iter_json(self, **_: object) -> AsyncGenerator[object, None]:
        """Yield messages until the other side ends."""
        try:
            while self._websocket.application_state is not WebSocketState.DISCONNECTED:
                message = await self._websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                text = message.get("text")
                if text is None:
                    raise NonTextMessageReceived
                try:
                    check_nesting(text.encode(), self._deepest, around=2)
                    found = orjson.loads(text)
                except VariablesTooLarge as error:
                    await self.close(_NO_MESSAGE, error.message)
                    return
                except orjson.JSONDecodeError as error:
                    raise NonJsonMessageReceived from error
                if not isinstance(found, dict) or not isinstance(found.get("id", ""), str):
                    raise NonJsonMessageReceived
                if found.get("type") == "subscribe":
                    # Strawberry's handler looks at no query and hands on no extensions, which may name a document.
                    found["payload"] = {"query": found.get("payload")}
                yield found
        except RuntimeError as error:  # received after the end
            raise WebSocketDisconnected from error

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message; whoever does not read it in time is dropped, so that nothing piles up."""
        try:
            async with asyncio.timeout(self._patience):
                await self._websocket.send_text(orjson.dumps(message).decode())
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            # The operation ends as if it were cancelled; of any other error the handler would log a traceback.
            self.dropped.set()
            raise asyncio.CancelledError from None

    async def close(self, code: int, reason: str) -> None:
        """End the connection; a client that reads nothing at all is not waited for."""
        with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(self._patience):
                await self._websocket.close(code, reason.encode()[:_REASON_BYTES].decode(errors="ignore"))
