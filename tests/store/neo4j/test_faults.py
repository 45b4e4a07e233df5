"""What can go wrong with a server: a typed error within 2 s, no wrong data, no secret told."""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from graph_api.app import create_app
from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import entity_id
from graph_api.domain.records import ChangeItem
from graph_api.errors import BadInput, StoreBusy, StoreError, StoreUnavailable
from graph_api.settings import Settings
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from graph_api.store.neo4j.address import parse_address, read_password
from graph_api.store.neo4j.connection import Connection, Snapshot, supported_version
from graph_api.store.neo4j.store import Neo4jStore
from tests.neo4j_server.engines import Engine, free_port, open_engine
from tests.neo4j_server.jars import Unavailable
from tests.neo4j_server.plugin import wanted_version
from tests.store.items import IMPERIA, film, imperia, load, person, source
from tests.store.neo4j.cleaning import clean, driver_of
from tests.store.neo4j.proxy import Proxy, proxy

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]

TYPED = 2.0
BACK = 5.0


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail if what is inside takes longer."""
    begin = time.monotonic()
    yield
    assert time.monotonic() - begin < seconds


@asynccontextmanager
async def opened(address: str, **options: int) -> AsyncIterator[Store]:
    store = await Neo4jStore.open(address, **options)  # type: ignore[arg-type]
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def through(neo4j_url: str) -> AsyncIterator[tuple[Proxy, Store]]:
    """A store with Imperia in it, behind a proxy; bolt:// since a routing table would lead past it."""
    clean(neo4j_url)
    parts = urlsplit(neo4j_url)
    assert parts.hostname
    async with (
        proxy(parts.hostname, parts.port or 7687) as between,
        opened(f"bolt://{parts.username}@127.0.0.1:{between.port}{parts.path}") as store,
    ):
        await load(store, imperia())
        yield between, store
        between.may_pass.set()


# --------------------------------------------------------------------------- no server, or another
async def test_no_server() -> None:
    for scheme in ("neo4j", "bolt"):
        async with opened(f"{scheme}://127.0.0.1:{free_port()}") as store:
            with within(TYPED), pytest.raises(StoreUnavailable, match="does not answer"):
                await store.ready()
            with within(TYPED), pytest.raises(StoreUnavailable, match="does not answer"):
                await load(store, imperia())


@pytest.mark.parametrize("agent", ["Neo4j/4.4.40", "Neo4j/5.25.1", "Memgraph/2.0"])
def test_a_server_that_is_not_supported(agent: str) -> None:
    with pytest.raises(StoreError, match=r"5\.26"):
        supported_version(agent)


@pytest.mark.parametrize("agent", ["Neo4j/5.26.30", "Neo4j/2025.01.0", "Neo4j/2026.08.1"])
def test_a_server_that_is_supported(agent: str) -> None:
    assert supported_version(agent) == agent.removeprefix("Neo4j/")


