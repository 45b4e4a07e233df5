"""The errors a user can meet, as one small tree.

    FilmGraphError                 INTERNAL          500
    ├── BadInput                   BAD_INPUT         400   an argument that can't be used
    │   ├── BadId                  BAD_ID            400   an id that no version of the graph could have made
    │   ├── BadCursor              BAD_CURSOR        400   a cursor that is forged, or of another list
    │   ├── BadPage                BAD_PAGE          400   first and last, out of 1 to 100
    │   ├── BadJson                BAD_JSON          400   a body, or a parameter of an address, that is not JSON
    │   ├── PersistedQueryNotFound PERSISTED_QUERY_NOT_FOUND 404  no trusted document has this hash
    │   ├── PersistedQueryNotSupported PERSISTED_QUERY_NOT_SUPPORTED 400  there are no trusted documents here
    │   ├── PersistedQueryMismatch PERSISTED_QUERY_MISMATCH 400  the hash sent is not that of the query sent
    │   ├── PersistedQueryRequired PERSISTED_QUERY_REQUIRED 403  trusted documents alone are executed here
    │   ├── GraphQLParseError      GRAPHQL_PARSE     400   a document that is not GraphQL
    │   ├── GraphQLInvalid         GRAPHQL_VALIDATION 400  a document that does not fit the schema
    │   ├── NotAcceptable          NOT_ACCEPTABLE    406   a media type that is not given
    │   ├── UnsupportedMedia       UNSUPPORTED_MEDIA_TYPE 415  a body of another media type
    │   └── LimitExceeded          LIMIT             400   every limit tells itself and what was asked
    │       ├── BodyTooLarge       BODY_TOO_LARGE    413
    │       ├── DocumentTooLong    DOCUMENT_TOO_LONG 400
    │       ├── TooManyTokens      TOO_MANY_TOKENS   400
    │       ├── TooDeep            TOO_DEEP          400
    │       ├── TooManyAliases     TOO_MANY_ALIASES  400
    │       ├── TooManyDirectives  TOO_MANY_DIRECTIVES 400
    │       ├── TooManyFields      TOO_MANY_FIELDS   400
    │       ├── TooManyOperations  TOO_MANY_OPERATIONS 400
    │       ├── VariablesTooLarge  VARIABLES_TOO_LARGE 400
    │       ├── TooCostly          TOO_COSTLY        400
    │       └── TooManyNodes       TOO_MANY_NODES    400
    ├── Unauthenticated            UNAUTHENTICATED   401   a token is wanted, or this one is none
    ├── TooManyRequests            TOO_MANY_REQUESTS 429   retryable: too much in too short a time
    ├── NotFound                   NOT_FOUND         404   names the nearest slugs
    ├── MethodNotAllowed           METHOD_NOT_ALLOWED 405  the address knows other methods
    ├── DatasetInvalid             DATASET_INVALID   422   carries every problem, with file, line and column
    ├── Conflict                   CONFLICT          409   the graph is not at the revision expected
    │   └── NotUndoable            NOT_UNDOABLE      409   a load too large for the log to keep what was before
    ├── AnalysisCancelled          ANALYSIS_CANCELLED 409  somebody stopped the analysis that was waited for
    ├── QueueFull                  QUEUE_FULL        429   retryable: too many analyses wait
    ├── DeadlineExceeded           DEADLINE          504   retryable
    ├── NotReady                   NOT_READY         503   retryable: the graph is being loaded
    ├── Overloaded                 OVERLOADED        503   retryable: as much is being done as may be at once
    ├── SlowReader                 SLOW_READER       408   retryable: a stream was not read, and has ended
    └── StoreError                 STORE             503
        ├── StoreUnavailable       STORE_UNAVAILABLE 503   retryable
        ├── StoreBusy              STORE_BUSY        503   retryable: another process is writing
        ├── StoreReadOnly          STORE_READ_ONLY   503
        ├── StoreCorrupt           STORE_CORRUPT     503
        └── StoreTooNew            STORE_TOO_NEW     503   made by a newer version of this program

Each has a code that clients may rely on, an HTTP status, whether trying again can help, and a
message that is safe to show: it names no path, no statement and no secret.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar


class FilmGraphError(Exception):
    """The root of the tree; raised itself only for what nobody foresaw."""

    code: ClassVar[str] = "INTERNAL"
    status: ClassVar[int] = 500
    is_retryable: ClassVar[bool] = False

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, object] = details

    @property
    def extensions(self) -> dict[str, object]:
        """What a client is told beside the message."""
        return {"code": self.code, "retryable": self.is_retryable, **self.details}


class BadInput(FilmGraphError):
    """An argument that can't be used; the message says what would do."""

    code = "BAD_INPUT"
    status = 400


