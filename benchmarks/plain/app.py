"""The comparator as a service: Starlette, Strawberry's own view with orjson, uvicorn with uvloop and httptools."""

import gc
import socket
import sys
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from strawberry.asgi import GraphQL
from typing_extensions import override

from benchmarks.plain.by_hand import ANSWERS
from benchmarks.plain.schema import Context, make_context, make_schema
from benchmarks.plain.statements import Tables


class View(GraphQL[Context, None]):
    """Strawberry's view, with orjson for its JSON."""

    def __init__(self, tables: Tables) -> None:
        super().__init__(make_schema(), graphql_ide=None)
        self._tables = tables

    @override
    async def get_context(self, request: Any, response: Any) -> Context:
        return make_context(self._tables)

    @override
    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)

    @override
    def decode_json(self, data: str | bytes) -> object:
        return orjson.loads(data)


def make_app(database: Path) -> Starlette:
    """Return the application: /graphql, the answers made by hand at /by-hand/NAME, and /nothing."""
    tables = Tables(database)
    view = View(tables)

    async def by_hand(request: Request) -> Response:
        asked = orjson.loads(await request.body())
        answer = ANSWERS[request.path_params["name"]](tables, asked["variables"])
        return Response(orjson.dumps(answer), media_type="application/json")

    async def nothing(request: Request) -> Response:
        await request.body()
        return Response(b"{}", media_type="application/json")

    routes = [
        Route("/by-hand/{name}", by_hand, methods=["POST"]),
        Route("/nothing", nothing, methods=["POST"]),
    ]
    inner = Starlette(routes=routes)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # The view is not put behind a router, which it does not need.
        await (view if scope["type"] == "http" and scope["path"] == "/graphql" else inner)(scope, receive, send)

    return app  # type: ignore[return-value]


def main(database: Path) -> None:
    """Serve on a free port and print its address."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        make_app(database), http="httptools", loop="uvloop", log_level="error", access_log=False, lifespan="off"
    )
    gc.collect()
    gc.freeze()
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
