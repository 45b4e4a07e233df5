"""A graph on Neo4j: our service against @neo4j/graphql with Apollo Server, and against Cypher by hand.

    scripts/neo4j python -m benchmarks.neo4j_queries

TMDB's films are loaded once into the server that FILMGRAPH_TEST_NEO4J names; both services read them
there, in turn, on the same machine. "By hand" is one statement whose record holds the answer as
columns, read by the same driver and dumped with orjson. Node 20 or newer, npm and oha or cargo are
needed. Ties in an order are broken by @neo4j/graphql as they come; its answers have the same
numbers of rows.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
from neo4j import AsyncDriver, AsyncGraphDatabase

from benchmarks.documents import Asked, documents
from benchmarks.in_process import Ours, interleaved
from benchmarks.load_generator import find_generator, put_load
from benchmarks.neo4j_documents import BY_HAND, TARGETS, their_body
from benchmarks.report import Report, verdict_at_least
from benchmarks.servers import Client, ours, started
from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import entity_id
from graph_api.store.factory import open_store
from graph_api.store.neo4j.address import Address, parse_address, read_password
from seed.loading import load
from tests.data import large_dataset

_FOLDER = Path(__file__).parent / "neo4j_graphql"
_CONNECTIONS = (1, 8)


async def _loaded(url: str) -> str:
    """Fill an empty graph; return what is in it."""
    store = await open_store(url)
    try:
        if await store.ready():
            counts = await store.counts()
            return f"as found: {counts.kinds.get(Kind.FILM, 0):,} films, {counts.kinds.get(Kind.PERSON, 0):,} people"
        with tempfile.TemporaryDirectory() as name:
            what = large_dataset(Path(name) / "films")
            await load(store, Path(name) / "films")
            return what
    finally:
        await store.close()


class Graph:
    """The database, past both services."""

    def __init__(self, address: Address, password: str) -> None:
        self._driver: AsyncDriver = AsyncGraphDatabase.driver(
            address.url, auth=(address.user, password), notifications_min_severity="OFF"
        )
        self._database = address.database

    async def record(self, cypher: str, **values: Any) -> list[Any]:
        """Return the one record of a statement."""
        async with self._driver.session(database=self._database, default_access_mode="READ") as session:
            result = await session.run(cypher, values)
            record = await result.single(strict=True)
            return list(record.values())

    async def facts(self) -> tuple[int, str, str]:
        """Return the generation that is read, and the slugs of a film and of the person with most credits."""
        (generation,) = await self.record("MATCH (m:Graph) RETURN m.generation")
        film, person = await self.record(
            "MATCH (f:Film {generation: $g}) WHERE f.runtime IS NOT NULL AND f.genres IS NOT NULL"
            " WITH f ORDER BY f.degree DESC, f.id LIMIT 1 MATCH (p:Person {generation: $g})"
            " WITH f, p ORDER BY p.degree DESC, p.id LIMIT 1 RETURN f.id, p.id",
            g=generation,
        )
        return generation, _slug(film), _slug(person)

    async def close(self) -> None:
        """Let go of the database."""
        await self._driver.close()


def _asked(film: str, person: str) -> tuple[Asked, ...]:
    """Return the requests that are written for all three."""
    return tuple(each for each in documents(film, person) if each.name in BY_HAND)


def _slug(id_: str) -> str:
    from graph_api.store.neo4j.shapes import kind_and_slug

    return kind_and_slug(id_)[1]


def _id(asked: Asked) -> str | None:
    kind = {"film": Kind.FILM, "person": Kind.PERSON}.get(asked.name)
    return None if kind is None else entity_id(kind, asked.variables["slug"])


async def by_hand(
    report: Report, asked: tuple[Asked, ...], url: str, graph: Graph, generation: int, count: int
) -> None:
    """Compare, in process, with one statement for each request."""
    store = await open_store(url)
    service = Ours(store)
    rows = []
    for each in asked:
        hand, id_ = BY_HAND[each.name], _id(each)

        async def written(hand: Any = hand, id_: str | None = id_) -> bytes:
            return orjson.dumps(hand.answer(await graph.record(hand.cypher, g=generation, id=id_)))

        if each.is_list and each.name != "people":
            assert await written() == await service.ask(each), each.name
        found = await interleaved({"ours": lambda each=each: service.ask(each), "by hand": written}, count)  # type: ignore[misc]
        rows.append((each.title, found["by hand"], found["ours"], found["ours"] / found["by hand"]))
    columns = ("milliseconds", "by hand", "ours", "ours / by hand")
    report.table("In process, one request at a time: one Cypher statement by hand", columns, rows)
    await service.close()
    await store.close()


def under_load(
    report: Report,
    asked: tuple[Asked, ...],
    addresses: Mapping[str, str],
    body: Mapping[str, Callable[[Asked], bytes]],
    seconds: float,
) -> None:
    """Put a load on both services in turn."""
    program = find_generator()
    assert program, "oha or cargo is needed"
    for each in asked:
        rows, rates = [], {}
        for connections in _CONNECTIONS:
            for name, address in addresses.items():
                found = put_load(program, address, body[name](each), connections, seconds)
                rates[name, connections] = found.rate
                rows.append((f"{name}, {connections} connections", found.rate, found.p50, found.p99))
        report.table(each.title, ("", "requests/s", "p50 ms", "p99 ms"), rows)
        for connections in _CONNECTIONS:
            ratio = rates["ours", connections] / rates["@neo4j/graphql", connections]
            what = f"{each.title}, ours / @neo4j/graphql, {connections} connections"
            report.lines([verdict_at_least(what, ratio, TARGETS[each.name])])
        report.lines([""])


def main() -> None:
    """Print all tables and keep them in benchmarks/results/neo4j_queries.txt."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--seconds", type=float, default=5.0, help="how long each load lasts")
    options.add_argument("--rounds", type=int, default=11, help="how often each is timed in process")
    given = options.parse_args()
    url = os.environ.get("FILMGRAPH_TEST_NEO4J")
    if not url:
        sys.exit("FILMGRAPH_TEST_NEO4J must name a server: scripts/neo4j python -m benchmarks.neo4j_queries")
    report = Report("neo4j_queries")
    report.lines([asyncio.run(_loaded(url)), ""])
    address, password = parse_address(url), read_password() or ""
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=_FOLDER, check=True)
    generation, film, person = asyncio.run(_in_process(report, url, address, password, given.rounds))
    asked = _asked(film, person)
    environ = {
        "NEO4J_URL": address.url, "NEO4J_USER": address.user, "NEO4J_PASSWORD": password,
        "NEO4J_DATABASE": address.database or "neo4j", "NODE_ENV": "production",
    }  # fmt: skip
    with ExitStack() as stack:
        own = stack.enter_context(ours(url, max_page_size=1000, max_cost=1_000_000))
        theirs = stack.enter_context(started(["node", str(_FOLDER / "server.mjs")], environ))
        body: dict[str, Callable[[Asked], bytes]] = {
            "@neo4j/graphql": lambda each: their_body(each, generation, _id(each)),
            "ours": lambda each: each.body,
        }
        addresses = {"@neo4j/graphql": theirs.address, "ours": f"{own.address}/graphql"}
        _check(asked, addresses, body)
        under_load(report, asked, addresses, body, given.seconds)
    report.save()


def _check(
    asked: tuple[Asked, ...], addresses: Mapping[str, str], body: Mapping[str, Callable[[Asked], bytes]]
) -> None:
    """Make sure that both give what was asked for."""
    for each in asked:
        found = {}
        for name, address in addresses.items():
            client = Client(address)
            answer = orjson.loads(client.post("/" if "graphql" not in address else "/graphql", body[name](each)))
            client.close()
            assert "errors" not in answer, (name, each.name, answer["errors"][:1])
            found[name] = str(answer).count("'name'") + str(answer).count("'title'")
        # A film on which a person has two credits stands twice in a list of @neo4j/graphql, and counts twice.
        assert max(found.values()) <= 1.2 * min(found.values()), (each.name, found)


async def _in_process(report: Report, url: str, address: Address, password: str, count: int) -> tuple[int, str, str]:
    graph = Graph(address, password)
    generation, film, person = await graph.facts()
    await by_hand(report, _asked(film, person), url, graph, generation, count)
    await graph.close()
    return generation, film, person


if __name__ == "__main__":
    main()
