"""graphql-transport-ws and SSE on a real server: the protocol's close codes, limits, and a feed that loses nothing."""

import asyncio
import contextlib
import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from graph_api.domain.access import Scope
from graph_api.domain.ids import source_id
from graph_api.domain.records import Source
from graph_api.http.tokens import Tokens
from graph_api.store.factory import open_store
from tests.http.test_server import lines, running
from tests.node.clients import run_script

pytestmark = pytest.mark.slow
CHANGES = "subscription ($since: String) { changes(since: $since) { revision actor created } }"


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path / "tokens.db")


@pytest.fixture
def address(database: Path, tmp_path: Path) -> Iterator[str]:
    settings = {
        "tokens": str(tmp_path / "tokens.db"),
        "connection_init_seconds": "0.5",
        "max_subscriptions": "2",
        "max_body_bytes": "100000",
    }
    with running(database, **settings) as (_, found):
        wait(found)
        yield f"{found}/graphql"


def wait(address: str) -> None:
    for _ in range(200):
        if httpx.get(f"{address}/readyz").status_code == 200:
            return
        threading.Event().wait(0.05)


@contextmanager
def opened(address: str, origin: str | None = None) -> Iterator[ClientConnection]:
    protocol = [Subprotocol("graphql-transport-ws")]
    own = {"Origin": origin} if origin else {}
    with connect(
        address.replace("http", "ws"), subprotocols=protocol, additional_headers=own, compression=None
    ) as socket:
        yield socket


def say(socket: ClientConnection, type_: str, **more: object) -> None:
    socket.send(json.dumps({"type": type_, **more}))


def hear(socket: ClientConnection) -> dict[str, Any]:
    return dict(json.loads(socket.recv(timeout=10)))


@contextmanager
def begun(address: str, payload: dict[str, str] | None = None) -> Iterator[ClientConnection]:
    with opened(address) as socket:
        say(socket, "connection_init", **({"payload": payload} if payload else {}))
        assert hear(socket) == {"type": "connection_ack"}
        yield socket


def ask(socket: ClientConnection, id_: str, query: str, **variables: object) -> None:
    say(socket, "subscribe", id=id_, payload={"query": query, "variables": variables})


def code_of(socket: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed) as caught:
        drain(socket)
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code


def drain(socket: ClientConnection) -> None:
    while True:
        socket.recv(timeout=10)


def change(database: Path, *names: str) -> None:
    """Add sources, one change each, from another process's point of view."""

    async def apply() -> None:
        store = await open_store(str(database))
        for name in names:
            await store.apply([[Source(source_id(name), name, name, "article")]], actor=name)
        await store.close()

    asyncio.run(apply())


def test_queries_and_pings(address: str) -> None:
    with begun(address) as socket:
        say(socket, "ping")
        assert hear(socket) == {"type": "pong"}
        ask(socket, "a", "{ graph { revision } }")
        assert hear(socket) == {"id": "a", "type": "next", "payload": {"data": {"graph": {"revision": "1"}}}}
        assert hear(socket) == {"id": "a", "type": "complete"}


def test_a_trusted_document_is_named_over_a_socket_too(database: Path, tmp_path: Path) -> None:
    query = "{ graph { revision } }"
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "graph.graphql").write_text(query)
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}}
    with running(database, documents=str(tmp_path / "documents"), documents_only="on") as (_, found):
        wait(found)
        with begun(f"{found}/graphql") as socket:
            say(socket, "subscribe", id="a", payload={"extensions": persisted})
            assert hear(socket)["payload"] == {"data": {"graph": {"revision": "1"}}}
            assert hear(socket)["type"] == "complete"
            ask(socket, "b", "{ graph { hash } }")
            (error,) = hear(socket)["payload"]
            assert error["extensions"]["code"] == "PERSISTED_QUERY_REQUIRED"
            for payload in ({"query": 1}, None):
                say(socket, "subscribe", id="c", payload=payload)
                (error,) = hear(socket)["payload"]
                assert error["extensions"]["code"] == "BAD_INPUT"


