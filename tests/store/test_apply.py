"""What becomes of a change: merged by id, whole or not at all, told of in the feed."""

import pytest

from graph_api.domain.catalogue import ClaimRank, Kind, Relation
from graph_api.domain.ids import entity_id, source_id
from graph_api.domain.problems import ItemProblem
from graph_api.domain.query import ClaimQuery
from graph_api.domain.records import ChangeItem, EntityRow
from graph_api.errors import BadInput, Conflict, DatasetInvalid
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


async def values(store: Store, id_: str = IMPERIA) -> dict[str, object]:
    (found,) = await store.entities([id_])
    assert found is not None
    return {"name": found.name, **found.values}


async def test_a_first_load_is_revision_1_and_tells_of_all_it_made(store: Store) -> None:
    assert (await store.revision(), await store.ready()) == (0, False)
    assert await load(store, imperia()) == (1, 4, 0, 0)
    assert (await store.revision(), await store.ready()) == (1, True)
    (change,) = await store.changes(0, 10)
    assert set(change.created) == {source_id("list"), MARCEL, IMPERIA, imperia_credit()}
    assert (change.updated, change.removed, change.actor) == ((), (), "test")
    assert await values(store) == {
        "name": "Imperia",
        "year": 2025,
        "runtime": 36.0,
        "genres": ("drama", "science fiction"),
    }
    assert await store.degrees([IMPERIA, MARCEL]) == [1, 1]
    assert await store.check_integrity() == []


def imperia_credit() -> str:
    return credit("marcel-barsotti", "imperia").relationship.id


@pytest.mark.parametrize("size", [1, 2, 1_000])
async def test_loading_the_same_data_again_changes_nothing(store: Store, size: int) -> None:
    await load(store, imperia())
    before = await store.graph_hash()
    assert await load(store, imperia(), size=size) == (1, 0, 0, 0)
    assert await load(store, imperia(), size=size, replace=True) == (1, 0, 0, 0)
    assert await store.graph_hash() == before
    assert len(await store.changes(0, 10)) == 1


async def test_a_row_brought_again_replaces_what_it_said(store: Store) -> None:
    await load(store, imperia())
    again = film("imperia", "Imperia", "list#row 1", runtime="37 min")
    assert await load(store, [again]) == (2, 0, 1, 0)
    assert await values(store) == {"name": "Imperia", "runtime": 37.0}
    assert (await store.changes(1, 10))[0].updated == (IMPERIA,)
    assert await store.check_integrity() == []


async def test_rows_of_several_places_are_weighed_against_each_other(store: Store) -> None:
    await load(store, imperia())
    rivals: list[ChangeItem] = [
        source("wire", "2025-12-01"),
        film("imperia", "IMPERIA: A Film", "wire#1", runtime="38 min", genres="drama"),
    ]
    assert await load(store, rivals, dataset="news") == (2, 1, 1, 0)
    # One citation each: the later publication is believed.
    assert await values(store) == {
        "name": "IMPERIA: A Film",
        "year": 2025,
        "runtime": 38.0,
        "genres": ("drama", "science fiction"),
    }
    assert await store.aliases([IMPERIA]) == [("Imperia",)]
    assert (await store.counts()).conflicts == 1
    assert await store.check_integrity() == []


async def test_a_preferred_claim_wins_and_counts_as_an_update_of_its_subject(store: Store) -> None:
    await load(store, imperia())
    preferred = claim(IMPERIA, "runtime", "40", "list#note", rank=ClaimRank.PREFERRED)
    assert await load(store, [preferred]) == (2, 1, 1, 0)
    assert (await values(store))["runtime"] == 40.0
    (change,) = await store.changes(1, 10)
    assert (change.created, change.updated) == ((preferred.id,), (IMPERIA,))


