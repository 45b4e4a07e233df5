"""A loading process killed at any moment: the next start finds the old graph or the new one, whole, and goes on."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph_api.store.neo4j.store import Neo4jStore
from tests.store.neo4j.child import first_graph, second_graph
from tests.store.neo4j.cleaning import clean, query

_ROOT = Path(__file__).parents[3]
_KILLS = 5
_GENERATIONS = "MATCH (n:FilmGraph) WHERE n.generation > 0 RETURN DISTINCT n.generation"


def _run_and_kill(what: str, address: str, after: float | None) -> tuple[bool, float]:
    """Run a child and kill it some seconds after its change began; tell whether it was done, and how long it took."""
    command = [sys.executable, "-m", "tests.store.neo4j.child", what, address]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "start\n"
        begin = time.monotonic()
        if after is None:
            assert child.stdout.readline() == "done\n"
        else:
            time.sleep(after)
            child.send_signal(signal.SIGKILL)
        took = time.monotonic() - begin
        return "done" in child.stdout.read() or after is None, took


async def _state(address: str) -> tuple[int, str]:
    """The revision and hash of a graph as the next start finds it; one whole copy is all there is."""
    store = await Neo4jStore.open(address)
    try:
        found = await store.revision(), await store.graph_hash()
        assert await store.check_integrity() == []
        assert len(query(address, _GENERATIONS)) == 1
        return found
    finally:
        await store.close()


async def _make_old(address: str) -> tuple[int, str]:
    clean(address)
    store = await Neo4jStore.open(address)
    try:
        await store.apply([first_graph()], actor="test", dataset="list")
    finally:
        await store.close()
    return await _state(address)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["small", "large"])
async def test_a_load_that_is_killed_is_whole_or_not_there(neo4j_url: str, what: str) -> None:
    old = await _make_old(neo4j_url)
    _, duration = await asyncio.to_thread(_run_and_kill, what, neo4j_url, None)
    new = await _state(neo4j_url)
    assert (old[0], new[0]) == (1, 2)

    chance = random.Random(7)
    found = new
    for i in range(_KILLS):
        if found != old:
            assert await _make_old(neo4j_url) == old
        moment = duration * (i + chance.random()) / _KILLS
        was_done, _ = await asyncio.to_thread(_run_and_kill, what, neo4j_url, moment)
        found = await _state(neo4j_url)
        assert found in (old, new)
        assert not was_done or found == new  # what was acknowledged is never lost
    if found == old:
        store = await Neo4jStore.open(neo4j_url)
        await store.apply(second_graph(), actor="test", dataset="list")
        await store.close()
        assert await _state(neo4j_url) == new
