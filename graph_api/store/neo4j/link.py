"""The connection over which a change is written, an export read and a graph checked.

Such work takes long and is done in threads, so it has a driver of its own, without event loop.
"""

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count, islice
from typing import Any, Protocol, TypeAlias, TypeVar

from neo4j import READ_ACCESS, WRITE_ACCESS, Driver, GraphDatabase, ManagedTransaction, Session, Transaction
from neo4j.exceptions import ClientError, DriverError, Neo4jError, TransientError

from graph_api.domain.catalogue import Relation
from graph_api.errors import StoreBusy
from graph_api.store.neo4j.address import Address
from graph_api.store.neo4j.connection import driver_options
from graph_api.store.neo4j.cypher import as_one, in_one
from graph_api.store.neo4j.schema import COUNT_TYPES

T = TypeVar("T")
Values: TypeAlias = list[Any]
Statement: TypeAlias = tuple[str, list[object]]
"""A query that begins with `UNWIND $rows AS row`, and the rows."""

ROWS = 5_000
"""Rows of one UNWIND, and of one transaction of a large load."""

MOST_ROWS = 60_000
"""Rows that one transaction may write: some 150 MB of the server's heap, and 2 s of a commit."""

_AHEAD = 4
"""Transactions' rows that wait for the server while more are being prepared."""

_RETRY_SECONDS = 0.8
_LEAST_RETRIES = 2
_BUSY_SECONDS = 1.0  # the server looks for what is due only every 2 s
_TIMED_OUT = ("TransactionTimedOut", "TransactionTimedOutClientConfiguration", "LockClientStopped")
_LOCK = "MERGE (w:FilmGraph {generation: 0, id: 'writer'}) SET w:Writer, w.at = datetime()"

_WAIT_SECONDS = 1.2  # for another change to end
_LOOK_SECONDS = 0.05
_LOCK_ATTEMPTS = 5  # a slow server may take longer for the lock than a limit that is for waiting
_WRITER = "filmgraph-writer"
_WRITERS = "SHOW TRANSACTIONS YIELD metaData WHERE metaData[$name] RETURN count(*)"
_BUSY = "another process is writing to the database; try again when it has finished"


class TooMuch(Exception):
    """A change turned out too large for one transaction."""


class Work(Protocol):
    """Where a change is written to: one transaction, or a generation that nobody sees yet."""

    generation: int

    def read(self, query: str, /, **parameters: object) -> list[Values]:
        """Return the rows of a query; $g is the generation."""
        ...

    def write(self, query: str, rows: Sequence[object]) -> None:
        """Run a query that begins with `UNWIND $rows AS row` over rows."""
        ...


def present_types(read: Callable[[str], list[Values]]) -> list[Relation]:
    """Return the types of which there are relationships; many queries need one statement a type."""
    return [relation for relation, count in zip(Relation, read(COUNT_TYPES)[0][0], strict=True) if count]


def _run(tx: ManagedTransaction | Transaction, query: str, parameters: dict[str, Any]) -> list[Values]:
    return tx.run(in_one(query), as_one(parameters)).values()


def _run_all(tx: ManagedTransaction, statements: Sequence[Statement], generation: int) -> None:
    for query, rows in statements:
        _run(tx, query, {"rows": rows, "g": generation})


class InTransaction:
    """A change inside one transaction."""

    def __init__(self, tx: ManagedTransaction, generation: int) -> None:
        self._tx = tx
        self._rows = 0
        self.generation = generation

    def read(self, query: str, /, **parameters: object) -> list[Values]:
        """Return the rows of a query."""
        return _run(self._tx, query, {**parameters, "g": self.generation})

    def write(self, query: str, rows: Sequence[object]) -> None:
        """Run a query over rows.

        Raises:
            TooMuch: the transaction has grown too large.
        """
        self._rows += len(rows)
        if self._rows > MOST_ROWS:
            raise TooMuch
        for chunk in chunks(rows, ROWS):
            _run(self._tx, query, {"rows": chunk, "g": self.generation})


