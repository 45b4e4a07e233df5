"""The stores that the contract is tested on, each empty."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from graph_api.store.base import Store
from graph_api.store.factory import open_store
from tests.builtin import ON_NEO4J
from tests.store.neo4j.cleaning import clean

NewStore = Callable[[], Awaitable[Store]]


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=ON_NEO4J)])
async def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[NewStore]:
    """A function that opens one more empty store, the first of the kind under test; all are closed at the end.

    Neo4j Community has one database, so further stores are embedded ones: tests of two stores then
    hold the one against the other.
    """
    opened: list[Store] = []
    if request.param == "neo4j":
        address: str = request.getfixturevalue("neo4j_url")
        clean(address)

    async def make() -> Store:
        is_first = not opened
        here = address if request.param == "neo4j" and is_first else str(tmp_path / f"graph-{len(opened)}.db")
        store = await open_store(here)
        opened.append(store)
        return store

    yield make
    for store in opened:
        await store.close()


@pytest.fixture
async def store(new_store: NewStore) -> Store:
    """An empty store."""
    return await new_store()
