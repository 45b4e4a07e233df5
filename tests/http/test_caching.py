"""Answers that need not be sent again, and answers that are compressed."""

import gzip
import json
from pathlib import Path

import httpx
import pytest

from graph_api.domain.access import Scope
from graph_api.domain.ids import source_id
from graph_api.domain.records import Source
from graph_api.http.compression import takes_gzip
from graph_api.http.tokens import Tokens
from graph_api.store.factory import open_store
from tests.http.conftest import Serve

QUERY = {"query": "query A($n: Int) { films(first: $n) { nodes { title } } }", "variables": '{"n": 3}'}
GRAPHQL_JSON = "application/graphql-response+json"


async def ask(client: httpx.AsyncClient, tag: str | None = None, **headers: str) -> httpx.Response:
    own = {"if-none-match": tag} if tag else {}
    return await client.get("/graphql", params=QUERY, headers={**headers, **own})


async def test_an_answer_is_not_sent_again_until_the_graph_changes(serve: Serve, database: Path) -> None:
    async with serve() as client:
        first = await ask(client)
        tag = first.headers["etag"]
        assert first.headers["cache-control"] == "no-cache"
        assert first.headers["vary"].startswith("accept, authorization")
        again = await ask(client, tag)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert "content-type" not in again.headers
        for known in (f'"x", {tag}', tag.removeprefix("W/"), "*"):
            assert (await ask(client, known)).status_code == 304
        assert (await ask(client, '"x"')).content == first.content

        store = await open_store(str(database))
        await store.apply([[Source(source_id("new"), "new", "new", "article")]], actor="test")
        await store.close()
        changed = await ask(client, tag)
        assert changed.status_code == 200
        assert changed.headers["etag"] != tag
        assert changed.content == first.content


async def test_what_an_answer_depends_on_is_in_its_tag(serve: Serve, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.db"
    _, text = Tokens(tokens).create("ada", Scope.READ, None)
    async with serve(tokens=str(tokens)) as client:
        plain = {**QUERY, "operationName": "A"}
        asked: list[tuple[dict[str, str], dict[str, str]]] = [
            (QUERY, {}),
            (plain, {}),
            ({**QUERY, "variables": '{"n": 4}'}, {}),
            ({**QUERY, "query": QUERY["query"] + " "}, {}),
            ({**QUERY, "extensions": '{"cost": true}'}, {}),
            (QUERY, {"accept": GRAPHQL_JSON}),
            (QUERY, {"authorization": f"Bearer {text}"}),
        ]
        answers = [await client.get("/graphql", params=params, headers=headers) for params, headers in asked]
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.headers["etag"] for answer in answers}) == len(asked)
        assert answers[-1].headers["cache-control"] == "private, no-cache"
        respelt = {**QUERY, "variables": '{ "n" : 3 }'}
        assert (await client.get("/graphql", params=respelt)).headers["etag"] == answers[0].headers["etag"]


async def test_a_graph_made_anew_has_other_tags(serve: Serve, tmp_path: Path) -> None:
    tags = set()
    for name in ("one", "two"):
        store = await open_store(str(tmp_path / f"{name}.db"))
        await store.apply([[Source(source_id(name), name, name, "article")]], actor="test")
        await store.close()
        async with serve(database=str(tmp_path / f"{name}.db")) as client:
            answer = await client.get("/graphql", params={"query": "{ sources { nodes { title } } }"})
            assert answer.json()["data"]["sources"]["nodes"] == [{"title": name}]
            tags.add(answer.headers["etag"])
    assert len(tags) == 2


