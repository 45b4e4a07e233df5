"""What a GraphQL request says, from its body or its query string (GraphQL over HTTP, "Request")."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from graph_api.errors import BadInput, BadJson, PersistedQueryNotFound, UnsupportedMedia
from graph_api.http.negotiation import JSON
from graph_api.http.nesting import check_nesting

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a GraphQL request.

    Attributes:
        query: the document; empty where `document_hash` alone names it.
        document_hash: the sha256 of a document, as 64 digits in lower case (graph_api.http.trusted).
    """

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None
    document_hash: str | None = None


async def read_parameters(request: Request, deepest: int) -> Parameters:
    """Return what a request asks; its variables, and whatever else it holds, are at most `deepest` levels deep.

    Raises:
        UnsupportedMedia: the body is not JSON in UTF-8.
        BadInput, BadJson: it does not say what it should.
        VariablesTooLarge: it is nested more deeply.
        PersistedQueryNotFound: it names a document by something else than a sha256.
        BodyTooLarge: see `graph_api.http.middleware.BodyLimit`.
        ClientDisconnect: the client left before it had sent it all.
    """
    if request.method in ("GET", "HEAD"):
        found: Any = dict(request.query_params)
        for name in ("variables", "extensions"):
            if name in found:
                found[name] = _json(found[name].encode(), name, deepest) if found[name] else None
        for name in ("operationName", "documentId"):
            if not found.get(name):
                found[name] = None
    else:
        _check_content_type(request.headers.get("content-type", ""))
        if (encoding := request.headers.get("content-encoding", "identity").lower()) != "identity":
            raise UnsupportedMedia(f"send the request's body as it is, not as {encoding[:80]!r}")
        found = _json(await _body(request), "the request's body", deepest, around=1)
    return parameters_of(found)


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


def _json(text: bytes, what: str, deepest: int, around: int = 0) -> Any:
    check_nesting(text, deepest, around)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadJson(f"{what} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None


def parameters_of(found: Any) -> Parameters:
    """Return the parameters that JSON holds.

    Raises:
        BadInput: they are not what they should be.
        PersistedQueryNotFound: it names a document by something else than a sha256.
    """
    if not isinstance(found, dict):
        raise BadInput('the body must be one JSON object such as {"query": "{ graph { revision } }"}')
    name = found.get("operationName")
    if name is not None and not isinstance(name, str):
        raise BadInput("operationName must be text")
    for key in ("variables", "extensions"):
        if found.get(key) is not None and not isinstance(found[key], dict):
            raise BadInput(f"{key} must be a JSON object")
    extensions = found.get("extensions")
    document = document_hash(found.get("documentId"), extensions)
    query = found.get("query")
    if query is None and document is not None:
        query = ""
    elif not isinstance(query, str) or not query.strip():
        raise BadInput("query must be the text of a GraphQL document")
    return Parameters(query, found.get("variables"), name, extensions, document)


def document_hash(identifier: object, extensions: dict[str, Any] | None) -> str | None:
    """Return the sha256 of the document that a request names, if it names one.

    It is said as `documentId: "sha256:..."` (GraphQL over HTTP, appendix "Persisted Documents"), or as
    `extensions.persistedQuery: {version: 1, sha256Hash: "..."}`, as Apollo's clients and many others do.

    Raises:
        BadInput: it is said in no way that there is.
        PersistedQueryNotFound: the document is named by something else.
    """
    if identifier is None:
        persisted = extensions.get("persistedQuery") if extensions else None
        if persisted is None:
            return None
        if not isinstance(persisted, dict) or not isinstance(persisted.get("sha256Hash"), str):
            raise BadInput('extensions.persistedQuery must be {"version": 1, "sha256Hash": "64 hexadecimal digits"}')
        digest: str = persisted["sha256Hash"]
    elif isinstance(identifier, str):
        prefix, _, digest = identifier.partition(":")
        if prefix != "sha256":
            raise PersistedQueryNotFound("documents are named by their sha256 here: documentId=sha256:HASH")
    else:
        raise BadInput("documentId must be text: sha256:HASH")
    if not _SHA256.fullmatch(digest):
        raise PersistedQueryNotFound("the hash of a document is 64 hexadecimal digits in lower case")
    return digest
