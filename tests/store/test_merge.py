"""Merging two entries of one thing: what moves, what stays found, what is refused."""

import pytest

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.ids import claim_id, entity_id
from graph_api.domain.query import ClaimQuery, HopQuery
from graph_api.domain.records import ChangeItem, Claim
from graph_api.errors import BadId, BadInput, Conflict
from graph_api.store.base import Store
from tests.store.items import (
    IMPERIA,
    MARCEL,
    cited,
    claim,
    credit,
    entity,
    film,
    imperia,
    load,
    person,
    related,
    source,
)

TWIN = entity_id(Kind.PERSON, "m-barsotti")
VENICE = entity_id(Kind.EVENT, "venice")


def twin() -> list[ChangeItem]:
    """The same person once more, by another spelling, with a film of his own and the film that both have."""
    return [
        source("wire", "2025-07-01"),
        person("m-barsotti", "M. Barsotti", "wire#1", aliases=["Marcel B."], biography="A composer."),
        film("cube", "Cube", "wire#1"),
        credit("m-barsotti", "cube", "wire#1"),
        credit("m-barsotti", "imperia", "wire#2", order=2),
        claim(TWIN, "yearsOfExperience", "30", "wire#3"),
    ]


def linked(subject: str, name: str, entity: str, *places: str) -> Claim:
    return Claim(
        claim_id(subject, name, None, None, entity, {}), subject, name, entity=entity, citations=cited(*places)
    )


async def both(store: Store) -> None:
    await load(store, imperia())
    await load(store, twin(), dataset="wire")


async def test_names_rows_claims_and_relationships_move(store: Store) -> None:
    await both(store)
    done = await store.merge(MARCEL, TWIN, actor="ed")
    assert (done.revision, done.changed) == (3, True)
    (found,) = await store.entities([MARCEL])
    assert found is not None
    assert found.slug == "marcel-barsotti"
    (others,) = await store.aliases([MARCEL])
    assert (found.name, others) == ("Marcel Barsotti", ("M. Barsotti", "Marcel B."))
    (page,) = await store.hops([MARCEL], HopQuery((Relation.CREDITED_ON,)))
    assert sorted(hop.entity.slug for hop in page.items) == ["cube", "imperia"]
    assert await store.degrees([MARCEL, IMPERIA]) == [2, 1]
    (shared,) = [hop.relationship for hop in page.items if hop.entity.slug == "imperia"]
    assert shared.properties == {"role": "DIRECTOR", "order": 2}
    assert await store.citations([shared.id]) == [cited("list#row 1", "wire#2")]
    ((year,),) = await store.claims([MARCEL], ClaimQuery("yearsOfExperience"))
    assert (year.subject, year.citations) == (MARCEL, cited("wire#3"))
    assert await store.check_integrity() == []


async def test_the_id_and_slug_that_went_still_find_it(store: Store) -> None:
    await both(store)
    await store.merge(MARCEL, TWIN, actor="ed")
    assert [e and e.id for e in await store.entities([TWIN])] == [MARCEL]
    assert [e and e.id for e in await store.entities_by_slug(Kind.PERSON, ["m-barsotti"])] == [MARCEL]
    assert await store.degrees([TWIN]) == [2]


async def test_merging_into_a_merged_one_follows_it(store: Store) -> None:
    await both(store)
    third = person("marcel", "Marcel", "list#row 9")
    await load(store, [third], dataset="more")
    await store.merge(MARCEL, TWIN, actor="ed")
    await store.merge(TWIN, entity_id(Kind.PERSON, "marcel"), actor="ed")
    ids = [TWIN, entity_id(Kind.PERSON, "marcel")]
    assert [e and e.id for e in await store.entities(ids)] == [MARCEL, MARCEL]
    again = entity_id(Kind.PERSON, "again")
    await load(store, [person("again", "Again", "list#row 10")], dataset="last")
    await store.merge(again, MARCEL, actor="ed")
    assert [e and e.id for e in await store.entities([*ids, MARCEL])] == [again, again, again]
    assert await store.check_integrity() == []


