"""A sign of life of a server: the first four bytes of the Bolt protocol.

They ask the server for less than any query would: no login, no plan, no free connection of a pool,
so that one that merely has much to do still gives them in time.
(https://neo4j.com/docs/bolt/current/bolt/handshake/)
"""

import asyncio
import ssl
from urllib.parse import urlsplit

_HANDSHAKE = bytes.fromhex("6060B01700040405000004040000000000000000")
_ANSWER = 4


async def answers(url: str, seconds: float) -> bool:
    """Tell whether the server at an address answers within a time.

    Args:
        url: as the driver takes it: neo4j://host:7687, or with bolt, +s or +ssc.
        seconds: how long it may take.
    """
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port, ssl=_security(parts.scheme))
            try:
                writer.write(_HANDSHAKE)
                return len(await reader.read(_ANSWER)) > 0
            finally:
                writer.transport.abort()
    except (TimeoutError, OSError):
        return False


def _security(scheme: str) -> ssl.SSLContext | None:
    """Return how the connection is encrypted; who answers is not looked at, since nothing is told."""
    if "+" not in scheme:
        return None
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
