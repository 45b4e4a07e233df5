"""Status codes under both profiles: by hand from the specification's newest text, section "Status Codes"."""

from typing import Any

import httpx
import pytest

from graph_api.domain.access import Scope
from graph_api.http.tokens import Tokens
from tests.http.conftest import Serve

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
BOTH = f"{GRAPHQL_JSON}, {JSON};q=0.9"

# (what, sent, audit's status for each media type, draft's status)
CASES: list[tuple[str, dict[str, Any], int, int, int]] = [
    ("well", {"query": "{ hello }"}, 200, 200, 200),
    ("partial", {"query": "{ missing hello }"}, 200, 200, 294),
    ("data is null", {"query": "{ page }"}, 200, 200, 294),
    ("no request", {"qeury": "{ hello }"}, 400, 400, 422),
    ("variables of another shape", {"query": "{ hello }", "variables": [7]}, 400, 400, 422),
    ("does not parse", {"query": "{"}, 200, 400, 400),
    ("does not fit the schema", {"query": "{ nothing }"}, 200, 400, 422),
    ("which operation", {"query": "query A { hello } query B { hello }"}, 400, 400, 422),
    ("variable", {"query": "query ($n: Int!) { number(n: $n) }"}, 200, 400, 422),
    ("a limit of validation", {"query": "{" + "nested{again{" * 12 + "value" + "}}" * 12 + "}"}, 400, 400, 422),
    ("a limit of parsing", {"query": "{ hello }" + " " * 15_000}, 400, 400, 400),
]


NAMES = [case[0] for case in CASES]


@pytest.mark.parametrize(("sent", "as_json", "as_graphql"), [case[1:4] for case in CASES], ids=NAMES)
async def test_audit(toy_client: httpx.AsyncClient, sent: object, as_json: int, as_graphql: int) -> None:
    for accept, status in ((JSON, as_json), (GRAPHQL_JSON, as_graphql), (BOTH, as_graphql)):
        answer = await toy_client.post("/graphql", json=sent, headers={"accept": accept})
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith(JSON if accept == JSON else GRAPHQL_JSON)


@pytest.mark.parametrize(("sent", "status"), [(case[1], case[4]) for case in CASES], ids=NAMES)
async def test_draft(serve_toy: Serve, sent: object, status: int) -> None:
    async with serve_toy(status_codes="draft") as client:
        for accept in (JSON, GRAPHQL_JSON, BOTH, "*/*"):
            answer = await client.post("/graphql", json=sent, headers={"accept": accept})
            assert answer.status_code == status
            media = JSON if accept == JSON and status < 300 else GRAPHQL_JSON
            assert answer.headers["content-type"] == f"{media}; charset=utf-8"
            assert ("data" in answer.json()) == (status < 300)


async def test_draft_of_what_is_no_graphql(serve_toy: Serve) -> None:
    async with serve_toy(status_codes="draft") as client:
        as_json = {"content-type": JSON}
        assert (await client.post("/graphql", content=b"NONSENSE", headers=as_json)).status_code == 400
        assert (await client.post("/graphql", content=b"{}", headers={"content-type": "text/plain"})).status_code == 415
        answer = await client.post("/graphql", json={"query": "{ hello }"}, headers={"accept": "image/png"})
        assert (answer.status_code, answer.headers["content-type"]) == (406, f"{JSON}; charset=utf-8")
        answer = await client.get("/graphql", params={"query": "mutation { touch }"})
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        answer = await client.put("/graphql")
        assert (answer.status_code, set(answer.headers["allow"].split(", "))) == (405, {"GET", "HEAD", "POST"})


NEW = """mutation($t: String!) { applyChanges(input: {sources: [{ref: "a", title: $t, kind: "article"}]}) {
  applied errors { code } } }"""


@pytest.mark.parametrize("profile", ["audit", "draft"])
async def test_a_change_without_the_right(serve: Serve, tmp_path_factory: pytest.TempPathFactory, profile: str) -> None:
    tokens = tmp_path_factory.mktemp("tokens") / "tokens.db"
    _, reader = Tokens(tokens).create("reader", Scope.READ, None)
    _, writer = Tokens(tokens).create("writer", Scope.WRITE, None)
    body = {"query": NEW, "variables": {"t": "News"}}
    async with serve(status_codes=profile, tokens=str(tokens)) as client:
        none = await client.post("/graphql", json=body)
        wrong = await client.post("/graphql", json=body, headers={"authorization": f"Bearer {reader}"})
        right = await client.post("/graphql", json=body, headers={"authorization": f"Bearer {writer}"})
    told = [answer.json()["errors"][0]["extensions"]["code"] for answer in (none, wrong)]
    assert told == ["UNAUTHENTICATED", "FORBIDDEN"]
    assert right.json()["data"]["applyChanges"]["applied"] is True
    if profile == "audit":
        assert [none.status_code, wrong.status_code] == [200, 200]
        assert none.json()["data"] is None
    else:
        assert [none.status_code, wrong.status_code] == [401, 403]
        assert none.headers["www-authenticate"] == "Bearer"
        assert "data" not in none.json()
