"""Serving the application: one process that listens, or several behind one address."""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import uvicorn
from typing_extensions import override

from graph_api.accepting import Acceptor, Counts, shared_counts
from graph_api.app import create_app
from graph_api.errors import BadInput
from graph_api.http.http_protocol import http_protocol
from graph_api.http.rates import Buckets, shared_buckets
from graph_api.http.service import Service
from graph_api.http.trusted import TrustedDocuments
from graph_api.http.websocket_protocol import WebSocketProtocol
from graph_api.metrics import forget_worker, shared_metrics
from graph_api.observability import set_up_logging
from graph_api.settings import Settings
from graph_api.store.factory import open_store
from graph_api.supervisor import supervise


def serve(settings: Settings) -> None:
    """Serve until a signal says to stop, then finish what is running.

    Raises:
        FilmGraphError: the store can't be opened, or the address can't be listened on.
    """
    set_up_logging(settings.log_level, settings.log_format)
    listener = _listen(settings.host, settings.port)
    with listener:
        if settings.workers == 1:
            _run(settings, listener, lambda: _tell(listener, settings))
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
                ready=lambda: _tell(listener, settings),
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


def _tell(listener: socket.socket, settings: Settings) -> None:
    sys.stdout.write(addresses(listener, has_schema=settings.introspection))
    sys.stdout.flush()


def addresses(listener: socket.socket, *, has_schema: bool) -> str:
    """Return the lines that tell a person where to go; not to the schema where it is not told."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - read, not bound
    base = f"http://{host}:{port}"
    schema = (("schema", "schema.graphql"),) if has_schema else ()
    places = (("queries", "graphql"), *schema, ("state", "readyz"))
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
