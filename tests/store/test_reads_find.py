"""Lists of entities: filters, orders and pages, compared with the same in plain Python."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.ids import entity_id, source_id
from graph_api.domain.paging import Page, PageRequest, Position
from graph_api.domain.query import (
    BY_NAME,
    And,
    Direction,
    EntityQuery,
    Filter,
    FromSource,
    Linked,
    Match,
    Not,
    Op,
    Or,
    Order,
)
from graph_api.domain.records import Entity, EntityRow
from graph_api.errors import BadCursor, BadId, BadInput
from graph_api.store.base import Store
from tests.store.items import cited, film, load, source
from tests.store.oracle import GENRES, NAMES, Model, cut, rounds, some_graph, some_page

ORDERS = ("name", "year", "runtime", "releasedOn", "filmKind", "aiUse", "degree", "count:CREDITED_ON")


def some_filter(rng: random.Random, model: Model, depth: int = 2) -> Filter:
    """A filter of films, or of anything that films are linked with."""
    if depth and rng.random() < 0.5:
        inner = tuple(some_filter(rng, model, depth - 1) for _ in range(rng.randint(0, 3)))
        combined: list[Filter] = [And(inner), Or(inner), Not(And(inner)), Not(Or(inner))]
        return rng.choice(combined)
    if depth and rng.random() < 0.5:
        return some_link(rng, model, depth - 1)
    fields: list[Filter] = [
        Match("name", rng.choice([Op.EQ, Op.STARTS_WITH, Op.CONTAINS, Op.GTE]), rng.choice(NAMES)),
        Match("name", Op.IN, (rng.choice(NAMES), "cone")),
        Match("genres", rng.choice([Op.EQ, Op.CONTAINS, Op.STARTS_WITH]), rng.choice(GENRES)[:5].upper()),
        Match("genres", Op.IN, ("DRAMA", rng.choice(GENRES))),
        Match("filmKind", Op.EQ, "SHORT"),
        Match("year", rng.choice([Op.EQ, Op.GT, Op.GTE, Op.LT, Op.LTE]), rng.choice([1999, 2024, 2024.5])),
        Match("runtime", Op.IN, (36, 36.5)),
        Match("aiUse", Op.IN, ("NONE", "UNKNOWN")),
        Match("releasedOn", rng.choice([Op.STARTS_WITH, Op.GTE, Op.LT]), "2024-05"),
        FromSource(source_id(rng.choice(["one", "two", "nobody"]))),
    ]
    return rng.choice(fields)


def some_link(rng: random.Random, model: Model, depth: int) -> Linked:
    relations = rng.choice([(), (Relation.CREDITED_ON,), (Relation.DERIVED_FROM, Relation.SCREENED_AT)])
    ids = tuple(rng.sample(model.ids(), 5)) if rng.random() < 0.4 else None
    where = some_filter(rng, model, depth) if rng.random() < 0.4 else None
    properties = {"role": ("DIRECTOR", "CAST")} if rng.random() < 0.3 else {}
    return Linked(relations, rng.choice(list(Direction)), ids, where, properties)


def some_order(rng: random.Random) -> tuple[Order, ...]:
    return tuple(Order(by, rng.random() < 0.5) for by in rng.sample(ORDERS, rng.randint(1, 2)))


def shown(page: Page[Entity]) -> tuple[object, ...]:
    return [e.id for e in page.items], list(page.positions), page.has_next, page.has_previous, page.total


@pytest.mark.parametrize("seed", range(4))
async def test_filters_orders_and_pages_are_those_of_plain_python(store: Store, seed: int) -> None:
    model = some_graph(seed)
    await load(store, model.items)
    rng = random.Random(seed)
    for _ in await rounds(store, 150):
        where, order = some_filter(rng, model), some_order(rng)
        listed = model.found(Kind.FILM, where, order)
        page = some_page(rng, listed)
        expected = cut(listed, order, page)
        got = await store.find(EntityQuery(Kind.FILM, page, where, order))
        assert shown(got) == (
            expected.items,
            expected.positions,
            expected.has_next,
            expected.has_previous,
            expected.total,
        ), (where, order, page)


async def walk(store: Store, query: EntityQuery, *, backward: bool) -> list[str]:
    """All ids of a list, page after page."""
    ids: list[str] = []
    edge: Position | None = None
    while True:
        after, before = (None, edge) if backward else (edge, None)
        page = await store.find(
            EntityQuery(query.kind, PageRequest(3, backward, after, before), query.filter, query.order)
        )
        found = [e.id for e in page.items]
        ids = found + ids if backward else ids + found
        if not (page.has_previous if backward else page.has_next):
            return ids
        edge = page.positions[0 if backward else -1]


@pytest.mark.parametrize("by", ORDERS)
@pytest.mark.parametrize("descending", [False, True])
async def test_pages_walked_either_way_are_the_whole_list(store: Store, by: str, descending: bool) -> None:
    model = some_graph(7)
    await load(store, model.items)
    query = EntityQuery(Kind.FILM, order=(Order(by, descending),))
    whole = [id_ for _, id_ in model.found(Kind.FILM, query.filter, query.order)]
    assert await walk(store, query, backward=False) == whole
    assert await walk(store, query, backward=True) == whole


def titles(page: Page[Entity]) -> list[str]:
    return [e.name for e in page.items]


async def test_what_comes_or_goes_before_a_cursor_changes_nothing_behind_it(store: Store) -> None:
    await load(store, [source("s"), *(film(c, c, "s#1") for c in "bdfhj")])
    first = await store.find(EntityQuery(Kind.FILM, PageRequest(2)))
    assert titles(first) == ["b", "d"]
    await store.apply([[film("a", "a", "s#1"), film("c", "c", "s#1")]], actor="t", remove=[entity_id(Kind.FILM, "d")])
    second = await store.find(EntityQuery(Kind.FILM, PageRequest(2, after=first.positions[-1])))
    assert titles(second) == ["f", "h"]
    back = await store.find(EntityQuery(Kind.FILM, PageRequest(2, backward=True, before=second.positions[0])))
    assert titles(back) == ["b", "c"]


async def test_films_without_a_year_come_last_in_both_directions(store: Store) -> None:
    await load(
        store,
        [source("s"), film("a", "a", "s#1", year="2024"), film("b", "b", "s#1"), film("c", "c", "s#1", year="2025")],
    )
    up = await store.find(EntityQuery(Kind.FILM, order=(Order("year"),)))
    down = await store.find(EntityQuery(Kind.FILM, order=(Order("year", descending=True),)))
    assert (titles(up), titles(down)) == (["a", "c", "b"], ["c", "a", "b"])
    assert up.positions[-1] == (None, entity_id(Kind.FILM, "b"))


async def test_not_matches_what_has_no_value(store: Store) -> None:
    await load(store, [source("s"), film("a", "a", "s#1", year="2024"), film("b", "b", "s#1")])
    page = await store.find(EntityQuery(Kind.FILM, filter=Not(Match("year", Op.EQ, 2024))))
    assert titles(page) == ["b"]


async def test_text_is_compared_without_accents_and_wildcards_are_letters_like_others(store: Store) -> None:
    await load(store, [source("s"), film("a", "Amélie 100%", "s#1"), film("b", "Amelia", "s#1")])

    async def found(op: Op, text: str) -> list[str]:
        return titles(await store.find(EntityQuery(Kind.FILM, filter=Match("name", op, text))))

    assert await found(Op.CONTAINS, "MELIE") == ["Amélie 100%"]
    assert await found(Op.STARTS_WITH, "amel") == ["Amelia", "Amélie 100%"]
    assert await found(Op.EQ, "amelie 100") == ["Amélie 100%"]
    assert await found(Op.EQ, "amel_a") == []
    assert await found(Op.STARTS_WITH, "a%100") == []


@pytest.mark.parametrize(
    ("where", "part"),
    [
        (Match("titel", Op.EQ, "x"), "use one of name"),
        (Match("year", Op.CONTAINS, "20"), "can't be compared with CONTAINS"),
        (Match("year", Op.EQ, "2024"), "year is a number"),
        (Match("year", Op.EQ, True), "year is a number"),
        (Match("genres", Op.EQ, 1), "genres is text"),
        (Match("genres", Op.EQ, "\ud800"), "genres is text"),
        (Match("genres", Op.EQ, ("a", "b")), "use IN"),
        (Match("nameKnown", Op.EQ, "yes"), "true or false"),
        (Linked((), Direction.OUT, properties={"colour": ("red",)}), "no property of relationships"),
    ],
)
async def test_a_filter_that_can_not_be_used_says_what_can(store: Store, where: Filter, part: str) -> None:
    with pytest.raises(BadInput, match=part):
        await store.find(EntityQuery(Kind.FILM, filter=where))


@pytest.mark.parametrize("by", ["titel", "genres", "ordinal", "count:NOTHING", "rel:order"])
async def test_an_order_that_can_not_be_used_says_what_can(store: Store, by: str) -> None:
    with pytest.raises(BadInput):
        await store.find(EntityQuery(Kind.FILM, order=(Order(by),)))


async def test_filters_may_be_nested_as_deep_as_a_request_may_be(store: Store) -> None:
    where: Filter = Match("year", Op.EQ, 2024)
    for depth in range(14):
        where = (Or if depth % 2 else And)((where, Match("name", Op.EQ, "x")))
    for _ in range(30):
        where = Not(where)
    assert titles(await store.find(EntityQuery(Kind.FILM, filter=where))) == []
    for _ in range(10):
        where = And((Or((where, where)), where))
    with pytest.raises(BadInput, match="nested"):
        await store.find(EntityQuery(Kind.FILM, filter=where))


@pytest.mark.parametrize("value", [2**70, -(2**70), float("inf"), float("nan")])
async def test_numbers_of_any_size_can_be_compared_with(store: Store, value: float) -> None:
    await load(store, [source("s"), film("a", "a", "s#1", year="2024")])
    page = await store.find(EntityQuery(Kind.FILM, filter=Match("year", Op.LT, value)))
    assert titles(page) == (["a"] if value > 0 else [])


async def test_ids_in_a_filter_have_to_be_ids(store: Store) -> None:
    for where in (Linked((), Direction.OUT, ("nonsense",)), FromSource("nonsense")):
        with pytest.raises(BadId):
            await store.find(EntityQuery(Kind.FILM, filter=where))


@pytest.mark.parametrize("after", [("a",), ("a", "b", "c"), (None, "a")])
async def test_a_position_of_another_list_is_refused(store: Store, after: Position) -> None:
    with pytest.raises(BadCursor):
        await store.find(EntityQuery(Kind.FILM, PageRequest(after=after), order=BY_NAME))


async def test_summaries_can_be_searched_though_no_folded_copy_is_kept(store: Store) -> None:
    row = EntityRow(Kind.STATEMENT, "s1", "One", cells={"name": "One", "summary": "Über alles"}, citations=cited("s#1"))
    await load(store, [source("s"), row])
    query = EntityQuery(Kind.STATEMENT, filter=Match("summary", Op.CONTAINS, "UBER"), order=(Order("summary"),))
    page = await store.find(query)
    assert (titles(page), page.positions) == (["One"], [("uber alles", entity_id(Kind.STATEMENT, "s1"))])


async def test_sources_are_listed_by_title_and_found_by_publisher(store: Store) -> None:
    items = [
        source("b", title="Über Film"),
        source("a", title="Zeit"),
        replace(source("c", title="alpha"), kind="blog"),
    ]
    items[1] = replace(items[1], publisher="Éditions Minuit")
    await load(store, items)

    async def found(text: str | None = None, kinds: Sequence[str] = ()) -> list[str]:
        return [s.slug for s in (await store.list_sources(PageRequest(), text, kinds)).items]

    assert await found() == ["c", "b", "a"]
    assert await found("editions") == ["a"]
    assert await found("FILM") == ["b"]
    assert await found(kinds=["blog", "\ud800"]) == ["c"]
    page = await store.list_sources(PageRequest(1, after=("alpha", source_id("c")), count=True))
    assert ([s.slug for s in page.items], page.has_next, page.has_previous, page.total) == (["b"], True, True, 3)
