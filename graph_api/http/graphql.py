"""The GraphQL endpoint, as the GraphQL over HTTP specification has it: https://graphql.github.io/graphql-over-http/."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from graphql import ExecutionResult, GraphQLError, OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graph_api.domain.access import Access
from graph_api.errors import BadInput, BodyTooSlow, FilmGraphError, MethodNotAllowed, NotAcceptable, Unauthenticated
from graph_api.http.authorization import access_of, check_origin, check_reads
from graph_api.http.caching import FRESH, cache_control, is_known, not_modified, tag_of, with_tag
from graph_api.http.documents import Document, Refused
from graph_api.http.events import EVENT_STREAM, EventStream
from graph_api.http.execution import Begun, Deadline, run
from graph_api.http.ide import ide_page, program_version
from graph_api.http.negotiation import GRAPHQL_JSON, HTML, JSON, chosen
from graph_api.http.parameters import Parameters, read_parameters
from graph_api.http.responses import error_response, graphql_errors, json_response
from graph_api.http.service import Service, service_of
from graph_api.http.variables import check_variables
from graph_api.settings import Settings
from schema.context import Context

_CLIENT_GONE = 499
_VARY = {"vary": "accept"}
_VARY_GET = "accept, authorization"
_REFUSED = {**_VARY, "cache-control": FRESH}
_DOCUMENT = frozenset({"query", "documentId", "extensions"})
"""Parameters of an address that is a request, and not the page's."""


async def graphql(request: Request) -> Response:
    """Answer a query by POST or GET; a browser that comes by GET gets the page to write queries in."""
    service = service_of(request)
    statuses = service.statuses
    accept = request.headers.get("accept")
    is_get = request.method != "POST"
    pages = (HTML,) if is_get and service.settings.ide else ()
    media = chosen(accept, (*statuses.offered, *pages, EVENT_STREAM))
    if media == HTML and _DOCUMENT.isdisjoint(request.query_params):
        return with_tag(request, ide_page())
    if media is None:
        return error_response(NotAcceptable(f"answers are given as {GRAPHQL_JSON} or {JSON}; accept one of them"))
    media = JSON if media == HTML else media
    try:
        if is_get:
            _check_get(request, service)
        if media == EVENT_STREAM:
            return await _stream(request, service)
        return await _answer(request, service, media)
    except Refused as refused:
        causes = [error.original_error for error in refused.errors]
        own = next((cause for cause in causes if isinstance(cause, FilmGraphError)), None)
        errors = graphql_errors(refused.errors, refused.kind)
        request.scope["state"]["code"] = errors[0]["extensions"]["code"]
        status = statuses.refused(refused.kind, own, media, accept)
        return json_response({"errors": errors}, status, statuses.error_media(media), _REFUSED)
    except FilmGraphError as error:
        request.scope["state"]["code"] = error.code
        return error_response(error, statuses.error_media(media), statuses.error(error))
    except ClientDisconnect:
        return Response(status_code=_CLIENT_GONE)


def _check_get(request: Request, service: Service) -> None:
    """Make sure that queries by GET are taken, and that this one was not sent by somebody else's page.

    A browser sends such a request without asking first. The page can't read the answer, but the
    work would be done. A link that a person follows is a request of that person.
    """
    if not service.settings.get_queries:
        raise MethodNotAllowed("queries are sent by POST here", allow="POST")
    if request.headers.get("sec-fetch-mode") != "navigate":
        check_origin(request, service)


