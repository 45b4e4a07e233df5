"""GraphQL over HTTP: media types, statuses, and errors that are typed all the way."""

from typing import Any

import httpx
import pytest
from graphql import build_client_schema, get_introspection_query

from tests.http.conftest import Serve

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"


async def post(client: httpx.AsyncClient, query: str, accept: str = GRAPHQL_JSON, **more: object) -> httpx.Response:
    return await client.post("/graphql", json={"query": query, **more}, headers={"accept": accept})


def codes(answer: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, {JSON};q=0.9", GRAPHQL_JSON),
        (f"{JSON}, {GRAPHQL_JSON};q=0.5", JSON),
        (f"text/plain, {GRAPHQL_JSON}", GRAPHQL_JSON),
        ("text/html, */*;q=0.1", JSON),
    ],
)
async def test_the_media_type_is_the_one_asked_for(
    toy_client: httpx.AsyncClient, accept: str | None, media: str
) -> None:
    headers = {"accept": accept} if accept else {}
    answer = await toy_client.post("/graphql", json={"query": "{ hello }"}, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{media}; charset=utf-8"
    assert answer.json() == {"data": {"hello": "hello you"}}


async def test_a_media_type_that_is_not_given(toy_client: httpx.AsyncClient) -> None:
    answer = await post(toy_client, "{ hello }", accept="image/png")
    assert (answer.status_code, codes(answer)) == (406, ["NOT_ACCEPTABLE"])


async def test_variables_and_operations(toy_client: httpx.AsyncClient) -> None:
    query = "query A($n: String!) { hello(name: $n) } query B { number(n: 2) }"
    answer = await post(toy_client, query, variables={"n": "Ada"}, operationName="A", extensions={})
    assert answer.json() == {"data": {"hello": "hello Ada"}}
    answer = await post(toy_client, query, operationName="B", variables=None)
    assert answer.json() == {"data": {"number": 2}}


async def test_get_answers_queries(toy_client: httpx.AsyncClient) -> None:
    params = {"query": "query A($n: String!) { hello(name: $n) }", "variables": '{"n": "Ø"}', "operationName": ""}
    answer = await toy_client.get("/graphql", params=params)
    assert (answer.status_code, answer.json()) == (200, {"data": {"hello": "hello Ø"}})


async def test_get_refuses_a_mutation_and_post_does_not(toy_client: httpx.AsyncClient) -> None:
    answer = await toy_client.get("/graphql", params={"query": "mutation { touch }"})
    assert (answer.status_code, codes(answer), answer.headers["allow"]) == (405, ["METHOD_NOT_ALLOWED"], "POST")
    answer = await post(toy_client, "mutation { touch }")
    assert answer.json() == {"data": {"touch": "touched"}}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"null",
        b'"{ hello }"',
        b"{}",
        b'{"query": null}',
        b'{"query": 1}',
        b'{"query": " "}',
        b'{"query": "{ hello }", "variables": []}',
        b'{"query": "{ hello }", "variables": "{}"}',
        b'{"query": "{ hello }", "operationName": 1}',
        b'{"query": "{ hello }", "extensions": "x"}',
        b'{"query": "{ hello }", "variables": {"a": NaN}}',
        b'[{"query": "{ hello }"}]',
    ],
)
@pytest.mark.parametrize("accept", [JSON, GRAPHQL_JSON])
async def test_a_body_that_is_no_request(toy_client: httpx.AsyncClient, body: bytes, accept: str) -> None:
    headers = {"content-type": JSON, "accept": accept}
    answer = await toy_client.post("/graphql", content=body, headers=headers)
    assert answer.status_code == 400
    assert codes(answer) == ["BAD_JSON" if body in (b"", b"{", b"\xff") or b"NaN" in body else "BAD_INPUT"]
    assert answer.headers["content-type"].startswith(accept)
    assert "\n" not in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "params", [{}, {"query": ""}, {"query": "{ hello }", "variables": "{"}, {"query": "{ hello }", "variables": "[]"}]
)
async def test_a_query_string_that_is_no_request(toy_client: httpx.AsyncClient, params: dict[str, str]) -> None:
    answer = await toy_client.get("/graphql", params=params)
    assert (answer.status_code, codes(answer)) == (400, ["BAD_JSON" if params.get("variables") == "{" else "BAD_INPUT"])


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
    ],
)
async def test_a_body_of_another_type(toy_client: httpx.AsyncClient, content_type: str) -> None:
    answer = await toy_client.post(
        "/graphql", content=b'{"query": "{ hello }"}', headers={"content-type": content_type}
    )
    assert (answer.status_code, codes(answer)) == (415, ["UNSUPPORTED_MEDIA_TYPE"])


