"""Down the page of limits, on a real server: each row is tried with the worst that can be sent against it.

Each answer must come soon and leave the memory as it was; what it took is kept in the report
(`pytest --junit-xml`), as properties of each test.
"""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.http.test_server import running
from tests.http.test_sockets import memory_of, wait

pytestmark = pytest.mark.slow
Request = tuple[str | bytes, int, str]
"""A body, the status it must have, and the code."""

CHAIN = " ".join(f"fragment F{n} on Query{{...F{n + 1} ...F{n + 1}}}" for n in range(190))
PAGES = "films(first:100){nodes{credits(first:100){nodes{person{films(first:100){nodes{id}}}}}}}"


def asked(query: str, **variables: object) -> str:
    return json.dumps({"query": query, "variables": variables})


def deep(levels: int) -> str:
    return '{"query":"{graph{hash}}","variables":{"v":' + "[" * levels + "]" * levels + "}}"


HOSTILE: dict[str, Callable[[], Request]] = {
    "body": lambda: (asked("{graph{hash}}", v="x" * 2_000_000), 413, "BODY_TOO_LARGE"),
    "body of blanks": lambda: (b'{"query":"{graph{hash}}"}' + b" " * 9_000_000, 413, "BODY_TOO_LARGE"),
    "characters": lambda: (asked("{graph{hash}}" + " " * 1_900_000), 400, "DOCUMENT_TOO_LONG"),
    "tokens": lambda: (asked("{" + "a " * 7_000 + "}"), 400, "TOO_MANY_TOKENS"),
    "comments": lambda: (asked("{graph{hash}}" + "#\n" * 7_000), 400, "TOO_MANY_TOKENS"),
    "block strings": lambda: (asked('{film(slug:"""' + "\n" * 14_000 + '"""){id}}'), 200, "NOT_FOUND"),
    "unclosed braces": lambda: (asked("{a" * 990), 400, "TOO_DEEP"),
    "unclosed lists": lambda: (asked("{films(first:" + "[" * 1_900), 400, "TOO_DEEP"),
    "depth": lambda: (asked("{graph" + "{a" * 13 + "}" * 14), 400, "TOO_DEEP"),
    "fields": lambda: (asked("{" + "graph{hash}" * 480 + "}"), 400, "TOO_MANY_FIELDS"),
    "fields of a fragment nobody spreads": lambda: (
        asked("{graph{hash}}fragment F on Query{" + "graph{hash}" * 470 + "}"), 400, "TOO_MANY_FIELDS"),
    "aliases": lambda: (asked("{" + "".join(f"a{n}:graph{{hash}}" for n in range(300)) + "}"), 400, "TOO_MANY_ALIASES"),
    "directives": lambda: (asked("{graph" + "@skip(if:false)" * 280 + "{hash}}"), 400, "TOO_MANY_DIRECTIVES"),
    "operations": lambda: (
        asked("".join(f"query Q{n}{{graph{{hash}}}}" for n in range(240))), 400, "TOO_MANY_OPERATIONS"),
    "doubly spread fragments": lambda: (
        asked("{...F0}" + CHAIN + "fragment F190 on Query{graph{hash}}"), 400, "TOO_MANY_FIELDS"),
    "circles of fragments": lambda: (
        asked("{...F0}" + "".join(f"fragment F{n} on Query{{...F{(n + 1) % 180} ...F{(n + 7) % 180}}}"
                                  for n in range(180))), 400, "GRAPHQL_VALIDATION"),
    "cost": lambda: (asked("{" + PAGES + "}"), 400, "TOO_COSTLY"),
    "cost by variables": lambda: (
        asked("query($n:Int){" + PAGES.replace("100", "$n") + "}", n=10**12), 400, "TOO_COSTLY"),
    "nodes": lambda: (
        asked('{film(slug:"a"){' + "characters{films{" * 2 + "characters{id}" + "}}" * 2 + "}}"), 400,
        "TOO_MANY_NODES"),
    "page size": lambda: (asked("{films(first:1000000){totalCount}}"), 400, "BAD_PAGE"),
    "first and last": lambda: (asked("{films(first:1,last:1){totalCount}}"), 400, "BAD_PAGE"),
    "lists in variables": lambda: (asked("{graph{hash}}", v=[0] * 600_000), 400, "VARIABLES_TOO_LARGE"),
    "keys in variables": lambda: (
        asked("{graph{hash}}", v=dict.fromkeys(map(str, range(100_000)))), 400, "VARIABLES_TOO_LARGE"),
    "texts in variables": lambda: (asked("{graph{hash}}", v="\u00e9" * 300_000), 400, "VARIABLES_TOO_LARGE"),
    "levels in variables": lambda: (deep(900), 400, "VARIABLES_TOO_LARGE"),
    "levels no reader takes": lambda: (deep(900_000), 400, "VARIABLES_TOO_LARGE"),
    "levels in extensions": lambda: (deep(900).replace("variables", "extensions"), 400, "VARIABLES_TOO_LARGE"),
    "levels in what nobody reads": lambda: (deep(33).replace("variables", "elsewhere"), 400, "VARIABLES_TOO_LARGE"),
    "levels of objects": lambda: (deep(333_000).replace("[", '{"":').replace("]", "}"), 400, "VARIABLES_TOO_LARGE"),
    "brackets that open": lambda: (b"[" * 1_999_999, 400, "VARIABLES_TOO_LARGE"),
    "brackets in pairs": lambda: (b"[" + b"[]," * 660_000 + b"[]]", 400, "BAD_INPUT"),
    "quotation marks": lambda: (b'"' * 1_999_999, 400, "BAD_JSON"),
    "backslashes": lambda: (b'{"[[' + b"\\" * 1_999_990, 400, "BAD_JSON"),
    "brackets and quotation marks": lambda: (b'[]"' * 660_000, 400, "BAD_JSON"),
    "numbers": lambda: (
        asked("query($n:Int){films(first:$n){totalCount}}", n=7).replace("7", "9" * 100_000), 400, "BAD_JSON"),
    "errors": lambda: (asked("{" + " ".join(f"f{n}" for n in range(390)) + "}"), 400, "GRAPHQL_VALIDATION"),
    "arguments": lambda: (
        asked("{films(" + " ".join(f"f{n}:1" for n in range(600)) + "){totalCount}}"), 400, "GRAPHQL_VALIDATION"),
    "batches": lambda: (b"[" + b'{"query":"{graph{hash}}"},' * 70_000 + b"{}]", 400, "BAD_INPUT"),
    "filters": lambda: (
        asked("query($f:FilmFilter){films(filter:$f){totalCount}}",
              f={"or": [{"year": {"gte": n}} for n in range(999)]}), 200, "BAD_INPUT"),
    "estimate of an analysis": lambda: (
        asked("{centrality(measure:BETWEENNESS,parameters:{nonsense:1}){run{id}}}"), 200, "BAD_INPUT"),
}  # fmt: skip


