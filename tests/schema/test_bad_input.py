"""What can't be answered: a typed error with a stable code, in one line, saying what to do next."""

import pytest

from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import entity_id, source_id
from graph_api.errors import BadId, BadInput, NotFound
from tests.schema.asking import Ask, AskRaw, error_of
from tests.schema.test_contract import KINDS

PERSON = entity_id(Kind.PERSON, "takeshi-kushida")
FILM = entity_id(Kind.FILM, "imperia")
SOURCE = source_id("tokyo-ai-film-conference")
NOBODY = entity_id(Kind.PERSON, "nobody-at-all")
MALFORMED = ["", "x", "imperia", "RmlsbTo", "T29wczp4", FILM + "=", FILM + " ", "../../etc/passwd", "é", "A" * 5_000]


@pytest.mark.parametrize("node_id", [NOBODY, source_id("nowhere"), entity_id(Kind.STATEMENT, "no")])
async def test_unknown_ids_are_null(ask: Ask, node_id: str) -> None:
    query = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }"
    assert await ask(query, {"id": node_id}) == {"node": None, "nodes": [None]}


@pytest.mark.parametrize("node_id", MALFORMED)
@pytest.mark.parametrize(
    "query",
    [
        "query($id: ID!) { node(id: $id) { id } }",
        "query($id: ID!) { nodes(ids: [$id]) { id } }",
        "query($id: ID!) { films(filter: {person: $id}) { nodes { id } } }",
        "query($id: ID!) { films(filter: {source: $id}) { nodes { id } } }",
        "query($id: ID!) { neighborhood(ids: [$id]) { nodes { id } } }",
        f'query($id: ID!) {{ paths(from: "{PERSON}", to: $id) {{ length }} }}',
        f'query($id: ID!) {{ paths(from: "{PERSON}", to: "{PERSON}", filter: {{exclude: [$id]}}) {{ length }} }}',
        "query($id: ID!) { similar(id: $id) { score } }",
        "query($id: ID!) { distances(from: $id) { count } }",
        "query($id: ID!) { analysisRun(id: $id) { id } }",
        "query($id: ID!) { centrality(measure: DEGREE) { of(ids: [$id]) { score } } }",
    ],
)
async def test_malformed_ids(ask_raw: AskRaw, query: str, node_id: str) -> None:
    error = error_of(await ask_raw(query, {"id": node_id}))
    assert isinstance(error, BadId)
    assert error.extensions["code"] == "BAD_ID"
    assert len(error.message) < 300


@pytest.mark.parametrize(
    "query",
    [
        f'{{ films(filter: {{person: "{FILM}"}}) {{ nodes {{ id }} }} }}',
        f'{{ films(filter: {{source: "{FILM}"}}) {{ nodes {{ id }} }} }}',
        f'{{ films(filter: {{madeWith: "{SOURCE}"}}) {{ nodes {{ id }} }} }}',
        f'{{ people(filter: {{film: "{PERSON}"}}) {{ nodes {{ id }} }} }}',
        f'{{ neighborhood(ids: ["{SOURCE}"]) {{ truncated }} }}',
        f'{{ paths(from: "{SOURCE}", to: "{PERSON}") {{ length }} }}',
        f'{{ paths(from: "{PERSON}", to: "{PERSON}", filter: {{festivals: ["{FILM}"]}}) {{ length }} }}',
        f'{{ collaborationPaths(from: "{FILM}", to: "{PERSON}") {{ length }} }}',
        f'{{ distances(from: "{FILM}") {{ count }} }}',
        f'{{ analysisRun(id: "{FILM}") {{ id }} }}',
    ],
)
async def test_ids_of_the_wrong_kind(ask_raw: AskRaw, query: str) -> None:
    error = error_of(await ask_raw(query))
    assert error.code == "BAD_INPUT"
    assert "is wanted" in error.message or "person" in error.message


@pytest.mark.parametrize("field", [*KINDS, "source"])
async def test_unknown_slugs(ask_raw: AskRaw, field: str) -> None:
    answer = await ask_raw(f'{{ {field}(slug: "no-such-thing-xyz") {{ id }} }}')
    assert answer.data == {field: None}
    error = error_of(answer)
    assert isinstance(error, NotFound)
    assert error.code == "NOT_FOUND"
    assert "'no-such-thing-xyz'" in error.message