async def test_a_claim_that_changes_nothing_shown_updates_only_itself(store: Store) -> None:
    await load(store, imperia())
    lesser = claim(IMPERIA, "budget", "500", "list#note", unit="USD")
    assert await load(store, [lesser]) == (2, 1, 0, 0)
    ranked = claim(IMPERIA, "budget", "500", "list#note", unit="USD", rank=ClaimRank.DEPRECATED)
    assert await load(store, [ranked]) == (3, 0, 1, 0)
    ((found,),) = await store.claims([IMPERIA], ClaimQuery("budget"))
    assert found.rank is ClaimRank.DEPRECATED


async def test_the_date_of_a_source_decides_anew_when_it_is_corrected(store: Store) -> None:
    both: list[ChangeItem] = [
        source("a", "2024"),
        source("b", "2025"),
        film("imperia", "Imperia", "a#1", runtime="30 min"),
    ]
    await load(store, [*both, film("imperia", "Imperia", "b#1", runtime="31 min")])
    assert (await values(store))["runtime"] == 31.0
    assert await load(store, [source("a", "2026")]) == (2, 0, 2, 0)
    assert (await values(store))["runtime"] == 30.0


async def test_citations_are_united_and_later_facts_of_a_relationship_count(store: Store) -> None:
    await load(store, imperia())
    more = credit("marcel-barsotti", "imperia", "list#row 9", order=2)
    assert await load(store, [more]) == (2, 0, 1, 0)
    (found,) = await store.relationships([imperia_credit()])
    assert found is not None
    assert found.properties == {"role": "DIRECTOR", "order": 2}
    assert await store.citations([imperia_credit()]) == [cited("list#row 1", "list#row 9")]


async def test_two_rows_of_one_place_in_one_change_are_united(store: Store) -> None:
    rows: list[ChangeItem] = [
        source("list"),
        film("imperia", "Imperia", "list#1", year="2025"),
        film("imperia", "Imperia!", "list#1"),
    ]
    await load(store, rows)
    assert (await values(store))["year"] == 2025
    names = {(await values(store))["name"], *(await store.aliases([IMPERIA]))[0]}
    assert names == {"Imperia", "Imperia!"}
    assert await store.check_integrity() == []


@pytest.mark.parametrize("size", [1, 1_000])
async def test_a_change_that_contradicts_itself_is_refused(store: Store, size: int) -> None:
    await load(store, imperia())
    before = await store.graph_hash()
    rows: list[ChangeItem] = [
        credit("marcel-barsotti", "imperia", "list#2", order=1),
        credit("marcel-barsotti", "imperia", "list#3", order=2),
    ]
    with pytest.raises(DatasetInvalid, match="contradict") as caught:
        await load(store, rows, size=size)
    (problem,) = caught.value.problems
    assert isinstance(problem, ItemProblem)
    assert (problem.batch, problem.index) == ((1, 0) if size == 1 else (0, 1))
    assert (await store.graph_hash(), await store.revision()) == (before, 1)


FAULTS: list[tuple[ChangeItem, str]] = [
    (credit("nobody", "imperia", "list#1"), "starts at something that is not in the graph"),
    (credit("marcel-barsotti", "nothing", "list#1"), "ends at something that is not in the graph"),
    (credit("marcel-barsotti", "imperia", "unknown#1"), "cites a source that is not in the graph"),
    (credit("marcel-barsotti", "imperia"), "needs a citation"),
    (credit("marcel-barsotti", "imperia", "list#1", role="KING"), "'KING' can't be the role"),
    (credit("marcel-barsotti", "imperia", "list#1", colour="red"), "no property 'colour'"),
    (credit("marcel-barsotti", "imperia", "list#1", order="first"), "'first' can't be the order"),
    (related(Relation.CREDITED_ON, IMPERIA, MARCEL, "list#1", role="CAST"), "can't start at a FILM"),
    (related(Relation.CREDITED_ON, MARCEL, IMPERIA, "list#1"), "needs the property 'role'"),
    (film("imperia", " ", "list#1"), "a name can't be empty"),
    (film("Im peria", "Imperia", "list#1"), "not a slug"),
    (film("imperia", "Imperia", "list#1", runtime="long"), "runtime: 'long' is not a number"),
    (film("imperia", "Imperia", "list#1", occupations="director"), "FILM has no property 'occupations'"),
    (film("imperia", "Imperia", "list#1", status="LOST"), "status: 'LOST' is none of"),
    (claim(entity_id(Kind.FILM, "nothing"), "year", "2025", "list#1"), "subject is not in the graph"),
    (claim(MARCEL, "year", "2025", "list#1"), "PERSON has no property 'year'"),
    (claim(IMPERIA, "year", "2025", "list#1", qualifiers={"when": "2025"}), "no qualifier 'when'"),
    (claim(IMPERIA, "year", "2025", "list#1", qualifiers={"place": MARCEL}), "qualifier place is a PERSON"),
]