async def test_a_wrong_password_is_refused_and_told_to_nobody(
    neo4j_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FILMGRAPH_NEO4J_PASSWORD", "not-the-pass-word")
    caplog.set_level(logging.DEBUG)
    async with opened(neo4j_url) as store:
        with within(TYPED), pytest.raises(StoreUnavailable, match="FILMGRAPH_NEO4J_PASSWORD") as caught:
            await store.ready()
    assert "not-the-pass-word" not in f"{caplog.text}{caught.value!r}{caught.value.__cause__!r}"


async def test_the_right_password_is_told_to_nobody(
    neo4j_url: str, neo4j_password: str, caplog: pytest.LogCaptureFixture
) -> None:
    clean(neo4j_url)
    caplog.set_level(logging.DEBUG)
    async with opened(neo4j_url) as store:
        await load(store, imperia())
        assert await store.ready()
    assert caplog.text
    assert neo4j_password not in caplog.text


async def test_a_database_that_is_not_there(neo4j_url: str) -> None:
    base = neo4j_url.rpartition("/")[0]
    async with opened(f"{base}/nosuchdatabase") as store:
        with within(TYPED), pytest.raises(StoreUnavailable):
            await store.ready()


# --------------------------------------------------------------------------- a bad connection
async def test_a_server_that_hangs(through: tuple[Proxy, Store]) -> None:
    between, store = through
    between.may_pass.clear()
    with within(TYPED), pytest.raises(StoreUnavailable, match="does not answer"):
        await store.entities([IMPERIA])
    between.may_pass.set()
    between.cut()
    with within(BACK):
        assert (await store.entities([IMPERIA]))[0] is not None


async def test_a_change_is_not_begun_on_a_server_that_hangs(through: tuple[Proxy, Store]) -> None:
    between, store = through
    between.may_pass.clear()
    with within(TYPED), pytest.raises(StoreUnavailable, match="does not answer"):
        await load(store, [film("b", "B", "list#row 1")])
    between.may_pass.set()
    assert await store.revision() == 1
    assert await load(store, [film("b", "B", "list#row 1")]) == (2, 1, 0, 0)


async def test_a_change_outlasts_a_server_that_stands_still_for_a_while(through: tuple[Proxy, Store]) -> None:
    between, store = through
    people: list[ChangeItem] = [source("b"), *(person(f"p-{i}", f"P {i}", "b#1") for i in range(3_000))]
    reached = between.pieces + 30
    change = asyncio.ensure_future(load(store, people))
    while between.pieces < reached:  # noqa: ASYNC110 - a few ms
        await asyncio.sleep(0.01)
    between.may_pass.clear()
    await asyncio.sleep(2 * TYPED)
    assert not change.done()
    between.may_pass.set()
    assert (await change)[:2] == (2, 3_001)
    assert await store.check_integrity() == []


async def test_a_server_that_is_slow_but_answers(through: tuple[Proxy, Store]) -> None:
    between, store = through
    between.delay = 0.05
    (found,) = await store.entities([IMPERIA])
    assert found is not None
    assert found.name == "Imperia"


async def test_connections_that_are_cut_are_made_anew(through: tuple[Proxy, Store]) -> None:
    between, store = through
    for _ in range(3):
        between.cut()
        with within(TYPED):
            assert (await store.entities([IMPERIA]))[0] is not None


@pytest.mark.parametrize("after", [5, 20, 60])
async def test_a_change_that_is_cut_off_is_whole_or_not_there(through: tuple[Proxy, Store], after: int) -> None:
    between, store = through
    before = await store.graph_hash()
    people: list[ChangeItem] = [source("b"), *(person(f"p-{i}", f"P {i}", "b#1") for i in range(3_000))]
    between.cut_after(after)
    change = asyncio.ensure_future(load(store, people))
    (ended,) = await asyncio.gather(change, return_exceptions=True)
    assert isinstance(ended, (StoreError, tuple))
    with within(BACK):
        revision = await store.revision()
    assert revision in (1, 2)
    assert isinstance(ended, StoreError) or revision == 2
    if revision == 1:
        assert await store.graph_hash() == before
    assert await store.check_integrity() == []
    await load(store, people)
    assert (await store.counts()).kinds[Kind.PERSON] == 3_001


# --------------------------------------------------------------------------- others at work
async def test_more_reads_than_connections(neo4j_url: str) -> None:
    async def long(graph: Snapshot) -> int:
        count: int = (await graph.read("UNWIND range(1, 80000000) AS i RETURN count(i % 7) AS count"))["count"]
        return count

    clean(neo4j_url)
    async with opened(neo4j_url) as store:
        await load(store, imperia())
    connection = Connection(parse_address(neo4j_url), read_password(), 1)
    try:
        await connection.state()
        held = asyncio.ensure_future(connection.run(long))
        await asyncio.sleep(0.2)
        with within(TYPED), pytest.raises(StoreBusy, match="in use"):
            await connection.state()
        assert await held == 80_000_000
        assert (await connection.state()).revision == 1
    finally:
        await connection.close()


async def test_one_writer_at_a_time(neo4j_url: str) -> None:
    clean(neo4j_url)
    async with opened(neo4j_url) as one, opened(neo4j_url) as other:
        await load(one, imperia())
        assert await other.ready()
        begun, release = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def slowly() -> Iterator[list[ChangeItem]]:
            yield []
            loop.call_soon_threadsafe(begun.set)
            asyncio.run_coroutine_threadsafe(release.wait(), loop).result()

        held = asyncio.ensure_future(one.apply(slowly(), actor="test"))
        await begun.wait()
        try:
            with within(TYPED), pytest.raises(StoreBusy, match="another process is writing"):
                await load(other, [film("b", "B", "list#row 1")])
            assert (await other.entities([IMPERIA]))[0] is not None
        finally:
            release.set()
            await held
        assert await load(other, [film("b", "B", "list#row 1")]) == (2, 1, 0, 0)
        assert await one.revision() == 2


async def test_a_deadlock_with_another_program_is_tried_again(neo4j_url: str) -> None:
    clean(neo4j_url)
    marcel = entity_id(Kind.PERSON, "marcel-barsotti")
    touch = "MATCH (n:FilmGraph {id: $id}) SET n.note = 1 REMOVE n.note"
    async with opened(neo4j_url) as store:
        await load(store, imperia())
        with driver_of(neo4j_url).session(database=parse_address(neo4j_url).database) as session:
            theirs = session.begin_transaction()
            theirs.run(touch, id=marcel).consume()
            # The film's node is written first, then the person's, which is held.
            changes = [film("imperia", "Imperia!", "list#row 1"), person("marcel-barsotti", "M", "list#row 1")]
            ours = asyncio.ensure_future(load(store, changes))
            await asyncio.sleep(1.2)  # more than the driver takes for all its retries

            def cross() -> None:
                try:
                    theirs.run(touch, id=IMPERIA).consume()
                    theirs.commit()
                except Exception:  # noqa: BLE001 - one of the two has to give way
                    theirs.close()

            await asyncio.to_thread(cross)
            await ours
        assert [e.name for e in await store.entities([IMPERIA, marcel]) if e] == ["Imperia!", "M"]
        assert await store.check_integrity() == []


# --------------------------------------------------------------------------- a server that goes
@pytest.fixture(scope="module")
def engine(pytestconfig: pytest.Config) -> Iterator[Engine]:
    """A server of our own, to be killed."""
    if os.environ.get("FILMGRAPH_TEST_NEO4J"):
        pytest.skip("a given server can't be killed")
    try:
        made = open_engine(wanted_version(pytestconfig.getoption("--neo4j")))
    except Unavailable as error:
        pytest.skip(str(error))
    try:
        yield made
    finally:
        made.close()


async def start_and_wait(engine: Engine) -> None:
    """Start a server and return when somebody who comes anew has been answered the questions of these tests.

    What a machine under load takes to get a server going, and a server to plan its first statements, is
    not the service's to answer for.
    """
    await asyncio.to_thread(engine.start)
    async with opened(engine.address.url) as store, asyncio.timeout(100):
        while True:
            try:
                await store.ready()
                await store.entities([IMPERIA])
                await store.entities_by_slug(Kind.FILM, ["imperia"])
                return
            except (StoreUnavailable, StoreBusy):
                await asyncio.sleep(0.1)


@pytest.mark.slow
async def test_a_server_that_is_killed_and_comes_back(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILMGRAPH_NEO4J_PASSWORD", engine.address.password)
    async with opened(engine.address.url) as store:
        await load(store, imperia())
        before = await store.graph_hash()
        readers = [asyncio.ensure_future(_read_on(store)) for _ in range(4)]
        await asyncio.sleep(0.5)
        killed = time.monotonic()
        engine.kill()
        ended = await asyncio.gather(*readers, return_exceptions=True)
        assert time.monotonic() - killed < TYPED + 0.5
        assert {type(one) for one in ended} == {StoreUnavailable}
        with within(TYPED), pytest.raises(StoreUnavailable):
            await load(store, [film("b", "B", "list#row 1")])
        await start_and_wait(engine)
        with within(BACK):
            while True:
                try:
                    assert (await store.entities([IMPERIA]))[0] is not None
                    break
                except StoreUnavailable:
                    await asyncio.sleep(0.1)
        assert await store.graph_hash() == before
        assert await load(store, [film("b", "B", "list#row 1")]) == (2, 1, 0, 0)


async def _read_on(store: Store) -> None:
    while True:
        (found,) = await store.entities([IMPERIA])
        assert found is not None
        assert found.name == "Imperia"


@asynccontextmanager
async def serving(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A service on a store, called without a network."""
    app = create_app(Settings(database=address))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        yield client


async def until(client: httpx.AsyncClient, text: str, seconds: float) -> httpx.Response:
    """Return what the health page says as soon as it says so."""
    async with asyncio.timeout(seconds):
        while text not in (answer := await client.get("/readyz")).text:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    return answer


@pytest.mark.slow
async def test_a_service_whose_server_goes_and_comes_back(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It starts before its server, serves, tells that the server is gone, and serves again; nobody starts it anew."""
    monkeypatch.setenv("FILMGRAPH_NEO4J_PASSWORD", engine.address.password)
    caplog.set_level(logging.DEBUG)
    query = {"query": '{ film(slug: "imperia") { title } }'}
    engine.kill()
    async with serving(engine.address.url) as client:
        assert (await until(client, "STORE_UNAVAILABLE", TYPED + 1)).status_code == 503
        await start_and_wait(engine)
        # The built-in dataset may have to be loaded first.
        assert (await until(client, '"neo4j"', 120)).status_code == 200
        expected = (await client.post("/graphql", json=query)).json()
        assert expected == {"data": {"film": {"title": "Imperia"}}}

        engine.kill()
        with within(TYPED):
            (error,) = (await client.post("/graphql", json=query)).json()["errors"]
        assert (error["extensions"]["code"], error["extensions"]["retryable"]) == ("STORE_UNAVAILABLE", True)
        with within(TYPED):
            told = await client.get("/readyz")
        assert (told.status_code, "STORE_UNAVAILABLE" in told.text) == (503, True)
        assert (await client.get("/healthz")).status_code == 200

        await start_and_wait(engine)
        assert (await until(client, '"neo4j"', BACK)).status_code == 200
        assert (await client.post("/graphql", json=query)).json() == expected
    assert engine.address.password not in caplog.text


async def test_an_address_that_is_none_of_ours() -> None:
    with pytest.raises(BadInput):
        await open_store("postgres://x")
