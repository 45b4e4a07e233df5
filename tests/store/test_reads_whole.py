"""What a graph holds as a whole: counts, changes, facets, and columns for projections."""

import random
from dataclasses import replace

import pytest

from graph_api.domain.catalogue import Certainty, Kind, Relation
from graph_api.domain.ids import entity_id
from graph_api.domain.query import EVERYTHING, And, Direction, Linked, Match, Op, Or, ScanQuery
from graph_api.domain.records import ChangeItem, Counts, EntityRow, FacetCount
from graph_api.errors import BadInput
from graph_api.store.base import Store
from tests.store.items import IMPERIA, MARCEL, cited, claim, credit, film, imperia, load, person, source
from tests.store.oracle import rounds, some_graph
from tests.store.test_reads_find import some_filter


async def test_counts_are_of_what_can_be_read(store: Store) -> None:
    assert await store.counts() == Counts({}, {}, 0, 0, 0)
    await load(store, imperia())
    once = await store.counts()
    assert once == Counts({Kind.PERSON: 1, Kind.FILM: 1}, {Relation.CREDITED_ON: 1}, 1, 6, 0)
    again = claim(IMPERIA, "runtime", "36", "list#row 2", unit="min")
    rival = claim(IMPERIA, "runtime", "40", "list#row 3", unit="min")
    qualified = claim(IMPERIA, "runtime", "36", "list#row 4", unit="min", qualifiers={"asOf": "2025"})
    await store.apply([[again, rival, qualified]], actor="t")
    counts = await store.counts()
    assert (counts.claims, counts.conflicts) == (8, 1)
    assert counts.claims == sum(len(claims) for claims in await store.claims([IMPERIA, MARCEL]))


async def test_changes_are_told_in_order(store: Store) -> None:
    await load(store, imperia())
    await store.apply([[film("two", "Two", "list#row 2")]], actor="ed", remove=[MARCEL])
    first, second = await store.changes(0, 10)
    assert (first.revision, second.revision, second.actor) == (1, 2, "ed")
    assert second.created == (entity_id(Kind.FILM, "two"),)
    assert MARCEL in second.removed
    assert [c.revision for c in await store.changes(1, 10)] == [2]
    assert [c.revision for c in await store.changes(0, 1)] == [1]
    assert await store.changes(2, 10) == []


async def test_facets_count_values_of_fields_and_entities_at_other_ends(store: Store) -> None:
    await load(
        store,
        [
            source("s"),
            person("ann", "Ann", "s#1"),
            person("bob", "Bob", "s#1"),
            film("a", "A", "s#1", year="2024", runtime="36", genres=("Drama", "Horror")),
            film("b", "B", "s#1", year="2024", runtime="6.5", genres=("drama", "Drama")),
            film("c", "C", "s#1", year="2025", aiUse="NONE"),
            credit("ann", "a", "s#1"),
            credit("ann", "a", "s#1", role="WRITER"),
            credit("ann", "b", "s#1"),
            credit("bob", "c", "s#1"),
        ],
    )
    ann, bob = entity_id(Kind.PERSON, "ann"), entity_id(Kind.PERSON, "bob")
    fields = ["genres", "year", "runtime", "aiUse", "CREDITED_ON"]
    found = await store.facets(Kind.FILM, fields, EVERYTHING, 10)
    assert found == [
        [FacetCount("Drama", 2), FacetCount("Horror", 1)],
        [FacetCount("2024", 2), FacetCount("2025", 1)],
        [FacetCount("36", 1), FacetCount("6.5", 1)],
        [FacetCount("NONE", 1)],
        [FacetCount(ann, 2), FacetCount(bob, 1)],
    ]
    only = await store.facets(Kind.FILM, ["year", "CREDITED_ON"], Match("year", Op.EQ, 2025), 1)
    assert only == [[FacetCount("2025", 1)], [FacetCount(bob, 1)]]
    assert (await store.facets(Kind.FILM, ["genres"], EVERYTHING, 1)) == [[FacetCount("Drama", 2)]]
    assert await store.facets(Kind.FILM, [], EVERYTHING, 1) == []
    assert await store.facets(Kind.FILM, ["genres", "CREDITED_ON"], Or(()), 5) == [[], []]
    by_nobody = Linked((Relation.CREDITED_ON,), Direction.IN, where=Or(()))
    assert await store.facets(Kind.FILM, ["year"], by_nobody, 5) == [[]]


