"""Trusted documents: named by their sha256 in every way clients do, and alone where a setting says so."""

import json
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from graph_api.errors import BadInput
from graph_api.http.trusted import TrustedDocuments
from graph_api.settings import Settings
from tests.http.conftest import Serve

HELLO = "query Greeting($name: String!) { hello(name: $name) }"
TOUCH = "mutation Touch { touch }"
UNKNOWN = "0" * 64


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "documents"
    (found / "inside").mkdir(parents=True)
    (found / "hello.graphql").write_text(HELLO + "\n")
    (found / "inside" / "manifest.json").write_text(json.dumps({digest(TOUCH): TOUCH}))
    (found / "README.md").write_text("no document")
    return found


def code(answer: httpx.Response) -> str:
    (error,) = answer.json()["errors"]
    assert "data" not in answer.json()
    return str(error["extensions"]["code"])


@pytest.mark.parametrize("text", [HELLO, HELLO + "\n"], ids=["as clients embed it", "as the file has it"])
async def test_a_document_is_named_by_its_hash(serve_toy: Serve, folder: Path, text: str) -> None:
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": digest(text)}}
    bodies: list[dict[str, object]] = [
        {"documentId": f"sha256:{digest(text)}"},
        {"extensions": persisted},
        {"query": None, "extensions": persisted},
        {"query": text, "extensions": persisted},
    ]
    async with serve_toy(documents=str(folder)) as client:
        for body in bodies:
            answer = await client.post("/graphql", json={**body, "variables": {"name": "Ada"}})
            assert (answer.status_code, answer.json()) == (200, {"data": {"hello": "hello Ada"}})
        params = {"documentId": f"sha256:{digest(text)}", "variables": '{"name": "Ø"}'}
        assert (await client.get("/graphql", params=params)).json() == {"data": {"hello": "hello Ø"}}
        params = {"extensions": json.dumps(persisted), "variables": '{"name": "Ø"}'}
        browser = {"accept": "text/html"}
        assert (await client.get("/graphql", params=params, headers=browser)).json() == {"data": {"hello": "hello Ø"}}
        assert (await client.post("/graphql", json={"query": "{ number(n: 1) }"})).json() == {"data": {"number": 1}}


async def test_a_mutation_is_not_sent_by_get_under_its_hash_either(serve_toy: Serve, folder: Path) -> None:
    async with serve_toy(documents=str(folder)) as client:
        named = {"documentId": f"sha256:{digest(TOUCH)}"}
        answer = await client.get("/graphql", params=named)
        assert (answer.status_code, code(answer)) == (405, "METHOD_NOT_ALLOWED")
        assert (await client.post("/graphql", json=named)).json() == {"data": {"touch": "touched"}}


@pytest.mark.parametrize(("body", "status", "told"), [
    ({"documentId": f"sha256:{UNKNOWN}"}, 404, "PERSISTED_QUERY_NOT_FOUND"),
    ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": UNKNOWN}}}, 404, "PERSISTED_QUERY_NOT_FOUND"),
    ({"documentId": "../../etc/passwd"}, 404, "PERSISTED_QUERY_NOT_FOUND"),
    ({"documentId": "x-own:1"}, 404, "PERSISTED_QUERY_NOT_FOUND"),
    ({"documentId": f"sha256:{UNKNOWN}a"}, 404, "PERSISTED_QUERY_NOT_FOUND"),
    ({"documentId": 1}, 400, "BAD_INPUT"),
    ({"extensions": {"persistedQuery": UNKNOWN}}, 400, "BAD_INPUT"),
    ({"query": "{ hello }", "documentId": f"sha256:{UNKNOWN}"}, 400, "PERSISTED_QUERY_MISMATCH"),
    ({"query": ""}, 400, "BAD_INPUT"),
])  # fmt: skip
async def test_what_is_not_there_has_its_code(
    serve_toy: Serve, folder: Path, body: dict[str, object], status: int, told: str
) -> None:
    async with serve_toy(documents=str(folder)) as client:
        answer = await client.post("/graphql", json=body)
        assert (answer.status_code, code(answer)) == (status, told)
        assert answer.headers["cache-control"] == "no-store"


async def test_nothing_is_registered_by_sending_it(serve_toy: Serve, folder: Path) -> None:
    own = "{ number(n: 7) }"
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": digest(own)}}
    async with serve_toy(documents=str(folder)) as client:
        assert (await client.post("/graphql", json={"query": own, "extensions": persisted})).status_code == 200
        assert code(await client.post("/graphql", json={"extensions": persisted})) == "PERSISTED_QUERY_NOT_FOUND"


async def test_without_a_folder_clients_are_told_to_send_no_more_hashes(toy_client: httpx.AsyncClient) -> None:
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": digest(HELLO)}}
    answer = await toy_client.post("/graphql", json={"extensions": persisted})
    assert (answer.status_code, code(answer)) == (400, "PERSISTED_QUERY_NOT_SUPPORTED")
    answer = await toy_client.post(
        "/graphql", json={"query": HELLO, "variables": {"name": "x"}, "extensions": persisted}
    )
    assert answer.json() == {"data": {"hello": "hello x"}}


async def test_trusted_documents_alone(serve_toy: Serve, folder: Path) -> None:
    async with serve_toy(documents=str(folder), documents_only=True) as client:
        assert "/graphql?query=" not in (await client.get("/")).text
        variables = {"name": "x"}
        for body in ({"query": HELLO}, {"documentId": f"sha256:{digest(HELLO)}"}):
            answer = await client.post("/graphql", json={**body, "variables": variables})
            assert answer.json() == {"data": {"hello": "hello x"}}
        for query in ("{ hello }", HELLO + " ", "{ __schema { types { name } } }", "{"):
            answer = await client.post("/graphql", json={"query": query})
            assert (answer.status_code, code(answer)) == (403, "PERSISTED_QUERY_REQUIRED")
        stream = {"accept": "text/event-stream"}
        answer = await client.post("/graphql", json={"query": "{ hello }"}, headers=stream)
        assert "PERSISTED_QUERY_REQUIRED" in answer.text
        answer = await client.post("/graphql", json={"query": HELLO, "variables": variables}, headers=stream)
        assert '"hello":"hello x"' in answer.text


@pytest.mark.parametrize(("name", "text", "says"), [
    ("bad.json", "{", "is not JSON"),
    ("bad.json", "[]", "must map hashes to documents"),
    ("bad.json", '{"sha256:00": "{ hello }"}', "is not the sha256 of its document"),
    ("bad.graphql", "\udcff", "is not UTF-8"),
])  # fmt: skip
def test_a_folder_that_cannot_be_used_stops_the_start(folder: Path, name: str, text: str, says: str) -> None:
    (folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadInput, match=says):
        TrustedDocuments.read(Settings(documents=str(folder)))


def test_settings_that_do_not_fit_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is no folder"):
        TrustedDocuments.read(Settings(documents=str(tmp_path / "none")))
    with pytest.raises(BadInput, match="FILMGRAPH_DOCUMENTS"):
        TrustedDocuments.read(Settings(documents_only=True))