@pytest.fixture(scope="module")
def server(loaded: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    with running(loaded) as (process, address):
        wait(address)
        with httpx.Client(base_url=address, timeout=30) as client:
            client.post("/graphql", json={"query": "{graph{hash}}"})
            yield process, client


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_over_a_limit_is_refused_soon(
    server: tuple[subprocess.Popen[str], httpx.Client], name: str, record_property: Callable[[str, object], None]
) -> None:
    process, client = server
    content, status, code = HOSTILE[name]()
    before = memory_of(process)
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        try:
            answer = client.post("/graphql", content=content, headers={"content-type": "application/json"})
        except httpx.TransportError:  # refused by what it announces, with most of it unsent
            assert status == 413
            continue
        seconds.append(time.perf_counter() - begin)
        body: dict[str, Any] = answer.json()
        assert (answer.status_code, body["errors"][0]["extensions"]["code"]) == (status, code)
        assert len(body["errors"]) <= 9
        assert len(answer.content) < 20_000
    grown = (memory_of(process) - before) / 1e6
    record_property("milliseconds", round(min(seconds, default=0) * 1000, 1))
    record_property("megabytes", round(grown, 1))
    print(f"{name:40} {min(seconds, default=0) * 1000:8.1f} ms {grown:8.1f} MB  {code}")
    assert min(seconds, default=0) < 1.5
    assert grown < 40
    assert client.post("/graphql", json={"query": "{graph{revision}}"}).status_code == 200