def test_close_codes(address: str) -> None:
    with opened(address) as socket:
        ask(socket, "a", "{ graph { revision } }")
        assert code_of(socket) == 4401
    with opened(address) as socket:
        assert code_of(socket) == 4408
    with begun(address) as socket:
        say(socket, "connection_init")
        assert code_of(socket) == 4429
    bad_id = '{"type": "subscribe", "id": [], "payload": {"query": "{ graph { revision } }"}}'
    long_type = '{"type": "' + "é" * 200 + '"}'
    for message in ("nonsense", "[]", '{"type": "what"}', '{"no": "type"}', bad_id, long_type):
        with begun(address) as socket:
            socket.send(message)
            assert code_of(socket) == 4400
    for within in ("variables", "extensions", "elsewhere"):
        with begun(address) as socket:
            for levels, type_ in ((31, "next"), (32, None)):
                lists = json.loads("[" * levels + "]" * levels)
                say(socket, "subscribe", id="a", payload={"query": "{ graph { revision } }", within: {"v": lists}})
                if type_:
                    assert [hear(socket)["type"], hear(socket)["type"]] == [type_, "complete"]
            assert code_of(socket) == 4400
    with begun(address) as socket:
        ask(socket, "a", CHANGES)
        ask(socket, "a", CHANGES)
        assert code_of(socket) == 4409
    with opened(address) as socket:
        say(socket, "connection_init", payload={"authorization": "Bearer fg_wrong"})
        assert code_of(socket) == 4403
    with begun(address) as socket:
        socket.send("x" * 200_000)
        assert code_of(socket) == 1009


def test_errors_are_told_as_over_http(address: str) -> None:
    with begun(address) as socket:
        for query, code in (
            ("{ nothing }", "GRAPHQL_VALIDATION"),
            ("{ " + "x " * 2_500 + "}", "TOO_MANY_TOKENS"),
            ('subscription { changes(since: "x") { revision } }', "BAD_INPUT"),
            ('subscription { changes(since: "99") { revision } }', "BAD_INPUT"),
            ('mutation { addSource(title: "x", kind: "y") { id } }', "UNAUTHENTICATED"),
        ):
            ask(socket, "a", query)
            message = hear(socket)
            found = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
            assert [error["extensions"]["code"] for error in found] == [code]
            if message["type"] == "next":
                assert hear(socket)["type"] == "complete"


def test_subscriptions_of_one_connection(address: str) -> None:
    with begun(address) as socket:
        ask(socket, "a", CHANGES)
        ask(socket, "b", CHANGES)
        ask(socket, "c", CHANGES)
        message = hear(socket)
        assert (message["id"], message["type"]) == ("c", "error")
        say(socket, "complete", id="a")
        ask(socket, "d", "{ graph { revision } }")
        assert hear(socket)["id"] == "d"


def test_who_reads_too_slowly_is_dropped(database: Path) -> None:
    with running(database, slow_reader_seconds="0.5", max_subscriptions="1000") as (process, found):
        wait(found)
        with begun(f"{found}/graphql") as socket:
            begin = memory_of(process)
            for number in range(150):  # each is told of all that the first load made: some 230 kB
                ask(socket, str(number), CHANGES, since="0")
            time.sleep(4)
            assert code_of(socket) == 1013  # behind what was on its way
        assert httpx.get(f"{found}/readyz").status_code == 200
        assert memory_of(process) - begin < 200_000_000


def test_who_reads_nothing_at_all_is_cut_off(database: Path) -> None:
    with running(database, slow_reader_seconds="0.5", max_subscriptions="1000") as (_, found):
        wait(found)
        with begun(f"{found}/graphql") as socket:
            for number in range(150):
                ask(socket, str(number), CHANGES, since="0")
            time.sleep(14)
            with pytest.raises(ConnectionClosed) as caught:
                drain(socket)
            assert caught.value.rcvd is None  # uvicorn gives 10 s for the closing handshake


