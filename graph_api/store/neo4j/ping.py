"""A sign of life of a server: the first four bytes of the Bolt protocol.

They ask the server for less than any query would: no login, no plan, no free connection of a pool,
so that one that merely has much to do still gives them in time.
(https://neo4j.com/docs/bolt/current/bolt/handshake/)
"""

import asyncio
import ssl
from enum import Enum
from urllib.parse import urlsplit

_HANDSHAKE = bytes.fromhex("6060B01700040405000004040000000000000000")
_ANSWER = 4
_LOOKS = 6


class Sign(Enum):
    """What became of a question for a sign of life."""

    ALIVE = "answers"
    SILENT = "does not answer, yet may"
    GONE = "refuses or closes connections"


async def sign_of_life(url: str, seconds: float) -> Sign:
    """Ask the server at an address whether it lives.

    Args:
        url: as the driver takes it: neo4j://host:7687, or with bolt, +s or +ssc.
        seconds: how long it may take to answer. They are counted in a few pieces, so that an answer
            that is there is seen even where this program itself stood still for longer.
    """
    task = asyncio.ensure_future(_ask(url))
    try:
        for _ in range(_LOOKS):
            if (await asyncio.wait((task,), timeout=seconds / _LOOKS))[0]:
                return Sign.ALIVE if task.result() else Sign.GONE
        return Sign.SILENT
    except OSError:
        return Sign.GONE
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def _ask(url: str) -> bytes:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, ssl=_security(parts.scheme))
    try:
        writer.write(_HANDSHAKE)
        return await reader.read(_ANSWER)
    finally:
        writer.transport.abort()


def _security(scheme: str) -> ssl.SSLContext | None:
    """Return how the connection is encrypted; who answers is not looked at, since nothing is told."""
    if "+" not in scheme:
        return None
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
