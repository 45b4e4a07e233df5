"""Which address is answered by what."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from graph_api.http.exports import export
from graph_api.http.graphql import Endpoint
from graph_api.http.home import favicon, home
from graph_api.http.ide import STATIC
from graph_api.http.middleware import GRAPHQL
from graph_api.http.probes import healthz, metrics, readyz, schema_text
from graph_api.http.sockets import socket
from graph_api.http.static_files import Files
from graph_api.settings import Settings


def routes(settings: Settings) -> Sequence[BaseRoute]:
    """Return the routes."""
    files = [Mount("/static", Files(directory=STATIC))] if settings.ide else []
    return [
        Route(GRAPHQL, Endpoint(), methods=["GET", "POST"]),
        Route("/", home),
        WebSocketRoute(GRAPHQL, socket),
        Route("/schema.graphql", schema_text),
        Route("/export/{name:str}", export),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
        Route("/favicon.ico", favicon),
        Route("/favicon.svg", favicon),
        *files,
    ]