@pytest.mark.parametrize("encoding", ["gzip", "br", "x"])
async def test_a_body_that_is_packed(toy_client: httpx.AsyncClient, encoding: str) -> None:
    headers = {"content-encoding": encoding, "content-type": "application/json"}
    answer = await toy_client.post("/graphql", content=b'{"query": "{ hello }"}', headers=headers)
    assert answer.status_code == 415
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNSUPPORTED_MEDIA_TYPE"
    headers["content-encoding"] = "Identity"
    assert (await toy_client.post("/graphql", content=b'{"query": "{ hello }"}', headers=headers)).status_code == 200


async def test_json_may_name_its_encoding(toy_client: httpx.AsyncClient) -> None:
    headers = {"content-type": 'Application/JSON; charset="UTF-8"'}
    answer = await toy_client.post("/graphql", content=b'{"query": "{ hello }"}', headers=headers)
    assert answer.status_code == 200


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("{ hello", {}, "GRAPHQL_PARSE"),
    ("{ nothing }", {}, "GRAPHQL_VALIDATION"),
    ('{ number(n: "a") }', {}, "GRAPHQL_VALIDATION"),
    ("{ number(n: " + "9" * 5000 + ") }", {}, "GRAPHQL_VALIDATION"),
    ("subscription { x }", {}, "GRAPHQL_VALIDATION"),
    ("query ($n: Int!) { number(n: $n) }", {}, "BAD_INPUT"),
    ("query ($n: Int!) { number(n: $n) }", {"n": "a"}, "BAD_INPUT"),
    ("query ($n: Int!) { number(n: $n) }", {"n": 1e40}, "BAD_INPUT"),
]


@pytest.mark.parametrize(("query", "variables", "code"), REFUSED)
async def test_a_request_that_is_refused(
    toy_client: httpx.AsyncClient, query: str, variables: object, code: str
) -> None:
    for accept, status in ((GRAPHQL_JSON, 400), ("*/*", 400), (JSON, 200)):
        answer = await post(toy_client, query, accept, variables=variables)
        assert (answer.status_code, codes(answer)) == (status, [code])
        assert "data" not in answer.json()
        (error,) = answer.json()["errors"]
        assert error["extensions"]["retryable"] is False
        assert error["locations"][0]["line"] == 1


@pytest.mark.parametrize(
    "query",
    [
        "{ number(n: {a: 1, b: [2]}) }",
        '{ number(n: "\\\n") }',
        '{ number(n: """a\nb\u2028c""") }',
        "{ number(n: [" + "1, " * 900 + "]) }",
        "{ \u202e }",
    ],
)
async def test_messages_are_one_line_and_short(toy_client: httpx.AsyncClient, query: str) -> None:
    answer = await toy_client.post("/graphql", json={"query": query})
    (message,) = {error["message"] for error in answer.json()["errors"]}
    assert message.isprintable()
    assert len(message) < 600


@pytest.mark.parametrize(
    ("query", "name", "says"),
    [
        ("{ hello }", "X", "no operation 'X'; it has: none that has a name"),
        ("query A { hello } query B { hello }", "C", "it has: A, B"),
        ("query A { hello } query B { hello }", None, "several operations"),
    ],
)
async def test_an_unknown_operation(toy_client: httpx.AsyncClient, query: str, name: str | None, says: str) -> None:
    answer = await post(toy_client, query, JSON, operationName=name)
    assert (answer.status_code, codes(answer)) == (400, ["BAD_INPUT"])
    assert says in answer.json()["errors"][0]["message"]


async def test_a_document_of_fragments_only(toy_client: httpx.AsyncClient) -> None:
    answer = await post(toy_client, "fragment F on Query { hello }")
    assert answer.status_code == 400


async def test_errors_of_fields_carry_their_extensions(toy_client: httpx.AsyncClient) -> None:
    answer = await post(toy_client, "{ missing hello }")
    assert answer.status_code == 200
    assert answer.json() == {
        "errors": [
            {
                "message": "no film has the slug 'imperial'; near are imperia",
                "locations": [{"line": 1, "column": 3}],
                "path": ["missing"],
                "extensions": {"code": "NOT_FOUND", "retryable": False, "nearest": ["imperia"]},
            }
        ],
        "data": {"missing": None, "hello": "hello you"},
    }


async def test_an_error_in_a_field_that_must_not_be_null(toy_client: httpx.AsyncClient) -> None:
    answer = await post(toy_client, "{ page }")
    assert (answer.status_code, answer.json()["data"]) == (200, None)
    assert answer.json()["errors"][0]["extensions"] == {
        "code": "BAD_PAGE",
        "retryable": False,
        "limit": 100,
        "requested": 0,
    }


