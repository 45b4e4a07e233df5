"""GraphQL over server-sent events, distinct connections: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graph_api.errors import SlowReader
from graph_api.http.http_protocol import go_on
from graph_api.http.parameters import Parameters
from graph_api.http.service import Service
from graph_api.http.streams import CheckAccess, Headers, MakeContext, Result, results, shown_error

EVENT_STREAM = "text/event-stream"
_ALIVE_SECONDS = 12.0
_COMPLETE = b"event: complete\ndata:\n\n"
_HEADERS = {
    "content-type": f"{EVENT_STREAM}; charset=utf-8",
    "connection": "close",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
}


class EventStream(Response):
    """The results of one operation as events, one `next` each, then `complete`.

    Whoever does not read an event in time is told so in a last one, SLOW_READER, which waits for
    them behind those that are on their way; nothing else piles up, and soon the connection is cut.
    """

    def __init__(
        self,
        service: Service,
        parameters: Parameters,
        make_context: MakeContext,
        headers: Headers,
        check: CheckAccess,
    ) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._service = service
        self._parameters = parameters
        self._make_context = make_context
        self._asked_with = headers
        self._check = check

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the operation is done or the client has gone."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        work = asyncio.ensure_future(self._send_all(send, go_on(scope)))
        gone = asyncio.ensure_future(_gone(receive))
        stopping = asyncio.ensure_future(self._service.stopping.wait())
        tasks = (work, gone, stopping)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        if not work.cancelled():
            work.result()
        elif self._service.stopping.is_set() and gone.cancelled():
            # Not complete: whoever follows comes again and goes on.
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_all(self, send: Send, go_on: Callable[[], None] | None) -> None:
        patience = self._service.settings.slow_reader_seconds
        async with aclosing(self._events()) as events:
            async for event in events:
                try:
                    async with asyncio.timeout(patience):
                        await send({"type": "http.response.body", "body": event, "more_body": True})
                except TimeoutError:
                    if go_on is None:
                        return
                    go_on()
                    last = {
                        "errors": [shown_error(SlowReader("the events were read too slowly; come back with since"))]
                    }
                    await send({"type": "http.response.body", "body": _next(last) + _COMPLETE, "more_body": False})
                    return
        await send({"type": "http.response.body", "body": _COMPLETE, "more_body": False})

    async def _events(self) -> AsyncGenerator[bytes, None]:
        yield b":\n\n"
        source = results(self._service, self._parameters, self._make_context, self._asked_with, self._check)
        async with aclosing(source):
            upcoming = asyncio.ensure_future(anext(source, None))
            try:
                while True:
                    await asyncio.wait([upcoming], timeout=_ALIVE_SECONDS)
                    if not upcoming.done():
                        yield b":\n\n"
                        continue
                    result = upcoming.result()
                    if result is None:
                        return
                    yield _next(result)
                    upcoming = asyncio.ensure_future(anext(source, None))
            finally:
                upcoming.cancel()
                await asyncio.wait([upcoming])


def _next(result: Result) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(result) + b"\n\n"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
