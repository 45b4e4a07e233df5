"""The one place where the service's parts are put together."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from graph_api.analytics.jobs.jobs import JobLimits, Jobs
from graph_api.analytics.records import Records
from graph_api.analytics.service import Analyses
from graph_api.domain.records import Applied
from graph_api.errors import FilmGraphError, StoreError, StoreUnavailable
from graph_api.http.middleware import middleware_list
from graph_api.http.rates import Buckets
from graph_api.http.responses import internal_error, on_film_graph_error, on_http_exception
from graph_api.http.routes import routes
from graph_api.http.service import Service, State
from graph_api.observability import log
from graph_api.settings import Settings
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from graph_api.store.observed import observed
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
