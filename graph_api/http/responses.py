"""Answers as JSON, and errors in the one shape they have everywhere: `{"errors": [...]}`."""

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from graph_api.errors import (
    BadInput,
    BodyTooLarge,
    FilmGraphError,
    MethodNotAllowed,
    NotFound,
    TooManyRequests,
    Unauthenticated,
)
from graph_api.http.negotiation import JSON
from graph_api.observability import log, request_id

_LONGEST = 500
_PLACES = 10


class _Json(Response):
    """Starlette's, with headers that need no look at each of them."""

    def __init__(self, body: bytes, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = headers


@lru_cache(maxsize=32)
def _content_type(media_type: str) -> tuple[bytes, bytes]:
    return b"content-type", f"{media_type}; charset=utf-8".encode("latin-1")


def json_response(
    content: object, status: int = 200, media_type: str = JSON, headers: Mapping[str, str] | None = None
) -> Response:
    """Return JSON text as the media type says it; names of headers are in lower case."""
    body = orjson.dumps(content)
    given = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (headers or {}).items()]
    return _Json(body, status, [*given, _content_type(media_type), (b"content-length", b"%d" % len(body))])


def error_response(error: FilmGraphError, media_type: str = JSON, status: int | None = None) -> Response:
    """Return an error with its status, or with another."""
    headers = {"cache-control": "no-store"}
    if isinstance(allowed := error.details.get("allow"), str):
        headers["allow"] = allowed
    if error.is_retryable:
        headers["retry-after"] = str(error.details.get("retryAfter", 1))
    if isinstance(error, BodyTooLarge):
        headers["connection"] = "close"  # the rest of it is not waited for
    if isinstance(error, TooManyRequests):
        headers |= error.headers
    if error.status == Unauthenticated.status:
        headers["www-authenticate"] = "Bearer"
    body = {"errors": [{"message": error.message, "extensions": error.extensions}]}
    return json_response(body, status or error.status, media_type, headers)


def internal_error(error: BaseException) -> FilmGraphError:
    """Log what nobody foresaw, and return what is told of it: nothing but where to look."""
    log(logging.ERROR, "unforeseen error", error=error)
    return FilmGraphError(
        "something went wrong here; the service's log has the detail under this requestId", requestId=request_id.get()
    )


def graphql_errors(errors: Sequence[GraphQLError], kind: type[BadInput] | None) -> list[dict[str, Any]]:
    """Return the errors of a GraphQL answer.

    Args:
        errors: as graphql-core made them.
        kind: what those are that have no cause of their own; None where that was not foreseen.
    """
    told: dict[int, FilmGraphError] = {}
    return [_graphql_error(error, kind, told) for error in errors]


def _graphql_error(error: GraphQLError, kind: type[BadInput] | None, told: dict[int, FilmGraphError]) -> dict[str, Any]:
    """Return one error; a cause that many fields share is logged once, by `told`."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if isinstance(cause, FilmGraphError) and type(cause) is not FilmGraphError:
        known = cause
    elif cause is None and kind is not None:
        known = kind(_short(error.message))
    elif cause is None and error.message.startswith("Argument '"):
        known = BadInput(_short(error.message))
    else:
        key = id(cause or error)
        known = told.get(key) or internal_error(cause or error)
        told[key] = known
    shown: dict[str, Any] = {"message": known.message}
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations[:_PLACES]]
    if error.path is not None:
        shown["path"] = error.path
    shown["extensions"] = known.extensions
    return shown


def _short(message: str) -> str:
    """Return a message on one line, that repeats no more of what was asked than helps.

    A circle of fragments names them all, and a value that is none is printed over several lines.
    """
    message = " ".join(message.split())
    return message if len(message) <= _LONGEST else f"{message[:_LONGEST]}..."


async def on_film_graph_error(_: Request, error: Exception) -> Response:
    """Answer a request that ended in one of our errors."""
    assert isinstance(error, FilmGraphError)
    return error_response(error if type(error) is not FilmGraphError else internal_error(error))


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Answer what Starlette's router refuses: an unknown address, or a method that it does not have."""
    assert isinstance(error, HTTPException)
    if error.status_code == MethodNotAllowed.status:
        allowed = (error.headers or {}).get("Allow", "GET")
        return error_response(MethodNotAllowed(f"{request.method} can't be done here; use {allowed}", allow=allowed))
    if error.status_code == NotFound.status:
        return error_response(NotFound("nothing is at this address; / says what there is"))
    return error_response(BadInput(error.detail))
