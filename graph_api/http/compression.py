"""Compressed answers for clients that take them (RFC 9110, 12.5.3)."""

from collections.abc import Iterable
from functools import lru_cache

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph_api.http.negotiation import quality

_VARY, _ENCODING = b"vary", b"accept-encoding"
_LEAST_BYTES = 1_000
"""What is smaller travels in one packet all the same."""
_LEVEL = 4
"""Of zlib's nine: beyond it answers hardly shrink, and take twice the time."""
_THREAD_BYTES = 32_768
"""From so many on another thread compresses, since it takes more than a millisecond."""


class Compression:
    """Starlette's, for those alone who take gzip: it leaves streams of events alone, and counts no qualities."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._compressed = GZipMiddleware(app, _LEAST_BYTES, _LEVEL, _THREAD_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_varied(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = varied(message.get("headers", ()))
            await send(message)

        given = next((value for name, value in scope["headers"] if name == b"accept-encoding"), None)
        app = self._compressed if given is not None and takes_gzip(given) else self.app
        await app(scope, receive, send_varied)


def varied(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return headers that tell caches of what else an answer depends on; a plain one might have been compressed."""
    own = [pair for pair in headers if pair[0] != _VARY]
    told = b", ".join(value for name, value in headers if name == _VARY)
    if _ENCODING not in told.lower() and told != b"*":
        told = b", ".join(filter(None, (told, _ENCODING)))
    return [*own, (_VARY, told)]


@lru_cache(maxsize=256)
def takes_gzip(header: bytes) -> bool:
    """Tell whether a client takes gzip, and takes it as gladly as the plain answer."""
    text = header.decode("latin-1")
    gzip, plain, rest = (quality(text, name) for name in ("gzip", "identity", "*"))
    liked = rest if gzip is None else gzip
    return liked is not None and liked > 0 and liked >= (plain or 0.0)
