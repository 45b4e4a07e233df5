"""The one place where the service's parts are put together."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NamedTuple

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from typing_extensions import override

from graph_api.accepting import Acceptor, Counts, shared_counts
from graph_api.analytics.jobs.jobs import JobLimits, Jobs
from graph_api.analytics.records import Records
from graph_api.analytics.service import Analyses
from graph_api.domain.records import Applied
from graph_api.errors import BadInput, FilmGraphError, StoreError, StoreUnavailable
from graph_api.http.http_protocol import http_protocol
from graph_api.http.middleware import middleware_list
from graph_api.http.rates import Buckets, shared_buckets
from graph_api.http.responses import internal_error, on_film_graph_error, on_http_exception
from graph_api.http.routes import routes
from graph_api.http.service import Service, State
from graph_api.http.trusted import TrustedDocuments
from graph_api.http.websocket_protocol import WebSocketProtocol
from graph_api.metrics import forget_worker, shared_metrics
from graph_api.observability import log, set_up_logging
from graph_api.settings import Settings
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from graph_api.store.observed import observed
from graph_api.supervisor import supervise
from schema.build import make_schema
from seed.builtin import ensure_loaded

_RETRY_SECONDS = 1.0
_MEASURE_SECONDS = 2.0
_INLINE_SECONDS = 0.02
"""What takes longer is computed in another process: some libraries hold the interpreter, and requests would wait."""


def create_app(
    settings: Settings,
    store: Store | None = None,
    *,
    loads: bool = True,
    buckets: tuple[Buckets, Buckets] | None = None,
) -> Starlette:
    """Return the service as an ASGI application.

    Args:
        settings: see docs/settings.md.
        store: the graph, the one the settings name; its opener closes it. None opens it for as long
            as the application runs.
        loads: whether it brings the built-in dataset into an empty graph, or waits until somebody else does.
        buckets: of requests and of changes, where other processes count with this one.
    """
    service = Service(settings, make_schema(settings.executor), buckets=buckets)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        opened = await open_store(settings.database) if store is None else store
        own = observed(opened, service.metrics, is_traced=service.tracing is not None)
        if service.tracing is not None:
            await service.tracing.open()
        analyses = await _analyses(settings, own)
        service.graph = (own, analyses)
        with contextlib.suppress(StoreError):  # whatever it is, the load meets it too and tells
            if await own.ready():
                service.state = State.READY
        loading = asyncio.create_task(_load(service, own, loads=loads))
        measuring = asyncio.create_task(_measure(service))
        try:
            yield
        finally:
            service.state = State.CLOSED
            for task in (loading, measuring):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            await service.close()
            await analyses.close()
            if store is None:
                await opened.close()
            if service.tracing is not None:
                await service.tracing.close()

    app = Starlette(
        routes=list(routes(settings)),
        middleware=list(middleware_list(settings)),
        exception_handlers={FilmGraphError: on_film_graph_error, HTTPException: on_http_exception},
        lifespan=lifespan,
    )
    # Starlette's way from /graphql/ to /graphql names whatever host was sent, whoever caches that.
    app.router.redirect_slashes = False
    app.state.service = service
    return app


async def _measure(service: Service) -> None:
    """Tell the metrics how things stand here; who is asked for them can't ask other workers."""
    while service.metrics is not None and service.metrics.is_shared:
        service.measure()
        await asyncio.sleep(_MEASURE_SECONDS)


async def _analyses(settings: Settings, store: Store) -> Analyses:
    limits = JobLimits(
        workers=settings.analysis_workers,
        threads=settings.analysis_threads,
        queue=settings.analysis_queue,
        memory=settings.analysis_memory,
        seconds=settings.analysis_seconds,
    )
    return Analyses(
        store,
        jobs=Jobs(settings.database, limits, is_shared=settings.workers > 1),
        records=await Records.open(settings.database, settings.analysis_results),
        inline_seconds=_INLINE_SECONDS,
    )


async def _load(service: Service, store: Store, *, loads: bool) -> None:
    """Bring the built-in dataset into an empty graph, or one with an earlier state of it, and say what became of it."""
    was_ready = service.state is State.READY
    if not was_ready:
        service.state = State.LOADING
        log(logging.INFO, "loading the built-in dataset" if loads else "waiting for the built-in dataset")
    try:
        applied = await _when_there_is_a_store(service, store, loads=loads)
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
    if service.state is State.READY and service.graph is not None:
        with contextlib.suppress(FilmGraphError):  # whoever asks for an analysis meets it too and is told
            await service.graph[1].prepare()