@pytest.mark.parametrize(("item", "message"), FAULTS, ids=[message for _, message in FAULTS])
async def test_what_does_not_fit_is_refused_with_its_position(store: Store, item: ChangeItem, message: str) -> None:
    await load(store, imperia())
    before = await store.graph_hash()
    with pytest.raises(DatasetInvalid) as caught:
        await load(store, [person("new", "New", "list#2"), item])
    (problem,) = caught.value.problems
    assert isinstance(problem, ItemProblem)
    assert (problem.batch, problem.index) == (0, 1)
    assert message in problem.message
    assert (await store.graph_hash(), await store.revision()) == (before, 1)
    assert await store.entities([entity_id(Kind.PERSON, "new")]) == [None]


async def test_all_faults_of_a_batch_are_told_at_once(store: Store) -> None:
    with pytest.raises(DatasetInvalid) as caught:
        await load(store, [source("list"), film("a", "", "list#1"), film("b", "B"), film("c", "C", "list#3")])
    assert [problem.index for problem in caught.value.problems if isinstance(problem, ItemProblem)] == [1, 2]


async def test_replace_removes_what_the_dataset_no_longer_holds(store: Store) -> None:
    gone: list[ChangeItem] = [
        film("old", "Old", "list#row 2"),
        credit("marcel-barsotti", "old", "list#row 2"),
        claim(entity_id(Kind.FILM, "old"), "year", "1999", "list#row 2"),
        source("unused"),
    ]
    await load(store, [*imperia(), *gone])
    fresh_hash = await store.graph_hash()
    assert await load(store, imperia(), replace=True) == (2, 0, 0, 4)
    assert await store.graph_hash() != fresh_hash
    assert await store.entities([entity_id(Kind.FILM, "old"), IMPERIA]) != [None, None]
    assert await store.degrees([MARCEL]) == [1]
    (change,) = await store.changes(1, 1)
    assert len(change.removed) == 4
    assert await store.check_integrity() == []
    assert await load(store, [*imperia(), *gone], replace=True) == (3, 4, 0, 0)
    assert await store.graph_hash() == fresh_hash


async def test_replace_leaves_what_another_dataset_holds(store: Store) -> None:
    await load(store, imperia(), dataset="one")
    # The same rows under another name: nobody sees a difference, but they are held twice now.
    assert await load(store, imperia(), dataset="two") == (1, 0, 0, 0)
    before = await store.graph_hash()
    assert await load(store, [], dataset="one", replace=True) == (1, 0, 0, 0)
    assert await store.graph_hash() == before
    assert await load(store, [], dataset="two", replace=True) == (2, 0, 0, 4)
    assert await load(store, imperia(), dataset="one") == (3, 4, 0, 0)


async def test_replace_keeps_an_entity_that_others_refer_to(store: Store) -> None:
    await load(store, imperia(), dataset="one")
    other: list[ChangeItem] = [source("b"), person("ann", "Ann", "b#1"), credit("ann", "imperia", "b#1", role="CAST")]
    await load(store, other, dataset="two")
    await load(store, [], dataset="one", replace=True)
    assert (await values(store))["name"] == "Imperia"
    assert await store.entities([MARCEL]) == [None]
    assert await store.degrees([IMPERIA]) == [1]
    assert await store.check_integrity() == []
    await load(store, [], dataset="two", replace=True)
    assert (await store.counts()).kinds.get(Kind.PERSON, 0) == 0


async def test_replace_needs_a_dataset(store: Store) -> None:
    with pytest.raises(BadInput):
        await store.apply([], actor="test", replace=True)


