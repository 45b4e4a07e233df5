import io
import json
import logging
from collections.abc import Iterator
from hashlib import sha256

import httpx
import pytest

from graph_api.observability import log, one_line, request_id, set_up_logging
from tests.http.conftest import Serve


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = list(root.handlers), root.level
    stream = io.StringIO()
    yield stream
    root.handlers[:], root.level = before


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\u2028b", "a\x85b", "a\x1b[2Kb", "a\x00b", "a\x0bb", "a\u202eb"])
@pytest.mark.parametrize("style", ["text", "json"])
def test_nothing_that_comes_from_outside_makes_a_second_line(lines: io.StringIO, style: str, text: str) -> None:
    set_up_logging("info", style, lines)
    log(logging.INFO, f"event {text}", path=f"/{text}", error=RuntimeError(text))
    written = lines.getvalue()
    assert written.endswith("\n")
    assert written.removesuffix("\n").isprintable()
    assert len(written.splitlines()) == 1


def test_names_in_any_script_stay_readable() -> None:
    assert one_line("グランマレヴィト C·one ø") == "グランマレヴィト C·one ø"


def test_json_lines_hold_the_fields(lines: io.StringIO) -> None:
    set_up_logging("info", "json", lines)
    token = request_id.set("abc")
    log(logging.INFO, "request", status=200, ms=1.5, operation=None)
    request_id.reset(token)
    found = json.loads(lines.getvalue())
    assert found["time"].endswith("Z")
    assert {name: found[name] for name in found if name != "time"} == {
        "level": "info",
        "event": "request",
        "status": 200,
        "ms": 1.5,
        "request_id": "abc",
    }


def test_a_quoted_value_cannot_add_a_field(lines: io.StringIO) -> None:
    set_up_logging("info", "text", lines)
    log(logging.INFO, "request", path='/x" status=200 "')
    assert lines.getvalue().rstrip().endswith("""path="/x' status=200 '\"""")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_auto_is_colours_on_a_terminal_and_json_in_a_pipe(lines: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up_logging("info", "auto", lines)
    log(logging.INFO, "request", status=200)
    assert json.loads(lines.getvalue())["status"] == 200
    monkeypatch.delenv("NO_COLOR", raising=False)
    set_up_logging("info", "auto", terminal := Terminal())
    log(logging.WARNING, "request", path="/a\x1b[2Kb")
    assert "\x1b[33mWARNING\x1b[0m" in terminal.getvalue()
    assert terminal.getvalue().count("\x1b") == 6  # ours alone: time, level, and a name
    assert r"/a\x1b[2Kb" in terminal.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    set_up_logging("info", "auto", terminal := Terminal())
    log(logging.WARNING, "request", status=200)
    assert terminal.getvalue().isascii()
    assert "\x1b" not in terminal.getvalue()


def test_lower_levels_are_left_out(lines: io.StringIO) -> None:
    set_up_logging("warning", "text", lines)
    log(logging.INFO, "quiet")
    log(logging.WARNING, "loud")
    assert "loud" in lines.getvalue()
    assert "quiet" not in lines.getvalue()


async def test_one_line_a_request_with_its_id_and_operation(lines: io.StringIO, toy_client: httpx.AsyncClient) -> None:
    set_up_logging("info", "json", lines)
    query = {"query": "query Greeting { hello }"}
    answer = await toy_client.post("/graphql", json=query, headers={"x-request-id": "mine-1"})
    (line,) = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert answer.headers["x-request-id"] == "mine-1"
    assert line["ms"] >= 0
    assert {name: line[name] for name in line if name not in ("time", "ms")} == {
        "level": "info",
        "event": "request",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "request_id": "mine-1",
        "operation": "Greeting",
    }


@pytest.mark.parametrize("sent", ["", "a b", "x" * 65, "a\tb", "é", "a;b"])
async def test_an_unfit_request_id_is_replaced(toy_client: httpx.AsyncClient, sent: str) -> None:
    answer = await toy_client.get("/healthz", headers=[(b"x-request-id", sent.encode())])
    assert len(answer.headers["x-request-id"]) == 16


async def test_a_forged_path_stays_on_its_line(lines: io.StringIO, toy_client: httpx.AsyncClient) -> None:
    set_up_logging("info", "text", lines)
    answer = await toy_client.get("/nothing%0A2026-01-01T00:00:00Z%20INFO%20request%20status=200")
    assert answer.status_code == 404
    (line,) = lines.getvalue().splitlines()
    assert r'path="/nothing\n2026-01-01T00:00:00Z INFO request status=200"' in line


async def test_what_nobody_foresaw_is_told_to_the_log_alone(lines: io.StringIO, serve_toy: Serve) -> None:
    set_up_logging("info", "text", lines)
    async with serve_toy() as client:
        answer = await client.post(
            "/graphql", json={"query": "{ a: broken b: broken }"}, headers={"x-request-id": "r7"}
        )
    first, second = answer.json()["errors"]
    assert first["extensions"] == {"code": "INTERNAL", "retryable": False, "requestId": "r7"}
    assert second["path"] == ["b"]
    assert "hunter2" not in answer.text
    assert "RuntimeError" not in answer.text
    logged = [line for line in lines.getvalue().splitlines() if "unforeseen" in line]
    assert len(logged) == 2
    assert all("hunter2" in line and "request_id=r7" in line for line in logged)
    assert not any(line.startswith("2026-01-01") for line in lines.getvalue().splitlines())


async def test_a_slow_query_is_told_with_the_hash_of_its_document(lines: io.StringIO, serve_toy: Serve) -> None:
    set_up_logging("warning", "json", lines)
    query = 'query Slow($name: String!) {\n  slow(name: $name, seconds: 0.6) # "\x1b[2K\n}'
    async with serve_toy(slow_query_seconds=0.5) as client:
        await client.post("/graphql", json={"query": "{ hello }"})
        await client.post("/graphql", json={"query": query, "variables": {"name": "secret"}})
        accept = {"accept": "text/event-stream"}
        await client.post("/graphql", json={"query": query, "variables": {"name": "secret"}}, headers=accept)
    first, second = map(json.loads, lines.getvalue().splitlines())
    assert "secret" not in lines.getvalue()
    assert "\x1b" not in lines.getvalue()
    for line in (first, second):
        assert (line["event"], line["operation"], line["level"]) == ("slow query", "Slow", "warning")
        assert line["document"] == sha256(query.encode()).hexdigest()
        assert line["ms"] >= 500
        assert line["query"].startswith("query Slow($name: String!) { slow(")


async def test_the_code_of_what_failed_is_in_its_line(lines: io.StringIO, toy_client: httpx.AsyncClient) -> None:
    set_up_logging("info", "json", lines)
    for query in ("{ missing }", "{", "{ hello }"):
        await toy_client.post("/graphql", json={"query": query})
    await toy_client.post("/graphql", content=b"{", headers={"content-type": "application/json"})
    logged = map(json.loads, lines.getvalue().splitlines())
    found = [line.get("code") for line in logged if line["event"] == "request"]  # others may be slow queries
    assert found == ["NOT_FOUND", "GRAPHQL_PARSE", None, "BAD_JSON"]
