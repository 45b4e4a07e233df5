"""Every order of every list, against a sort in plain Python."""

from typing import Any

import pytest
from graphql import GraphQLEnumType

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.folding import fold
from graph_api.domain.records import Entity
from tests.schema.asking import Ask, the_schema
from tests.schema.test_filters import LISTS
from tests.schema.world import World


def type_name(kind: Kind) -> str:
    return "".join(word.capitalize() for word in kind.value.split("_"))


def order_fields(kind: Kind) -> list[str]:
    found = the_schema()._schema.type_map[f"{type_name(kind)}OrderField"]
    assert isinstance(found, GraphQLEnumType)
    return list(found.values)


COUNTED: dict[str, Relation | dict[Kind, Relation]] = {
    "CREDITS": Relation.CREDITED_ON,
    "STATEMENTS": Relation.SAID,
    "FILMS": {Kind.ORGANIZATION: Relation.PRODUCED_BY, Kind.PLATFORM: Relation.MADE_WITH},
    "EDITIONS": Relation.EDITION_OF,
    "PARTICIPANTS": Relation.PARTICIPATED_IN,
    "MENTIONS": Relation.ABOUT,
    "RECOGNITIONS": {
        Kind.FILM: Relation.RECOGNIZED_FOR,
        Kind.PERSON: Relation.RECIPIENT_OF,
        Kind.FESTIVAL_EDITION: Relation.AT_EDITION,
        Kind.AWARD: Relation.OF_AWARD,
    },
}
VALUES = {"YEAR": "year", "RUNTIME": "runtime", "STARTS_ON": "startsOn", "FOUNDED_ON": "foundedOn"}


def sort_value(world: World, entity: Entity, field: str) -> Any:
    if field in ("NAME", "TITLE"):
        return fold(entity.name)
    if field == "DEGREE":
        return world.degree[entity.id]
    if field in VALUES:
        return entity.values.get(VALUES[field])
    counted = COUNTED[field]
    relation = counted[entity.kind] if isinstance(counted, dict) else counted
    return len(world.outgoing[entity.id, relation]) + len(world.incoming[entity.id, relation])


def expected(world: World, kind: Kind, *keys: tuple[str, str]) -> list[str]:
    """Ids in order: the last key first, as a stable sort wants it; what has no value comes last either way."""
    entities = sorted(world.of_kind(kind), key=lambda entity: entity.id)
    for field, direction in reversed(keys):
        known = [e for e in entities if sort_value(world, e, field) is not None]
        unknown = [e for e in entities if sort_value(world, e, field) is None]
        known.sort(key=lambda e: sort_value(world, e, field), reverse=direction == "DESC")
        entities = known + unknown
    return [entity.id for entity in entities]


async def walked(ask: Ask, kind: Kind, *keys: tuple[str, str]) -> list[str]:
    query = f"""query($order: [{type_name(kind)}Order!], $after: String) {{
      page: {LISTS[kind]}(orderBy: $order, first: 90, after: $after) {{
        nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    order = [{"field": field, "direction": direction} for field, direction in keys]
    after, ids = None, []
    while True:
        page = (await ask(query, {"order": order, "after": after}))["page"]
        ids += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return ids
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind in Kind for field in order_fields(kind)])
async def test_order_against_plain_python(ask: Ask, world: World, kind: Kind, field: str) -> None:
    for direction in ("ASC", "DESC"):
        assert await walked(ask, kind, (field, direction)) == expected(world, kind, (field, direction))


@pytest.mark.parametrize("kind", list(Kind))
async def test_without_order_lists_are_by_name_then_id(ask: Ask, world: World, kind: Kind) -> None:
    assert await walked(ask, kind) == expected(world, kind, ("NAME", "ASC"))


async def test_several_keys(ask: Ask, world: World) -> None:
    keys = [("YEAR", "DESC"), ("RECOGNITIONS", "DESC"), ("TITLE", "ASC")]
    assert await walked(ask, Kind.FILM, *keys) == expected(world, Kind.FILM, *keys)


async def test_a_persons_films_take_the_same_orders_and_filters(ask: Ask) -> None:
    query = """{ people(orderBy: {field: CREDITS, direction: DESC}, first: 1) { nodes {
      newest: films(orderBy: [{field: YEAR, direction: DESC}]) { nodes { year } }
      named: films { nodes { title } }
      honoured: films(filter: {recognized: true}) { nodes { recognitions { totalCount } } } } } }"""
    (person,) = (await ask(query))["people"]["nodes"]
    years = [film["year"] for film in person["newest"]["nodes"]]
    known = [year for year in years if year is not None]
    assert years == sorted(known, reverse=True) + [None] * (len(years) - len(known))
    titles = [fold(film["title"]) for film in person["named"]["nodes"]]
    assert len(titles) > 1
    assert titles == sorted(titles)
    assert all(film["recognitions"]["totalCount"] > 0 for film in person["honoured"]["nodes"])
