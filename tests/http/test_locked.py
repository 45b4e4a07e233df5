"""The profile for production: the twelve checks of graphql-cop 1.15, as their authors wrote them, find nothing in it.

https://github.com/dolevf/graphql-cop, whose name on PyPI is an empty placeholder.
"""

import dataclasses
from collections.abc import AsyncIterator

import httpx
import pytest

from graph_api.settings import LOCKED, Settings, load_settings
from tests.http.conftest import Serve


@pytest.fixture
async def locked(serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(locked=True, **LOCKED) as client:
        yield client


async def ask(client: httpx.AsyncClient, query: str) -> httpx.Response:
    return await client.post("/graphql", json={"query": query})


def test_the_profile_gives_way_to_what_is_set() -> None:
    settings = load_settings({"locked": True, "ide": "on"}, {"FILMGRAPH_GET_QUERIES": "on"})
    assert (settings.locked, settings.ide, settings.get_queries) == (True, True, True)
    assert (settings.introspection, settings.suggestions) == (False, False)
    assert load_settings(environ={"FILMGRAPH_LOCKED": "on"}).ide is False
    assert all(getattr(load_settings(environ={}), name) is True for name in LOCKED)
    assert LOCKED.keys() <= {field.name for field in dataclasses.fields(Settings)}


async def test_alias_overloading(locked: httpx.AsyncClient) -> None:
    answer = await ask(locked, "query cop { " + " ".join(f"alias{n}:__typename" for n in range(101)) + " }")
    assert answer.status_code == 400
    assert "data" not in answer.json()


async def test_batches(locked: httpx.AsyncClient) -> None:
    answer = await locked.post("/graphql", json=[{"query": "query cop { __typename }"}] * 10)
    assert answer.status_code == 400
    assert isinstance(answer.json(), dict)
    assert "data" not in answer.json()


async def test_directive_overloading(locked: httpx.AsyncClient) -> None:
    for count in (5, 10, 60):
        answer = await ask(locked, "query { __typename " + "@aa" * count + " }")
        assert answer.status_code == 400
        assert len(answer.json()["errors"]) < 10


async def test_field_duplication(locked: httpx.AsyncClient) -> None:
    answer = await ask(locked, "query cop { " + "__typename \n" * 500 + "}")
    assert answer.status_code == 400
    assert "data" not in answer.json()


async def test_circular_introspection(locked: httpx.AsyncClient) -> None:
    inner = "fields { type { " * 4 + "name" + " } }" * 4
    answer = await ask(locked, f"query cop {{ __schema {{ types {{ {inner} }} }} }}")
    assert answer.status_code == 400
    assert "data" not in answer.json()


async def test_introspection(locked: httpx.AsyncClient) -> None:
    for query in (
        "query cop { __schema { types { name fields { name } } } }",
        'query cop { __type(name: "Film") { name } }',
        "query cop { ...F } fragment F on Query { a: __schema { queryType { name } } }",
    ):
        answer = await ask(locked, query)
        assert answer.status_code == 400
        assert "data" not in answer.json()
    assert (await ask(locked, "query cop { __typename }")).json() == {"data": {"__typename": "Query"}}
    assert (await locked.get("/schema.graphql")).status_code == 404


async def test_suggestions(locked: httpx.AsyncClient) -> None:
    for query in (
        "query cop { __schema { directive } }",
        "{ film(slug: 1) { titel } }",
        '{ film(slgu: "imperia") { title } }',
        '{ film(slug: "imperia") { ... on Flim { title } } }',
        "{ centrality(measure: DEGRE) { run { id } } }",
        "query($a: FilmFiltr) { films(filter: $a) { totalCount } }",
        "{ films(filter: {titel: {eq: 1}}) { totalCount } }",
    ):
        answer = await ask(locked, query)
        assert answer.status_code == 400
        assert "did you mean" not in answer.text.lower()
    variables = {"where": {"titel": {"eq": "x"}}}
    query = "query($where: FilmFilter) { films(filter: $where) { totalCount } }"
    answer = await locked.post("/graphql", json={"query": query, "variables": variables})
    assert "did you mean" not in answer.text.lower()


async def test_queries_and_mutations_by_get(locked: httpx.AsyncClient) -> None:
    for query in ("query cop {__typename}", "mutation cop {__typename}"):
        for accept in ("application/json", "text/event-stream", "*/*"):
            answer = await locked.get("/graphql", params={"query": query}, headers={"accept": accept})
            assert answer.status_code == 405
            assert "data" not in answer.json()


async def test_url_encoded_queries(locked: httpx.AsyncClient) -> None:
    answer = await locked.post("/graphql", data={"query": "query cop { __typename }"})
    assert answer.status_code == 415
    answer = await locked.post("/graphql", params={"query": "query cop { __typename }"})
    assert answer.status_code == 415


async def test_pages_to_write_queries_in(locked: httpx.AsyncClient) -> None:
    signs = ("graphiql.min.css", "GraphQL Playground", "GraphiQL", "graphql-playground")
    for path in ("/graphiql", "/playground", "/console", "/graphql", "/"):
        for accept in ("text/html", "*/*"):
            answer = await locked.get(path, headers={"accept": accept})
            assert not any(sign in answer.text for sign in signs)


async def test_pages_explain_nothing(locked: httpx.AsyncClient, serve: Serve) -> None:
    page = await locked.get("/", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "people" in page.text
    for sign in ("<pre>", "query", "{", "schema", "/graphql"):
        assert sign not in page.text.lower().split("</style>")[1]
    assert (await locked.get("/graphql", headers={"accept": "text/html"})).status_code == 406
    for path in ("graphiql.js", "graphiql.css"):
        assert (await locked.get(f"/static/graphiql/{path}")).status_code == 404
    async with serve() as client:
        assert "<pre>" in (await client.get("/")).text


async def test_traces(locked: httpx.AsyncClient) -> None:
    for query in ("query cop { __typename }", "qwerty cop { abc }", '{ film(slug: "no") { title } }'):
        answer = await ask(locked, query)
        assert "tracing" not in answer.text
        assert "stacktrace" not in answer.text.lower()
        for error in answer.json().get("errors", ()):
            assert not {"tracing", "exception"} & error["extensions"].keys()
