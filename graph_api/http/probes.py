"""How the service is: for whoever keeps it running, and the schema for whoever writes a client."""

import asyncio
from functools import lru_cache

import strawberry
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from graph_api.errors import Forbidden, NotFound
from graph_api.http.caching import with_tag
from graph_api.http.responses import error_response, json_response
from graph_api.http.service import is_local, service_of

_FORWARDED = frozenset({"forwarded", "via", "x-forwarded-for", "x-real-ip"})
"""Headers of requests that a proxy on this machine hands on for somebody else."""
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


async def metrics(request: Request) -> Response:
    """Tell Prometheus what is going on, if it may know."""
    service = service_of(request)
    if service.metrics is None:
        raise NotFound("metrics are not kept here; FILMGRAPH_METRICS=local makes this service keep them")
    is_near = is_local(request) and _FORWARDED.isdisjoint(request.headers)
    if service.settings.metrics == "local" and not is_near and request.state.access.scope is None:
        raise Forbidden("metrics are for the service's own machine, or with a token: `Authorization: Bearer TOKEN`")
    service.measure()
    body, media = await asyncio.to_thread(service.metrics.exposition, request.headers.get("accept", ""))
    return Response(body, headers={**_FRESH, "content-type": media})


async def schema_text(request: Request) -> Response:
    """Give the schema in GraphQL's schema definition language."""
    service = service_of(request)
    if not service.settings.introspection:
        raise NotFound("this service does not show its schema")
    return with_tag(request, PlainTextResponse(_sdl(service.schema), headers={"cache-control": "no-cache"}))


@lru_cache(maxsize=4)
def _sdl(schema: strawberry.Schema) -> str:
    return schema.as_str() + "\n"
