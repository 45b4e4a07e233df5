"""What pages, exports and streams of errors let through of hostile data: nothing that acts, nothing that tells."""

import csv
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from graph_api.domain.access import Scope
from graph_api.http.tokens import Tokens
from tests.http.conftest import Serve

HOSTILE = "=cmd|'/c calc'!A0"
MARKUP = "<script>alert(1)</script>&\"'<!ENTITY x SYSTEM 'file:///etc/passwd'>]]>"
PATH = "../../etc/passwd"
NAMES = (HOSTILE, "+1", "-1", "@SUM(1)", MARKUP, PATH)
FILM = """mutation($input: ChangeSetInput!) { applyChanges(input: $input) { applied errors { path message } } }"""


@pytest.fixture
async def client(serve: Serve, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A service whose data holds what could act elsewhere."""
    path = tmp_path / "tokens.db"
    _, token = Tokens(path).create("ed", Scope.WRITE, None)
    async with serve(tokens=str(path)) as found:
        source = {"ref": "s", "title": MARKUP, "kind": "article"}
        cited = [{"source": "ref:s", "locator": "1"}]
        entities = [{"ref": "film", "kind": "FILM", "slug": "hostile", "name": MARKUP, "citations": cited}]
        entities += [
            {"ref": f"p{n}", "kind": "PERSON", "slug": f"hostile-{n}", "name": name, "citations": cited}
            for n, name in enumerate(NAMES)
        ]
        worked = [
            {"type": "CREDITED_ON", "from": f"ref:p{n}", "to": "ref:film", "properties": {"role": "WRITER"},
             "citations": cited} for n in range(len(NAMES))
        ]  # fmt: skip
        wanted = {"sources": [source], "entities": entities, "relationships": worked}
        answer = await found.post(
            "/graphql",
            json={"query": FILM, "variables": {"input": wanted}},
            headers={"authorization": f"Bearer {token}"},
        )
        assert answer.json()["data"]["applyChanges"] == {"applied": True, "errors": []}
        yield found


async def test_csv_exports_hold_no_formulas(client: httpx.AsyncClient) -> None:
    answer = await client.get("/export/collaboration.zip")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert all(re.fullmatch(r"[a-z_.]+", name) for name in archive.namelist())
        cells = [
            cell
            for name in archive.namelist()
            if name.endswith(".csv")
            for row in csv.reader(io.StringIO(archive.read(name).decode()))
            for cell in row
        ]
    assert f"'{HOSTILE}" in cells
    assert "'@SUM(1)" in cells
    assert not [c for c in cells if c.startswith(("=", "@", "+", "\t", "\r")) or re.match(r"-(?![\d.]+$)", c)]


@pytest.mark.parametrize("ending", ["graphml", "gexf"])
async def test_xml_exports_escape(client: httpx.AsyncClient, ending: str) -> None:
    text = (await client.get(f"/export/collaboration.{ending}")).text
    assert "&lt;script&gt;" in text
    assert "<script" not in text
    assert "<!ENTITY" not in text
    assert "<!DOCTYPE" not in text


async def test_file_names_and_addresses_touch_no_paths(client: httpx.AsyncClient) -> None:
    for path in (
        "/static/../../../settings.py",
        "/static/%2e%2e/%2e%2e/settings.py",
        "/static/..%2f..%2fsettings.py",
        "/static/%00",
        "/static//etc/passwd",
        "/export/..%2f..%2fetc%2fpasswd",
        "/export/collaboration.graphml%00.json",
        "/export/%2e%2e.json",
        "/static/.stamp",
    ):
        answer = await client.get(path)
        assert answer.status_code in (400, 404), path
        assert "root:" not in answer.text
    answer = await client.get("/export/collaboration.json")
    assert answer.headers["content-disposition"] == 'attachment; filename="collaboration.json"'


async def test_every_answer_has_a_policy_that_lets_nothing_in(client: httpx.AsyncClient) -> None:
    for path in ("/", "/graphql", "/schema.graphql", "/healthz", "/nowhere", "/static/favicon.svg",
                 "/export/collaboration.json", "/graphql?query={graph{hash}}"):  # fmt: skip
        answer = await client.get(path, headers={"accept": "text/html,*/*"})
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy, path
        assert "base-uri 'none'" in policy, path
        assert re.search(r"default-src '(none|self)'", policy), path
        assert "unsafe-eval" not in policy
        assert not re.search(r"script-src[^;]*unsafe-inline", policy)
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_nobody_foresaw_tells_nothing_over_any_protocol(toy_client: httpx.AsyncClient) -> None:
    for accept in ("application/json", "text/event-stream"):
        answer = await toy_client.post("/graphql", json={"query": "{ broken }"}, headers={"accept": accept})
        assert "hunter2" not in answer.text
        assert "RuntimeError" not in answer.text
        assert '"INTERNAL"' in answer.text


async def test_a_token_that_has_expired_is_refused_end_to_end(serve: Serve, tmp_path: Path) -> None:
    tokens = Tokens(tmp_path / "tokens.db")
    _, old = tokens.create("old", Scope.WRITE, timedelta(seconds=-1))
    _, new = tokens.create("new", Scope.WRITE, timedelta(days=1))
    add = {"query": 'mutation { addSource(title: "x", kind: "article") { slug } }'}
    async with serve(tokens=str(tmp_path / "tokens.db")) as client:
        for accept in ("application/json", "text/event-stream"):
            headers = {"authorization": f"Bearer {old}", "accept": accept}
            answer = await client.post("/graphql", json=add, headers=headers)
            assert answer.status_code == 401
            (error,) = json.loads(answer.text)["errors"]
            assert error["extensions"]["code"] == "UNAUTHENTICATED"
            assert "expired" in error["message"]
            assert old not in answer.text
        answer = await client.post("/graphql", json=add, headers={"authorization": f"Bearer {new}"})
        assert answer.json() == {"data": {"addSource": {"slug": "x"}}}
