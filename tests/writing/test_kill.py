"""A writer that is killed at any moment: what it acknowledged is there, and nothing is half there."""

import asyncio
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import entity_id
from graph_api.store.factory import open_store
from tests.builtin import ON_NEO4J
from tests.store.neo4j.cleaning import clean

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=ON_NEO4J)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty graph is, or can be."""
    if request.param == "embedded":
        return str(tmp_path / "graph.db")
    url: str = request.getfixturevalue("neo4j_url")
    clean(url)
    return url


@pytest.mark.slow
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.exhaustive)])
def test_nothing_acknowledged_is_lost_and_nothing_is_half_there(address: str, kills: int) -> None:
    rng = random.Random(7)
    longest = 0.6 if "://" in address else 0.2  # some changes
    for kill in range(kills):
        told = killed(address, kill * 10_000, rng.random() * longest)
        asyncio.run(check(address, told, is_thorough=kill % 10 == 0 or kill == kills - 1))


def killed(address: str, first: int, seconds: float) -> list[tuple[int, str]]:
    """Let a writer begin, kill it a moment later; return the revisions and names that it had acknowledged."""
    command = [sys.executable, "-m", "tests.writing.child", address, str(first)]
    child = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)
    assert child.stdout
    lines = [child.stdout.readline()]
    time.sleep(seconds)
    child.kill()
    lines += child.communicate()[0].splitlines()
    words = [line.split() for line in lines]
    return [(int(found[0]), found[1]) for found in words if len(found) == 2]


async def check(address: str, told: list[tuple[int, str]], *, is_thorough: bool) -> None:
    store = await open_store(address)
    try:
        revision = await store.revision()
        # One more may have been kept whose acknowledgement was killed.
        assert told[-1][0] <= revision <= told[-1][0] + 1
        last = told[-3:]
        there = await store.changes(last[0][0] - 1, len(last))
        assert [(change.revision, change.actor) for change in there] == last
        for change in await store.changes(revision - 3, 3):
            assert (len(change.created), change.updated, change.removed) == (62, (), ())
            assert len(await store.audit(change.revision)) == 62
            assert await store.degrees([entity_id(Kind.PERSON, change.actor)]) == [30]
        if is_thorough:
            assert await store.check_integrity() == []
    finally:
        await store.close()
