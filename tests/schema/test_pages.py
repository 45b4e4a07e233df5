"""Pages: every connection walked in both directions gives the whole list, each item once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type

from graph_api.analytics.service import Analyses
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.ids import entity_id, relationship_id, source_id
from graph_api.domain.records import Citation, EntityRow, Relationship, RelationshipRow
from graph_api.errors import BadCursor, BadPage
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from seed.builtin import builtin_folder
from seed.loading import load
from tests.schema.asking import Ask, AskRaw, asker, error_of, without_errors
from tests.schema.selections import types
from tests.schema.test_every_field import LISTS

KUSHIDA = entity_id(Kind.PERSON, "takeshi-kushida")
PAGE = "edges { cursor node { KEY } } nodes { KEY } totalCount"
INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
KEYS = {"CentralityScore": "entity { id }", "Community": "index", "ClaimConflict": "property subject { id }"}

ROOTS = {
    **{many: many for many in LISTS.values()},
    "films, newest first": "films|orderBy: [{field: YEAR, direction: DESC}]",
    "people by credits": "people|orderBy: [{field: CREDITS, direction: DESC}, {field: NAME}]",
    "films, runtime": "films|orderBy: {field: RUNTIME}, filter: {year: {gte: 2024}}",
    "search": 'search|query: "film"',
    "conflicts": "conflicts",
}


def connections(of_type: str) -> list[str]:
    """The fields of a type that give pages."""
    found = types()[of_type]
    return [name for name, field in found.fields.items() if get_named_type(field.type).name.endswith("Connection")]


def key_of(connection_field: Any) -> str:
    connection = get_named_type(connection_field.type)
    assert isinstance(connection, GraphQLObjectType)
    return KEYS.get(get_named_type(connection.fields["nodes"].type).name, "id")


async def page_of(ask: Ask, head: str, arguments: str, around: str, **page: Any) -> Any:
    """Ask for one page of a connection field, inside `around`."""
    owner, _, name = head.rpartition(".")
    field = types()[owner].fields[name]
    given = ", ".join(f"{k}: {v}" if isinstance(v, int) else f'{k}: "{v}"' for k, v in page.items())
    inside = f"({', '.join(filter(None, (arguments, given)))})" if arguments or given else ""
    body = f"page: {name}{inside} {{ {PAGE.replace('KEY', key_of(field))} {INFO} }}"
    data = await ask(around.replace("BODY", body))
    while "page" not in data:
        (data,) = data.values()
    return data["page"]


async def check_walks(ask: Ask, head: str, arguments: str, around: str, size: int) -> int:
    """Walk a list forwards, and backwards where it can be; return its length."""
    owner, _, name = head.rpartition(".")
    whole: list[Any] = []
    total, after = None, dict[str, Any]()
    while True:
        page = await page_of(ask, head, arguments, around, first=100, **after)
        assert [edge["node"] for edge in page["edges"]] == page["nodes"]
        whole += page["nodes"]
        total = page["totalCount"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = {"after": page["pageInfo"]["endCursor"]}
    assert len(whole) == total
    await walk(ask, head, arguments, around, size, whole, ("first", "after", "endCursor", "hasNextPage"))
    if "last" in types()[owner].fields[name].args:
        await walk(ask, head, arguments, around, size, whole, ("last", "before", "startCursor", "hasPreviousPage"))
    return len(whole)


async def walk(
    ask: Ask, head: str, arguments: str, around: str, size: int, whole: list[Any], words: tuple[str, str, str, str]
) -> None:
    count, side, cursor, more = words
    found: list[Any] = []
    page = await page_of(ask, head, arguments, around, **{count: size})
    while True:
        info, cursors = page["pageInfo"], [edge["cursor"] for edge in page["edges"]]
        assert (info["startCursor"], info["endCursor"]) == ((cursors[0], cursors[-1]) if cursors else (None, None))
        assert len(cursors) <= size
        found = found + page["nodes"] if count == "first" else page["nodes"] + found
        assert info[more] == (len(found) < len(whole))
        if not info[more]:
            break
        page = await page_of(ask, head, arguments, around, **{count: size, side: info[cursor]})
    assert found == whole


@pytest.mark.parametrize("name", ROOTS)
async def test_lists_walked_in_pages(ask: Ask, name: str) -> None:
    field, _, arguments = ROOTS[name].partition("|")
    assert await check_walks(ask, f"Query.{field}", arguments, "{ BODY }", 37) > 0


@pytest.mark.parametrize(("owner", "field"), [(owner, field) for owner in LISTS for field in connections(owner)])
async def test_fields_walked_in_pages(ask: Ask, owner: str, field: str) -> None:
    """On the entity that has most of it."""
    after, longest = None, (-1, "")
    while True:
        query = (
            f"query($after: String) {{ page: {LISTS[owner]}(first: 100, after: $after) {{ "
            f"nodes {{ id field: {field}(first: 1) {{ totalCount }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )
        page = (await ask(query, {"after": after}))["page"]
        longest = max(longest, *((node["field"]["totalCount"], node["id"]) for node in page["nodes"]))
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    count, best = longest
    around = f'{{ node(id: "{best}") {{ ... on {owner} {{ BODY }} }} }}'
    assert await check_walks(ask, f"{owner}.{field}", "", around, max(1, count // 3)) == count > 0


async def test_results_of_analyses_walked_in_pages(ask: Ask) -> None:
    around = "{ centrality(measure: DEGREE) { BODY } }"
    assert await check_walks(ask, "CentralityResult.scores", "", around, 29) > 50
    around = "{ communities { BODY } }"
    assert await check_walks(ask, "CommunityResult.communities", "", around, 29) > 10
    around = f'{{ communities {{ of(ids: ["{KUSHIDA}"]) {{ BODY }} }} }}'
    data = await ask(around.replace("BODY", "size members(first: 2) { nodes { id } edges { score } totalCount }"))
    (community,) = data["communities"]["of"]
    assert community["members"]["totalCount"] == community["size"]
    await ask("{ graph { hash } }")
    assert await check_walks(ask, "Query.analysisRuns", "", "{ BODY }", 1) == 2


async def test_the_default_is_twenty(ask: Ask) -> None:
    page = (await ask("{ films { nodes { id } pageInfo { hasNextPage hasPreviousPage } totalCount } }"))["films"]
    assert len(page["nodes"]) == 20
    assert page["totalCount"] > 200
    assert page["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False}


async def test_the_count_is_found_through_fragments(ask: Ask) -> None:
    plain = (await ask("{ films { totalCount } }"))["films"]
    spread = await ask("""{ films { ...page } } fragment page on FilmConnection { ...count nodes { id } }
      fragment count on FilmConnection { ... on FilmConnection { total: totalCount } }""")
    assert spread["films"]["total"] == plain["totalCount"]


@pytest.mark.parametrize(
    "arguments",
    ["first: 0", "first: 101", "first: 1000000000", "first: -1", "last: 0", "last: 101", "first: 5, last: 5"],
)
@pytest.mark.parametrize(
    "query",
    [
        "{ films(ARGS) { nodes { id } } }",
        "{ sources(ARGS) { nodes { id } } }",
        '{ person(slug: "takeshi-kushida") { credits(ARGS) { nodes { id } } } }',
        '{ person(slug: "takeshi-kushida") { films(ARGS) { nodes { id } } } }',
        '{ person(slug: "takeshi-kushida") { neighbors(ARGS) { nodes { id } } } }',
    ],
)
async def test_pages_that_cannot_be(ask_raw: AskRaw, query: str, arguments: str) -> None:
    error = error_of(await ask_raw(query.replace("ARGS", arguments)))
    assert isinstance(error, BadPage)
    assert error.extensions["limit"] == 100


@pytest.mark.parametrize(
    "field",
    [
        'search(query: "film", first: 0)',
        "conflicts(first: 101)",
        "analysisRuns(first: -1)",
    ],
)
async def test_pages_that_cannot_be_of_other_lists(ask_raw: AskRaw, field: str) -> None:
    assert isinstance(error_of(await ask_raw(f"{{ {field} {{ nodes {{ __typename }} }} }}")), BadPage)


async def test_a_page_of_scores_that_cannot_be(ask_raw: AskRaw) -> None:
    query = "{ centrality(measure: DEGREE) { scores(first: 0) { nodes { score } } } }"
    assert isinstance(error_of(await ask_raw(query)), BadPage)


CURSOR = "{ films(first: 1) { pageInfo { endCursor } } }"


@pytest.mark.parametrize(
    "query",
    [
        "people(after: CURSOR)",
        "films(after: CURSOR, orderBy: {field: TITLE, direction: DESC})",
        "films(after: CURSOR, orderBy: {field: YEAR})",
        "sources(after: CURSOR)",
        "sources(before: CURSOR)",
        "conflicts(after: CURSOR)",
        "analysisRuns(after: CURSOR)",
        'search(query: "film", after: CURSOR)',
        'films(after: "")',
        'films(after: "nonsense")',
        'films(after: "W10")',
        'films(before: "eyJhIjoxfQ")',
    ],
)
async def test_cursors_of_other_lists_and_forged_ones(ask: Ask, ask_raw: AskRaw, query: str) -> None:
    cursor = (await ask(CURSOR))["films"]["pageInfo"]["endCursor"]
    field = query.replace("CURSOR", f'"{cursor}"')
    assert isinstance(error_of(await ask_raw(f"{{ {field} {{ nodes {{ __typename }} }} }}")), BadCursor)


async def test_cursors_of_another_field_of_the_same_entity(ask: Ask, ask_raw: AskRaw) -> None:
    query = '{ person(slug: "takeshi-kushida") { FIELD(first: 1AFTER) { pageInfo { endCursor } } } }'
    fields = ["films", "credits", "participations", "statements", "recognitions", "neighbors", "collaborators"]
    for field in fields[:3]:
        data = await ask(query.replace("FIELD", field).replace("AFTER", ""))
        cursor = data["person"][field]["pageInfo"]["endCursor"]
        assert cursor
        for other in fields:
            if other != field:
                answer = await ask_raw(query.replace("FIELD", other).replace("AFTER", f', after: "{cursor}"'))
                assert isinstance(error_of(answer), BadCursor), (field, other)


@pytest.fixture
async def own_store(tmp_path: Path) -> AsyncIterator[Store]:
    """A graph that a test may change."""
    store = await open_store(str(tmp_path / "graph.db"))
    await load(store, builtin_folder())
    yield store
    await store.close()


@pytest.fixture
async def ask_own(own_store: Store) -> AsyncIterator[Ask]:
    analyses = Analyses(own_store)
    yield without_errors(asker(own_store, analyses))
    await analyses.close()


SOME_PLACE = (Citation(source_id("tokyo-ai-film-conference"), "paragraph 1"),)


async def test_rows_that_come_before_do_not_shift_a_page(own_store: Store, ask_own: Ask) -> None:
    query = "query($after: String) { films(first: 10, after: $after) { nodes { title } pageInfo { endCursor } } }"
    first = (await ask_own(query))["films"]
    after = {"after": first["pageInfo"]["endCursor"]}
    second = (await ask_own(query, after))["films"]["nodes"]
    new = [EntityRow(Kind.FILM, f"aaa-{n}", f"!!! {n}", citations=SOME_PLACE) for n in range(3)]
    await own_store.apply([new], actor="test")
    assert (await ask_own(query))["films"]["nodes"] != first["nodes"]
    assert (await ask_own(query, after))["films"]["nodes"] == second
    await own_store.apply([], actor="test", remove=[entity_id(Kind.FILM, row.slug) for row in new])
    assert (await ask_own(query, after))["films"]["nodes"] == second


async def test_bare_lists_hold_at_most_a_hundred(own_store: Store, ask_own: Ask) -> None:
    many = tuple(f"{number:03}" for number in range(150))
    film = EntityRow(Kind.FILM, "busy", "Busy", aliases=many, cells={"genres": many}, citations=SOME_PLACE)
    tools = [EntityRow(Kind.PLATFORM, f"tool-{text}", text, citations=SOME_PLACE) for text in many]
    uses = []
    for tool in tools:
        ends = (entity_id(Kind.FILM, "busy"), entity_id(Kind.PLATFORM, tool.slug))
        made_with = Relationship(relationship_id(Relation.MADE_WITH, *ends, ()), Relation.MADE_WITH, *ends)
        uses.append(RelationshipRow(made_with, SOME_PLACE))
    await own_store.apply([[film], tools, uses], actor="test")
    query = """{ film(slug: "busy") { degree aliases genres claims { id } madeWith { name } madeWithClaims:
      claims(property: "madeWith") { id } neighbors { totalCount } } }"""
    answer = (await ask_own(query))["film"]
    assert answer["degree"] == answer["neighbors"]["totalCount"] == 150
    assert {name: len(found) for name, found in answer.items() if isinstance(found, list)} == {
        "aliases": 100,
        "genres": 100,
        "claims": 100,
        "madeWith": 100,
        "madeWithClaims": 100,
    }
    assert answer["madeWith"][0] == {"name": "000"}
