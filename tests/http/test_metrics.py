"""What Prometheus is told: read back by its own parser, of one process and of several."""

import asyncio
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from graph_api.app import create_app
from graph_api.domain.access import Scope
from graph_api.domain.paging import Page, Pages
from graph_api.errors import BadId
from graph_api.http.tokens import Tokens
from graph_api.metrics import Metrics
from graph_api.settings import Settings
from graph_api.store.factory import open_store
from graph_api.store.observed import observed, rows_of
from tests.http.conftest import Serve
from tests.http.test_workers import children, until, workers

FILM = {"query": 'query Film { film(slug: "imperia") { title credits(first: 2) { nodes { role } } } }'}


def read(answer: httpx.Response) -> dict[str, float]:
    """Values by name and labels, such as `filmgraph_operations_total{code=OK,operation=Film}`."""
    assert answer.status_code == 200, answer.text
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


async def test_requests_calls_rows_and_caches_are_counted(serve: Serve) -> None:
    async with serve(metrics="local") as client:
        for _ in range(3):
            assert (await client.post("/graphql", json=FILM)).json()["data"]["film"]["title"] == "Imperia"
        await client.post("/graphql", json={"query": '{ film(slug: "nothing") { title } }'})
        await client.post("/graphql", json={"query": "{ nothing }"})
        await client.post("/graphql", content=b"{", headers={"content-type": "application/json"})
        stream = {"accept": "text/event-stream"}
        await client.post("/graphql", json=FILM, headers=stream)
        await client.get("/nowhere")
        answer = await client.get("/metrics")
        assert "_created" not in answer.text
        assert answer.headers["content-type"].startswith("text/plain; version=")
        found = read(answer)
    assert found["filmgraph_operations_total{code=OK,operation=Film}"] == 4
    assert found["filmgraph_operations_total{code=NOT_FOUND,operation=none}"] == 1
    assert found["filmgraph_operations_total{code=GRAPHQL_VALIDATION,operation=none}"] == 1
    assert found["filmgraph_operations_total{code=BAD_JSON,operation=none}"] == 1
    assert found["filmgraph_operation_seconds_count{operation=Film}"] == 4
    assert 0 < found["filmgraph_operation_seconds_sum{operation=Film}"] < 10
    assert found["filmgraph_operation_cost_count"] == 5
    assert found["filmgraph_http_responses_total{route=/graphql,status=200}"] == 5
    assert found["filmgraph_http_responses_total{route=other,status=404}"] == 1
    assert found["filmgraph_store_call_seconds_count{call=entities_by_slug}"] == 5
    assert found["filmgraph_store_rows_total{call=hops}"] == 8
    assert found["filmgraph_documents"] == 2
    assert (found["filmgraph_document_hits_total"], found["filmgraph_document_misses_total"]) == (3, 3)
    assert found["filmgraph_store_connections"] == 4
    assert 0 <= found["filmgraph_store_connections_busy"] <= 4
    assert found["process_resident_memory_bytes"] > 1e7


async def test_how_much_waits_is_told(database: Path) -> None:
    app = create_app(Settings(database=str(database), metrics="local"))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            _, analyses = app.state.service.ready_graph()
            lane = analyses._jobs._long
            async with lane._turn("ada", lambda: None), asyncio.TaskGroup() as tasks:

                async def wait() -> None:
                    async with lane._turn("bo", lambda: None):
                        pass

                waiting = tasks.create_task(wait())
                await asyncio.sleep(0.05)
                found = read(await client.get("/metrics"))
                assert (found["filmgraph_analyses_running"], found["filmgraph_analyses_waiting"]) == (1, 1)
                waiting.cancel()
            found = read(await client.get("/metrics"))
            assert (found["filmgraph_analyses_running"], found["filmgraph_analyses_waiting"]) == (0, 0)
            query = "{ centrality(measure: DEGREE) { scores(first: 1) { nodes { score } } } }"
            for _ in range(2):
                answer = await client.post("/graphql", json={"query": query})
                assert "errors" not in answer.json(), answer.text
            found = read(await client.get("/metrics"))
            assert found["filmgraph_cache_hits_total"] >= 1
            assert found["filmgraph_cache_bytes"] > 0