class BadId(BadInput):
    """Not an id of this graph."""

    code = "BAD_ID"


class BadCursor(BadInput):
    """Not a cursor of this list."""

    code = "BAD_CURSOR"


class BadPage(BadInput):
    """A page that can't be given: see `graph_api.domain.paging`."""

    code = "BAD_PAGE"


class BadJson(BadInput):
    """Text that is not JSON."""

    code = "BAD_JSON"


class PersistedQueryNotFound(BadInput):
    """No trusted document has this hash; clients that know the code send the document itself."""

    code = "PERSISTED_QUERY_NOT_FOUND"
    status = 404


class PersistedQueryNotSupported(BadInput):
    """There are no trusted documents here; clients that know the code send no more hashes."""

    code = "PERSISTED_QUERY_NOT_SUPPORTED"


class PersistedQueryMismatch(BadInput):
    """The hash sent is not that of the document sent with it."""

    code = "PERSISTED_QUERY_MISMATCH"


class PersistedQueryRequired(BadInput):
    """Trusted documents alone are executed here, and this is none."""

    code = "PERSISTED_QUERY_REQUIRED"
    status = 403


class GraphQLParseError(BadInput):
    """A document that can't be parsed."""

    code = "GRAPHQL_PARSE"


class GraphQLInvalid(BadInput):
    """A document that the schema does not allow."""

    code = "GRAPHQL_VALIDATION"


class NotAcceptable(BadInput):
    """The client takes none of the media types that there are."""

    code = "NOT_ACCEPTABLE"
    status = 406


