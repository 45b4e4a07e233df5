"""How many at once: requests, event streams and WebSockets, of one address and in all."""

from collections import Counter

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from graph_api.errors import FilmGraphError, Overloaded, TooManyRequests
from graph_api.http.responses import error_response
from graph_api.http.service import client_of, is_local

PROBES = frozenset({"/healthz", "/readyz"})
"""For whoever keeps the service running: answered however much is going on."""


class Crowd:
    """Refuses what would be done at once with too much else; nothing waits in a queue."""

    def __init__(self, app: ASGIApp, most: int, most_of_client: int) -> None:
        self.app = app
        self._most = most
        self._most_of_client = most_of_client
        self._count = 0
        self._clients: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or a WebSocket."""
        if scope["type"] not in ("http", "websocket") or scope["path"] in PROBES:
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        client = "" if is_local(connection) else client_of(connection)
        try:
            self._check(client)
        except FilmGraphError as error:
            if scope["type"] == "http":
                raise
            await WebSocket(scope, receive, send).send_denial_response(error_response(error))
            return
        self._count += 1
        if client:
            self._clients[client] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._count -= 1
            if client:
                self._leave(client)

    def _check(self, client: str) -> None:
        if client and self._clients[client] >= self._most_of_client:
            raise TooManyRequests(
                f"{self._most_of_client} requests and streams at once are the most; let one end first",
                limit=self._most_of_client,
                retryAfter=1,
            )
        if self._count >= self._most:
            raise Overloaded("the service has as much to do as it can at once; try again in a second", limit=self._most)

    def _leave(self, client: str) -> None:
        self._clients[client] -= 1
        if not self._clients[client]:
            del self._clients[client]
