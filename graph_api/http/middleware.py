"""What every request passes through, in the order of `middleware_list`: plain ASGI, a layer a concern."""

import logging
import os
import re
import time
from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph_api.errors import BodyTooLarge, FilmGraphError
from graph_api.http.authorization import Authorization
from graph_api.http.compression import Compression
from graph_api.http.crowd import PROBES, Crowd
from graph_api.http.graphql import Endpoint
from graph_api.http.observing import ended, route_of
from graph_api.http.responses import error_response, internal_error
from graph_api.http.service import Service, service_of
from graph_api.observability import log, request_id
from graph_api.settings import Settings

GRAPHQL = "/graphql"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADERS = (
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
_NAMES = frozenset(name for name, _ in _HEADERS)
_TOLD = (
    "etag",
    "graphql-cost",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "retry-after",
    "x-request-id",
)
"""Headers that scripts of other origins may read."""


def header(scope: Scope, name: bytes) -> str:
    """Return a request's header; empty where it has none."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


class RequestLog:
    """Gives each request an id, the client's own where it sent a fit one, and logs one line about it.

    Endpoints tell of an operation in the request's state: see `graph_api.http.observing.ended`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = header(scope, b"x-request-id")
        identity = given if _REQUEST_ID.fullmatch(given) else os.urandom(8).hex()
        request_id.set(identity)
        state = scope.setdefault("state", {})
        status = 0
        begin = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", identity.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - begin
            log(
                logging.INFO, "request", method=scope["method"], path=scope["path"], status=status,
                ms=round(seconds * 1000, 2), request_id=identity, operation=state.get("operation"),
                code=state.get("code"),
            )  # fmt: skip
            service: Service = scope["app"].state.service
            metrics = service.metrics
            is_slow = seconds >= service.settings.slow_query_seconds
            if (is_slow or metrics is not None) and ("document" in state or "code" in state):
                ended(service, state, seconds)
            if metrics is not None:
                metrics.response(route_of(scope["path"]), status)


class SecurityHeaders:
    """Adds the headers that keep a browser from doing more than a page needs, where a page has not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message.get("headers", ())
                names = {name for name, _ in own}
                missing = _HEADERS if _NAMES.isdisjoint(names) else [pair for pair in _HEADERS if pair[0] not in names]
                message["headers"] = [*own, *missing]
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Failures:
    """Answers for every error that came through, unless an answer has begun; then the connection is cut."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        begun = False

        async def watched_send(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched_send)
        except Exception as error:
            if scope["type"] != "http":
                raise
            known = isinstance(error, FilmGraphError) and type(error) is not FilmGraphError
            told = error if isinstance(error, FilmGraphError) and known else internal_error(error)
            if scope["path"] == GRAPHQL:
                scope.setdefault("state", {})["code"] = told.code
            if begun and known:
                log(logging.ERROR, "answer broken off", error=error)
            if not begun:
                await error_response(told)(scope, receive, send)


class RateLimit:
    """Refuses what an address asks too often; the probes are for whoever keeps the service running."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        told = [(k.encode(), v.encode()) for k, v in service_of(connection).ration(connection).items()]

        async def send_with_rate(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message.get("headers", ())
                names = {name for name, _ in own}
                message["headers"] = [*own, *(pair for pair in told if pair[0] not in names)]
            await send(message)

        await self.app(scope, receive, send_with_rate if told else send)


class BodyLimit:
    """Refuses request bodies of too many bytes, by what they announce or by what comes."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = header(scope, b"content-length")
        if announced.isdecimal():
            if int(announced[:20]) > self.limit:
                raise self._error(int(announced[:20]))
            # The server lets no more bytes through than were announced.
            await self.app(scope, receive, send)
            return
        seen = 0

        async def counted_receive() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit:
                raise self._error(seen)
            return message

        await self.app(scope, counted_receive, send)

    def _error(self, requested: int) -> BodyTooLarge:
        return BodyTooLarge(
            f"the request's body is larger than {self.limit} bytes; send less", limit=self.limit, requested=requested
        )


class Straight:
    """Takes requests by POST straight to the one endpoint that most are for, past routes and their handlers."""

    def __init__(self, app: ASGIApp, path: str, endpoint: ASGIApp) -> None:
        self.app = app
        self.path = path
        self.endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        is_straight = (
            scope["type"] == "http"
            and scope["method"] == "POST"
            and scope["path"] == self.path
            and not scope.get("root_path")
        )
        await (self.endpoint if is_straight else self.app)(scope, receive, send)


def middleware_list(settings: Settings) -> Sequence[Middleware]:
    """Return the layers, the outermost first."""
    layers = [Middleware(RequestLog), Middleware(SecurityHeaders)]
    if settings.cors_origins:
        layers.append(
            Middleware(
                CORSMiddleware,
                allow_origins=list(settings.cors_origins),
                allow_methods=["GET", "POST"],
                allow_headers=["authorization", "content-type", "if-none-match", "x-request-id"],
                expose_headers=_TOLD,
                max_age=600,
            )
        )
    if settings.compression:
        layers.append(Middleware(Compression))
    rate = [Middleware(RateLimit)] if settings.client_rate else []
    inner = [
        Middleware(Failures),
        *rate,
        Middleware(Crowd, most=settings.max_concurrent, most_of_client=settings.max_concurrent_client),
        Middleware(Authorization),
        Middleware(BodyLimit, limit=settings.max_body_bytes),
        Middleware(Straight, path=GRAPHQL, endpoint=Endpoint()),
    ]
    return [*layers, *inner]
