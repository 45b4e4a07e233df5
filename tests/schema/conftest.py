"""The built-in dataset, loaded once, and ways to ask about it, on both stores."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from graph_api.analytics.service import Analyses
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from tests.builtin import ON_NEO4J, holding_builtin
from tests.schema.asking import Ask, AskRaw, CountingStore, asker, without_errors
from tests.schema.world import World, read_world

_MANY_STATEMENTS = {"test_every_field.py", "test_filters.py"}
STORES = ["embedded", pytest.param("neo4j", marks=ON_NEO4J)]


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the exhaustive run, on Neo4j, what takes minutes there.

    The second executor, since executors and stores don't meet; and the two modules that ask
    hundreds of different statements once each, all of which a server has to plan.
    """
    for item in items:
        chosen = list(item.callspec.params.values()) if hasattr(item, "callspec") else []
        names = {value for value in chosen if isinstance(value, str)}
        if "neo4j" in names and ("graphql-core" in names or item.path.name in _MANY_STATEMENTS):
            item.add_marker(pytest.mark.exhaustive)


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=STORES)
async def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a store of each sort that holds the built-in dataset."""
    if request.param == "neo4j":
        address: str = request.getfixturevalue("neo4j_url")
    else:
        address = str(tmp_path_factory.mktemp("schema") / "graph.db")
    await holding_builtin(address)
    return address


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(loaded: str) -> World:
    """The same graph in memory."""
    store = await open_store(loaded)
    try:
        return await read_world(store)
    finally:
        await store.close()


@pytest.fixture
async def store(loaded: str) -> AsyncIterator[Store]:
    """The store that holds the built-in dataset."""
    if "://" in loaded:
        await holding_builtin(loaded)  # other tests may have emptied it: there is one database for all
    opened = await open_store(loaded)
    yield opened
    await opened.close()


@pytest.fixture
def counting(store: Store) -> CountingStore:
    """The same store, its calls counted."""
    return CountingStore(store)


@pytest.fixture
async def analyses(store: Store) -> AsyncIterator[Analyses]:
    """Analyses of the store."""
    opened = Analyses(store)
    yield opened
    await opened.close()


@pytest.fixture(params=["breadth-first", "graphql-core"])
def executor(request: pytest.FixtureRequest) -> str:
    """How queries are executed: every test that asks runs both ways."""
    return str(request.param)


@pytest.fixture
def ask_raw(counting: CountingStore, analyses: Analyses, executor: str) -> AskRaw:
    """Asks a query and returns data and errors."""
    return asker(counting, analyses, executor)


@pytest.fixture
def ask(ask_raw: AskRaw) -> Ask:
    """Asks a query and returns its data; fails on errors."""
    return without_errors(ask_raw)
