"""Every field of every filter, against the same question asked of the whole graph in plain Python."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest
from graphql import GraphQLInputObjectType

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.folding import fold
from graph_api.domain.records import Entity
from tests.schema.asking import Ask, the_schema
from tests.schema.test_contract import KINDS
from tests.schema.world import World

R = Relation
LISTS = {kind: KINDS[one] for kind, one in zip(Kind, KINDS, strict=True)}
Values: TypeAlias = Callable[[World, Entity], Iterable[Any]]
Test: TypeAlias = Callable[[Any], bool]
Question: TypeAlias = tuple[Any, Test]


def text(field: str) -> Values:
    return lambda world, entity: world.texts(entity, field)


def value(field: str) -> Values:
    return lambda world, entity: [entity.values[field]] if field in entity.values else []


def enum(field: str, default: str | None = None) -> Values:
    return lambda world, entity: [str(entity.values.get(field) or default)]


def names_out(relation: Relation) -> Values:
    return lambda world, entity: world.names(world.out(entity, relation))


def out(relation: Relation) -> Values:
    return lambda world, entity: world.out(entity, relation)


def into(relation: Relation) -> Values:
    return lambda world, entity: world.into(entity, relation)


def roles(relation: Relation) -> Values:
    return lambda world, entity: [str(rel.properties["role"]) for _, rel in world.outgoing[entity.id, relation]]


def has(values: Values) -> Values:
    return lambda world, entity: [bool(list(values(world, entity)))]


@dataclass(frozen=True)
class Field:
    """What an entity has of a filter's field; `sort` says which operators it takes."""

    sort: str
    values: Values


def named(**more: Field) -> dict[str, Field]:
    return {"name": Field("text", text("name")), "source": SOURCE, **more}


SOURCE = Field("id", lambda world, entity: world.mentions[entity.id])
FESTIVAL = Field("id", lambda world, entity: world.festivals(entity))
COUNTRY = Field("text", names_out(R.FROM))
YEAR = Field("number", value("year"))

FIELDS: dict[Kind, dict[str, Field]] = {
    Kind.PERSON: named(
        occupation=Field("text", text("occupations")),
        country=COUNTRY,
        role=Field("enum", roles(R.CREDITED_ON)),
        participation=Field("enum", roles(R.PARTICIPATED_IN)),
        film=Field("id", out(R.CREDITED_ON)),
        event=Field("id", out(R.PARTICIPATED_IN)),
        festival=FESTIVAL,
        affiliatedWith=Field("id", out(R.AFFILIATED_WITH)),
        recognized=Field("boolean", has(out(R.RECIPIENT_OF))),
    ),
    Kind.FILM: {
        "title": Field("text", text("name")),
        "year": YEAR,
        "runtimeMinutes": Field(
            "number",
            lambda _, film: [int(film.values["runtime"] + 0.5)] if "runtime" in film.values else [],  # type: ignore[operator]
        ),
        "aiUse": Field("enum", enum("aiUse", "UNKNOWN")),
        "status": Field("enum", enum("status", "UNKNOWN")),
        "filmKind": Field("text", text("filmKind")),
        "genre": Field("text", text("genres")),
        "country": COUNTRY,
        "madeWith": Field("id", out(R.MADE_WITH)),
        "festival": FESTIVAL,
        "recognized": Field("boolean", has(into(R.RECOGNIZED_FOR))),
        "person": Field("id", into(R.CREDITED_ON)),
        "organization": Field("id", out(R.PRODUCED_BY)),
        "topic": Field("id", out(R.ABOUT)),
        "source": SOURCE,
    },
    Kind.CHARACTER: named(film=Field("id", into(R.DEPICTS))),
    Kind.ORGANIZATION: named(organizationKind=Field("text", text("organizationKind")), country=COUNTRY),
    Kind.FESTIVAL: named(festivalKind=Field("text", text("festivalKind")), organizer=Field("id", out(R.ORGANIZED_BY))),
    Kind.FESTIVAL_EDITION: named(
        year=YEAR,
        festival=Field("id", out(R.EDITION_OF)),
        place=Field("id", out(R.HELD_IN)),
        organizer=Field("id", out(R.ORGANIZED_BY)),
    ),
    Kind.EVENT: named(
        eventKind=Field("text", text("eventKind")),
        status=Field("enum", enum("eventStatus", "UNKNOWN")),
        partOf=Field("id", out(R.PART_OF)),
        place=Field("id", out(R.HELD_IN)),
        topic=Field("id", out(R.ABOUT)),
        person=Field("id", into(R.PARTICIPATED_IN)),
    ),
    Kind.AWARD: named(givenBy=Field("id", out(R.GIVEN_BY))),
    Kind.RECOGNITION: named(
        year=YEAR,
        outcomes=Field("enum", enum("outcome", "UNKNOWN")),
        category=Field("text", text("category")),
        award=Field("id", out(R.OF_AWARD)),
        edition=Field("id", out(R.AT_EDITION)),
        film=Field("id", out(R.RECOGNIZED_FOR)),
        recipient=Field("id", into(R.RECIPIENT_OF)),
    ),
    Kind.PLATFORM: named(platformKind=Field("text", text("platformKinds")), operator=Field("id", into(R.OPERATES))),
    Kind.PLACE: named(
        placeKind=Field("text", text("placeKind")),
        countryCode=Field("text", text("countryCode")),
        within=Field("id", out(R.LOCATED_IN)),
    ),
    Kind.TOPIC: named(),
    Kind.STATEMENT: {
        "text": Field("text", text("summary")),
        "statementKinds": Field("enum", enum("statementKind", "VIEWPOINT")),
        "stance": Field("text", text("stance")),
        "speaker": Field("id", into(R.SAID)),
        "topic": Field("id", out(R.ABOUT)),
        "event": Field("id", out(R.SAID_AT)),
        "source": SOURCE,
    },
}
CASES = [(kind, name) for kind, fields in FIELDS.items() for name in fields]