@pytest.mark.parametrize("query", [
    "{ analysisRuns { nodes { id } } }",
    "{ graph { revision } a: analysisRuns { nodes { id } } }",
    "query { ...F } fragment F on Query { analysisRuns { nodes { id } } }",
    '{ node(id: "x") { ... on AnalysisRun { id } } }',
    "{ film(slug: \"nothing-of-this-name\") { title } }",
    "{ nothing }",
])  # fmt: skip
async def test_what_changes_by_itself_and_what_failed_is_not_kept(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get("/graphql", params={"query": query})
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


async def test_head_tells_the_same_as_get(client: httpx.AsyncClient) -> None:
    head = await client.head("/graphql", params=QUERY)
    assert (head.status_code, head.headers["etag"]) == (200, (await ask(client)).headers["etag"])


async def test_caches_may_be_allowed_to_answer(serve: Serve, tmp_path: Path) -> None:
    async with serve(cache_seconds=60) as client:
        assert (await ask(client)).headers["cache-control"] == "public, max-age=60"
    tokens = tmp_path / "tokens.db"
    _, text = Tokens(tokens).create("ada", Scope.READ, None)
    async with serve(cache_seconds=60, public_reads=False, tokens=str(tokens)) as client:
        answer = await ask(client, authorization=f"Bearer {text}")
        assert answer.headers["cache-control"] == "private, no-cache"
        assert (await ask(client, answer.headers["etag"])).status_code == 401


@pytest.mark.parametrize("path", ["/", "/graphql", "/schema.graphql", "/static/favicon.svg"])
async def test_pages_are_asked_about_and_not_sent_again(client: httpx.AsyncClient, path: str) -> None:
    browser = {"accept": "text/html"}
    first = await client.get(path, headers=browser)
    assert first.headers["cache-control"] == "no-cache"
    again = await client.get(path, headers={**browser, "if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]


LONG = {"query": "{ films(first: 100) { nodes { id title slug } } }"}


async def raw(client: httpx.AsyncClient, encoding: str) -> tuple[httpx.Headers, bytes]:
    async with client.stream("POST", "/graphql", json=LONG, headers={"accept-encoding": encoding}) as answer:
        return answer.headers, b"".join([piece async for piece in answer.aiter_raw()])


async def test_answers_are_compressed_for_those_who_like_it(client: httpx.AsyncClient) -> None:
    headers, plain = await raw(client, "identity")
    assert "content-encoding" not in headers
    headers, packed = await raw(client, "br;q=1.0, gzip;q=0.8, *;q=0.1")
    assert headers["content-encoding"] == "gzip"
    assert "accept-encoding" in headers["vary"].lower()
    assert int(headers["content-length"]) == len(packed) < len(plain) / 2
    assert gzip.decompress(packed) == plain
    headers, refused = await raw(client, "gzip;q=0")
    assert refused == plain


@pytest.mark.parametrize("encoding", ["identity", "gzip", ""])
async def test_every_answer_says_that_it_depends_on_the_encodings_a_client_takes(
    client: httpx.AsyncClient, encoding: str
) -> None:
    own = {"accept-encoding": encoding}
    tag = (await ask(client)).headers["etag"]
    for answer in (
        await client.post("/graphql", json=LONG, headers=own),
        await client.post("/graphql", json={"query": "{ graph { revision } }"}, headers=own),
        await client.post("/graphql", json={"query": "{ nothing }"}, headers=own),
        await ask(client, **own),
        await ask(client, tag, **own),
        await client.get("/export/collaboration.json", headers=own),
        await client.get("/", headers=own),
        await client.get("/nothing", headers=own),
    ):
        told = [part.strip().lower() for part in answer.headers["vary"].split(",")]
        assert told.count("accept-encoding") == 1, answer


@pytest.mark.parametrize("ending", ["graphml", "json", "zip"])
async def test_an_export_is_not_sent_again_until_the_graph_changes(
    serve: Serve, database: Path, tmp_path: Path, ending: str
) -> None:
    tokens = tmp_path / "tokens.db"
    _, text = Tokens(tokens).create("ada", Scope.READ, None)
    address = f"/export/collaboration.{ending}"
    async with serve(tokens=str(tokens), cache_seconds=60) as client:
        first = await client.get(address)
        tag = first.headers["etag"]
        assert (first.headers["cache-control"], "authorization" in first.headers["vary"]) == (
            "public, max-age=60",
            True,
        )
        again = await client.get(address, headers={"if-none-match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        others = (f"{address}?roles=DIRECTOR", "/export/person_film.graphml", "/export/collaboration.gexf")
        assert tag not in {(await client.get(other)).headers["etag"] for other in others}
        own = await client.get(address, headers={"authorization": f"Bearer {text}"})
        assert own.headers["cache-control"] == "private, no-cache"
        assert (await client.get("/export/no.graphml", headers={"if-none-match": "*"})).status_code == 404

        store = await open_store(str(database))
        await store.apply([[Source(source_id("new"), "new", "new", "article")]], actor="test")
        await store.close()
        assert (await client.get(address, headers={"if-none-match": tag})).status_code == 200


async def test_compression_can_be_turned_off(serve: Serve) -> None:
    async with serve(compression=False) as client:
        headers, _ = await raw(client, "gzip")
        assert "content-encoding" not in headers


async def test_events_are_not_held_back_to_be_compressed(client: httpx.AsyncClient) -> None:
    headers = {"accept": "text/event-stream", "accept-encoding": "gzip"}
    answer = await client.post("/graphql", json=LONG, headers=headers)
    assert "content-encoding" not in answer.headers
    assert json.loads(answer.text.split("data: ")[1].splitlines()[0])["data"]["films"]


@pytest.mark.parametrize(("header", "takes"), [
    (b"gzip", True), (b"GZIP", True), (b"*", True), (b"gzip;q=0", False), (b"gzip; q=0.0, *", False),
    (b"identity", False), (b"", False), (b"br", False), (b"gzip;q=0.5, identity;q=1", False), (b"*;q=0", False),
    (b"gzip;q=x", False), (b"deflate, gzip;q=0.5", True),
])  # fmt: skip
def test_which_encodings_a_client_takes(header: bytes, takes: bool) -> None:
    assert takes_gzip(header) is takes


async def test_scripts_of_other_origins_may_read_what_answers_tell(serve: Serve) -> None:
    async with serve(cors_origins=("https://a.org",)) as client:
        answer = await client.get("/graphql", params=QUERY, headers={"origin": "https://a.org"})
        told = set(answer.headers["access-control-expose-headers"].split(", "))
        assert told >= {"etag", "graphql-cost", "ratelimit-remaining", "retry-after", "x-request-id"}
        preflight = {
            "origin": "https://a.org",
            "access-control-request-method": "GET",
            "access-control-request-headers": "if-none-match",
        }
        assert (await client.options("/graphql", headers=preflight)).status_code == 200
