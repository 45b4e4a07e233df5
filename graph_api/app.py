"""The one place where the service's parts are put together."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from typing_extensions import override

from graph_api.analytics.service import Analyses
from graph_api.domain.records import Applied
from graph_api.errors import BadInput, FilmGraphError, StoreError, StoreUnavailable
from graph_api.http.middleware import middleware_list
from graph_api.http.responses import internal_error, on_film_graph_error, on_http_exception
from graph_api.http.routes import routes
from graph_api.http.service import Service, State
from graph_api.observability import log, set_up_logging
from graph_api.settings import Settings
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from schema.build import make_schema
from seed.builtin import ensure_loaded

_RETRY_SECONDS = 1.0


def create_app(settings: Settings, store: Store | None = None) -> Starlette:
    """Return the service as an ASGI application.

    Args:
        settings: see docs/settings.md.
        store: the graph; its opener closes it. None opens the one the settings name for as long
            as the application runs.
    """
    service = Service(settings, make_schema(settings.executor))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        own = await open_store(settings.database) if store is None else store
        analyses = Analyses(own)
        service.graph = (own, analyses)
        with contextlib.suppress(StoreError):  # whatever it is, the load meets it too and tells
            if await own.ready():
                service.state = State.READY
        loading = asyncio.create_task(_load(service, own))
        try:
            yield
        finally:
            service.state = State.CLOSED
            loading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await loading
            await analyses.close()
            if store is None:
                await own.close()

    app = Starlette(
        routes=list(routes()),
        middleware=list(middleware_list(settings)),
        exception_handlers={FilmGraphError: on_film_graph_error, HTTPException: on_http_exception},
        lifespan=lifespan,
    )
    app.state.service = service
    return app


async def _load(service: Service, store: Store) -> None:
    """Bring the built-in dataset into an empty graph, or one with an earlier state of it, and say what became of it."""
    was_ready = service.state is State.READY
    if not was_ready:
        service.state = State.LOADING
        log(logging.INFO, "loading the built-in dataset")
    try:
        applied = await _when_there_is_a_store(service, store)
        service.state = State.READY
        service.failure = None
        log(logging.INFO, "graph ready", revision=await store.revision(), loaded=applied is not None)
    except Exception as error:  # noqa: BLE001 - whatever it was is told to those who ask
        known = isinstance(error, FilmGraphError) and type(error) is not FilmGraphError
        told = error if isinstance(error, FilmGraphError) and known else internal_error(error)
        log(
            logging.ERROR, "the built-in dataset could not be loaded", error=error if known else None, serving=was_ready
        )
        if not was_ready:
            service.failure = told
            service.state = State.FAILED


async def _when_there_is_a_store(service: Service, store: Store) -> Applied | None:
    """Load the built-in dataset; while the store can't be reached, tell so and try again every second."""
    told = ""
    while True:
        try:
            if await store.ready():
                service.state, service.failure = State.READY, None
            return await ensure_loaded(store)
        except StoreUnavailable as error:
            if error.message != told:
                log(logging.ERROR, "the store can't be reached; trying again", error=error)
            told = error.message
            if service.state is not State.READY:
                service.failure = error
        await asyncio.sleep(_RETRY_SECONDS)


def serve(settings: Settings) -> None:
    """Serve until a signal says to stop, then finish what is running.

    Raises:
        FilmGraphError: the store can't be opened, or the address can't be listened on.
    """
    set_up_logging(settings.log_level, settings.log_format)
    # uvicorn raises the signals it caught once more when it has stopped.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    listener = _listen(settings.host, settings.port)
    with listener, asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(settings, listener))


def _leave(*_: Any) -> None:
    sys.exit(0)


async def _serve(settings: Settings, listener: socket.socket) -> None:
    store = await open_store(settings.database)
    try:
        config = uvicorn.Config(
            create_app(settings, store),
            lifespan="on",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=max(1, round(settings.shutdown_seconds)),
        )
        await _Server(config).serve(sockets=[listener])
    finally:
        await store.close()


class _Server(uvicorn.Server):
    """uvicorn, saying where it is once it is there."""

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What start-up made stays: the collector need not look at it again.
        gc.freeze()
        if self.started and sockets:
            sys.stdout.write(addresses(sockets[0]))
            sys.stdout.flush()


def addresses(listener: socket.socket) -> str:
    """Return the lines that tell a person where to go."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - read, not bound
    base = f"http://{host}:{port}"
    places = (("queries", "graphql"), ("schema", "schema.graphql"), ("state", "readyz"))
    return "".join([f"AI Film Graph is at {base}\n", *(f"  {name:8} {base}/{path}\n" for name, path in places)])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "it is no address"
        raise BadInput(
            f"{host}:{port} can't be listened on ({reason}); choose another with --host and --port"
        ) from None


def _loop_factory() -> Any:
    """Return uvloop's loops where it is installed; Windows has none."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
