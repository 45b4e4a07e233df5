"""The built-in dataset in a store that many tests read."""

import pytest

from graph_api.store.factory import open_store
from seed.builtin import builtin_folder
from seed.loading import load
from tests.store.neo4j.cleaning import clean, query

ON_NEO4J = [pytest.mark.neo4j, pytest.mark.slow]
_ACTOR = "tests: built-in"
_ACTORS = "MATCH (c:Change:FilmGraph {generation: 0}) RETURN c.revision, c.actor"


async def holding_builtin(address: str) -> None:
    """Let a store hold the built-in dataset as the only change ever made to it."""
    if "://" in address:
        if query(address, _ACTORS) == [[1, _ACTOR]]:
            return
        clean(address)
    store = await open_store(address)
    try:
        if await store.revision() == 0:
            await load(store, builtin_folder(), actor=_ACTOR)
    finally:
        await store.close()