class InGeneration:
    """A change written in many transactions to a generation that readers go over to at its end.

    Rows are gathered until they fill a transaction, whatever statements they belong to, and sent
    by a thread, so that the server works while the next ones are being prepared. To be used as a
    context: leaving it waits for what is under way.

    Args:
        link: to the database.
        generation: read from, and written to unless `begin` is given.
        begin: called before the first row is written; makes the generation to go on with and returns its number.
    """

    def __init__(self, link: "Link", generation: int, begin: Callable[[], int] | None = None) -> None:
        self._link = link
        self._begin = begin
        self._sender = ThreadPoolExecutor(1, thread_name_prefix="graph-sender")
        self._sent: deque[Future[None]] = deque()
        self._waiting: list[Statement] = []
        self._rows = 0
        self.generation = generation

    def __enter__(self) -> "InGeneration":
        return self

    def __exit__(self, *_: object) -> None:
        self._sender.shutdown(cancel_futures=True)

    def read(self, query: str, /, **parameters: object) -> list[Values]:
        """Return the rows of a query, which sees all that was written."""
        self.flush()
        return self._link.read(query, g=self.generation, **parameters)

    def write(self, query: str, rows: Sequence[object]) -> None:
        """Run a query over rows, in transactions of a bounded size; errors may come with a later call."""
        if rows and self._begin:
            self.generation = self._begin()
            self._begin = None
        for chunk in chunks(rows, ROWS):
            self._waiting.append((query, chunk))
            self._rows += len(chunk)
            if self._rows >= ROWS:
                self._send()

    def flush(self) -> None:
        """Wait until everything is written."""
        self._send()
        while self._sent:
            self._sent.popleft().result()

    def _send(self) -> None:
        if self._waiting:
            while len(self._sent) >= _AHEAD:
                self._sent.popleft().result()
            self._sent.append(self._sender.submit(self._link.write_all, self._waiting, self.generation))
            self._waiting, self._rows = [], 0


def chunks(rows: Sequence[T], size: int) -> Iterator[list[T]]:
    """Yield rows in lists of at most `size`."""
    rest = iter(rows)
    while chunk := list(islice(rest, size)):
        yield chunk


class Link:
    """A few connections for work in threads."""

    def __init__(self, address: Address, password: str | None) -> None:
        self._driver: Driver = GraphDatabase.driver(
            address.url,
            auth=(address.user, password or ""),
            max_transaction_retry_time=_RETRY_SECONDS,
            **driver_options(10),
        )
        self._bookmarks = GraphDatabase.bookmark_manager()
        self._database = address.database

    def close(self) -> None:
        """Let go of the connections."""
        self._driver.close()

    def bookmarks(self) -> frozenset[str]:
        """Return what tells another reader how far it must have come to see all that was written here."""
        return frozenset(self._bookmarks.get_bookmarks())

    def session(self, access: str) -> Session:
        """Open a session; the caller closes it."""
        return self._driver.session(
            database=self._database, default_access_mode=access, bookmark_manager=self._bookmarks, fetch_size=-1
        )

    def read(self, query: str, /, **parameters: object) -> list[Values]:
        """Return the rows of a query, read in a transaction of its own."""
        with self.session(READ_ACCESS) as session:
            return session.execute_read(_run, query, parameters)

    def write(self, query: str, /, **parameters: object) -> list[Values]:
        """Run a query in a transaction of its own."""
        return self.transaction(lambda tx: _run(tx, query, parameters))

    def write_all(self, statements: Sequence[Statement], generation: int) -> None:
        """Run statements over their rows in one transaction."""
        self.transaction(lambda tx: _run_all(tx, statements, generation))

    def run(self, query: str, /, **parameters: object) -> None:
        """Run a query that takes care of its own transactions."""
        with self.session(WRITE_ACCESS) as session:
            session.run(in_one(query), as_one(parameters)).consume()

    def transaction(self, work: Callable[[ManagedTransaction], T]) -> T:
        """Return what `work` does in one transaction; done over where others were in its way."""
        for attempt in count():
            try:
                with self.session(WRITE_ACCESS) as session:
                    return session.execute_write(work)
            except TransientError:
                # A slow server uses up the driver's time for retries with the first one.
                if attempt >= _LEAST_RETRIES:
                    raise
        raise AssertionError("unreachable")

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Be the only one that writes: a lock inside the server, which goes with its transaction or connection.

        Raises:
            StoreBusy: another process is writing.
        """
        with self.session(WRITE_ACCESS) as session:
            limit = time.monotonic() + _WAIT_SECONDS
            for _ in range(_LOCK_ATTEMPTS):
                # Looked for first: of a lock that is not to be had the server tells after 1 to 3 s.
                while _is_writing(session):
                    if time.monotonic() > limit:
                        raise StoreBusy(_BUSY)
                    time.sleep(_LOOK_SECONDS)
                if _can_lock(session):
                    break
            else:
                raise StoreBusy(_BUSY)
            held = session.begin_transaction(metadata={_WRITER: True})
            try:
                _run(held, _LOCK, {})
                yield
            finally:
                with contextlib.suppress(DriverError, Neo4jError):
                    held.rollback()


def _is_writing(session: Session) -> bool:
    """Tell whether another process holds the lock."""
    return bool(session.run(_WRITERS, name=_WRITER).values()[0][0])


def _can_lock(session: Session) -> bool:
    """Tell whether the lock could be had within a second; it is let go again.

    The server's limit holds for a transaction's whole life, so a short one tries the lock first.
    """
    try:
        with session.begin_transaction(timeout=_BUSY_SECONDS) as attempt:
            _run(attempt, _LOCK, {})
            attempt.commit()
    except ClientError as error:
        if (error.code or "").endswith(_TIMED_OUT):
            return False
        raise
    return True