@pytest.mark.parametrize(
    ("field", "slug", "nearest"),
    [
        ("person", "takeshi-kusida", "takeshi-kushida"),
        ("film", "imperja", "imperia"),
        ("person", "marcel-barsoti", "marcel-barsotti"),
        ("source", "tokyo-ai-film-conferense", "tokyo-ai-film-conference"),
        ("event", "future-of-filmmaking-with-ai", "the-future-of-filmmaking-with-ai"),
    ],
)
async def test_unknown_slugs_name_the_nearest(ask_raw: AskRaw, field: str, slug: str, nearest: str) -> None:
    error = error_of(await ask_raw(f'{{ {field}(slug: "{slug}") {{ id }} }}'))
    found = error.extensions["nearest"]
    assert isinstance(found, list)
    assert found[0] == nearest
    assert nearest in error.message
    assert len(found) <= 3


@pytest.mark.parametrize(
    "query",
    [
        f'{{ paths(from: "{NOBODY}", to: "{PERSON}") {{ length }} }}',
        f'{{ neighborhood(ids: ["{NOBODY}"]) {{ truncated }} }}',
        f'{{ similar(id: "{NOBODY}") {{ score }} }}',
        f'{{ distances(from: "{NOBODY}") {{ count }} }}',
        f'{{ collaborationPaths(from: "{PERSON}", to: "{NOBODY}") {{ length }} }}',
    ],
)
async def test_starting_from_nothing(ask_raw: AskRaw, query: str) -> None:
    assert error_of(await ask_raw(query)).code == "NOT_FOUND"


@pytest.mark.parametrize(
    "query",
    [
        '{ films(filter: {year: {eq: "2025"}}) { nodes { id } } }',
        "{ films(filter: {year: 2025}) { nodes { id } } }",
        "{ films(filter: {title: {eq: 3}}) { nodes { id } } }",
        "{ films(filter: {nonsense: true}) { nodes { id } } }",
        "{ films(filter: {aiUse: [MAYBE]}) { nodes { id } } }",
        "{ films(orderBy: {field: NONSENSE}) { nodes { id } } }",
        "{ films(orderBy: {}) { nodes { id } } }",
        '{ films(first: "ten") { nodes { id } } }',
        "{ films(first: 3000000000) { nodes { id } } }",
        "{ film { id } }",
        "{ film(slug: null) { id } }",
        "{ centrality(measure: BEAUTY) { run { id } } }",
    ],
)
async def test_arguments_of_the_wrong_type_are_refused_before_anything_runs(ask_raw: AskRaw, query: str) -> None:
    answer = await ask_raw(query)
    assert answer.data is None
    assert answer.errors
    assert answer.errors[0].locations


