"""The audit log, undo, dry runs and expected revisions: what a curator relies on."""

import pytest

from graph_api.domain.catalogue import ClaimRank, Kind
from graph_api.domain.ids import entity_id, source_id
from graph_api.domain.images import ClaimImage, EntityImage, RelationshipImage, SourceImage
from graph_api.domain.records import ChangeItem
from graph_api.errors import Conflict, DatasetInvalid, NotFound, NotUndoable
from graph_api.store.base import Store
from tests.store.items import IMPERIA, MARCEL, claim, credit, film, imperia, load, person, source

CUBE = entity_id(Kind.FILM, "cube")


def more() -> list[ChangeItem]:
    return [
        source("wire", "2025-07-01"),
        film("cube", "Cube", "wire#1", runtime="90 min"),
        credit("marcel-barsotti", "cube", "wire#1"),
        claim(IMPERIA, "runtime", "40", "wire#2", rank=ClaimRank.PREFERRED),
    ]


async def change(store: Store, items: list[ChangeItem], **options: object) -> int:
    done = await store.apply([items], actor="ed", **options)  # type: ignore[arg-type]
    return done.revision


async def test_the_log_keeps_what_was_before_and_after(store: Store) -> None:
    await load(store, imperia())
    assert await change(store, more()) == 2
    log = {entry.id: entry for entry in await store.audit(2)}
    assert {type(entry.after) for entry in log.values()} == {SourceImage, EntityImage, RelationshipImage, ClaimImage}
    assert all(entry.before is None for entry in log.values())
    assert set(log) == {source_id("wire"), CUBE, more()[2].relationship.id, more()[3].id}  # type: ignore[union-attr]
    renamed = person("marcel-barsotti", "Marcel B.", "list#row 2")
    assert await change(store, [renamed]) == 3
    (entry,) = await store.audit(3)
    assert (entry.id, entry.before is not None, entry.after is not None) == (MARCEL, True, True)
    assert isinstance(entry.after, EntityImage)
    assert [row.place.locator for row in entry.after.mentions] == ["row 1", "row 2"]
    assert await store.audit(1) == await store.audit(99) == []


@pytest.mark.parametrize("kind", ["made", "changed", "removed", "merged"])
async def test_undo_puts_back_what_was_there(store: Store, kind: str) -> None:
    await load(store, imperia())
    await change(store, more())
    before = await store.graph_hash()
    match kind:
        case "made":
            await change(store, [film("new", "New", "wire#7"), credit("marcel-barsotti", "new", "wire#7")])
        case "changed":
            later: list[ChangeItem] = [
                source("wire", "2026-01-01", title="Later"),
                film("cube", "The Cube", "wire#1", runtime="91 min"),
            ]
            await change(store, [*later, credit("marcel-barsotti", "cube", "wire#8", order=3)])
        case "removed":
            await change(store, [], remove=[IMPERIA])
        case _:
            await change(store, [person("m-b", "M. B.", "wire#9"), credit("m-b", "cube", "wire#9")])
            before = await store.graph_hash()
            await store.merge(MARCEL, entity_id(Kind.PERSON, "m-b"), actor="ed")
    revision = await store.revision()
    after = await store.graph_hash()
    assert after != before
    undone = await store.undo(revision, actor="ed")
    assert (undone.revision, await store.graph_hash()) == (revision + 1, before)
    assert await store.check_integrity() == []
    assert (await store.changes(revision, 1))[0].actor == "ed"
    await store.undo(revision + 1, actor="ed")
    assert await store.graph_hash() == after
    assert await store.check_integrity() == []


async def test_what_a_dataset_brought_is_still_its_own_after_an_undo(store: Store) -> None:
    await load(store, imperia())
    await change(store, [], remove=[IMPERIA])
    await store.undo(2, actor="ed")
    assert await load(store, imperia(), replace=True) == (3, 0, 0, 0)
    revision, *counts = await load(store, imperia()[:2], replace=True)
    assert (revision, counts) == (4, [0, 0, 2])


async def test_undo_refuses_what_was_built_upon(store: Store) -> None:
    await load(store, imperia())
    await change(store, more())
    await change(store, [film("cube", "The Cube", "wire#1")])
    before = await store.graph_hash()
    with pytest.raises(Conflict, match="changed since"):
        await store.undo(2, actor="ed")
    await store.undo(3, actor="ed")
    await change(store, [person("ada", "Ada", "list#row 3"), credit("ada", "cube", "list#row 3")])
    with pytest.raises(Conflict, match="later"):
        await store.undo(2, actor="ed")
    for revision, error in ((1, NotUndoable), (99, NotFound)):
        with pytest.raises(error):
            await store.undo(revision, actor="ed")
    assert before != await store.graph_hash()
    assert await store.revision() == 5


async def test_undo_of_a_removal_wants_what_it_names(store: Store) -> None:
    await load(store, imperia())
    line = credit("marcel-barsotti", "imperia").relationship.id
    await change(store, [], remove=[line])
    await change(store, [], remove=[MARCEL])
    with pytest.raises(Conflict, match="bring it back"):
        await store.undo(2, actor="ed")
    await store.undo(3, actor="ed")
    await store.undo(2, actor="ed")
    assert await store.degrees([MARCEL]) == [1]


async def test_a_dry_run_tells_what_would_be_and_keeps_nothing(store: Store) -> None:
    await load(store, imperia())
    before = await store.graph_hash()
    tried = await store.apply(
        [more()], actor="ed", dry_run=True, remove=[credit("marcel-barsotti", "imperia").relationship.id]
    )
    assert (tried.revision, tried.changed, tried.created) == (2, True, 4)
    assert tried.change is not None
    assert CUBE in tried.change.created
    assert tried.change.removed == (credit("marcel-barsotti", "imperia").relationship.id,)
    assert (await store.revision(), await store.graph_hash(), await store.changes(1, 9)) == (1, before, [])
    with pytest.raises(DatasetInvalid):
        await store.apply([[credit("nobody", "imperia", "list#row 1")]], actor="ed", dry_run=True)


async def test_a_change_made_for_another_revision_is_refused(store: Store) -> None:
    await load(store, imperia())
    with pytest.raises(Conflict, match="revision 1, not 7"):
        await store.apply([more()], actor="ed", expected=7)
    assert await change(store, more(), expected=1) == 2
