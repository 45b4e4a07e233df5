"""Tokens over HTTP: who may write, who may read, how often, and from where."""

import stat
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.access import Scope
from graph_api.errors import BadInput, NotFound, TooManyRequests, Unauthenticated
from graph_api.http.rates import Rates, shared_buckets
from graph_api.http.tokens import Tokens, parse_span
from tests.http.conftest import Serve

ADD = 'mutation { addSource(title: "%s", kind: "article") { slug } }'


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path / "deep" / "tokens.db")


async def post(
    client: httpx.AsyncClient, query: str, token: str | None = None, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    own = {"authorization": f"Bearer {token}"} if token else {}
    return await client.post("/graphql", json={"query": query}, headers={**own, **(headers or {})})


def codes(answer: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in answer.json().get("errors", [])]


def test_a_token_is_kept_hashed_in_a_file_of_its_owner(tokens: Tokens, tmp_path: Path) -> None:
    token, text = tokens.create("ada", Scope.WRITE, timedelta(days=90))
    path = tmp_path / "deep" / "tokens.db"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert text.split("_", 2)[2].encode() not in path.read_bytes()
    assert tokens.check(text) == token
    assert [(t.name, t.scope, t.expires is not None) for t in tokens.all()] == [("ada", Scope.WRITE, True)]


def test_a_token_that_does_not_hold(tokens: Tokens) -> None:
    _, text = tokens.create("ada", Scope.WRITE, timedelta(seconds=-1))
    with pytest.raises(Unauthenticated, match="expired"):
        tokens.check(text)
    token, text = tokens.create("bo", Scope.WRITE, None)
    tokens.revoke(token.id)
    with pytest.raises(Unauthenticated, match="revoked"):
        tokens.check(text)
    for wrong in ("", "fg_", text[:-1] + ("a" if text[-1] != "a" else "b"), "fg_" + "0" * 12 + "_" + "x" * 43):
        with pytest.raises(Unauthenticated, match="none of this"):
            tokens.check(wrong)
    with pytest.raises(NotFound):
        tokens.revoke("nobody")


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "0d", "1y", "99999999d", "\u0661d"])
def test_what_is_no_span(text: str) -> None:
    with pytest.raises(BadInput):
        parse_span(text)
    assert (parse_span("12h"), parse_span("never")) == (timedelta(hours=12), None)


async def test_writing_wants_a_token_with_the_scope(serve: Serve, tokens: Tokens, tmp_path: Path) -> None:
    texts = {scope: tokens.create(scope.value, scope, None)[1] for scope in Scope}
    async with serve(tokens=str(tmp_path / "deep" / "tokens.db")) as client:
        assert codes(await post(client, ADD % "a")) == ["UNAUTHENTICATED"]
        assert codes(await post(client, ADD % "a", texts[Scope.READ])) == ["FORBIDDEN"]
        assert codes(await post(client, ADD % "a", texts[Scope.ANALYSE])) == ["FORBIDDEN"]
        for scope in (Scope.WRITE, Scope.ADMIN):
            answer = await post(client, ADD % scope.value, texts[scope])
            assert answer.json()["data"]["addSource"]["slug"] == scope.value
        refused = await post(client, "{ graph { revision } }", "fg_wrong")
        assert (refused.status_code, codes(refused)) == (401, ["UNAUTHENTICATED"])
        assert refused.headers["www-authenticate"] == "Bearer"
        basic = await post(client, "{ graph { revision } }", headers={"authorization": "Basic YTpi"})
        assert basic.status_code == 401


async def test_a_token_revoked_while_the_service_runs(serve: Serve, tokens: Tokens, tmp_path: Path) -> None:
    async with serve(tokens=str(tmp_path / "deep" / "tokens.db")) as client:
        token, text = tokens.create("ada", Scope.WRITE, None)
        assert codes(await post(client, ADD % "a", text)) == []
        tokens.revoke(token.id)
        assert codes(await post(client, ADD % "b", text)) == ["UNAUTHENTICATED"]


async def test_closed_reads(serve: Serve, tokens: Tokens, tmp_path: Path) -> None:
    _, text = tokens.create("reader", Scope.READ, None)
    async with serve(tokens=str(tmp_path / "deep" / "tokens.db"), public_reads=False) as client:
        for path in ("/graphql?query={graph{revision}}", "/schema.graphql", "/export/collaboration.json"):
            answer = await client.get(path)
            assert (answer.status_code, codes(answer)) == (401, ["UNAUTHENTICATED"])
            assert (await client.get(path, headers={"authorization": f"Bearer {text}"})).status_code == 200
        assert (await client.get("/healthz")).status_code == 200
        assert 'class="counts"' not in (await client.get("/")).text


