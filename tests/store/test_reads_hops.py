"""Relationships of many entities at once, compared with the same in plain Python."""

import random

import pytest

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.ids import entity_id
from graph_api.domain.paging import PageRequest
from graph_api.domain.query import BY_NAME, EVERYTHING, Direction, HopQuery, Order
from graph_api.errors import BadId, BadInput
from graph_api.store.base import Store
from tests.store.items import credit, entity, film, load, person, related, source
from tests.store.oracle import Model, cut, rounds, some_graph, some_page
from tests.store.test_reads_find import some_filter

ORDERS = ("name", "year", "degree", "filmKind", "count:CREDITED_ON", "rel:order", "rel:on", "rel:role")


CREDITS = (Order("rel:order"), *BY_NAME)
"""The order of a film's credits, which stores have at hand."""


def some_query(rng: random.Random, model: Model) -> HopQuery:
    if rng.random() < 0.25:
        where = some_filter(rng, model) if rng.random() < 0.3 else EVERYTHING
        roles = rng.choice([{}, {"role": ("DIRECTOR", "WRITER")}])
        return HopQuery((Relation.CREDITED_ON,), Direction.IN, properties=roles, where=where, order=CREDITS)
    relations = rng.choice([(), (), (Relation.CREDITED_ON,), (Relation.DERIVED_FROM, Relation.PART_OF)])
    return HopQuery(
        relations,
        rng.choice(list(Direction)),
        kinds=rng.choice([(), (Kind.FILM,), (Kind.PERSON, Kind.EVENT)]),
        properties=rng.choice([{}, {}, {"role": ("DIRECTOR", "WRITER")}, {"order": (0, 2)}]),
        where=some_filter(rng, model) if rng.random() < 0.4 else EVERYTHING,
        order=tuple(Order(by, rng.random() < 0.5) for by in rng.sample(ORDERS, rng.randint(1, 2))),
        with_parts=rng.random() < 0.3,
    )


@pytest.mark.parametrize("seed", range(4))
async def test_hops_are_those_of_plain_python(store: Store, seed: int) -> None:
    model = some_graph(seed)
    await load(store, model.items)
    rng = random.Random(seed)
    for _ in await rounds(store, 100):
        query = some_query(rng, model)
        ids = rng.choices([*model.ids(), entity_id(Kind.FILM, "nothing")], k=6)
        listed = [model.hops(id_, query) if id_ in model.rows else [] for id_ in ids]
        page = some_page(rng, rng.choice(listed))
        asked = HopQuery(**{f: getattr(query, f) for f in HopQuery.__slots__} | {"page": page})
        got = await store.hops(ids, asked)
        for each, whole in zip(got, listed, strict=True):
            expected = cut(whole, query.order, page)
            assert [(h.relationship.id, h.outgoing) for h in each.items] == expected.items, asked
            assert list(each.positions) == expected.positions
            assert (each.has_next, each.has_previous) == (expected.has_next, expected.has_previous), asked
            assert each.total == expected.total


async def test_a_hop_carries_both_records_whole(store: Store) -> None:
    await load(
        store,
        [
            source("s"),
            person("ann", "Ann", "s#1"),
            film("one", "One", "s#1", year="2025", genres=("Drama", "Horror")),
            credit("ann", "one", "s#1", role="CAST", order=3),
        ],
    )
    ann, one = entity_id(Kind.PERSON, "ann"), entity_id(Kind.FILM, "one")
    (out,), (back,) = [p.items for p in await store.hops([ann, one], HopQuery((Relation.CREDITED_ON,)))]
    assert (out.outgoing, back.outgoing) == (True, False)
    assert out.relationship == back.relationship == credit("ann", "one", role="CAST", order=3).relationship
    assert (out.entity.slug, out.entity.name) == ("one", "One")
    assert out.entity.values == {"year": 2025, "genres": ("Drama", "Horror")}
    assert (back.entity.name, back.entity.values) == ("Ann", {})


async def test_a_loop_counts_once(store: Store) -> None:
    one = entity_id(Kind.FILM, "one")
    loop = related(Relation.DERIVED_FROM, one, one, "s#1")
    await load(store, [source("s"), film("one", "One", "s#1"), loop])
    for direction, outgoing in ((Direction.ANY, True), (Direction.OUT, True), (Direction.IN, False)):
        (page,) = await store.hops([one], HopQuery((), direction, page=PageRequest(count=True)))
        assert ([h.outgoing for h in page.items], page.total) == ([outgoing], 1)
    assert await store.degrees([one]) == [1]
    assert await store.degrees([one], [Relation.DERIVED_FROM]) == [1]
    assert [(c.outgoing, c.count) for c in (await store.neighbor_counts([one]))[0]] == [(True, 1)]


async def test_events_inside_an_edition_count_as_the_edition_whatever_their_depth(store: Store) -> None:
    edition = entity_id(Kind.FESTIVAL_EDITION, "e")
    day, talk = entity_id(Kind.EVENT, "day"), entity_id(Kind.EVENT, "talk")
    ann, one = entity_id(Kind.PERSON, "ann"), entity_id(Kind.FILM, "one")
    await load(
        store,
        [
            source("s"),
            entity(Kind.FESTIVAL_EDITION, "e", "E", "s#1"),
            entity(Kind.EVENT, "day", "Day", "s#1"),
            entity(Kind.EVENT, "talk", "Talk", "s#1"),
            person("ann", "Ann", "s#1"),
            film("one", "One", "s#1"),
            related(Relation.PART_OF, day, edition, "s#1"),
            related(Relation.PART_OF, talk, day, "s#1"),
            related(Relation.PART_OF, day, talk, "s#1"),  # a circle must not keep the read from ending
            related(Relation.SCREENED_AT, one, talk, "s#1"),
            related(Relation.PARTICIPATED_IN, ann, day, "s#1", key=("role",), role="SPEAKER"),
        ],
    )
    shown = HopQuery((Relation.SCREENED_AT,), Direction.IN, with_parts=True)
    assert [[h.entity.slug for h in p.items] for p in await store.hops([edition, day, one], shown)] == [
        ["one"],
        ["one"],
        [],
    ]
    direct = HopQuery((Relation.SCREENED_AT,), Direction.IN)
    assert [len(p.items) for p in await store.hops([edition, talk], direct)] == [0, 1]


async def test_the_first_of_each_parent_and_no_more(store: Store) -> None:
    films = [film(f"f{i:02}", f"F{i:02}", "s#1") for i in range(30)]
    credits_ = [credit("ann", f"f{i:02}", "s#1") for i in range(30)] + [credit("bob", "f07", "s#1")]
    await load(store, [source("s"), person("ann", "Ann", "s#1"), person("bob", "Bob", "s#1"), *films, *credits_])
    ids = [entity_id(Kind.PERSON, who) for who in ("ann", "bob", "ann")]
    query = HopQuery((Relation.CREDITED_ON,), Direction.OUT, page=PageRequest(2, count=True))
    pages = await store.hops(ids, query)
    assert [[h.entity.slug for h in p.items] for p in pages] == [["f00", "f01"], ["f07"], ["f00", "f01"]]
    assert [(p.has_next, p.total) for p in pages] == [(True, 30), (False, 1), (True, 30)]


async def test_what_is_no_id_and_what_can_not_be_ordered_by_is_refused(store: Store) -> None:
    with pytest.raises(BadId):
        await store.hops(["nonsense"], HopQuery(()))
    with pytest.raises(BadInput, match="no property of relationships"):
        await store.hops([], HopQuery((), order=(Order("rel:colour"),)))
    assert await store.hops([], HopQuery(())) == []
