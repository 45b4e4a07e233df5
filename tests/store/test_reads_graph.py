"""Reads that go further than one step: what encloses, what lies around, what leads from one to another."""

import random
from collections.abc import Sequence

import pytest

from graph_api.domain.catalogue import ClaimRank, Kind, Relation
from graph_api.domain.ids import entity_id
from graph_api.domain.paths import FoundPath, shortest_paths
from graph_api.domain.query import PathQuery, YearSpan
from graph_api.domain.records import ChangeItem, Path, Relationship, Subgraph
from graph_api.store.base import Store
from tests.store.items import credit, entity, film, load, person, related, source
from tests.store.oracle import Model, rounds, some_graph

EDITION, DAY, TALK = entity_id(Kind.FESTIVAL_EDITION, "e"), entity_id(Kind.EVENT, "day"), entity_id(Kind.EVENT, "talk")


async def test_the_nearest_that_encloses(store: Store) -> None:
    city, land, world = (entity_id(Kind.PLACE, slug) for slug in ("city", "land", "world"))
    await load(
        store,
        [
            source("s"),
            entity(Kind.FESTIVAL_EDITION, "e", "E", "s#1"),
            *(entity(Kind.EVENT, slug, slug, "s#1") for slug in ("day", "talk")),
            *(entity(Kind.PLACE, slug, slug, "s#1") for slug in ("city", "land", "world")),
            related(Relation.PART_OF, DAY, EDITION, "s#1"),
            related(Relation.PART_OF, TALK, DAY, "s#1"),
            related(Relation.LOCATED_IN, city, land, "s#1"),
            related(Relation.LOCATED_IN, land, world, "s#1"),
            related(Relation.LOCATED_IN, world, city, "s#1"),  # a circle
        ],
    )
    ids = [TALK, DAY, EDITION, entity_id(Kind.EVENT, "x"), TALK]
    found = await store.enclosing(ids, Relation.PART_OF, Kind.FESTIVAL_EDITION)
    assert [e and e.id for e in found] == [EDITION, EDITION, None, None, EDITION]
    assert [e and e.id for e in await store.enclosing([TALK], Relation.PART_OF, Kind.EVENT)] == [DAY]
    assert [e and e.id for e in await store.enclosing([city, land], Relation.LOCATED_IN, Kind.PLACE)] == [land, world]
    assert await store.enclosing([city], Relation.LOCATED_IN, Kind.EVENT) == [None]


# --------------------------------------------------------------------------- neighbourhoods
def neighborhood(
    model: Model, ids: Sequence[str], depth: int, relations: Sequence[Relation], kinds: Sequence[Kind], limit: int
) -> tuple[list[str], list[str], bool]:
    distance = dict.fromkeys(ids, 0)
    level = list(distance)
    for step in range(1, depth + 1):
        reached = {other for id_ in level for _, other, _ in model.around(id_, relations)}
        level = [o for o in reached if o not in distance and (not kinds or model.rows[o].kind in kinds)]
        distance.update(dict.fromkeys(level, step))
    nodes = sorted(distance, key=lambda id_: (distance[id_], -model.degree(id_), id_))
    chosen = nodes[:limit]
    among = [
        r.id
        for r in model.relationships
        if r.source in chosen and r.target in chosen and (not relations or r.type in relations)
    ]
    return chosen, sorted(among), len(nodes) > limit


def shown(found: Subgraph) -> tuple[list[str], list[str], bool]:
    return [e.id for e in found.nodes], [r.id for r in found.relationships], found.truncated


@pytest.mark.parametrize("seed", range(3))
async def test_neighbourhoods_are_those_of_plain_python(store: Store, seed: int) -> None:
    model = some_graph(seed)
    await load(store, model.items)
    rng = random.Random(seed)
    for _ in await rounds(store, 60):
        ids = rng.sample(model.ids(), rng.randint(0, 3))
        depth, limit = rng.randint(0, 4), rng.choice([1, 4, 9, 100])
        relations = rng.choice([(), (), (Relation.CREDITED_ON, Relation.PART_OF)])
        kinds = rng.choice([(), (), (Kind.FILM, Kind.PERSON)])
        asked = (ids, depth, relations, kinds, limit)
        got = shown(await store.neighborhood(*asked))
        expected = neighborhood(model, *asked)
        assert got == (expected[0], expected[1][: 10 * limit], expected[2] or len(expected[1]) > 10 * limit), asked