async def test_removing_an_entity_removes_what_is_said_of_it(store: Store) -> None:
    await load(store, [*imperia(), claim(IMPERIA, "year", "2024", "list#row 3")])
    done = await store.apply([], actor="editor", remove=[IMPERIA, entity_id(Kind.FILM, "never-was")])
    assert (done.revision, done.removed, done.changed) == (2, 3, True)
    assert await store.entities([IMPERIA]) == [None]
    assert await store.degrees([MARCEL]) == [0]
    assert await store.check_integrity() == []


async def test_removing_a_claim_brings_back_the_value_below(store: Store) -> None:
    preferred = claim(IMPERIA, "runtime", "40", "list#note", rank=ClaimRank.PREFERRED)
    await load(store, [*imperia(), preferred])
    done = await store.apply([], actor="editor", remove=[preferred.id])
    assert (done.updated, done.removed) == (1, 1)
    assert (await values(store))["runtime"] == 36.0


async def test_a_place_that_is_removed_is_no_longer_a_venue_or_qualifier(store: Store) -> None:
    edition, hall = entity_id(Kind.FESTIVAL_EDITION, "fest-2025"), entity_id(Kind.PLACE, "hall")
    shown = related(Relation.SCREENED_AT, IMPERIA, edition, "list#1", venue=hall)
    more: list[ChangeItem] = [
        entity(Kind.FESTIVAL_EDITION, "fest-2025", "Fest 2025", "list#1"),
        entity(Kind.PLACE, "hall", "Hall", "list#1"),
        shown,
        claim(IMPERIA, "releasedOn", "2025-05-01", "list#1", qualifiers={"place": hall}),
    ]
    await load(store, [*imperia(), *more])
    done = await store.apply([], actor="editor", remove=[hall])
    assert done.removed == 2
    (found,) = await store.relationships([shown.relationship.id])
    assert found is not None
    assert found.properties == {}
    assert await store.check_integrity() == []


async def test_a_source_that_is_cited_stays(store: Store) -> None:
    await load(store, [*imperia(), source("spare")])
    with pytest.raises(Conflict):
        await store.apply([], actor="editor", remove=[source_id("list")])
    done = await store.apply([], actor="editor", remove=[source_id("spare")])
    assert (done.revision, done.removed) == (2, 1)


async def test_the_order_of_loading_makes_no_difference(store: Store) -> None:
    rows: list[ChangeItem] = [
        film("imperia", "Imperia", "a#1", runtime="30 min"),
        film("imperia", "IMPERIA", "b#1", runtime="31 min"),
    ]
    sources = [source("a"), source("b")]
    await load(store, [*sources, *rows])
    first = (await store.graph_hash(), await values(store))
    await load(store, [], replace=True)
    one_by_one: list[ChangeItem] = [*sources, *reversed(rows)]
    for item in one_by_one:
        await load(store, [item])
    assert (await store.graph_hash(), await values(store)) == first


async def test_many_changes_of_one_load_come_in_the_feed_whole(store: Store) -> None:
    people: list[ChangeItem] = [person(f"p-{i}", f"P {i}", "list#1") for i in range(2_500)]
    await load(store, [source("list"), *people], size=700)
    (change,) = await store.changes(0, 5)
    assert len(change.created) == len(set(change.created)) == 2_501
    assert await store.check_integrity() == []


async def test_external_ids_and_aliases_of_all_rows_count(store: Store) -> None:
    rows: list[ChangeItem] = [
        source("a"),
        EntityRow(Kind.FILM, "imperia", "Imperia", ("Empire",), (("tmdb", "1"),), {}, cited("a#1")),
        EntityRow(Kind.FILM, "imperia", "Imperia", ("Reich", "Imperia"), (("imdb", "tt1"),), {}, cited("a#2")),
    ]
    await load(store, rows)
    assert await store.aliases([IMPERIA]) == [("Empire", "Reich")]
    assert await store.external_ids([IMPERIA]) == [(("imdb", "tt1"), ("tmdb", "1"))]