@pytest.mark.parametrize(
    "query",
    [
        '{ search(query: "") { nodes { id } } }',
        '{ search(query: "   ") { nodes { id } } }',
        '{ search(query: "!?") { nodes { id } } }',
    ],
)
async def test_searching_for_nothing_finds_nothing(ask_raw: AskRaw, query: str) -> None:
    answer = await ask_raw(query)
    if answer.errors:
        assert error_of(answer).code == "BAD_INPUT"
    else:
        assert answer.data == {"search": {"nodes": []}}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ centrality(measure: PAGERANK, parameters: 3) { run { id } } }", "an object"),
        ("{ centrality(measure: PAGERANK, parameters: [1]) { run { id } } }", "an object"),
        ("{ centrality(measure: PAGERANK, parameters: {nonsense: 1}) { run { id } } }", "nonsense"),
        ("{ centrality(measure: PAGERANK, parameters: {alpha: 2}) { run { id } } }", "alpha"),
        ('{ centrality(measure: PAGERANK, parameters: {alpha: "a"}) { run { id } } }', "alpha"),
        ("{ communities(parameters: {nonsense: 1}) { run { id } } }", "nonsense"),
        ("{ centrality(measure: DEGREE, approximate: {epsilon: 0}) { run { id } } }", "epsilon"),
        ("{ centrality(measure: BETWEENNESS, approximate: {epsilon: 1e-300}) { run { id } } }", "epsilon"),
        ("{ centrality(measure: DEGREE, approximate: {delta: 1}) { run { id } } }", "delta"),
        ("{ centrality(measure: DEGREE, approximate: {highest: 0}) { run { id } } }", "highest"),
        ("{ centrality(measure: DEGREE, approximate: {deadlineSeconds: 0}) { run { id } } }", "deadlineSeconds"),
        ("{ centrality(measure: DEGREE, projection: {years: {from: 2026, to: 2020}}) { run { id } } }", "years"),
        ('{ facets(kind: FILM, by: ["nonsense"]) { field } }', "nonsense"),
        ("{ facets(kind: FILM, by: []) { field } }", "1 to 10"),
        ('{ facets(kind: PERSON, by: ["name"], filter: {recognized: true}) { field } }', "FILM"),
        (f'{{ neighborhood(ids: ["{PERSON}"], depth: 5) {{ truncated }} }}', "depth"),
        (f'{{ neighborhood(ids: ["{PERSON}"], depth: -1) {{ truncated }} }}', "depth"),
        (f'{{ neighborhood(ids: ["{PERSON}"], limit: 0) {{ truncated }} }}', "limit"),
        (f'{{ neighborhood(ids: ["{PERSON}"], limit: 2001) {{ truncated }} }}', "limit"),
        ("{ neighborhood(ids: []) { truncated } }", "ids"),
        (f'{{ paths(from: "{PERSON}", to: "{FILM}", maxLength: 13) {{ length }} }}', "maxLength"),
        (f'{{ paths(from: "{PERSON}", to: "{FILM}", limit: 101) {{ length }} }}', "limit"),
        (f'{{ collaborationPaths(from: "{PERSON}", to: "{PERSON}", limit: 0) {{ length }} }}', "limit"),
        (f'{{ similar(id: "{PERSON}", first: 101) {{ score }} }}', "first"),
        (f"{{ films(orderBy: [{', '.join(['{field: YEAR}'] * 5)}]) {{ nodes {{ id }} }} }}", "at most 4"),
    ],
)
async def test_values_that_cannot_be_used(ask_raw: AskRaw, query: str, words: str) -> None:
    error = error_of(await ask_raw(query))
    assert isinstance(error, BadInput)
    assert error.code == "BAD_INPUT"
    assert words in error.message
    assert "\n" not in error.message


async def test_filters_nested_too_deeply(ask_raw: AskRaw) -> None:
    where = "{recognized: true}"
    for _ in range(20):
        where = f"{{not: {where}}}"
    error = error_of(await ask_raw(f"{{ films(filter: {where}) {{ nodes {{ id }} }} }}"))
    assert error.code == "BAD_INPUT"
    assert error.extensions["limit"] == 8


async def test_ids_that_are_none_leave_the_others(ask_raw: AskRaw) -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } graph { revision } }"
    answer = await ask_raw(query, {"ids": [FILM, "x", NOBODY, PERSON, "", "x"]})
    rest = {"graph": {"revision": "1"}}
    assert answer.data == {"nodes": [{"id": FILM}, None, None, {"id": PERSON}, None, None]} | rest
    errors = answer.errors or []
    assert [error.path for error in errors] == [["nodes", 1], ["nodes", 4], ["nodes", 5]]
    assert all(isinstance(error.original_error, BadId) for error in errors)


async def test_too_many_ids(ask_raw: AskRaw) -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert error_of(await ask_raw(query, {"ids": [PERSON] * 1_001})).extensions["limit"] == 1_000
    query = "query($ids: [ID!]!) { centrality(measure: DEGREE) { of(ids: $ids) { score } } }"
    assert error_of(await ask_raw(query, {"ids": [PERSON] * 101})).extensions["limit"] == 100


async def test_an_error_in_one_field_leaves_the_others(ask_raw: AskRaw) -> None:
    answer = await ask_raw('{ film(slug: "imperia") { title } nobody: person(slug: "nobody-at-all") { name } }')
    assert answer.data == {"film": {"title": "Imperia"}, "nobody": None}
    assert error_of(answer).code == "NOT_FOUND"
