"""What the errors of Neo4j and of its driver mean to a user.

    wrong user or password, unknown database   StoreUnavailable
    no answer, connection lost                 StoreUnavailable
    a certificate that can't be trusted        StoreUnavailable
    no connection free, deadlock, memory       StoreBusy
    no right to write                          StoreReadOnly
    stopped by a time limit                    DeadlineExceeded

All else would be a fault of this program and passes as it is. No message holds text of the
server's or the driver's, which may name addresses and statements.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from ssl import SSLCertVerificationError

from neo4j.exceptions import (
    AuthConfigurationError,
    AuthError,
    CertificateConfigurationError,
    ConnectionPoolError,
    ConstraintError,
    DatabaseUnavailable,
    DriverError,
    Forbidden,
    ForbiddenOnReadOnlyDatabase,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
    UnsupportedServerProduct,
)

from graph_api.errors import (
    DeadlineExceeded,
    FilmGraphError,
    StoreBusy,
    StoreError,
    StoreReadOnly,
    StoreUnavailable,
)

SILENT = "the Neo4j server does not answer; check that it runs and that the address is right"
_REFUSED = "Neo4j refuses the user or the password; check the address's user and FILMGRAPH_NEO4J_PASSWORD"
UNSURE = "the connection to Neo4j broke while the change was being kept; look at the revision before trying again"
CROWDED = "all connections to Neo4j are in use; try again, or run fewer requests at once"
_READ_ONLY = "the Neo4j user or database can only be read; use a user who may write"
_NO_DATABASE = "Neo4j has no database of the name that the address gives, or it is not online"
_CERTIFICATE = "the certificates for Neo4j can't be used; check them, or use +ssc for self-signed ones"


def translated(error: Exception) -> FilmGraphError | None:
    """Return the error of ours that an error of the driver amounts to; None where it is a fault of this program."""
    match error:
        case AuthError() | AuthConfigurationError():
            return StoreUnavailable(_REFUSED)
        case CertificateConfigurationError():
            return StoreUnavailable(_CERTIFICATE)
        case ConnectionPoolError():
            return StoreBusy(CROWDED)
        case IncompleteCommit():
            return StoreUnavailable(UNSURE)
        case UnsupportedServerProduct():
            return StoreError("what answers at the address is no Neo4j that can be used; give that of a Neo4j 5.26+")
        case ServiceUnavailable() if _is_distrust(error):
            return StoreUnavailable(_CERTIFICATE)
        case ServiceUnavailable() | SessionExpired() | DatabaseUnavailable():
            return StoreUnavailable(SILENT)
        case Forbidden() | ForbiddenOnReadOnlyDatabase():
            return StoreReadOnly(_READ_ONLY)
        case ConstraintError():
            return StoreBusy("another program wrote the same to Neo4j at the same time; try again")
        case Neo4jError():
            return _by_code(error)
        case _:
            return None


def _is_distrust(error: BaseException | None) -> bool:
    """Tell whether an error comes from a certificate; the driver wraps and gathers what it met on its way."""
    if error is None or isinstance(error, SSLCertVerificationError):
        return error is not None
    parts = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return any(_is_distrust(one) for one in (error.__cause__, *parts))


def _by_code(error: Neo4jError) -> FilmGraphError | None:
    code = error.code or ""
    if code.startswith("Neo.ClientError.Security."):
        return StoreUnavailable(_REFUSED)
    if code.startswith("Neo.ClientError.Database.DatabaseNotFound"):
        return StoreUnavailable(_NO_DATABASE)
    if "TransactionTimedOut" in code or code.endswith(("Transaction.Terminated", "LockClientStopped")):
        return DeadlineExceeded("Neo4j stopped the work before it was done; ask for less at a time")
    if "OutOfMemory" in code:
        return StoreBusy("Neo4j is short of memory for this; try again, or give the server more")
    if isinstance(error, TransientError):
        return StoreBusy("Neo4j is busy with conflicting work; try again")
    return None


@contextmanager
def failures() -> Iterator[None]:
    """Turn the errors of the driver that a user can do something about into ours."""
    try:
        yield
    except (DriverError, Neo4jError) as error:
        known = translated(error)
        if known is None:
            raise
        raise known from error


def is_retryable(error: Exception) -> bool:
    """Tell whether the same may work at once, on another connection or in another transaction."""
    if isinstance(error, ConnectionPoolError):
        return False  # the time for waiting has been spent
    return isinstance(error, (DriverError, Neo4jError)) and error.is_retryable()
