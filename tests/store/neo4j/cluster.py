"""A cluster of one server: proxies before it that answer as its leader and followers would.

Each hands on what it receives to the one real server, but for ROUTE, which it answers with the
proxies' own addresses; a follower refuses to write. What they were asked is kept.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.store.neo4j.packstream import Unpacker, framed, pack, read_message

_RESET, _RUN, _BEGIN, _ROUTE = 0x0F, 0x10, 0x11, 0x66
_SUCCESS, _IGNORED, _FAILURE = 0x70, 0x7E, 0x7F
_BOLT_5_4 = b"\x00\x00\x04\x05" + bytes(12)
_REFUSAL: Mapping[str, object] = {
    "code": "Neo.ClientError.Cluster.NotALeader",
    "message": "No longer possible to write to server here",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The beginning of a transaction or query: whether for reading, and the bookmarks it has to have come to."""

    is_read: bool
    bookmarks: frozenset[str]


@dataclass
class Member:
    """One proxy.

    Attributes:
        is_leader: whether it writes.
        asked: what began here, in order.
        told: the bookmarks that it answered with, in order.
    """

    cluster: "Cluster"
    is_leader: bool
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Go away, with all connections."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        there, back = await asyncio.open_connection(*self.cluster.target)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                # One version, whose messages we know, for whatever is proposed.
                back.write((await reader.readexactly(20))[:4] + _BOLT_5_4)
                writer.write(await there.readexactly(4))
                forward = asyncio.ensure_future(self._answers(there, writer))
                try:
                    await self._requests(reader, writer, back)
                finally:
                    forward.cancel()
        except asyncio.CancelledError:
            pass  # stopped; the stream's own callback would complain of it
        finally:
            writer.transport.abort()
            back.transport.abort()

    async def _requests(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, back: asyncio.StreamWriter
    ) -> None:
        refused = False
        while True:
            message = await read_message(reader)
            signature, fields = Unpacker(message).message()
            if signature in (_RUN, _BEGIN):
                refused = refused or self._is_refused(fields[-1])
            if signature == _ROUTE:
                writer.write(_answer(_SUCCESS, self.cluster.table()))
            elif signature == _RESET or not refused:
                refused = False
                back.write(framed(message))
            elif signature in (_RUN, _BEGIN):
                writer.write(_answer(_FAILURE, _REFUSAL))
            else:
                writer.write(framed(bytes((0xB0, _IGNORED))))

    def _is_refused(self, extra: dict[str, object]) -> bool:
        """Note what begins; tell whether it may not here. A RUN inside of a transaction has nothing to say."""
        if "db" not in extra and "mode" not in extra and "bookmarks" not in extra:
            return False
        is_read = extra.get("mode") == "r"
        bookmarks = extra.get("bookmarks", [])
        assert isinstance(bookmarks, list)
        self.asked.append(Asked(is_read, frozenset(bookmarks)))
        return not is_read and not self.is_leader

    async def _answers(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                message = await read_message(there)
                if message[1] == _SUCCESS and (bookmark := Unpacker(message).message()[1][0].get("bookmark")):
                    self.told.append(bookmark)
                writer.write(framed(message))


def _answer(signature: int, fields: Mapping[str, object]) -> bytes:
    return framed(bytes((0xB1, signature)) + pack(fields))


class Cluster:
    """A leader and followers before the server at `target`."""

    def __init__(self, host: str, port: int, followers: int = 2) -> None:
        self.target = (host, port)
        self.leader = Member(self, is_leader=True)
        self.followers = [Member(self, is_leader=False) for _ in range(followers)]

    @property
    def members(self) -> list[Member]:
        """All proxies."""
        return [self.leader, *self.followers]

    def table(self) -> dict[str, object]:
        """Return the answer to ROUTE: who writes, who reads, and who answers it."""

        def role(name: str, members: Iterable[Member]) -> dict[str, object]:
            return {"role": name, "addresses": [f"127.0.0.1:{member.port}" for member in members]}

        servers = [role("WRITE", [self.leader]), role("READ", self.followers), role("ROUTE", self.members)]
        return {"rt": {"ttl": 300, "db": "neo4j", "servers": servers}}


@asynccontextmanager
async def cluster(host: str, port: int) -> AsyncIterator[Cluster]:
    """A cluster before a server, as long as the context."""
    made = Cluster(host, port)
    try:
        for member in made.members:
            await member.start()
        yield made
    finally:
        for member in made.members:
            await member.stop()
