"""Killed at any moment, the next start finds the old graph or the new one, whole."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph_api.store.embedded.store import EmbeddedStore
from tests.store.embedded.child import first_graph, second_graph
from tests.store.embedded.layouts import make_old

ROOT = Path(__file__).parents[3]


def run_and_kill(what: str, path: Path, after: float | None) -> tuple[bool, float]:
    """Run a child and kill it some seconds after its start; tell whether it was done, and how long it ran."""
    command = [sys.executable, "-m", "tests.store.embedded.child", what, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "start\n"
        begin = time.monotonic()
        if after is None:
            assert child.stdout.readline() == "done\n"
        else:
            time.sleep(after)
            child.send_signal(signal.SIGKILL)
        ran = time.monotonic() - begin
        rest = child.stdout.read()
    return after is None or "done" in rest, ran


async def state(path: Path) -> tuple[int, str]:
    """The revision and hash of a graph, whose integrity is checked."""
    store = await EmbeddedStore.open(path)
    try:
        assert await store.check_integrity() == []
        return await store.revision(), await store.graph_hash()
    finally:
        await store.close()


@pytest.mark.slow
async def test_a_change_that_is_killed_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    store = await EmbeddedStore.open(path)
    await store.apply([first_graph()], actor="test", dataset="list")
    await store.close()
    old = await state(path)
    whole = tmp_path / "whole.db"
    shutil.copy(path, whole)
    _, duration = run_and_kill("apply", whole, None)
    new = await state(whole)
    assert old[0] == 1
    assert new[0] == 2

    chance = random.Random(7)
    outcomes: set[int] = set()
    for i in range(12):
        once = tmp_path / f"{i}.db"
        shutil.copy(path, once)
        was_done, _ = run_and_kill("apply", once, chance.uniform(0, duration * 1.1))
        found = await state(once)
        assert found in (old, new)
        # What was acknowledged is never lost.
        assert not was_done or found == new
        outcomes.add(found[0])
        # The next attempt works.
        if found == old and i % 4 == 0:
            run_and_kill("apply", once, None)
            assert await state(once) == new
    assert 1 in outcomes


@pytest.mark.slow
async def test_an_upgrade_that_is_killed_is_done_or_not_begun(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    store = await EmbeddedStore.open(path)
    await store.apply([first_graph()], actor="test", dataset="list")
    await store.apply(second_graph(), actor="test", dataset="list")
    new = await store.revision(), await store.graph_hash()
    await store.close()
    make_old(path)
    whole = tmp_path / "whole.db"
    shutil.copy(path, whole)
    _, duration = run_and_kill("upgrade", whole, None)
    assert await state(whole) == new

    chance = random.Random(8)
    for i in range(6):
        once = tmp_path / f"{i}.db"
        shutil.copy(path, once)
        run_and_kill("upgrade", once, chance.uniform(0, duration))
        # Opening upgrades what was left as it was.
        assert await state(once) == new
