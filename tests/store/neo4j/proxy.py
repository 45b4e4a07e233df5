"""A proxy between a store and its server that can be slow, hang, or cut connections."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_CHUNK = 65_536


class Proxy:
    """Forwards what it receives, in the way its attributes say.

    Attributes:
        delay: seconds that each piece is held back.
        may_pass: while it is clear, nothing is forwarded; connections stay open.
        pieces: how many have been forwarded.
        port: where it listens.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._open: set[asyncio.StreamWriter] = set()
        self.delay = 0.0
        self.may_pass = asyncio.Event()
        self.may_pass.set()
        self.pieces = 0
        self._limit = -1
        self.port = 0
        self.tasks: set[asyncio.Task[None]] = set()

    def cut_after(self, pieces: int) -> None:
        """Close all connections when so many more pieces have been forwarded, once."""
        self._limit = self.pieces + pieces

    def cut(self) -> None:
        """Close all connections at once."""
        for writer in list(self._open):
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one connection until either side closes it."""
        task = asyncio.current_task()
        assert task
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        with contextlib.suppress(OSError):
            there, back = await asyncio.open_connection(*self._target)
            self._open |= {writer, back}
            try:
                await asyncio.gather(self._forward(reader, back), self._forward(there, writer))
            finally:
                self._open -= {writer, back}
                writer.transport.abort()
                back.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(_CHUNK):
                await asyncio.sleep(self.delay)
                await self.may_pass.wait()
                self.pieces += 1
                if self.pieces == self._limit:
                    self.cut()
                    return
                writer.write(piece)
                await writer.drain()
        writer.transport.abort()


@asynccontextmanager
async def proxy(host: str, port: int) -> AsyncIterator[Proxy]:
    """Run a proxy to a server."""
    made = Proxy(host, port)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        made.may_pass.set()
        server.close()
        made.cut()
        await asyncio.gather(*made.tasks, return_exceptions=True)