async def test_a_neighbourhood_holds_at_most_ten_relationships_a_node(store: Store) -> None:
    roles = ("DIRECTOR", "WRITER", "PRODUCER", "CAST", "EDITOR", "SOUND", "CREW", "ANIMATOR", "CREATOR", "COMPOSER")
    items = [credit("ann", f, "s#1", role=role) for role in roles for f in ("one", "two")]
    loop = related(Relation.DERIVED_FROM, entity_id(Kind.FILM, "one"), entity_id(Kind.FILM, "two"), "s#1")
    await load(
        store,
        [source("s"), person("ann", "Ann", "s#1"), film("one", "1", "s#1"), film("two", "2", "s#1"), *items, loop],
    )
    ann = entity_id(Kind.PERSON, "ann")
    whole = await store.neighborhood([ann, ann], 1, (), (), 3)
    assert (len(whole.nodes), len(whole.relationships), whole.truncated) == (3, 21, False)
    two = await store.neighborhood([ann], 1, (), (), 2)
    assert (len(two.nodes), len(two.relationships), two.truncated) == (2, 10, True)
    one = await store.neighborhood([entity_id(Kind.FILM, "x")], 2, (), (), 5)
    assert shown(one) == ([], [], False)


# --------------------------------------------------------------------------- paths
def along(found: Sequence[Path]) -> list[FoundPath]:
    return [FoundPath(tuple(n.id for n in p.nodes), tuple(h.id for h in p.hops)) for p in found]


@pytest.mark.parametrize("seed", range(3))
async def test_paths_follow_the_rules_between_their_ends(store: Store, seed: int) -> None:
    model = some_graph(seed)
    await load(store, model.items)
    rng = random.Random(seed)
    for _ in await rounds(store, 60):
        start, goal = rng.sample(model.ids(), 2)
        query = PathQuery(
            relations=rng.choice([(), (), (Relation.CREDITED_ON, Relation.DERIVED_FROM)]),
            kinds=rng.choice([(), (), (Kind.FILM, Kind.PERSON)]),
            roles=rng.choice([(), ("DIRECTOR", "CAST")]),
            years=rng.choice([YearSpan(), YearSpan(2000), YearSpan(None, 2024)]),
            exclude=tuple(rng.sample(model.ids(), 2)),
        )
        usable = [r for r in model.relationships if allowed(model, r, query)]

        def expand(
            ids: Sequence[str],
            usable: list[Relationship] = usable,
            ends: tuple[str, str] = (start, goal),
            query: PathQuery = query,
        ) -> list[tuple[str, str, str]]:
            return [
                (r.id, one, two)
                for r in usable
                for one, two in ((r.source, r.target), (r.target, r.source))
                if one in ids and (two in ends or passable(model, two, query))
            ]

        expected = shortest_paths(start, goal, expand, 6, 8)
        assert along(await store.paths(start, goal, query, 6, 8)) == expected, query


def allowed(model: Model, r: Relationship, query: PathQuery) -> bool:
    in_role = r.type is not Relation.CREDITED_ON or not query.roles or r.properties["role"] in query.roles
    return in_role and (not query.relations or r.type in query.relations)


def passable(model: Model, id_: str, query: PathQuery) -> bool:
    row, year = model.rows[id_], model.value(id_, "year")
    if id_ in query.exclude or (query.kinds and row.kind not in query.kinds):
        return False
    if row.kind not in (Kind.FILM, Kind.FESTIVAL_EDITION, Kind.RECOGNITION) or query.years == YearSpan():
        return True
    assert year is None or isinstance(year, int)
    first, last = query.years.first or 0, query.years.last or 9999
    return year is not None and first <= year <= last


ANN, BOB = entity_id(Kind.PERSON, "ann"), entity_id(Kind.PERSON, "bob")
SHOWN, HONOURED, ELSEWHERE = (entity_id(Kind.FILM, slug) for slug in ("shown", "honoured", "elsewhere"))