async def _when_there_is_a_store(service: Service, store: Store, *, loads: bool) -> Applied | None:
    """Load the built-in dataset; while the store can't be reached, tell so and try again every second."""
    told = ""
    while True:
        try:
            if is_ready := await store.ready():
                service.state, service.failure = State.READY, None
            if loads:
                return await ensure_loaded(store)
            if is_ready:
                return None
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
    listener = _listen(settings.host, settings.port)
    with listener:
        if settings.workers == 1:
            _run(settings, listener, lambda: _tell(listener))
            return
        # What keeps the store from being opened is told once, and before any worker is there.
        asyncio.run(_try_store(settings))
        TrustedDocuments.read(settings)
        with shared_metrics(wanted=settings.metrics != "off"):
            supervise(
                settings.workers,
                _work,
                settings,
                listener,
                shared_counts(settings.workers),
                (shared_buckets(), shared_buckets()),
                ready=lambda: _tell(listener),
                gone=forget_worker,
                shutdown_seconds=settings.shutdown_seconds,
            )


async def _try_store(settings: Settings) -> None:
    store = await open_store(settings.database)
    await store.close()


class _Among(NamedTuple):
    """One of several workers: its place, the connections of all of them, and the buckets they share."""

    place: int
    counts: Counts
    buckets: tuple[Buckets, Buckets]


def _work(
    place: int,
    ready: Callable[[], None],
    settings: Settings,
    listener: socket.socket,
    counts: Counts,
    buckets: tuple[Buckets, Buckets],
) -> None:
    """Be one of several workers; the first of them loads the built-in dataset."""
    set_up_logging(settings.log_level, settings.log_format)
    with listener:
        _run(settings, listener, ready, _Among(place, counts, buckets))


def _run(settings: Settings, listener: socket.socket, ready: Callable[[], None], among: _Among | None = None) -> None:
    """Serve in this process."""
    # uvicorn raises the signals it caught once more when it has stopped.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(settings, listener, ready, among))


def _leave(*_: Any) -> None:
    sys.exit(0)


async def _serve(settings: Settings, listener: socket.socket, ready: Callable[[], None], among: _Among | None) -> None:
    store = await open_store(settings.database)
    try:
        app = create_app(
            settings,
            store,
            loads=among is None or among.place == 0,
            buckets=None if among is None else among.buckets,
        )
        config = uvicorn.Config(
            app,
            lifespan="on",
            http=http_protocol(settings),
            limit_concurrency=settings.max_connections,
            timeout_keep_alive=settings.keep_alive_seconds,
            ws=WebSocketProtocol,
            ws_max_size=settings.max_body_bytes,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=max(1, round(settings.shutdown_seconds)),
        )
        await _Server(config, ready, app.state.service, among).serve(sockets=[listener])
    finally:
        await store.close()


class _Server(uvicorn.Server):
    """uvicorn, saying when it is there and when it stops.

    Args:
        among: what one of several workers shares with the others.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None],
        service: Service,
        among: _Among | None = None,
    ) -> None:
        super().__init__(config)
        self._among = among
        self._acceptor: Acceptor | None = None
        self._ready = ready
        self._service = service

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._service.stopping.set()
        if self._acceptor is not None:
            self._acceptor.stop()
        await super().shutdown(sockets)

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        is_shared = self._among is not None and sys.platform != "win32"  # whose event loop watches no sockets
        await super().startup([] if is_shared else sockets)
        if is_shared and self._among and sockets:
            http: Any = self.config.http_protocol_class
            protocol = partial(http, config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
            open_ = self.server_state.connections
            self._acceptor = Acceptor(sockets[0], protocol, open_, self._among.counts, self._among.place)
        calm_collector()
        if self.started:
            self._ready()


def calm_collector() -> None:
    """Keep Python's collector from what it does for nothing here.

    What start-up made stays, schema and all: it need not be looked at again (freeze). An answer of
    thousands of rows makes objects by the hundred thousand, none of them in a cycle, that are
    gone when it is sent: at the default threshold of 700 they would be gone through hundreds of times.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _tell(listener: socket.socket) -> None:
    sys.stdout.write(addresses(listener))
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
