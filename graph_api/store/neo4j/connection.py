"""The connection to a Neo4j database over which reads go: one pool, retries, one revision a read."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from neo4j import READ_ACCESS, AsyncDriver, AsyncGraphDatabase, AsyncSession
from neo4j.exceptions import DriverError, Neo4jError

from graph_api.errors import StoreBusy, StoreError, StoreUnavailable
from graph_api.store.neo4j.address import Address
from graph_api.store.neo4j.cypher import as_one, in_one
from graph_api.store.neo4j.failures import CROWDED, SILENT, failures, is_retryable
from graph_api.store.neo4j.ping import Sign, sign_of_life
from graph_api.store.neo4j.shapes import CONSTANTS

P = ParamSpec("P")
T = TypeVar("T")
Row: TypeAlias = Mapping[str, Any]

CONNECTIONS = 20
"""How many reads may run at once; more wait, and are refused where none of those ends for a moment."""

# A server that is down must have been told of within 2 s, whatever way it is down. The driver's own limits
# are far above that: on a busy machine a login may take long, and a sign of life tells busy from down.
_OPEN_SECONDS = 10.0
_TURN_SECONDS = 1.7
_RETRY_SECONDS = 0.6
_LEAST_RETRIES = 2
_FIRST_WAIT = 0.02
_SILENT_SECONDS = 0.25  # then the server is asked for a sign of life
_PING_SECONDS = 1.55
# A change that is given up may be kept or not, so its server may stand still for longer than that of a read.
_PATIENCE_SECONDS = 10.0
_MOST_PATIENCE_SECONDS = 30.0
_PARTING_SECONDS = 1.0  # in which the driver finds out itself that the server is gone, and knows what is lost
_SETTLE_SECONDS = 1.5

_PENDING_SECONDS = 0.02
_ATTEMPTS = 100
"""How often a read is begun; a commit of the largest change in place is over after half of them."""

_STATE = "[_m.revision, _m.generation, coalesce(_m.pending, false)] AS _graph"
_TAIL = f"""
CALL () {{ MATCH (_m:FilmGraph {{generation: $g, id: 'graph'}}) RETURN {_STATE} }}
RETURN *"""
_NOW = f"MATCH (_m:Graph:FilmGraph {{id: 'graph'}}) RETURN {_STATE}"


def driver_options(connections: int) -> dict[str, Any]:
    """Return the settings that the drivers for reading and for writing share."""
    return {
        "max_connection_pool_size": connections,
        "connection_timeout": _OPEN_SECONDS,
        "connection_acquisition_timeout": _OPEN_SECONDS,
        "notifications_min_severity": "OFF",
        "telemetry_disabled": True,
        "user_agent": "ai-film-graph",
    }


def supported_version(agent: str) -> str:
    """Return the version that a server names in its greeting, as "5.26.30" from "Neo4j/5.26.30".

    Raises:
        StoreError: it is one that can't be used.
    """
    found = re.match(r"Neo4j/(\d+)\.(\d+)(\S*)", agent)
    if not found:
        raise StoreError("what answers at the address is no Neo4j; give that of a Neo4j 5.26 or newer")
    if (int(found[1]), int(found[2])) < (5, 26):
        raise StoreError(f"Neo4j {found[1]}.{found[2]} is too old; 5.26 or newer is needed")
    return f"{found[1]}.{found[2]}{found[3]}"


@lru_cache(maxsize=1024)
def with_state(query: str) -> str:
    """Return a query that also tells which revision it saw.

    The graph's node is read last: a writer raises the revision after its commit, so a reader that
    met half a commit finds the revision moved or about to move.
    """
    return in_one(f"CALL () {{\n{query}\n}}{_TAIL}")


@dataclass(frozen=True, slots=True)
class State:
    """Which graph a read sees."""

    revision: int
    generation: int


class _Moved(Exception):
    """The graph changed while it was read."""

    def __init__(self, state: State, *, is_pending: bool) -> None:
        super().__init__()
        self.state = state
        self.is_pending = is_pending


class Snapshot:
    """One revision of the graph to read from, with one query or several.

    Attributes:
        revision: of the graph; what is computed from it may be kept under this number.
        generation: the number that all nodes and relationships of this graph have; in queries $g.
    """

    def __init__(self, connection: "Connection", state: State) -> None:
        self._connection = connection
        self.state = state
        self.revision = state.revision
        self.generation = state.generation

    async def read(self, query: str, /, **parameters: object) -> Row:
        """Return the one row that a query gives, by the names of its columns.

        Args:
            query: Cypher made of constants, ending in RETURN with a name for each column and giving
                exactly one row, so as `RETURN collect(n.id) AS ids`; $g is the generation.
            parameters: its values.
        """
        row = await self._connection.fetch(with_state(query), self.values(parameters))
        if row is None:
            state = await self._connection.state()
            if state == self.state:
                raise AssertionError("a query gave no row")
            raise _Moved(state, is_pending=False)  # there is another generation
        revision, generation, is_pending = row["_graph"]
        state = State(revision, generation)
        if is_pending or state != self.state:
            raise _Moved(state, is_pending=is_pending)
        return row

    def values(self, parameters: Mapping[str, object]) -> dict[str, object]:
        """Return the parameters of a query, with those that every query may use."""
        return as_one({**CONSTANTS, **parameters, "g": self.generation})

    async def kept(self, name: str, load: Callable[[], Awaitable[T]]) -> T:
        """Return what is computed from the whole graph under a name; kept until the graph changes."""
        return await self._connection.kept(self.state, name, load)


class Connection:
    """Reads from one database; made without reaching out to it.

    Attributes:
        size, busy: how many reads may run at once, and how many do.
        when_stuck: called when a change stays about to be kept for longer than that takes.
    """

    def __init__(self, address: Address, password: str | None, connections: int = CONNECTIONS) -> None:
        self._driver: AsyncDriver = AsyncGraphDatabase.driver(
            address.url, auth=(address.user, password or ""), **driver_options(connections)
        )
        self._url = address.url
        self._ping: asyncio.Task[Sign] | None = None
        self._bookmarks = AsyncGraphDatabase.bookmark_manager()
        self._database = address.database
        self._state: State | None = None
        self._is_closed = False
        self._free = asyncio.Semaphore(connections)
        self.size = connections
        self.busy = 0
        self._freed = 0.0
        self._kept: dict[str, tuple[State, Any]] = {}
        self._keeping = asyncio.Lock()
        self.when_stuck: Callable[[], Awaitable[None]] | None = None

    async def close(self) -> None:
        """Let go of the connections."""
        self._is_closed = True
        if self._ping is not None:
            self._ping.cancel()
            await asyncio.wait((self._ping,))
        await self._driver.close()

    async def server(self) -> str:
        """Return the server's version, as "5.26.30".

        Raises:
            StoreError: it is one that can't be used.
        """
        with failures():
            agent = (await self._while_it_answers(self._driver.get_server_info())).agent
        return supported_version(agent)

    async def saw(self, bookmarks: frozenset[str]) -> None:
        """Let reads from now on see what a writer did, on whichever server they run."""
        await self._bookmarks.update_bookmarks((), bookmarks)

    # ------------------------------------------------------------------ one revision
    async def run(self, read: Callable[Concatenate[Snapshot, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `read` does with a snapshot; done over where the graph changed meanwhile."""
        pending_since: float | None = None
        for _ in range(_ATTEMPTS):
            state = self._state or await self.state()
            self._state = state
            try:
                return await read(Snapshot(self, state), *args, **kwargs)
            except _Moved as moved:
                self._state = moved.state
                if not moved.is_pending:
                    continue
            now = time.monotonic()
            pending_since = pending_since or now
            if now - pending_since > _SETTLE_SECONDS and self.when_stuck:
                await self.when_stuck()
                pending_since = None
            await asyncio.sleep(_PENDING_SECONDS)
        raise StoreBusy("the graph is being changed; try again")

    def forget(self) -> None:
        """Ask anew which graph is there; saves a reader of an old one from reading twice."""
        self._state = None

    async def state(self) -> State:
        """Return which graph is there now.

        Raises:
            StoreUnavailable: there is none.
        """
        row = await self.fetch(_NOW, {})
        if row is None:
            raise StoreUnavailable("the Neo4j database holds no film graph; load a dataset to make one")
        return State(row["_graph"][0], row["_graph"][1])

    async def kept(self, state: State, name: str, load: Callable[[], Awaitable[T]]) -> T:
        """Return what is computed from a graph under a name, computed once."""
        async with self._keeping:
            if name not in self._kept or self._kept[name][0] != state:
                self._kept[name] = state, await load()
            found: T = self._kept[name][1]
            return found

    # ------------------------------------------------------------------ one query
    async def fetch(self, query: str, parameters: Mapping[str, object]) -> Row | None:
        """Return the first row of a query, None where it gives none; tried again where that can help."""
        if self._is_closed:
            raise StoreUnavailable("the store is closed")
        begin = time.monotonic()
        for attempt in count():
            try:
                with failures():
                    try:
                        async with self._turn():
                            return await self._while_it_answers(self._fetch(query, parameters))
                    except (DriverError, Neo4jError) as error:
                        is_late = time.monotonic() - begin > _RETRY_SECONDS
                        # On a busy machine the news of a cut connection alone may take as long.
                        if not is_retryable(error) or (is_late and attempt >= _LEAST_RETRIES):
                            raise
            except StoreUnavailable:
                self._state = None
                raise
            await asyncio.sleep(_FIRST_WAIT * 2**attempt)
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait until a connection is free; the driver would refuse a long queue that moves as well as one that doesn't.

        Raises:
            StoreBusy: none came free for a moment.
        """
        while True:
            try:
                async with asyncio.timeout(_TURN_SECONDS):
                    await self._free.acquire()
                break
            except TimeoutError:
                if time.monotonic() - self._freed >= _TURN_SECONDS:
                    raise StoreBusy(CROWDED) from None
        self.busy += 1
        try:
            yield
        finally:
            self.busy -= 1
            self._freed = time.monotonic()
            self._free.release()

    async def _fetch(self, query: str, parameters: Mapping[str, object]) -> Row | None:
        # Auto-commit: a transaction of its own costs 0.5 ms more, and reads are tried again all the same.
        async with self._session() as session:
            result = await session.run(query, parameters)  # type: ignore[arg-type]
            records = [record async for record in result]
        return dict(records[0]) if records else None

    def _session(self) -> AsyncSession:
        return self._driver.session(
            database=self._database,
            default_access_mode=READ_ACCESS,
            bookmark_manager=self._bookmarks,
            fetch_size=-1,
        )

    async def _while_it_answers(self, work: Awaitable[T]) -> T:
        """Wait for a query as long as it takes, unless the server no longer answers anything."""
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait((task,), timeout=_SILENT_SECONDS))[0]:
                if await self._sign() is not Sign.ALIVE:
                    raise StoreUnavailable(SILENT)
            return task.result()
        finally:
            task.cancel()

    async def watched(self, work: Callable[[], Awaitable[T]], unsure: str) -> T:
        """Wait for work in a thread as long as it takes; if the server is gone, it is left to end by itself.

        It is not begun on a server that hangs; of one that is gone the driver tells at once. The server of
        a change that is under way may be silent for a while, as when it collects garbage: for as long as
        it answered before, but for `_PATIENCE_SECONDS` at least and `_MOST_PATIENCE_SECONDS` at most.

        Raises:
            StoreUnavailable: it was not begun; or, with the message `unsure`, its end is not known.
        """
        if await self._sign() is Sign.SILENT:
            raise StoreUnavailable(SILENT)
        task = asyncio.ensure_future(work())
        begin = heard = time.monotonic()
        try:
            while not (await asyncio.wait((task,), timeout=_SILENT_SECONDS))[0]:
                sign, now = await self._sign(), time.monotonic()
                if sign is Sign.ALIVE:
                    heard = now
                elif now - heard >= _patience(sign, heard - begin):
                    task.add_done_callback(_drop)
                    raise StoreUnavailable(unsure)
            return task.result()
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait((task,))
            raise

    async def _sign(self) -> Sign:
        """Ask the server for a sign of life; asked once for all that wait."""
        if self._ping is None or self._ping.done():
            self._ping = asyncio.ensure_future(sign_of_life(self._url, _PING_SECONDS))
        return await asyncio.shield(self._ping)


def _patience(sign: Sign, seconds: float) -> float:
    """Return how long a server that gives such a sign is waited for, after work of so many seconds."""
    if sign is Sign.GONE:
        return _PARTING_SECONDS
    return min(max(seconds, _PATIENCE_SECONDS), _MOST_PATIENCE_SECONDS)


def _drop(task: "asyncio.Future[T]") -> None:
    """Take note of how work ended that nobody waits for any more."""
    if not task.cancelled():
        task.exception()