class UnsupportedMedia(BadInput):
    """A request body that is not JSON."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415


class LimitExceeded(BadInput):
    """More than a limit allows; `limit` and `requested` are among the details."""

    code = "LIMIT"


class BodyTooLarge(LimitExceeded):
    """A request body of too many bytes."""

    code = "BODY_TOO_LARGE"
    status = 413


class DocumentTooLong(LimitExceeded):
    """A GraphQL document of too many characters."""

    code = "DOCUMENT_TOO_LONG"


class TooManyTokens(LimitExceeded):
    """A GraphQL document of too many tokens or comments."""

    code = "TOO_MANY_TOKENS"


class TooDeep(LimitExceeded):
    """A GraphQL operation that nests fields too deeply."""

    code = "TOO_DEEP"


class TooManyAliases(LimitExceeded):
    """A GraphQL operation with too many aliases, fragments counted as often as they are spread."""

    code = "TOO_MANY_ALIASES"


class TooManyDirectives(LimitExceeded):
    """A GraphQL operation with too many directives, fragments counted as often as they are spread."""

    code = "TOO_MANY_DIRECTIVES"


class TooManyFields(LimitExceeded):
    """A GraphQL operation with too many fields, fragments counted as often as they are spread."""

    code = "TOO_MANY_FIELDS"


class TooManyOperations(LimitExceeded):
    """A GraphQL document of too many operations."""

    code = "TOO_MANY_OPERATIONS"


class VariablesTooLarge(LimitExceeded):
    """Variables of a GraphQL request with too long a list or text, or too many levels."""

    code = "VARIABLES_TOO_LARGE"


class TooCostly(LimitExceeded):
    """A GraphQL operation that costs too much with its variables: docs/limits.md has the arithmetic."""

    code = "TOO_COSTLY"


class TooManyNodes(LimitExceeded):
    """A GraphQL operation that could give too many objects."""

    code = "TOO_MANY_NODES"


class Unauthenticated(FilmGraphError):
    """What was asked needs a token, or the one given is unknown, expired or revoked."""

    code = "UNAUTHENTICATED"
    status = 401


class Forbidden(FilmGraphError):
    """Who asks is known, or comes from where nobody may ask this."""

    code = "FORBIDDEN"
    status = 403


class TooManyRequests(FilmGraphError):
    """More than a client may ask in its time; `retryAfter` in the details says in how many seconds it may again."""

    code = "TOO_MANY_REQUESTS"
    status = 429
    is_retryable = True

    @property
    def headers(self) -> dict[str, str]:
        """The headers that say how much a client may ask, that nothing is left of it, and until when."""
        limit, wait = self.details.get("limit", 0), self.details.get("retryAfter", 1)
        return {"ratelimit-limit": str(limit), "ratelimit-remaining": "0", "ratelimit-reset": str(wait)}


class NotFound(FilmGraphError):
    """Nothing has this slug; `nearest` in the details names slugs that are close."""

    code = "NOT_FOUND"
    status = 404


class MethodNotAllowed(FilmGraphError):
    """A method that this address does not have; `allow` in the details names those it has."""

    code = "METHOD_NOT_ALLOWED"
    status = 405


class DatasetInvalid(FilmGraphError):
    """A dataset that can't be loaded; nothing of it was."""

    code = "DATASET_INVALID"
    status = 422

    def __init__(self, problems: Sequence[object]) -> None:
        self.problems = tuple(problems)
        more = f" (and {len(self.problems) - 1} more: filmgraph check lists them)" if len(self.problems) > 1 else ""
        super().__init__(f"{self.problems[0]}{more}" if self.problems else "the dataset is invalid")


class Conflict(FilmGraphError):
    """The graph has moved on since the revision the change was made for."""

    code = "CONFLICT"
    status = 409


class NotUndoable(Conflict):
    """A load that brought so much that the log keeps no images of what was before."""

    code = "NOT_UNDOABLE"


class AnalysisCancelled(FilmGraphError):
    """The analysis that was waited for has been stopped."""

    code = "ANALYSIS_CANCELLED"
    status = 409


class QueueFull(FilmGraphError):
    """As many analyses wait as may, of this client or of all."""

    code = "QUEUE_FULL"
    status = 429
    is_retryable = True


class DeadlineExceeded(FilmGraphError):
    """The work took longer than the request may."""

    code = "DEADLINE"
    status = 504
    is_retryable = True


class BodyTooSlow(DeadlineExceeded):
    """A request whose body did not come in time."""

    code = "BODY_TOO_SLOW"
    status = 408


class NotReady(FilmGraphError):
    """The service is starting: its graph is not loaded yet."""

    code = "NOT_READY"
    status = 503
    is_retryable = True


class Overloaded(FilmGraphError):
    """The service does as much as it may at once."""

    code = "OVERLOADED"
    status = 503
    is_retryable = True


class SlowReader(FilmGraphError):
    """The client of a stream read too slowly; nothing waits for it any more."""

    code = "SLOW_READER"
    status = 408
    is_retryable = True


class StoreError(FilmGraphError):
    """The store can't answer."""

    code = "STORE"
    status = 503


class StoreUnavailable(StoreError):
    """The store can't be reached or opened."""

    code = "STORE_UNAVAILABLE"
    is_retryable = True


class StoreBusy(StoreError):
    """Another process holds the store for writing."""

    code = "STORE_BUSY"
    is_retryable = True


class StoreReadOnly(StoreError):
    """The store can be read and not written."""

    code = "STORE_READ_ONLY"


class StoreCorrupt(StoreError):
    """The store's file is damaged, cut short, or not a graph."""

    code = "STORE_CORRUPT"


class StoreTooNew(StoreError):
    """The store was made by a newer version of this program."""

    code = "STORE_TOO_NEW"