async def test_a_variable_that_is_null_where_the_field_wants_a_value(toy_client: httpx.AsyncClient) -> None:
    answer = await post(toy_client, "query ($n: Int = 1) { number(n: $n) }", variables={"n": None})
    assert codes(answer) == ["BAD_INPUT"]


async def test_an_answer_with_a_number_that_is_too_large(toy_client: httpx.AsyncClient) -> None:
    answer = await post(toy_client, "{ blob number(n: 2147483647) }")
    assert answer.json() == {"data": {"blob": {"list": [1, None, "é"]}, "number": 2147483647}}


async def test_suggestions_can_be_left_out(serve_toy: Serve) -> None:
    async with serve_toy() as client:
        assert "Did you mean" in (await post(client, "{ helo }")).json()["errors"][0]["message"]
    async with serve_toy(suggestions=False) as client:
        assert "Did you mean" not in (await post(client, "{ helo }")).text


async def test_the_introspection_query_of_clients_is_answered(serve_toy: Serve) -> None:
    text = get_introspection_query(specified_by_url=True, directive_is_repeatable=True, schema_description=True)
    async with serve_toy() as client:
        answer = await client.post("/graphql", json={"query": text, "operationName": "IntrospectionQuery"})
        assert answer.status_code == 200
        assert build_client_schema(answer.json()["data"]).query_type is not None


async def test_introspection_can_be_left_out(serve_toy: Serve) -> None:
    async with serve_toy() as client:
        assert (await post(client, "{ __schema { queryType { name } } }")).status_code == 200
        assert "type Query" in (await client.get("/schema.graphql")).text
    async with serve_toy(introspection=False) as client:
        answer = await post(client, "{ __schema { queryType { name } } }")
        assert (answer.status_code, set(codes(answer))) == (400, {"GRAPHQL_VALIDATION"})
        assert (await post(client, "{ __typename }")).json() == {"data": {"__typename": "Query"}}
        assert (await client.get("/schema.graphql")).status_code == 404


async def test_the_same_document_is_answered_anew(toy_client: httpx.AsyncClient) -> None:
    query = "query ($n: String!) { hello(name: $n) }"
    for name in ("a", "b", "a"):
        assert (await post(toy_client, query, variables={"n": name})).json() == {"data": {"hello": f"hello {name}"}}


@pytest.mark.parametrize(("method", "path", "status", "code"), [
    ("GET", "/nothing", 404, "NOT_FOUND"),
    ("GET", "/static/nothing.js", 404, "NOT_FOUND"),
    ("GET", "/static/../routes.py", 404, "NOT_FOUND"),
    ("GET", "/static/%2e%2e/routes.py", 404, "NOT_FOUND"),
    ("DELETE", "/graphql", 405, "METHOD_NOT_ALLOWED"),
    ("POST", "/", 405, "METHOD_NOT_ALLOWED"),
    ("POST", "/static/favicon.svg", 405, "METHOD_NOT_ALLOWED"),
])  # fmt: skip
async def test_addresses_and_methods_that_are_not_there(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, codes(answer)) == (status, [code])
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("path", ["/graphql/", "/healthz/", "/export/", "//evil.example", "/static"])
async def test_no_address_leads_elsewhere(toy_client: httpx.AsyncClient, path: str) -> None:
    answer = await toy_client.get(f"http://localhost{path}", headers={"host": "evil.example"})
    assert (answer.status_code, "location" in answer.headers) == (404, False)


async def test_other_origins_may_read_only_where_a_setting_says_so(serve_toy: Serve) -> None:
    preflight = {
        "origin": "https://a.org",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    async with serve_toy() as client:
        answer = await client.post("/graphql", json={"query": "{ hello }"}, headers={"origin": "https://a.org"})
        assert "access-control-allow-origin" not in answer.headers
        assert (await client.options("/graphql", headers=preflight)).status_code == 405
    async with serve_toy(cors_origins=("https://a.org",)) as client:
        answer = await client.options("/graphql", headers=preflight)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://a.org"
        answer = await client.post("/graphql", json={"query": "{ hello"}, headers={"origin": "https://a.org"})
        assert answer.headers["access-control-allow-origin"] == "https://a.org"
        answer = await client.post("/graphql", json={"query": "{ hello }"}, headers={"origin": "https://evil.org"})
        assert answer.headers.get("access-control-allow-origin") != "https://evil.org"
        assert (await client.options("/graphql", headers=preflight | {"origin": "https://evil.org"})).status_code == 400