def memory_of(process: subprocess.Popen[str]) -> int:
    """The resident memory of a process, in bytes; 0 where that can't be read."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * 4096
    return 0


def test_a_page_of_another_origin_gets_no_socket(address: str) -> None:
    with pytest.raises(InvalidStatus) as caught, opened(address, "https://evil.example"):
        pass
    assert caught.value.response.status_code == 403
    with opened(address, address.removesuffix("/graphql")) as socket:
        say(socket, "connection_init")
        assert hear(socket) == {"type": "connection_ack"}


def test_no_more_sockets_than_may_be_at_once(database: Path) -> None:
    with running(database, max_concurrent="3") as (_, found):
        wait(found)
        with begun(f"{found}/graphql"), begun(f"{found}/graphql"), begun(f"{found}/graphql"):
            with pytest.raises(InvalidStatus) as caught, opened(f"{found}/graphql"):
                pass
            assert caught.value.response.status_code == 503
            assert b'"OVERLOADED"' in (caught.value.response.body or b"")
            assert httpx.post(f"{found}/graphql", json={"query": "{ graph { revision } }"}).status_code == 503
            assert httpx.get(f"{found}/readyz").status_code == 200
        for _ in range(100):
            if httpx.post(f"{found}/graphql", json={"query": "{ graph { revision } }"}).status_code == 200:
                break
            time.sleep(0.05)
        with begun(f"{found}/graphql"):
            pass


def test_refusals_are_no_errors_in_the_log(database: Path) -> None:
    with running(database, max_concurrent="1", log_format="json", log_level="warning") as (process, found):
        wait(found)
        with begun(f"{found}/graphql"):
            for _ in range(3):
                with pytest.raises(InvalidStatus), opened(f"{found}/graphql"):
                    pass
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    assert [line for line in lines(err) if line["level"] == "error"] == []


def test_what_nobody_foresaw_tells_nothing(database: Path) -> None:
    with running(database, "toy") as (_, found):
        wait(found)
        with begun(f"{found}/graphql") as socket:
            ask(socket, "a", "{ broken }")
            message = hear(socket)
            assert "hunter2" not in json.dumps(message)
            (error,) = message["payload"]["errors"]
            assert error["extensions"]["code"] == "INTERNAL"


def test_a_token_in_the_connection(address: str, tokens: Tokens) -> None:
    _, text = tokens.create("ada", Scope.WRITE, None)
    with begun(address, {"authorization": f"Bearer {text}"}) as socket:
        ask(socket, "a", 'mutation { addSource(title: "x", kind: "y") { slug } }')
        assert hear(socket)["payload"] == {"data": {"addSource": {"slug": "x"}}}


def test_a_token_revoked_while_its_connection_is_open(address: str, database: Path, tokens: Tokens) -> None:
    token, text = tokens.create("ada", Scope.WRITE, None)
    own = f"Bearer {text}"
    headers = {"accept": "text/event-stream", "authorization": own}
    with (
        begun(address, {"authorization": own}) as socket,
        httpx.stream("POST", address, headers=headers, json={"query": CHANGES}, timeout=20) as answer,
    ):
        lines = answer.iter_lines()
        assert next(lines) == ":"
        ask(socket, "a", "{ graph { revision } }")
        assert hear(socket)["payload"] == {"data": {"graph": {"revision": "1"}}}
        assert hear(socket)["type"] == "complete"
        ask(socket, "b", CHANGES, since="1")
        change(database, "before")
        assert hear(socket)["payload"]["data"]["changes"]["actor"] == "before"
        assert '"actor":"before"' in events(lines, 2)[1]
        tokens.revoke(token.id)
        ask(socket, "c", 'mutation { addSource(title: "x", kind: "y") { slug } }')
        refused = hear(socket)
        assert (refused["id"], refused["type"]) == ("c", "error")
        assert "revoked" in refused["payload"][0]["message"]
        change(database, "after")
        ended = hear(socket)
        assert (ended["id"], ended["payload"]["data"]) == ("b", None)
        assert [error["extensions"]["code"] for error in ended["payload"]["errors"]] == ["UNAUTHENTICATED"]
        assert hear(socket) == {"type": "complete", "id": "b"}
        told = events(lines, 4)
        assert '"UNAUTHENTICATED"' in told[1]
        assert told[2] == "event: complete"


def test_what_is_no_token_in_the_connection(address: str) -> None:
    with opened(address) as socket:
        say(socket, "connection_init", payload={"authorization": 7})
        assert code_of(socket) == 4403


def test_the_feed_loses_and_repeats_nothing_over_reconnects(address: str, database: Path) -> None:
    names = [f"change-{number}" for number in range(12)]
    writer = threading.Thread(target=change, args=(database, *names))
    seen: list[str] = []
    last = "1"
    writer.start()
    while len(seen) < len(names):
        with begun(address) as socket:
            ask(socket, "a", CHANGES, since=last)
            for _ in range(min(5, len(names) - len(seen))):
                found = hear(socket)["payload"]["data"]["changes"]
                last = found["revision"]
                seen.append(found["actor"])
    writer.join()
    assert seen == names


def events(lines: Iterator[str], count: int) -> list[str]:
    found: list[str] = []
    for line in lines:
        if line and not line.startswith(":"):
            found.append(line)
        if len(found) == count:
            break
    return found


def test_events(address: str, database: Path) -> None:
    headers = {"accept": "text/event-stream"}
    query = {"query": "{ graph { revision } }"}
    for method, sent in (("POST", {"json": query}), ("GET", {"params": query})):
        with httpx.stream(method, address, headers=headers, **sent) as answer:  # type: ignore[arg-type]
            assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            lines = [line for line in answer.iter_lines() if line and not line.startswith(":")]
        assert lines == ["event: next", 'data: {"data":{"graph":{"revision":"1"}}}', "event: complete", "data:"]
    with httpx.stream(
        "POST", address, headers=headers, json={"query": CHANGES, "variables": {"since": "1"}}, timeout=20
    ) as answer:
        change(database, "one", "two")
        found = events(answer.iter_lines(), 4)
    assert [json.loads(line[6:])["data"]["changes"]["actor"] for line in found[1::2]] == ["one", "two"]
    refused = httpx.get(
        address, headers=headers, params={"query": 'mutation { addSource(title: "x", kind: "y") { id } }'}
    )
    assert '"METHOD_NOT_ALLOWED"' in refused.text
    plain = httpx.post(address, json={"query": CHANGES})
    assert (plain.status_code, plain.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")


@pytest.mark.parametrize("how", ["ws", "sse"])
def test_a_client_of_others_follows(address: str, database: Path, how: str) -> None:
    change(database, "one")
    timer = threading.Timer(1.5, change, (database, "two", "three"))
    timer.start()
    found = json.loads(run_script("follow.mjs", how, address, "1", "3"))
    timer.join()
    assert [row["actor"] for row in found] == ["one", "two", "three"]


def test_clients_of_others_hear_why_their_connection_ended(address: str, tokens: Tokens) -> None:
    _, text = tokens.create("ada", Scope.READ, None)
    found = json.loads(run_script("closing.mjs", address, text))
    assert found["codes"] == {str(code): code for code in (4400, 4401, 4403, 4408, 4409, 4429)}
    answer, refused, was_left = found["told"]
    assert answer == [{"data": {"graph": {"revision": "1"}}}]
    assert [error["extensions"]["code"] for error in refused[0]["errors"]] == ["GRAPHQL_VALIDATION"]
    assert was_left


def test_the_public_audit_of_graphql_over_http(address: str) -> None:
    results = json.loads(run_script("audit.mjs", address))
    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == 61
