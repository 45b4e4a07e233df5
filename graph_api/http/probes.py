"""How the service is: for whoever keeps it running, and the schema for whoever writes a client."""

from functools import lru_cache

import strawberry
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from graph_api.errors import NotFound
from graph_api.http.caching import with_tag
from graph_api.http.responses import error_response, json_response
from graph_api.http.service import service_of

_FRESH = {"cache-control": "no-store"}


async def healthz(_: Request) -> Response:
    """Say that the process is up."""
    return json_response({"status": "ok"}, headers=_FRESH)


async def readyz(request: Request) -> Response:
    """Say whether the graph can be asked, and which store holds it."""
    service = service_of(request)
    store, _ = service.ready_graph()
    if not await store.ready():
        return error_response(service.not_ready())
    info = await store.info()
    body = {
        "status": service.state.value,
        "store": {"name": info.name, "version": info.version},
        "revision": str(await store.revision()),
    }
    return json_response(body, headers=_FRESH)


async def schema_text(request: Request) -> Response:
    """Give the schema in GraphQL's schema definition language."""
    service = service_of(request)
    if not service.settings.introspection:
        raise NotFound("this service does not show its schema")
    return with_tag(request, PlainTextResponse(_sdl(service.schema), headers={"cache-control": "no-cache"}))


@lru_cache(maxsize=4)
def _sdl(schema: strawberry.Schema) -> str:
    return schema.as_str() + "\n"
