"""A graph as of an earlier revision: the same graph, to the hash, that there was then."""

import random
import tempfile
from pathlib import Path

import pytest

from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import entity_id
from graph_api.domain.query import ScanQuery
from graph_api.domain.records import ChangeItem
from graph_api.errors import BadInput, NotFound
from graph_api.store.base import Store
from graph_api.store.past import at_revision
from tests.store.items import IMPERIA, MARCEL, claim, credit, film, imperia, load, person, source

BEA = entity_id(Kind.PERSON, "bea")


@pytest.fixture
async def changed(store: Store) -> list[str]:
    """A store after changes of every sort, and the hash of each revision from 1."""
    hashes = []
    line = credit("bea", "cube", "wire#2")

    async def note() -> None:
        hashes.append(await store.graph_hash())

    await load(store, imperia())
    await note()
    made: list[ChangeItem] = [
        source("wire", "2025-07-01"),
        film("cube", "Cube", "wire#1", year="2024"),
        person("bea", "Bea", "wire#1"),
    ]
    await store.apply([[*made, line]], actor="ed")
    await note()
    await store.apply([[claim(IMPERIA, "runtime", "40", "wire#3", unit="min")]], actor="ed")
    await note()
    await store.apply([[source("wire", "2026-01-01"), film("cube", "The Cube", "wire#9", year="2023")]], actor="ed")
    await note()
    await load(store, [*imperia()[:3], person("cy", "Cy", "list#row 5")], replace=True)
    await note()
    await store.apply([[person("b-b", "B. B.", "wire#4"), credit("b-b", "imperia", "wire#4")]], actor="ed")
    await note()
    await store.merge(BEA, entity_id(Kind.PERSON, "b-b"), actor="ed")
    await note()
    await store.apply([], actor="ed", remove=[IMPERIA])
    await note()
    await store.undo(8, actor="ed")
    await note()
    return hashes


async def test_every_revision_can_be_had_again(store: Store, changed: list[str]) -> None:
    assert await store.revision() == len(changed)
    for revision in random.Random(1).sample(range(1, len(changed) + 1), len(changed)):
        async with at_revision(store, revision) as past:
            assert await past.graph_hash() == changed[revision - 1], revision
            assert await past.check_integrity() == []
    assert await store.revision() == len(changed)


async def test_reads_of_the_past_are_those_of_then(store: Store, changed: list[str]) -> None:
    async with at_revision(store, 1) as past:
        assert list((await past.scan(ScanQuery())).sources) == [MARCEL]
        assert await past.entities([BEA]) == [None]
    async with at_revision(store, 2) as past:
        assert (await past.field_columns(Kind.FILM, ["year"]))["year"] == [2024, 2025]
        assert (await past.counts()).conflicts == 0
    async with at_revision(store, 3) as past:
        assert (await past.counts()).conflicts == 1


async def test_what_can_not_be_had(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await load(store, imperia())
    with pytest.raises(BadInput, match="no revision 2; it is at 1"):
        async with at_revision(store, 2):
            raise AssertionError
    with pytest.raises(NotFound, match="does not reach back to revision 0"):
        async with at_revision(store, 0):
            raise AssertionError
    await store.apply([[person("bea", "Bea", "list#row 2")]], actor="ed")
    monkeypatch.setattr("graph_api.domain.auditing.MOST", 0)
    await load(store, [person("cy", "Cy", "list#row 3")], dataset="more")
    await store.apply([[person("di", "Di", "list#row 4")]], actor="ed")
    with pytest.raises(NotFound, match=r"revision 3 was a load of more than it keeps; the earliest .* is 3") as refused:
        async with at_revision(store, 2):
            raise AssertionError
    assert refused.value.details == {"requested": 2, "earliest": 3}
    async with at_revision(store, 3) as past:
        assert (await past.counts()).kinds[Kind.PERSON] == 3


async def test_the_copy_is_gone_afterwards(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    await load(store, imperia())
    before = _names(tmp_path)
    async with at_revision(store, 1):
        assert len(_names(tmp_path)) == len(before) + 1
    assert _names(tmp_path) == before


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