async def test_a_facet_of_truth_values(store: Store) -> None:
    row = EntityRow(Kind.AWARD, "a", "A", cells={"name": "A", "nameKnown": "false"}, citations=cited("s#1"))
    await load(store, [source("s"), row])
    assert await store.facets(Kind.AWARD, ["nameKnown"], EVERYTHING, 5) == [[FacetCount("false", 1)]]


@pytest.mark.parametrize("field", ["name", "titel", "ordinal", "SAID", "synopsis"])
async def test_what_can_be_no_facet_is_refused(store: Store, field: str) -> None:
    with pytest.raises(BadInput):
        await store.facets(Kind.FILM, [field], EVERYTHING, 5)


@pytest.mark.parametrize("seed", range(3))
async def test_scans_are_those_of_plain_python(store: Store, seed: int) -> None:
    model = some_graph(seed)
    await load(store, model.items)
    rng = random.Random(seed)
    for _ in await rounds(store, 40):
        query = ScanQuery(
            rng.choice([(), (Relation.CREDITED_ON, Relation.DERIVED_FROM)]),
            rng.choice([(), (Kind.FILM, Kind.PERSON), (Kind.FILM,)]),
            rng.choice([None, (), ("DIRECTOR", "CAST")]),
            some_filter(rng, model) if rng.random() < 0.6 else EVERYTHING,
            rng.random() < 0.3,
        )
        expected = [
            (r.id, r.type, r.source, r.target, r.properties.get("role"))
            for r in sorted(model.relationships, key=lambda r: r.id)
            if r.rank != "DEPRECATED"
            and (not query.relations or r.type in query.relations)
            and (query.roles is None or r.type is not Relation.CREDITED_ON or r.properties["role"] in query.roles)
            and all(not query.kinds or model.rows[end].kind in query.kinds for end in (r.source, r.target))
            and all(
                model.rows[end].kind is not Kind.FILM or model.matches(end, query.films) for end in (r.source, r.target)
            )
        ]
        got = await store.scan(query)
        columns = (got.ids, got.types, got.sources, got.targets, got.roles)
        assert list(zip(*columns, strict=True)) == expected, query
        assert len(got) == len(expected)


async def test_a_scan_leaves_out_what_is_disputed_or_uncertain(store: Store) -> None:
    places = ("list#row 1",)
    films = [film("calm", "Calm", *places, runtime="20 min"), film("argued", "Argued", *places, runtime="20 min")]
    doubted = credit("ann", "calm", *places, role="CAST")
    uncertain = replace(doubted.relationship, certainty=Certainty.UNCERTAIN)
    items: list[ChangeItem] = [
        source("list"),
        *films,
        person("ann", "Ann", *places),
        credit("ann", "calm", *places),
        credit("ann", "argued", *places),
        replace(doubted, relationship=uncertain),
    ]
    await load(store, items)
    await load(
        store, [claim(entity_id(Kind.FILM, "argued"), "runtime", "25", "list#row 2", unit="min")], dataset="more"
    )
    assert (await store.counts()).conflicts == 1
    for relations in ((Relation.CREDITED_ON,), ()):
        assert len(await store.scan(ScanQuery(relations))) == 3
        (kept,) = (await store.scan(ScanQuery(relations, undisputed=True))).ids
        assert kept == credit("ann", "calm").relationship.id


async def test_columns_of_fields_come_by_id_with_none_for_what_is_not_known(store: Store) -> None:
    await load(store, [*imperia(), film("two", "Two", "list#row 2")])
    columns = await store.field_columns(Kind.FILM, ["year", "genres", "name"])
    two = entity_id(Kind.FILM, "two")
    assert {name: list(values) for name, values in columns.items()} == {
        "id": [two, IMPERIA],
        "name": ["Two", "Imperia"],
        "year": [None, 2025],
        "genres": [None, ("drama", "science fiction")],
    }
    with pytest.raises(BadInput, match="use one of name"):
        await store.field_columns(Kind.FILM, ["ordinal"])


async def test_a_filter_by_linked_entities_counts_them_once(store: Store) -> None:
    await load(store, [*imperia(), credit("marcel-barsotti", "imperia", "list#row 2", role="COMPOSER")])
    linked = Linked((Relation.CREDITED_ON,), Direction.IN, where=Match("name", Op.EQ, "marcel barsotti"))
    assert await store.facets(Kind.FILM, ["year"], And((linked,)), 5) == [[FacetCount("2025", 1)]]
