"""The pages: what they show, and that a browser is kept from doing more than they need."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from typing_extensions import override

from graph_api.app import create_app
from graph_api.http import ide
from graph_api.http.example_queries import examples
from graph_api.http.static_files import Files
from graph_api.settings import Settings
from tests.http.conftest import Serve

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.scripts = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]
        self.scripts += tag == "script"
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)


async def test_the_first_page_shows_the_counts_and_every_link_works(client: httpx.AsyncClient) -> None:
    page = await client.get("/", headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    graph = (
        await client.post("/graphql", json={"query": "{ graph { revision sources kinds { kind count } } }"})
    ).json()["data"]["graph"]
    films = next(k["count"] for k in graph["kinds"] if k["kind"] == "FILM")
    assert films > 100
    assert f"<dt>films</dt><dd>{films:,}</dd>" in page.text
    assert f"<dt>sources</dt><dd>{graph['sources']:,}</dd>" in page.text
    assert f"<dt>revision</dt><dd>{graph['revision']}</dd>" in page.text
    links = Links()
    links.feed(page.text)
    assert links.scripts == 0
    assert {"/graphql", "/schema.graphql", "/export/collaboration.graphml"} <= set(links.found)
    for address in links.found:
        assert address.startswith("/")
        assert (await client.get(address, headers=BROWSER)).status_code == 200, address


@pytest.mark.parametrize(
    "path", ["/", "/graphql", "/healthz", "/nothing", "/favicon.ico", "/static/favicon.svg", "/schema.graphql"]
)
async def test_headers_of_every_page(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=BROWSER)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert policy.startswith(("default-src 'none'", "default-src 'self'"))
    assert "unsafe-eval" not in policy
    assert not re.search(r"script-src[^;]*unsafe-inline", policy)


async def test_a_browser_gets_the_query_page_with_the_examples(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "graphiql.js"
    bundle.touch()
    monkeypatch.setattr(ide, "_BUNDLE", bundle)
    page = await client.get("/graphql", headers=BROWSER)
    found = re.search(r'<script type="application/json" id="ide-config">(.*?)</script>', page.text, re.DOTALL)
    assert found
    config = json.loads(found[1])
    assert config["endpoint"] == "/graphql"
    assert [tab["query"] for tab in config["tabs"]] == [example.query for example in examples()]
    assert config["tabs"][1]["variables"].keys() == {"from", "to"}
    assert not re.search(r"https?://", page.text.replace(found[1], ""))


async def test_where_the_query_page_was_not_built_it_says_how(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ide, "_BUNDLE", tmp_path / "none.js")
    page = await client.get("/graphql", headers=BROWSER)
    assert page.status_code == 200
    assert "scripts/build-ide" in page.text
    assert "Who connects Marcel Barsotti" in page.text


async def test_hidden_files_beside_the_pages_are_not_served(tmp_path: Path) -> None:
    for name in ("shown.js", ".stamp"):
        (tmp_path / name).write_text("x")
    app = Starlette(routes=[Mount("/static", Files(directory=tmp_path))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        assert (await client.get("/static/shown.js")).status_code == 200
        assert (await client.get("/static/.stamp")).status_code == 404


async def test_the_query_page_can_be_left_out(serve: Serve) -> None:
    async with serve(ide=False) as client:
        answer = await client.get("/graphql", headers=BROWSER)
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json; charset=utf-8")
        assert 'href="/graphql"' not in (await client.get("/", headers=BROWSER)).text


async def test_a_browser_that_brings_a_query_gets_its_answer(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphql", params={"query": "{ __typename }"}, headers=BROWSER)
    assert answer.json() == {"data": {"__typename": "Query"}}


async def test_state(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready: dict[str, Any] = (await client.get("/readyz")).json()
    assert (ready["status"], ready["store"]["name"]) == ("ready", "embedded")
    assert int(ready["revision"]) >= 1


async def test_while_the_graph_is_loaded(database: Path) -> None:
    """The application before its lifespan has begun is one whose store is not open yet."""
    app = create_app(Settings(database=str(database)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        assert (await client.get("/healthz")).status_code == 200
        for answer in (await client.get("/readyz"), await client.post("/graphql", json={"query": "{ __typename }"})):
            assert answer.status_code == 503
            (error,) = answer.json()["errors"]
            assert error["extensions"] == {"code": "NOT_READY", "retryable": True, "state": "starting"}
            assert answer.headers["retry-after"] == "1"
        page = await client.get("/", headers=BROWSER)
        assert page.status_code == 200
        assert "No figures yet" in page.text
        assert (await client.get("/export/collaboration.json")).status_code == 503


async def test_an_empty_graph_is_filled_at_the_first_start(tmp_path: Path) -> None:
    app = create_app(Settings(database=str(tmp_path / "new.db")))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client,
    ):
        for _ in range(300):
            answer = await client.get("/readyz")
            if answer.status_code == 200:
                break
            assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_READY"
            await wait()
        answer = await client.post("/graphql", json={"query": '{ film(slug: "imperia") { title } }'})
        assert answer.json() == {"data": {"film": {"title": "Imperia"}}}


async def wait() -> None:
    import asyncio

    await asyncio.sleep(0.05)
