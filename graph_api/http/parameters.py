"""What a GraphQL request says, from its body or its query string (GraphQL over HTTP, "Request")."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from graph_api.errors import BadInput, UnsupportedMedia
from graph_api.http.negotiation import JSON


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a GraphQL request."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


async def read_parameters(request: Request) -> Parameters:
    """Return what a request asks.

    Raises:
        UnsupportedMedia: the body is not JSON in UTF-8.
        BadInput: it does not say what it should.
        BodyTooLarge: see `graph_api.http.middleware.BodyLimit`.
        ClientDisconnect: the client left before it had sent it all.
    """
    if request.method in ("GET", "HEAD"):
        found: Any = dict(request.query_params)
        for name in ("variables", "extensions"):
            if name in found:
                found[name] = _json(found[name], name) if found[name] else None
        if not found.get("operationName"):
            found["operationName"] = None
    else:
        _check_content_type(request.headers.get("content-type", ""))
        found = _json(await _body(request), "the request's body")
    return _checked(found)


async def _body(request: Request) -> bytes:
    """Return the body, which mostly comes in one piece; Starlette's own way makes an asynchronous generator of it."""
    chunks: list[bytes] = []
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


@lru_cache(maxsize=256)
def _check_content_type(header: str) -> None:
    media, *parameters = (part.strip().lower() for part in header.split(";"))
    charset = next((p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
    if media != JSON or charset not in ("utf-8", "utf8"):
        raise UnsupportedMedia(
            f"send the request as {JSON} in UTF-8, not as {header[:80] or 'nothing that is named'!r}"
        )


def _json(text: str | bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"{what} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None


def _checked(found: Any) -> Parameters:
    if not isinstance(found, dict):
        raise BadInput('the body must be one JSON object such as {"query": "{ graph { revision } }"}')
    query = found.get("query")
    if not isinstance(query, str) or not query.strip():
        raise BadInput("query must be the text of a GraphQL document")
    name = found.get("operationName")
    if name is not None and not isinstance(name, str):
        raise BadInput("operationName must be text")
    for key in ("variables", "extensions"):
        if found.get(key) is not None and not isinstance(found[key], dict):
            raise BadInput(f"{key} must be a JSON object")
    return Parameters(query, found.get("variables"), name, found.get("extensions"))
