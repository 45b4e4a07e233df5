"""What people did to a graph stays when data sets are loaded again, and goes along in a dump."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import entity_id
from graph_api.errors import Conflict, DatasetInvalid, NotFound, NotUndoable
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from seed.checking import check
from seed.dumping import dump
from seed.loading import load
from tests.seed.folders import FILMS, small
from tests.writing.conftest import Run

FILM, OTHER = entity_id(Kind.FILM, "imperia"), entity_id(Kind.FILM, "c-one")


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(str(tmp_path / "fresh.db"))
    yield opened
    await opened.close()


async def test_merged_ids_resolve_after_a_dump_and_a_load(store: Store, fresh: Store, tmp_path: Path) -> None:
    await load(store, small(tmp_path / "data", head='{"name": "more"}'))
    await store.merge(FILM, OTHER, actor="ed")
    count = await asyncio.to_thread(dump, store, tmp_path / "dump")
    assert count > 0
    assert [str(problem) for problem in check(tmp_path / "dump")] == []
    await load(fresh, tmp_path / "dump")
    assert await fresh.graph_hash() == await store.graph_hash()
    for one in (store, fresh):
        (found,) = await one.entities([OTHER])
        assert found is not None
        assert found.id == FILM
        (by_slug,) = await one.entities_by_slug(Kind.FILM, ["c-one"])
        assert by_slug == found
    # And once more, from the copy; loading it again changes nothing.
    await asyncio.to_thread(dump, fresh, tmp_path / "again")
    for name in ("dump", "again"):
        header, first, *_ = (tmp_path / name / "entities/film.csv").read_text().splitlines()
        assert "former_slugs" in header
        assert ",c-one," in first
    assert not (await load(fresh, tmp_path / "dump")).changed
    assert not (await load(store, tmp_path / "dump", actor="again")).created


async def test_a_former_slug_that_somebody_else_has(fresh: Store, tmp_path: Path) -> None:
    await load(fresh, small(tmp_path / "data"))
    film = "slug,name,former_slugs,citations\nimperia,Imperia,c-one,list#row 1\n"
    with pytest.raises(DatasetInvalid, match="merge the two"):
        await load(fresh, small(tmp_path / "more", film=film, head='{"name": "more"}'))


async def test_a_rank_that_somebody_set_stays_over_loads(store: Store, run: Run, tmp_path: Path) -> None:
    folder = small(tmp_path / "data", head='{"name": "more"}')
    await load(store, folder)
    answer = await run('{ film(slug: "imperia") { claims { id property value entity { name } } } }')
    assert answer.data
    claims = answer.data["film"]["claims"]
    credit = next(c for c in claims if (c["entity"] or {}).get("name") == "Ann Smith")
    runtime = next(c for c in claims if c["value"] == "36")
    rank = "mutation($id: ID!) { setClaimRank(id: $id, rank: DEPRECATED) { rank } }"
    for id_ in (credit["id"], runtime["id"]):
        assert not (await run(rank, {"id": id_})).errors
    revision = await store.revision()
    hash_ = await store.graph_hash()
    for replace in (False, True):
        await load(store, folder, replace=replace)
        assert await store.graph_hash() == hash_
    assert await store.revision() == revision
    answer = await run('{ film(slug: "imperia") { claims { id rank } } }')
    assert answer.data
    ranks = {c["id"]: c["rank"] for c in answer.data["film"]["claims"]}
    assert (ranks[credit["id"]], ranks[runtime["id"]]) == ("DEPRECATED", "DEPRECATED")


async def test_a_load_too_large_to_be_undone_says_so(fresh: Store, tmp_path: Path) -> None:
    await load(fresh, small(tmp_path / "data"))
    with pytest.raises(NotUndoable, match="too much to be undone") as caught:
        await fresh.undo(1, actor="ed")
    assert caught.value.code == "NOT_UNDOABLE"
    assert isinstance(caught.value, Conflict)
    with pytest.raises(NotFound):
        await fresh.undo(7, actor="ed")
    film = FILMS.replace("Imperia", "Imperia II")
    await load(fresh, small(tmp_path / "more", film=film, head='{"name": "more"}'))
    assert (await fresh.undo(2, actor="ed")).changed
