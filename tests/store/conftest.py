"""The stores that the contract is tested on, each empty."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from graph_api.store.base import Store
from graph_api.store.factory import open_store

NewStore = Callable[[], Awaitable[Store]]


@pytest.fixture(params=["embedded"])
async def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[NewStore]:
    """A function that opens one more empty store of the kind under test; all are closed at the end."""
    opened: list[Store] = []

    async def make() -> Store:
        assert request.param == "embedded"
        store = await open_store(str(tmp_path / f"graph-{len(opened)}.db"))
        opened.append(store)
        return store

    yield make
    for store in opened:
        await store.close()


@pytest.fixture
async def store(new_store: NewStore) -> Store:
    """An empty store."""
    return await new_store()
