"""Which status an answer of /graphql has, under one of two profiles; docs/protocol.md has the table.

`audit` is what the public audit suite of GraphQL over HTTP expects, and most clients are used to. `draft`
is the specification's newest text, https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes: it
tells a partial answer by 294, what is no GraphQL request, or does not fit the schema, by 422, and gives every
refusal as application/graphql-response+json.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from typing_extensions import override

from graph_api.errors import (
    BadInput,
    BadJson,
    DocumentTooLong,
    FilmGraphError,
    Forbidden,
    GraphQLParseError,
    TooManyTokens,
    Unauthenticated,
)
from graph_api.http.negotiation import GRAPHQL_JSON, JSON, names

PARTIAL = 294
_UNREADABLE = (BadJson, GraphQLParseError, DocumentTooLong, TooManyTokens)
_REFUSALS = {Unauthenticated.code: Unauthenticated.status, Forbidden.code: Forbidden.status}


class Audit:
    """The profile `audit`."""

    offered = (JSON, GRAPHQL_JSON)
    """The media types of answers; the first is for whoever names none."""

    def refused(self, kind: type[BadInput], error: FilmGraphError | None, media: str, accept: str | None) -> int:
        """Return the status of a document or variables that were refused: by an error of ours, or as `kind`."""
        if error is not None:
            return error.status
        # Clients of before the specification read errors only from an answer with status 200.
        return 200 if media == JSON and names(accept, JSON) else kind.status

    def error(self, error: FilmGraphError) -> int:
        """Return the status of a request that ended in an error of ours."""
        return error.status

    def error_media(self, media: str) -> str:
        """Return the media type of an answer that is nothing but errors."""
        return media

    def executed(self, body: Mapping[str, Any], fields: int) -> int:
        """Return the status of an answer to an operation with so many fields at its root."""
        return 200


class Draft(Audit):
    """The profile `draft`."""

    offered = (GRAPHQL_JSON, JSON)

    @override
    def refused(self, kind: type[BadInput], error: FilmGraphError | None, media: str, accept: str | None) -> int:
        """Return the status of a document or variables that were refused: by an error of ours, or as `kind`."""
        return _draft_status(type(error) if error is not None else kind)

    @override
    def error(self, error: FilmGraphError) -> int:
        """Return the status of a request that ended in an error of ours."""
        return _draft_status(type(error))

    @override
    def error_media(self, media: str) -> str:
        """Return the media type of an answer that is nothing but errors: clients may trust it whatever its status."""
        return GRAPHQL_JSON

    @override
    def executed(self, body: Mapping[str, Any], fields: int) -> int:
        """Return the status of an answer to an operation with so many fields at its root."""
        errors: Sequence[Mapping[str, Any]] | None = body.get("errors")
        if not errors:
            return 200
        codes = {error["extensions"]["code"] for error in errors}
        if body["data"] is None and len(codes) == 1 and len(errors) == fields:
            # Nothing was done: each field asks for what this client may not.
            return _REFUSALS.get(codes.pop(), PARTIAL)
        return PARTIAL


def _draft_status(kind: type[FilmGraphError]) -> int:
    if kind.status != BadInput.status or issubclass(kind, _UNREADABLE):
        return kind.status
    return HTTPStatus.UNPROCESSABLE_ENTITY


PROFILES: Mapping[str, Audit] = {"audit": Audit(), "draft": Draft()}