async def test_names_that_anybody_may_choose_are_bounded(serve_toy: Serve) -> None:
    async with serve_toy(metrics="local", client_rate=0) as client:
        for number in range(110):
            await client.post("/graphql", json={"query": f"query N{number} {{ hello }}"})
        found = read(await client.get("/metrics"))
    names = [name for name in found if name.startswith("filmgraph_operations_total")]
    assert len(names) == 101
    assert found["filmgraph_operations_total{code=OK,operation=other}"] == 10


async def test_with_trusted_documents_only_their_names_are_told_apart(serve_toy: Serve, tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.graphql").write_text("query Mine { hello }")
    async with serve_toy(metrics="local", documents=str(tmp_path / "documents")) as client:
        for query in ("query Mine { hello }", "query Mine { hello hello }", "query Theirs { hello }"):
            await client.post("/graphql", json={"query": query})
        found = read(await client.get("/metrics"))
    assert found["filmgraph_operations_total{code=OK,operation=Mine}"] == 1
    assert found["filmgraph_operations_total{code=OK,operation=other}"] == 2


async def test_who_may_read_them(serve_toy: Serve, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.db"
    _, text = Tokens(tokens).create("prometheus", Scope.READ, None)
    mine = {"authorization": f"Bearer {text}"}
    async with serve_toy() as client:
        assert (await client.get("/metrics")).status_code == 404
    for host, headers, local, everybody in (
        ("127.0.0.1", {}, 200, 200),
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.9"}, 403, 200),
        ("203.0.113.9", {}, 403, 200),
        ("203.0.113.9", mine, 200, 200),
        ("203.0.113.9", {"authorization": "Bearer fg_x_y"}, 401, 401),
    ):
        for setting, status in (("local", local), ("open", everybody)):
            assert await asked(tokens, setting, host, headers) == status, (host, setting)


async def asked(tokens: Path, setting: str, host: str, headers: Mapping[str, str]) -> int:
    settings = Settings(database=str(tokens.with_name("graph.db")), tokens=str(tokens), metrics=setting)
    app = create_app(settings, loads=False)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, client=(host, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return (await client.get("/metrics", headers=headers)).status_code


def test_rows_are_counted_without_being_made() -> None:
    page = Page(["a", "b"], [], has_next=False, has_previous=False)
    assert rows_of(page) == 2
    assert rows_of([page, page]) == 4
    assert rows_of(Pages("abc", [], [2, 1], [False] * 2, [False] * 2, [None] * 2)) == 3
    assert rows_of([["a"], [], ["b", "c"]]) == 3
    assert rows_of(["a", None]) == 2
    assert rows_of({"id": ["a", "b"], "name": ["x", "y"]}) == 2
    others: list[object] = [None, 7, "text", []]
    assert [rows_of(each) for each in others] == [0, 0, 0, 0]


@pytest.mark.slow
def test_workers_are_added_up_and_the_dead_left_out(database: Path) -> None:
    with workers(database, metrics="local", log_level="error") as (process, address):

        def told() -> dict[str, float]:
            return read(httpx.get(f"{address}/metrics"))

        for _ in range(40):
            assert httpx.post(f"{address}/graphql", json=FILM).status_code == 200
        assert told()["filmgraph_operations_total{code=OK,operation=Film}"] == 40
        assert until(lambda: told()["filmgraph_store_connections"] == 8)
        os.kill(children(process)[0], signal.SIGKILL)
        time.sleep(0.5)
        assert until(lambda: len(children(process)) == 2 and told()["filmgraph_store_connections"] == 8)
        assert told()["filmgraph_operations_total{code=OK,operation=Film}"] == 40
        process.terminate()
        assert process.wait(30) == 0


async def test_calls_that_fail_are_counted_by_code(database: Path) -> None:
    metrics = Metrics()
    store = await open_store(str(database))
    told = observed(store, metrics, is_traced=False)
    assert observed(store, None, is_traced=False) is store
    with pytest.raises(BadId):
        await told.entities(["nonsense"])
    assert await told.revision() == 1
    await told.close()
    text = metrics.exposition("")[0].decode()
    assert 'filmgraph_store_failures_total{call="entities",code="BAD_ID"} 1.0' in text
    assert 'filmgraph_store_call_seconds_count{call="revision"} 1.0' in text
    assert 'filmgraph_store_call_seconds_count{call="entities"}' not in text
