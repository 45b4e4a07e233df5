"""Who asks: tokens from the Authorization header, closed reads, and requests that a browser was made to send."""

import asyncio
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from graph_api.domain.access import NOBODY, Access
from graph_api.errors import Forbidden, Unauthenticated
from graph_api.http.service import Service, service_of

_OPEN = frozenset({"/", "/healthz", "/readyz", "/metrics", "/favicon.ico", "/favicon.svg"})
"""What everybody may have also where reads are closed; so may they have all under /static/."""


class Authorization:
    """Finds out with what access a request comes, and keeps it as `request.state.access`.

    A token that is none, or no longer, is refused at once: whoever sends one wants to be known. A
    WebSocket may bring its token later (`graph_api.http.sockets`).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "http":
            service = service_of(HTTPConnection(scope))
            given = next((value for name, value in scope["headers"] if name == b"authorization"), None)
            access = NOBODY if given is None else await access_of(service, given.decode("latin-1"))
            path = scope["path"]
            if path not in _OPEN and not path.startswith("/static/") and scope["method"] != "OPTIONS":
                check_reads(service, access)
            scope.setdefault("state", {})["access"] = access
        await self.app(scope, receive, send)


async def access_of(service: Service, header: str | None) -> Access:
    """Return what a request with this Authorization header may do.

    Raises:
        Unauthenticated: the header holds no valid token.
    """
    if header is None:
        return NOBODY
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("a token is sent as `Authorization: Bearer TOKEN`")
    token = await asyncio.to_thread(service.tokens.check, text.strip())
    return Access(token.name, token.scope, token.id)


def check_reads(service: Service, access: Access) -> None:
    """Make sure that a request may read.

    Raises:
        Unauthenticated: reads are closed, and it came without a token.
    """
    if not service.settings.public_reads and access.scope is None:
        raise Unauthenticated("this service is read with a token alone: send it as `Authorization: Bearer TOKEN`")


def check_origin(connection: HTTPConnection, service: Service) -> None:
    """Make sure that a change, or a query by GET, was not sent by somebody else's page.

    Such a page can't set an Authorization header, or JSON as the body's type, without asking first;
    this holds even where a proxy in between adds the header.

    Raises:
        Forbidden: a browser says that the request comes from another place.
    """
    headers = connection.headers
    origin = headers.get("origin")
    if not is_own_origin(origin, headers.get("host", ""), service):
        raise Forbidden("this is not taken from pages of this origin; FILMGRAPH_CORS_ORIGINS names those that may")
    if origin is None and headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise Forbidden("this is not taken from other places' pages")


def is_own_origin(origin: str | None, host: str, service: Service) -> bool:
    """Tell whether a page of this origin may use the service as its own: it is the service's, or was named."""
    if origin is None:
        return True
    allowed = service.settings.cors_origins
    return _place(origin) == host or origin in allowed or "*" in allowed


def _place(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