def festival() -> list[ChangeItem]:
    """Ann and Bob made three films: one shown at a session of a festival, one honoured there, one elsewhere."""
    this, other = entity_id(Kind.FESTIVAL, "this"), entity_id(Kind.FESTIVAL, "other")
    edition, far = entity_id(Kind.FESTIVAL_EDITION, "e"), entity_id(Kind.FESTIVAL_EDITION, "far")
    prize = entity_id(Kind.RECOGNITION, "prize")
    return [
        source("s"),
        person("ann", "Ann", "s#1"),
        person("bob", "Bob", "s#1"),
        *(film(slug, slug, "s#1") for slug in ("shown", "honoured", "elsewhere")),
        *(entity(Kind.FESTIVAL, slug, slug, "s#1") for slug in ("this", "other")),
        *(entity(Kind.FESTIVAL_EDITION, slug, slug, "s#1") for slug in ("e", "far")),
        *(entity(Kind.EVENT, slug, slug, "s#1") for slug in ("day", "talk")),
        entity(Kind.RECOGNITION, "prize", "Prize", "s#1"),
        *(credit(who, what, "s#1") for who in ("ann", "bob") for what in ("shown", "honoured", "elsewhere")),
        related(Relation.EDITION_OF, edition, this, "s#1"),
        related(Relation.EDITION_OF, far, other, "s#1"),
        related(Relation.PART_OF, DAY, edition, "s#1"),
        related(Relation.PART_OF, TALK, DAY, "s#1"),
        related(Relation.SCREENED_AT, SHOWN, TALK, "s#1"),
        related(Relation.SCREENED_AT, ELSEWHERE, far, "s#1"),
        related(Relation.RECOGNIZED_FOR, prize, HONOURED, "s#1"),
        related(Relation.AT_EDITION, prize, edition, "s#1"),
    ]


async def test_paths_can_be_kept_to_the_films_of_a_festival(store: Store) -> None:
    await load(store, festival())

    async def through(*festivals: str) -> list[str]:
        query = PathQuery(festivals=festivals)
        return sorted(p.nodes[1].slug for p in await store.paths(ANN, BOB, query, 2, 10))

    this, other = entity_id(Kind.FESTIVAL, "this"), entity_id(Kind.FESTIVAL, "other")
    assert await through() == ["elsewhere", "honoured", "shown"]
    assert await through(this) == ["honoured", "shown"]
    assert await through(other) == ["elsewhere"]
    assert await through(this, other) == ["elsewhere", "honoured", "shown"]
    assert await through(entity_id(Kind.FESTIVAL, "nowhere")) == []


async def test_a_path_carries_its_records_in_order(store: Store) -> None:
    await load(store, festival())
    (path,) = await store.paths(TALK, ANN, PathQuery(), 6, 1)
    assert [n.slug for n in path.nodes] == ["talk", "shown", "ann"]
    assert [h.type for h in path.hops] == [Relation.SCREENED_AT, Relation.CREDITED_ON]
    assert path.hops[1] == credit("ann", "shown").relationship


async def test_ends_that_are_one_or_unknown(store: Store) -> None:
    await load(store, festival())
    (path,) = await store.paths(ANN, ANN, PathQuery(), 6, 5)
    assert ([n.id for n in path.nodes], path.hops) == ([ANN], ())
    assert await store.paths(ANN, entity_id(Kind.PERSON, "x"), PathQuery(), 6, 5) == []
    assert await store.paths(ANN, BOB, PathQuery(exclude=(ANN, BOB, SHOWN, HONOURED)), 2, 5) != []
    assert await store.paths(ANN, BOB, PathQuery(exclude=(SHOWN, HONOURED, ELSEWHERE)), 6, 5) == []


async def test_deprecated_relationships_are_shown_on_paths_with_their_rank(store: Store) -> None:
    await load(
        store,
        [
            source("s"),
            person("ann", "Ann", "s#1"),
            film("one", "One", "s#1"),
            credit("ann", "one", "s#1", rank=ClaimRank.DEPRECATED),
        ],
    )
    (path,) = await store.paths(ANN, entity_id(Kind.FILM, "one"), PathQuery(cited_only=True), 6, 5)
    assert path.hops[0].rank is ClaimRank.DEPRECATED