async def found(ask: Ask, kind: Kind, where: dict[str, Any]) -> set[str]:
    """The ids of all that match, each met once."""
    type_name = "".join(word.capitalize() for word in kind.value.split("_"))
    query = f"""query($where: {type_name}Filter, $after: String) {{
      page: {LISTS[kind]}(filter: $where, first: 100, after: $after) {{
        nodes {{ id }} totalCount pageInfo {{ hasNextPage endCursor }} }} }}"""
    after, ids = None, []
    while True:
        page = (await ask(query, {"where": where, "after": after}))["page"]
        ids += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(set(ids)) == len(ids) == page["totalCount"]
    return set(ids)


def is_(wanted: Any) -> Test:
    return lambda found: bool(found == wanted)


def text_questions(one: str) -> Iterable[Question]:
    yield {"eq": one.upper()}, is_(fold(one))
    yield {"in": [one, "no such text"]}, is_(fold(one))
    yield {"startsWith": one[:3]}, lambda found: bool(found.startswith(fold(one[:3])))
    yield {"contains": one[1:4]}, lambda found: fold(one[1:4]) in found


def number_questions(one: int) -> Iterable[Question]:
    yield {"eq": one}, is_(one)
    yield {"in": [one, -1]}, is_(one)
    yield {"gt": one}, lambda found: bool(found > one)
    yield {"gte": one, "lt": one + 2}, lambda found: bool(one <= found < one + 2)
    yield {"lte": one}, lambda found: bool(found <= one)


def questions(sort: str, values: list[Any]) -> Iterable[Question]:
    """Conditions on values that occur, each with what a value has to be to fulfil it."""
    common = [one for one, _ in Counter(values).most_common(3)]
    for one in dict.fromkeys([*common, min(values)]):
        if sort == "text":
            yield from text_questions(one)
        elif sort == "number":
            yield from number_questions(one)
        elif sort == "enum":
            yield [one], is_(one)
        else:
            yield one, is_(one)
    if sort == "enum":
        yield common, lambda found: found in common
        yield [], lambda found: False