async def test_the_rate_of_one_token(serve: Serve, tokens: Tokens, tmp_path: Path) -> None:
    _, one = tokens.create("one", Scope.WRITE, None)
    _, other = tokens.create("other", Scope.WRITE, None)
    async with serve(tokens=str(tmp_path / "deep" / "tokens.db"), token_rate=2) as client:
        first = await post(client, ADD % "a", one)
        assert (first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == ("2", "1")
        await post(client, ADD % "b", one)
        answer = await post(client, ADD % "c", one)
        assert (answer.status_code, codes(answer)) == (429, ["TOO_MANY_REQUESTS"])
        assert 25 <= int(answer.headers["retry-after"]) <= 31
        both = " ".join(f'{name}: addSource(title: "{name}", kind: "y") {{ slug }}' for name in "xy")
        two = f"mutation {{ ...A }} fragment A on Mutation {{ {both} }}"
        assert codes(await post(client, two, other)) == []  # each field counts, also of fragments
        assert codes(await post(client, ADD % "c", other)) == ["TOO_MANY_REQUESTS"]
        assert codes(await post(client, "{ graph { revision } }", one)) == []


def test_a_bucket_fills_again() -> None:
    now = [0.0]
    rates = Rates(60, clock=lambda: now[0])
    for _ in range(60):
        rates.take("a", "requests")
    for seconds, fits in ((0.0, False), (0.9, False), (0.2, True), (0.5, False), (100.0, True)):
        now[0] += seconds
        if fits:
            rates.take("a", "requests")
        else:
            with pytest.raises(TooManyRequests):
                rates.take("a", "requests")


def test_clients_that_crowd_each_other_out_begin_with_full_buckets() -> None:
    """More clients than there are buckets: those last seen longest ago are forgotten, and nobody pays for others."""
    now = [0.0]
    rates = Rates(1, clock=lambda: now[0])
    for number in range(20_000):
        now[0] += 0.001
        rates.take(f"2001:db8::{number:x}", "requests")
    with pytest.raises(TooManyRequests):
        rates.take(f"2001:db8::{19_999:x}", "requests")


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abc"), st.floats(0, 30), st.integers(1, 3))))
def test_workers_with_shared_buckets_count_as_one(steps: list[tuple[int, str, float, int]]) -> None:
    now = [0.0]
    shared = shared_buckets()
    workers = [Rates(5, lambda: now[0], shared) for _ in range(4)]
    one = Rates(5, lambda: now[0])

    def taken(rates: Rates, client: str, count: int) -> object:
        try:
            return rates.take(client, "requests", count)
        except TooManyRequests as error:
            return error.details

    for worker, client, seconds, count in steps:
        now[0] += seconds
        assert taken(workers[worker], client, count) == taken(one, client, count)


@pytest.mark.parametrize("headers", [
    {"origin": "https://evil.example"},
    {"origin": "http://[x"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site"},
])  # fmt: skip
async def test_changes_are_not_taken_from_other_places_pages(
    serve: Serve, tokens: Tokens, tmp_path: Path, headers: dict[str, str]
) -> None:
    _, text = tokens.create("ada", Scope.WRITE, None)
    async with serve(tokens=str(tmp_path / "deep" / "tokens.db"), cors_origins=("https://friend.example",)) as client:
        answer = await post(client, ADD % "a", text, headers)
        assert (answer.status_code, codes(answer)) == (403, ["FORBIDDEN"])
        for sound in ({"origin": "http://localhost"}, {"origin": "https://friend.example"}, {"sec-fetch-site": "none"}):
            assert codes(await post(client, ADD % next(iter(sound.values())), text, sound)) == []
        for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            body = b'{"query": "mutation { addSource(title: \\"x\\", kind: \\"y\\") { slug } }"}'
            sent = {"content-type": media, "authorization": f"Bearer {text}"}
            assert (await client.post("/graphql", content=body, headers=sent)).status_code == 415
        query = {"query": ADD % "x"}
        got = await client.get("/graphql", params=query, headers={"authorization": f"Bearer {text}"})
        assert got.status_code == 405


@pytest.mark.parametrize(("headers", "status"), [
    ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403),
    ({"origin": "https://evil.example", "sec-fetch-mode": "cors"}, 403),
    ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 200),
    ({"origin": "https://friend.example", "sec-fetch-mode": "cors"}, 200),
    ({"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}, 200),
    ({}, 200),
])  # fmt: skip
async def test_queries_by_get_are_not_taken_from_other_places_pages(
    serve: Serve, headers: dict[str, str], status: int
) -> None:
    async with serve(cors_origins=("https://friend.example",)) as client:
        answer = await client.get("/graphql", params={"query": "{ graph { revision } }"}, headers=headers)
        assert answer.status_code == status
