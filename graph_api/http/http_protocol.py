"""uvicorn's HTTP, with an end for those who send nothing, send endless headers, or read nothing.

uvicorn waits without end for the head of a request, takes any number of headers, also behind a body
(trailers) where they join those of the head, reads on without end what is left of a body that was
answered, and keeps an answer for whoever asked until it is read. A few clients who use that fill a
service without having asked it a single question.
"""

import asyncio
from collections.abc import Callable

import httptools
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from graph_api.settings import Settings

GO_ON = "filmgraph.go_on"
"""The extension of a request's scope that lets a last message be sent to a client that reads nothing."""
_MOST_HEADERS = 100
_MOST_PIPELINED = 32
"""Requests that wait on one connection for the answers to those before; clients of today send one."""
_MOST_FRAMING = 16
"""Bytes of a chunked body's framing for each byte in it: chunks of one byte have five."""
_TOO_LARGE = STATUS_LINE[431] + b"content-length: 0\r\nconnection: close\r\n\r\n"


class HttpProtocol(HttpToolsProtocol):
    """One connection; `http_protocol` gives it its limits."""

    head_seconds: float
    max_head_bytes: int
    patience: float
    _head_timer: asyncio.TimerHandle | None = None
    _read_timer: asyncio.TimerHandle | None = None
    _rest_timer: asyncio.TimerHandle | None = None
    _is_in_head = True
    _is_complete = False
    _head_bytes = 0
    _framing = 0

    # ------------------------------------------------------------------ what comes
    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(self.head_seconds, self.transport.abort)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._head_timer, self._read_timer, self._rest_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        was_in_head, was_complete = self._is_in_head, self._is_complete
        super().data_received(data)
        if self._is_in_head:
            if self._head_timer is None:  # the rest of the head has to come; mostly it is there at once
                self._head_timer = self.loop.call_later(self.head_seconds, self.transport.abort)
            if was_in_head:
                self._head_bytes += len(data)
                if self._head_bytes > self.max_head_bytes:
                    self._refuse()
        elif not (was_in_head or was_complete or self._is_complete):
            self._framing += len(data)
            if self._framing > self.max_head_bytes:
                self._refuse()

    def _refuse(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head = True
        self._is_complete = False
        self._framing = 0

    @override
    def on_header(self, name: bytes, value: bytes) -> None:
        if self._is_in_head:  # trailers are dropped: no proxy has looked at them as it does at headers
            super().on_header(name, value)

    @override
    def on_body(self, body: bytes) -> None:
        self._framing -= (1 + _MOST_FRAMING) * len(body)
        super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        self._is_complete = True
        if self._rest_timer is not None:
            self._rest_timer.cancel()
            self._rest_timer = None
        super().on_message_complete()

    @override
    def on_headers_complete(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        self._is_in_head = False
        self._head_bytes = 0
        if len(self.headers) > _MOST_HEADERS:
            self.transport.write(_TOO_LARGE)
            self.transport.close()
            raise httptools.HttpParserError("too many headers")
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            raise httptools.HttpParserError("a request has one host")  # RFC 9112, 3.2
        if len(self.pipeline) >= _MOST_PIPELINED:
            raise httptools.HttpParserError("too many requests wait for an answer")
        self.scope["extensions"] = {GO_ON: {"call": self.flow.resume_writing}}
        super().on_headers_complete()

    @override
    def send_400_response(self, msg: str) -> None:
        if not self.transport.is_closing():
            super().send_400_response(msg)

    # ------------------------------------------------------------------ what goes
    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_reader()

    @override
    def resume_writing(self) -> None:
        super().resume_writing()
        if self._read_timer is not None and not self.transport.is_closing():
            self._read_timer.cancel()
            self._read_timer = None

    @override
    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._watch_reader()
        elif not self._is_complete and not self._is_in_head and self.cycle.response_complete:
            # Answered before it was sent whole: the rest of it has some time to come.
            self._rest_timer = self._rest_timer or self.loop.call_later(self.head_seconds, self.transport.abort)

    @override
    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._watch_reader()

    def _watch_reader(self) -> None:
        """Cut the connection when nothing of what waits is read for some time."""
        waiting = self.transport.get_write_buffer_size()
        if self._read_timer is None:
            self._read_timer = self.loop.call_later(self.patience, self._look_again, waiting)

    def _look_again(self, waited: int) -> None:
        self._read_timer = None
        waiting = self.transport.get_write_buffer_size()
        if waiting >= waited:
            self.transport.abort()
        else:
            self._watch_reader()


def http_protocol(settings: Settings) -> type[asyncio.Protocol]:
    """Return the protocol with a service's limits."""

    class Protocol(HttpProtocol):
        head_seconds = settings.head_seconds
        max_head_bytes = settings.max_head_bytes
        patience = 2 * settings.slow_reader_seconds  # a stream says first that it ends

    return Protocol


def go_on(scope: object) -> Callable[[], None] | None:
    """Return what lets a last message be sent, on a server that has it."""
    extensions = scope.get("extensions") or {} if isinstance(scope, dict) else {}
    found = extensions.get(GO_ON)
    return found["call"] if found else None
