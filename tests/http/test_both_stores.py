"""The researcher's questions and the examples of the query page: equal answers on both stores, byte for byte."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from graph_api.app import create_app
from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import entity_id
from graph_api.http.example_queries import examples
from graph_api.settings import Settings
from tests.builtin import holding_builtin
from tests.http.test_metrics import read

_FOLDER = Path(__file__).parents[1] / "schema/questions"
_VARIABLES: dict[str, dict[str, str]] = {
    "how-the-share-of-ai-films-changed": {"festival": "short-shorts-film-festival-asia"},
    "what-a-tool-was-used-for": {"tool": "kling-ai"},
    "what-else-was-shown-there": {"film": "dragon-gate"},
    "what-was-said-about-a-topic": {"topic": "copyright"},
    "which-films-an-edition-honoured": {"edition": "world-ai-film-festival-2025"},
    "which-numbers-about-a-platform": {"platform": "kling-ai"},
    "which-speakers-had-a-film-shown": {"event": "the-future-of-filmmaking-with-ai"},
    "who-connects-two-people": {
        "from": entity_id(Kind.PERSON, "tim-yip"),
        "to": entity_id(Kind.PERSON, "marcel-barsotti"),
    },
    "who-spells-a-title-differently": {"film": "imperia"},
}
QUESTIONS = {path.stem: path.read_text("utf-8") for path in sorted(_FOLDER.glob("*.graphql"))}
ASKED = [(f"question {name}", text, _VARIABLES.get(name, {})) for name, text in QUESTIONS.items()]
ASKED += [(f"example {example.name}", example.query, dict(example.variables)) for example in examples()]

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]


@pytest.fixture
async def both(loaded: Path, neo4j_url: str) -> AsyncIterator[list[httpx.AsyncClient]]:
    """A client of a service on each store."""
    await holding_builtin(neo4j_url)
    async with AsyncExitStack() as stack:
        clients = []
        for database in (str(loaded), neo4j_url):
            app = create_app(Settings(database=database, request_deadline=60, metrics="local"))
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://localhost")
            clients.append(await stack.enter_async_context(client))
        yield clients


async def test_answers_are_equal_byte_for_byte(both: list[httpx.AsyncClient]) -> None:
    assert set(_VARIABLES) <= set(QUESTIONS)
    for name, text, variables in ASKED:
        one, other = [await client.post("/graphql", json={"query": text, "variables": variables}) for client in both]
        assert one.status_code == other.status_code == 200, name
        assert b'"errors"' not in one.content, (name, one.text)
        assert one.content == other.content, (name, other.text[:300])


@pytest.mark.parametrize("ending", ["graphml", "gexf", "net", "json", "zip"])
async def test_exports_are_equal_byte_for_byte(both: list[httpx.AsyncClient], ending: str) -> None:
    for projection in ("collaboration", "person_film", "everything"):
        one, other = [await client.get(f"/export/{projection}.{ending}") for client in both]
        assert one.status_code == other.status_code == 200
        assert one.content == other.content


async def test_tags_hold_until_the_graph_changes_and_calls_are_counted(both: list[httpx.AsyncClient]) -> None:
    params = {"query": 'query Film { film(slug: "imperia") { title credits(first: 2) { nodes { role } } } }'}
    for client in both:
        first = await client.get("/graphql", params=params)
        assert first.json()["data"]["film"]["title"] == "Imperia"
        known = {"if-none-match": first.headers["etag"]}
        before = read(await client.get("/metrics"))
        assert (await client.get("/graphql", params=params, headers=known)).status_code == 304
        after = read(await client.get("/metrics"))
        calls = "filmgraph_store_call_seconds_count{call=entities_by_slug}"
        assert before[calls] == after[calls] > 0
        assert after["filmgraph_store_rows_total{call=hops}"] >= 2
        assert after["filmgraph_store_connections"] >= 4
        assert 0 <= after["filmgraph_store_connections_busy"] <= after["filmgraph_store_connections"]
