"""Limits: each has a code, tells itself and what was asked, and no resolver runs where it is hit."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from graphql import parse
from starlette.types import Message

from schema.validation.measures import Measured
from tests.http import toy
from tests.http.conftest import Serve


async def post(client: httpx.AsyncClient, query: str) -> httpx.Response:
    return await client.post("/graphql", json={"query": query})


def only_error(answer: httpx.Response) -> dict[str, object]:
    (error,) = answer.json()["errors"]
    extensions: dict[str, object] = error["extensions"]
    return extensions


def nested(depth: int) -> str:
    return "{ nested " + "{ again " * (depth - 2) + "{ value " + "}" * depth


async def test_a_body_that_announces_too_many_bytes(serve_toy: Serve) -> None:
    async with serve_toy(max_body_bytes=1_000) as client:
        answer = await client.post("/graphql", json={"query": "{ hello }", "pad": "x" * 1_000})
        assert answer.status_code == 413
        assert only_error(answer) | {"requested": 0} == {
            "code": "BODY_TOO_LARGE",
            "retryable": False,
            "limit": 1_000,
            "requested": 0,
        }
        assert (await post(client, "{ hello }" + " " * 900)).status_code == 200


async def test_a_body_that_comes_in_chunks(serve_toy: Serve) -> None:
    async def chunks(count: int) -> AsyncIterator[bytes]:
        yield b'{"query": "{ hello }"'
        for _ in range(count):
            yield b" " * 100
        yield b"}"

    async with serve_toy(max_body_bytes=1_000) as client:
        headers = {"content-type": "application/json"}
        assert (await client.post("/graphql", content=chunks(5), headers=headers)).status_code == 200
        answer = await client.post("/graphql", content=chunks(50), headers=headers)
        assert answer.status_code == 413
        assert only_error(answer)["code"] == "BODY_TOO_LARGE"
        assert only_error(answer)["limit"] == 1_000


async def test_characters_of_a_document(toy_client: httpx.AsyncClient) -> None:
    assert (await post(toy_client, "{ hello }".ljust(15_000))).status_code == 200
    answer = await post(toy_client, "{ hello }".ljust(15_001))
    assert answer.status_code == 400
    assert only_error(answer) == {"code": "DOCUMENT_TOO_LONG", "retryable": False, "limit": 15_000, "requested": 15_001}


@pytest.mark.parametrize(("document", "requested"), [
    ("{ " + "hello " * 1_999 + "}", 2_001),
    ("{ hello }" + "\n#" * 2_001, 2_004),
])  # fmt: skip
async def test_tokens_and_comments_of_a_document(
    toy_client: httpx.AsyncClient, serve_toy: Serve, document: str, requested: int
) -> None:
    fields = " ".join(f"a{n}: hello" for n in range(666))
    async with serve_toy(max_aliases=1_000, max_fields=1_000) as client:
        assert (await post(client, f"{{ {fields} }}")).status_code == 200
    answer = await post(toy_client, document)
    assert answer.status_code == 400
    assert only_error(answer) == {"code": "TOO_MANY_TOKENS", "retryable": False, "limit": 2_000, "requested": requested}


async def test_depth(toy_client: httpx.AsyncClient) -> None:
    assert (await post(toy_client, nested(12))).status_code == 200
    answer = await post(toy_client, nested(13))
    assert answer.status_code == 400
    assert only_error(answer) == {"code": "TOO_DEEP", "retryable": False, "limit": 12, "requested": 13}


@pytest.mark.parametrize(
    "document", ["{ nested " + "{ again " * 900, "{ number(n: " + "[" * 1_900, "{ hello " * 300 + "}" * 300]
)
async def test_a_document_too_deep_to_parse(toy_client: httpx.AsyncClient, document: str) -> None:
    answer = await post(toy_client, document)
    assert answer.status_code == 400
    assert only_error(answer)["code"] in ("TOO_DEEP", "GRAPHQL_PARSE")


async def test_a_limit_is_told_with_its_status_also_to_clients_of_before_the_specification(
    toy_client: httpx.AsyncClient,
) -> None:
    answer = await toy_client.post("/graphql", json={"query": nested(13)}, headers={"accept": "application/json"})
    assert answer.status_code == 400


async def test_the_deadline_cancels_the_work(serve_toy: Serve) -> None:
    toy.cancelled.clear()
    async with serve_toy(request_deadline=0.1) as client:
        begin = time.perf_counter()
        answer = await post(client, '{ a: slow(name: "one") b: slow(name: "two") }')
        assert time.perf_counter() - begin < 2
        assert answer.status_code == 504
        assert only_error(answer) == {"code": "DEADLINE", "retryable": True, "limit": 0.1}
        assert answer.headers["retry-after"] == "1"
        await asyncio.sleep(0.01)
        assert sorted(toy.cancelled) == ["one", "two"]
        assert (await post(client, '{ slow(name: "quick", seconds: 0.001) }')).json() == {"data": {"slow": "done"}}


@pytest.mark.parametrize("accept", ["application/graphql-response+json", "text/event-stream"])
async def test_the_deadline_ends_what_only_computes(serve_toy: Serve, accept: str) -> None:
    """Ten seconds of computing without waiting for anything, where nothing can be cancelled from outside."""
    query = {"query": "{ busy(n: 5000) { spin(ms: 2) } }"}
    async with serve_toy(request_deadline=0.2) as client:
        begin = time.perf_counter()
        answer = await client.post("/graphql", json=query, headers={"accept": accept})
        assert time.perf_counter() - begin < 2
        assert '"code":"DEADLINE"' in answer.text
        assert "spin" not in answer.text
        assert (await post(client, "{ busy(n: 2) { spin(ms: 0) } }")).json() == {"data": {"busy": [{"spin": 1}] * 2}}


async def test_waiting_for_a_turn_counts(serve_toy: Serve) -> None:
    async with serve_toy(request_deadline=0.2) as client:
        answers = await asyncio.gather(*[post(client, "{ busy(n: 1) { spin(ms: 20) } }") for _ in range(40)])
    statuses = [answer.status_code for answer in answers]
    assert statuses[0] == 200
    assert 5 <= statuses.count(200) <= 15
    assert statuses.count(504) == 40 - statuses.count(200)


async def test_a_deep_query_ends_between_its_levels(serve: Serve) -> None:
    inner = "{ id role }"
    for _ in range(3):
        films = f"{{ film {{ credits(first: 40) {{ nodes {inner} }} }} }}"
        inner = f"{{ person {{ slug credits(first: 40) {{ nodes {films} }} }} }}"
    query = f"{{ films(first: 100) {{ nodes {{ credits(first: 40) {{ nodes {inner} }} }} }} }}"
    large = {"max_cost": 10**15, "max_nodes": 10**15, "max_depth": 50}
    async with serve(**large, request_deadline=60.0) as client:
        begin = time.perf_counter()
        assert (await post(client, query)).status_code == 200
        whole = time.perf_counter() - begin
    async with serve(**large, request_deadline=max(0.01, whole / 20)) as client:
        begin = time.perf_counter()
        answer = await post(client, query)
        assert time.perf_counter() - begin < whole / 2
    assert (answer.status_code, only_error(answer)["code"]) == (504, "DEADLINE")


async def test_each_event_has_the_time_of_a_request(serve_toy: Serve) -> None:
    async with serve_toy(request_deadline=0.2) as client:
        query = {"query": "subscription { ticks { waits } }"}
        answer = await client.post("/graphql", json=query, headers={"accept": "text/event-stream"})
    events = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: {")]
    first, late, third = events
    assert first == third == {"data": {"ticks": {"waits": "done"}}}
    assert late["data"] is None
    assert [error["extensions"]["code"] for error in late["errors"]] == ["DEADLINE"]


async def test_a_body_that_comes_too_slowly(serve: Serve) -> None:
    async def trickle() -> AsyncIterator[bytes]:
        yield b'{"query":'
        await asyncio.sleep(5)
        yield b'"{ graph { revision } }"}'

    async with serve(request_deadline=0.1) as client:
        begin = time.perf_counter()
        answer = await client.post("/graphql", content=trickle(), headers={"content-type": "application/json"})
        assert time.perf_counter() - begin < 2
        assert answer.status_code == 408
        assert only_error(answer) == {"code": "BODY_TOO_SLOW", "retryable": True, "limit": 0.1}


@pytest.mark.parametrize(
    "where",
    [
        {"or": [{"year": {"gte": year}} for year in range(1_000)]},
        {"or": [{}] * 1_000},
        {"not": {"and": [{"person": "UGVyc29uOm1hcmNlbC1iYXJzb3R0aQ"}] * 1_000}},
        {"runtimeMinutes": {"in": list(range(1_000))}},
    ],
)
async def test_a_filter_of_too_many_parts(client: httpx.AsyncClient, where: dict[str, object]) -> None:
    query = "query($where: FilmFilter) { films(filter: $where) { totalCount } }"
    answer = await client.post("/graphql", json={"query": query, "variables": {"where": where}})
    assert only_error(answer)["code"] == "BAD_INPUT"
    assert only_error(answer)["limit"] == 500


async def test_a_filter_of_as_many_parts_as_there_may_be(client: httpx.AsyncClient) -> None:
    query = "query($where: FilmFilter) { films(filter: $where) { totalCount } }"
    where = {"or": [{"person": "UGVyc29uOm1hcmNlbC1iYXJzb3R0aQ"}] * 499}
    answer = await client.post("/graphql", json={"query": query, "variables": {"where": where}})
    assert answer.json()["data"]["films"]["totalCount"] > 0


async def test_work_ends_when_its_client_goes(serve_toy: Serve) -> None:
    """Starlette is called itself here, since a client library can't leave at a moment of one's choice."""
    toy.cancelled.clear()
    async with serve_toy() as client:
        transport = client._transport
        assert isinstance(transport, httpx.ASGITransport)
        body = b'{"query": "{ slow(name: \\"left\\") }"}'
        messages: list[Message] = [
            {"type": "http.request", "body": body, "more_body": False},
            {"type": "http.disconnect"},
        ]

        async def receive() -> Message:
            return messages.pop(0)

        async def send(_: Message) -> None:
            pass

        headers = [(b"content-type", b"application/json")]
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/graphql",
            "query_string": b"",
            "headers": headers,
            "asgi": {"version": "3.0"},
        }
        await asyncio.wait_for(transport.app(scope, receive, send), 5)
        await asyncio.sleep(0.01)
        assert toy.cancelled == ["left"]


def aliased(count: int) -> str:
    return "{ " + " ".join(f"a{n}: hello" for n in range(count)) + " }"


def directed(count: int) -> str:
    return "{ " + "hello @skip(if: false) " * count + "}"


@pytest.mark.parametrize(("sound", "over", "code", "limit", "requested"), [
    (aliased(30), aliased(31), "TOO_MANY_ALIASES", 30, 31),
    (directed(50), directed(51), "TOO_MANY_DIRECTIVES", 50, 51),
    (
        "{ ...F ...F } fragment F on Query { a: hello ...G } fragment G on Query { b: hello c: hello }",
        "{ " + "...F " * 11 + "} fragment F on Query { a: hello ...G } fragment G on Query { b: hello c: hello }",
        "TOO_MANY_ALIASES", 30, 33,
    ),
    ("{ hello }", "{ nested { value } }" + "".join(f" query Q{n} {{ hello }}" for n in range(20)),
     "TOO_MANY_OPERATIONS", 20, 21),
])  # fmt: skip
async def test_aliases_directives_and_operations(
    toy_client: httpx.AsyncClient, sound: str, over: str, code: str, limit: int, requested: int
) -> None:
    assert (await post(toy_client, sound)).status_code == 200
    answer = await post(toy_client, over)
    assert answer.status_code == 400
    assert only_error(answer) == {"code": code, "retryable": False, "limit": limit, "requested": requested}


@pytest.mark.parametrize("depth", [199])
async def test_a_chain_of_doubly_spread_fragments_is_refused_at_once(serve_toy: Serve, depth: int) -> None:
    chain = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(depth))
    document = f"{{ ...F0 }} {chain} fragment F{depth} on Query {{ a: hello }}"
    seconds = []
    for _ in range(3):  # the collector may go through all that other tests have left
        begin = time.process_time()
        counts = Measured(parse(document)).counts
        seconds.append(time.process_time() - begin)
        assert [(each.aliases, each.fields, each.depth) for each in counts.values()] == [(10**9, 10**9, 1)]
    assert min(seconds) < 0.05
    async with serve_toy(max_document_tokens=10_000) as client:
        answer = await post(client, document)
        codes = [error["extensions"]["code"] for error in answer.json()["errors"]]
        assert (answer.status_code, codes) == (400, ["TOO_MANY_ALIASES", "TOO_MANY_FIELDS"])


@pytest.mark.parametrize("fragments", [
    "fragment F on Query { " + "nested { value } " * 250 + "}",
    "fragment F on Query { " + "nested { value } " * 250 + "} fragment F on Query { hello }",
    "fragment F on Query { ...G ...G } fragment G on Query { " + "hello " * 300 + "}",
])  # fmt: skip
async def test_fragments_that_nothing_spreads_are_no_way_to_keep_it_busy(
    toy_client: httpx.AsyncClient, fragments: str
) -> None:
    answer = await post(toy_client, "{ hello } " + fragments)
    assert answer.status_code == 400
    assert only_error(answer)["code"] == "TOO_MANY_FIELDS"


def levels(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(("sound", "over", "limit", "requested"), [
    ([1] * 1_000, [1] * 1_001, 1_000, 1_001),
    ({"a": [{"b": [""] * 1_000}]}, {"a": [{"b": [""] * 1_001}]}, 1_000, 1_001),
    (dict.fromkeys(map(str, range(1_000))), dict.fromkeys(map(str, range(1_001))), 1_000, 1_001),
    ("\u00e9" * 10_000, ["\u00e9" * 10_001], 10_000, 10_001),
    (levels(31), levels(32), 32, 33),
    (levels(31), levels(900), 32, 901),
])  # fmt: skip
async def test_variables(
    toy_client: httpx.AsyncClient, sound: object, over: object, limit: int, requested: int
) -> None:
    for headers in ({"accept": "application/json"}, {"accept": "text/event-stream"}):
        # A variable that the document does not declare is read all the same, and not used.
        body: dict[str, object] = {"query": "{ hello }", "variables": {"v": sound}}
        assert '"hello you"' in (await toy_client.post("/graphql", json=body, headers=headers)).text
        body["variables"] = {"n": 1, "v": over}
        answer = await toy_client.post("/graphql", json=body, headers=headers)
        assert "VARIABLES_TOO_LARGE" in answer.text
        assert f'"limit":{limit},"requested":{requested}' in answer.text
        assert '"data":' not in answer.text.replace("data:", "")


async def test_variables_that_no_json_reader_would_take(toy_client: httpx.AsyncClient) -> None:
    content = '{"query": "{ hello }", "variables": {"v": ' + "[" * 100_000 + "]" * 100_000 + "}}"
    answer = await toy_client.post("/graphql", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert only_error(answer) == {
        "code": "VARIABLES_TOO_LARGE",
        "retryable": False,
        "limit": 32,
        "requested": 100_001,
    }


@pytest.mark.parametrize("key", ["variables", "extensions", "nobody-reads-this", "query"])
@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_all_of_a_request_is_held_to_the_limit_on_levels(
    toy_client: httpx.AsyncClient, key: str, accept: str
) -> None:
    body: dict[str, object] = {"query": "{ hello }", key: {"v": levels(32)}}
    answer = await toy_client.post("/graphql", json=body, headers={"accept": accept})
    assert (answer.status_code, only_error(answer)["code"]) == (400, "VARIABLES_TOO_LARGE")
    if key != "query":
        body[key] = {"v": levels(31), "[[" * 99: '"' + "{[" * 99 + "\\"}
        assert '"hello you"' in (await toy_client.post("/graphql", json=body, headers={"accept": accept})).text


@pytest.mark.parametrize("key", ["variables", "extensions"])
async def test_so_are_the_parameters_of_an_address(toy_client: httpx.AsyncClient, key: str) -> None:
    answers = [
        await toy_client.get("/graphql", params={"query": "{ hello }", key: json.dumps({"v": levels(depth)})})
        for depth in (31, 32)
    ]
    assert [answer.status_code for answer in answers] == [200, 400]
    answer = answers[1]
    assert only_error(answer) == {"code": "VARIABLES_TOO_LARGE", "retryable": False, "limit": 32, "requested": 33}


async def test_the_rate_of_an_address(serve_toy: Serve) -> None:
    async with serve_toy(client_rate=3) as own:
        transport = own._transport
        assert isinstance(transport, httpx.ASGITransport)
        for _ in range(5):  # this machine
            assert (await post(own, "{ hello }")).status_code == 200
        far = [httpx.ASGITransport(transport.app, client=(host, 1)) for host in ("192.0.2.1", "192.0.2.2")]
        async with (
            httpx.AsyncClient(transport=far[0], base_url="http://localhost") as one,
            httpx.AsyncClient(transport=far[1], base_url="http://localhost") as two,
        ):
            left = [(await post(one, "{ hello }")).headers["ratelimit-remaining"] for _ in range(3)]
            assert left == ["2", "1", "0"]
            answer = await post(one, "{ hello }")
            assert answer.status_code == 429
            assert only_error(answer)["code"] == "TOO_MANY_REQUESTS"
            assert 1 <= int(answer.headers["retry-after"]) <= 20
            assert (await one.get("/graphql?query={hello}")).status_code == 429
            assert (await one.get("/healthz")).status_code == 200
            assert (await post(two, "{ hello }")).status_code == 200