async def _answer(request: Request, service: Service, media: str) -> Response:
    parameters = await _parameters_in_time(request, service.settings)
    deadline = Deadline(service.settings.request_deadline)
    if parameters.variables:
        check_variables(parameters.variables, service.settings)
    document = service.document(parameters)
    operation = document.operation(parameters.operation_name)
    seen = request.scope["state"]
    seen["document"], seen["operation"] = document, operation.name.value if operation.name else None
    if request.method != "POST" and operation.operation is not OperationType.QUERY:
        raise MethodNotAllowed(f"a {operation.operation.value} can't be sent by GET; use POST", allow="POST")
    if operation.operation is OperationType.SUBSCRIPTION:
        raise BadInput(f"a subscription is answered as {EVENT_STREAM}, or over a WebSocket")
    price = document.price(operation, parameters.variables)
    seen["cost"] = price.requested
    headers = {**_VARY, "graphql-cost": price.header}
    if operation.operation is OperationType.MUTATION:
        headers |= _may(request, service, operation.operation, document.root_fields(operation))
    settings = service.settings
    context = service.context(request, request.state.access)
    if request.method != "POST":
        headers |= await _caching(request, service, document, parameters, media)
        if "etag" in headers and is_known(request, headers["etag"]):
            return not_modified(headers)
    if operation.operation is OperationType.QUERY:
        await service.turns.take()
        deadline.check()
    work: Awaitable[ExecutionResult] = run(
        service.schema,
        document,
        operation,
        parameters,
        context,
        suggestions=settings.suggestions,
        deadline=deadline,
        receive=request.receive,
    )
    if service.tracing is not None:
        kind, name = operation.operation.value, seen["operation"]
        work = service.tracing.operation(work, kind, name, request.scope["headers"], context.request_id)
    result = await work
    if result.errors and result.data is None and not _executed(result.errors):
        raise Refused(result.errors, BadInput)
    body = _body(result)
    if parameters.extensions is not None and parameters.extensions.get("cost"):
        body["extensions"] = {**body.get("extensions", {}), "cost": price._asdict()}
    if not result.errors:
        return json_response(body, 200, media, headers)
    seen["code"] = body["errors"][0]["extensions"]["code"]
    return _with_errors(service, body, document.root_fields(operation), media, headers)


def _with_errors(service: Service, body: dict[str, Any], fields: int, media: str, headers: dict[str, str]) -> Response:
    """Return an answer some fields of which failed; no cache keeps it."""
    status = service.statuses.executed(body, fields)
    if "etag" in headers:
        del headers["etag"]
        headers["cache-control"] = FRESH
    if status >= BadInput.status:
        del body["data"]
        media = service.statuses.error_media(media)
    if status == Unauthenticated.status:
        headers["www-authenticate"] = "Bearer"
    return json_response(body, status, media, headers)


async def _caching(
    request: Request, service: Service, document: Document, parameters: Parameters, media: str
) -> dict[str, str]:
    """Return the headers by which an answer to a GET request is kept and found to be still right."""
    if not document.is_lasting:
        return {"cache-control": FRESH, "vary": _VARY_GET}
    access: Access = request.state.access
    extensions = parameters.extensions or {}
    tag = tag_of(
        program_version(),
        await service.state_of_graph(),
        media,
        document.text,
        parameters.operation_name,
        parameters.variables,
        bool(extensions.get("cost")),
        [access.actor, access.scope],
    )
    settings = service.settings
    kept = cache_control(access, is_public=settings.public_reads, seconds=settings.cache_seconds)
    return {"etag": tag, "cache-control": kept, "vary": _VARY_GET}


def _may(request: Request, service: Service, operation: OperationType, fields: int) -> dict[str, str]:
    """Make sure that a request may do what it asks; return the headers that tell how often it may."""
    if operation is not OperationType.MUTATION:
        return {}
    check_origin(request, service)
    token: str | None = request.state.access.token
    return {} if token is None else service.writes.take(token, "changes with one token", fields)


async def _stream(request: Request, service: Service) -> Response:
    parameters = await _parameters_in_time(request, service.settings)

    def context(operation: OperationType, fields: int) -> Context:
        if request.method != "POST" and operation is OperationType.MUTATION:
            raise MethodNotAllowed("a mutation can't be sent by GET; use POST", allow="POST")
        _may(request, service, operation, fields)
        return service.context(request, request.state.access)

    async def check() -> None:
        check_reads(service, await access_of(service, request.headers.get("authorization")))

    return EventStream(service, parameters, context, request.scope["headers"], check)


async def _parameters_in_time(request: Request, settings: Settings) -> Parameters:
    """Return what a request asks, unless its body comes too slowly: such a connection is not held open."""
    deadline = settings.request_deadline
    reading = Begun(read_parameters(request, settings.max_variable_depth))
    if reading.is_done:  # as it mostly is: the body came with the head
        return reading.value
    try:
        async with asyncio.timeout(deadline):
            return await reading
    except TimeoutError:
        raise BodyTooSlow(
            f"the request's body did not come within {deadline:g} s; send it again", limit=deadline
        ) from None


class Endpoint:
    """`graphql` as an ASGI application, without what Starlette puts around functions."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        response = await graphql(Request(scope, receive))
        await response(scope, receive, send)


def _executed(errors: list[GraphQLError]) -> bool:
    """Tell whether execution began: errors before it, those of variables, have no path."""
    return any(error.path is not None for error in errors)


def _body(result: ExecutionResult) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = graphql_errors(result.errors, None)
    body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    return body
