"""A service on the built-in dataset, called without a network; and one whose schema can be slow and break."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest

import graph_api.app
from graph_api.settings import Settings
from graph_api.store.factory import open_store
from seed.builtin import ensure_loaded
from tests.http import toy

Serve = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graph") / "graph.db"

    async def load() -> None:
        store = await open_store(str(path))
        await ensure_loaded(store)
        await store.close()

    asyncio.run(load())
    return path


@pytest.fixture
def database(loaded: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "graph.db"
    shutil.copyfile(loaded, copy)
    return copy


@pytest.fixture
def serve(database: Path) -> Serve:
    """A function that runs a service with the settings given and yields a client of it."""

    @asynccontextmanager
    async def serving(**settings: object) -> AsyncIterator[httpx.AsyncClient]:
        app = graph_api.app.create_app(Settings(**{"database": str(database), **settings}))  # type: ignore[arg-type]
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://localhost"
            ) as client,
        ):
            yield client

    return serving


@pytest.fixture
async def client(serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve() as found:
        yield found


@pytest.fixture
def serve_toy(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """The same, with the schema of tests/http/toy.py."""
    monkeypatch.setattr(graph_api.app, "make_schema", toy.make_schema)
    return serve


@pytest.fixture
async def toy_client(serve_toy: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve_toy() as found:
        yield found