@pytest.mark.parametrize(("kind", "name"), CASES)
async def test_filter_against_plain_python(ask: Ask, world: World, kind: Kind, name: str) -> None:
    field = FIELDS[kind][name]
    everything = world.of_kind(kind)
    values = [one for entity in everything for one in field.values(world, entity)]
    assert values, "the dataset has an example of everything that can be asked"
    for condition, holds in questions(field.sort, values):
        expected = {entity.id for entity in everything if any(map(holds, field.values(world, entity)))}
        assert await found(ask, kind, {name: condition}) == expected, condition
        assert await found(ask, kind, {"not": {name: condition}}) == {e.id for e in everything} - expected, condition


def test_every_field_of_every_filter_is_tested() -> None:
    for kind in Kind:
        type_name = "".join(word.capitalize() for word in kind.value.split("_"))
        found = the_schema()._schema.type_map[f"{type_name}Filter"]
        assert isinstance(found, GraphQLInputObjectType)
        assert set(found.fields) - {"and", "or", "not"} == set(FIELDS[kind])


async def test_conditions_are_joined(ask: Ask, world: World) -> None:
    films = world.of_kind(Kind.FILM)
    year, honoured = YEAR.values, FIELDS[Kind.FILM]["recognized"].values

    def matching(test: Callable[[Entity], bool]) -> set[str]:
        return {film.id for film in films if test(film)}

    async def of(where: dict[str, Any]) -> set[str]:
        return await found(ask, Kind.FILM, where)

    def of_2025(film: Entity) -> bool:
        return list(year(world, film)) == [2025]

    def is_honoured(film: Entity) -> bool:
        return list(honoured(world, film)) == [True]

    in_2025, recognized = {"year": {"eq": 2025}}, {"recognized": True}
    both = matching(lambda film: of_2025(film) and is_honoured(film))
    assert await of({**in_2025, **recognized}) == await of({"and": [in_2025, recognized]}) == both
    assert await of({"or": [in_2025, recognized]}) == matching(lambda film: of_2025(film) or is_honoured(film))
    assert await of({"not": {"or": [in_2025, recognized]}}) == matching(
        lambda film: not of_2025(film) and not is_honoured(film)
    )
    assert await of({"recognized": True, "or": [in_2025]}) == both
    assert await of({"and": [], "not": {"or": []}}) == {film.id for film in films}
    assert await of({"or": []}) == set()
    assert await of({"year": None, "and": None}) == {film.id for film in films}


async def test_texts_are_compared_without_accents_and_case(ask: Ask) -> None:
    query = "query($t: String!) { films(filter: {title: {contains: $t}}) { nodes { title } } }"
    for text_ in ("LÉ", "le"):
        titles = [film["title"] for film in (await ask(query, {"t": text_}))["films"]["nodes"]]
        assert titles == [film["title"] for film in (await ask(query, {"t": "Le"}))["films"]["nodes"]]


async def test_percent_signs_and_quotes_are_text(ask: Ask) -> None:
    query = "query($t: String!) { films(filter: {title: {contains: $t}}) { totalCount } }"
    for text_ in ("%", "_", "'", '"', "\\", "' OR 1=1 --"):
        await ask(query, {"t": text_})
    assert (await ask(query, {"t": "' OR 1=1 --"}))["films"]["totalCount"] == 0


async def test_sources(ask: Ask) -> None:
    query = "query($where: SourceFilter) { sources(filter: $where, first: 100) { nodes { title publisher kind } } }"
    everything = (await ask(query))["sources"]["nodes"]
    articles = (await ask(query, {"where": {"kinds": ["article"]}}))["sources"]["nodes"]
    assert articles
    assert {source["kind"] for source in articles} == {"article"}
    some = (await ask(query, {"where": {"text": "FESTIVAL"}}))["sources"]["nodes"]
    assert 0 < len(some) <= len(everything)
    assert all("festival" in fold(f"{source['title']} {source['publisher'] or ''}") for source in some)