async def test_a_dataset_that_still_has_both_changes_nothing(store: Store) -> None:
    await both(store)
    await store.merge(MARCEL, TWIN, actor="ed")
    before = await store.graph_hash()
    assert await load(store, twin(), dataset="wire") == (3, 0, 0, 0)
    assert await load(store, twin(), dataset="wire", replace=True) == (3, 0, 0, 0)
    assert await store.graph_hash() == before


async def test_what_names_it_inside_is_renamed(store: Store) -> None:
    await both(store)
    venue, twin_venue = entity_id(Kind.PLACE, "hall"), entity_id(Kind.PLACE, "the-hall")
    await load(
        store,
        [
            entity(Kind.PLACE, "hall", "Hall", "list#row 5"),
            entity(Kind.PLACE, "the-hall", "The Hall", "list#row 6"),
            entity(Kind.EVENT, "venice", "Venice", "list#row 7"),
            related(Relation.SCREENED_AT, IMPERIA, VENICE, "list#row 7", venue=twin_venue),
            claim(VENICE, "attendance", "100", "list#row 8", qualifiers={"place": twin_venue}),
        ],
        dataset="halls",
    )
    await store.merge(venue, twin_venue, actor="ed")
    (page,) = await store.hops([IMPERIA], HopQuery((Relation.SCREENED_AT,)))
    assert page.items[0].relationship.properties == {"venue": venue}
    ((count,),) = await store.claims([VENICE], ClaimQuery("attendance"))
    assert count.qualifiers == {"place": venue}
    assert count.id == claim_id(VENICE, "attendance", "100", None, None, {"place": venue})
    assert await store.check_integrity() == []


async def test_a_claim_that_they_are_the_same_is_fulfilled(store: Store) -> None:
    await both(store)
    await load(store, [linked(MARCEL, "sameAs", TWIN, "wire#9")], dataset="same")
    await store.merge(MARCEL, TWIN, actor="ed")
    assert await store.claims([MARCEL], ClaimQuery("sameAs")) == [[]]


async def test_what_the_graph_says_is_two_is_not_merged(store: Store) -> None:
    await both(store)
    await load(store, [linked(MARCEL, "differentFrom", TWIN, "wire#9")], dataset="other")
    with pytest.raises(Conflict, match="different"):
        await store.merge(MARCEL, TWIN, actor="ed")
    sequel = related(
        Relation.DERIVED_FROM, entity_id(Kind.FILM, "cube"), IMPERIA, "wire#4", kind="sequel", key=["kind"]
    )
    await load(store, [sequel], dataset="sequels")
    with pytest.raises(Conflict, match="DERIVED_FROM joins the two"):
        await store.merge(IMPERIA, entity_id(Kind.FILM, "cube"), actor="ed")
    assert await store.revision() == 4


async def test_what_can_not_be_merged(store: Store) -> None:
    await both(store)
    for keep, gone in ((MARCEL, MARCEL), (MARCEL, IMPERIA), (MARCEL, entity_id(Kind.PERSON, "nobody"))):
        with pytest.raises(BadInput):
            await store.merge(keep, gone, actor="ed")
    with pytest.raises(BadId):
        await store.merge(MARCEL, "nonsense", actor="ed")
    await store.merge(MARCEL, TWIN, actor="ed")
    with pytest.raises(BadInput, match="already"):
        await store.merge(MARCEL, TWIN, actor="ed")
    assert await store.revision() == 3


async def test_a_dry_run_keeps_nothing(store: Store) -> None:
    await both(store)
    before = await store.graph_hash()
    tried = await store.merge(MARCEL, TWIN, actor="ed", dry_run=True)
    assert tried.change is not None
    assert TWIN in tried.change.removed
    assert (await store.revision(), await store.graph_hash()) == (2, before)
