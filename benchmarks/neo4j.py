"""Reading from Neo4j: the store's reads against the best plain Cypher through the same driver.

    python -m benchmarks.neo4j [--loaded]

Plain is one statement that returns columns in one record, run by the async driver without any of
this project's code around it, for what a client that knows what it wants would ask: ids, names
and a few properties. The store's reads bring whole records, cursors and whether there is more, at
one revision of the graph. All run interleaved in one process; each figure is the median.

The server is the one FILMGRAPH_TEST_NEO4J names, whose graph is replaced, or one started for it;
with --loaded its graph is taken as it is, which has to be the same dataset.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from neo4j import READ_ACCESS, AsyncDriver, AsyncGraphDatabase

from benchmarks.report import table, verdict
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.paging import PageRequest
from graph_api.domain.query import Direction, EntityQuery, HopQuery, Order
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from graph_api.store.neo4j.address import parse_address, read_password
from seed.loading import load
from tests.data import large_dataset

LIMIT = 1.6
_ROUNDS = 60

PEOPLE = """
UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id})
RETURN collect(n.id) AS ids, collect(n.name) AS names"""
CAST = """
UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id})
CALL (n) {
  MATCH (n)<-[r:CREDITED_ON]-(o) WHERE r.role = 'CAST'
  WITH r, o ORDER BY r.order, o.id LIMIT 20
  RETURN collect(r.id) AS credits, collect(r.order) AS orders, collect(r.character) AS characters,
    collect(o.id) AS ids, collect(o.name) AS names
}
RETURN collect(n.id) AS films, collect(credits) AS credits, collect(orders) AS orders,
  collect(characters) AS characters, collect(ids) AS ids, collect(names) AS names"""
COLLEAGUES = """
MATCH (p:FilmGraph {generation: $g, id: $id})
CALL (p) {
  MATCH (p)-[r:CREDITED_ON]->(f) WITH r, f ORDER BY f.nameKey, f.id LIMIT 20
  RETURN r, f
}
CALL (f) {
  MATCH (f)<-[c:CREDITED_ON]-(o) WHERE c.role = 'CAST' WITH c, o ORDER BY c.order, o.id LIMIT 20
  RETURN collect(c.id) AS credits, collect(c.character) AS characters, collect(o.id) AS ids, collect(o.name) AS names
}
RETURN collect(r.role) AS roles, collect(f.id) AS films, collect(f.title) AS titles, collect(f.year) AS years,
  collect(credits) AS credits, collect(characters) AS characters, collect(ids) AS ids, collect(names) AS names"""

_CAST = HopQuery(
    (Relation.CREDITED_ON,),
    Direction.IN,
    properties={"role": ("CAST",)},
    order=(Order("rel:order"),),
    page=PageRequest(20),
)
_FILMS = HopQuery((Relation.CREDITED_ON,), Direction.OUT, page=PageRequest(20))

Step = Callable[[], Awaitable[object]]


class Plain:
    """Statements through a driver, without a store."""

    def __init__(self, driver: AsyncDriver, database: str | None, generation: int) -> None:
        self._driver, self._database, self._generation = driver, database, generation

    async def ask(self, query: str, **values: object) -> Mapping[str, Any]:
        """Return the one record of a statement."""
        session = self._driver.session(database=self._database, default_access_mode=READ_ACCESS, fetch_size=-1)
        async with session:
            result = await session.run(query, {**values, "g": self._generation})
            record = await result.single(strict=True)
        return dict(record)


async def interleaved(steps: Mapping[str, Step]) -> dict[str, float]:
    """Return the median milliseconds of each step, all run in turn; the first rounds warm up."""
    found: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(_ROUNDS + 20):
        for name, step in steps.items():
            start = time.perf_counter()
            await step()
            if number >= 20:
                found[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(times) for name, times in found.items()}


async def colleagues(store: Store, person: str) -> object:
    """Read a person's films and their cast, a call a level."""
    (films,) = await store.hops([person], _FILMS)
    return await store.hops([hop.entity.id for hop in films.items], _CAST)


async def some_ids(store: Store) -> tuple[list[str], list[str], str]:
    """Return 50 films, 1,000 people, and a person with many films."""
    films = await store.find(EntityQuery(Kind.FILM, PageRequest(50)))
    people: list[str] = []
    page = PageRequest(100)
    while len(people) < 1_000:
        found = await store.find(EntityQuery(Kind.PERSON, page))
        people += [person.id for person in found.items]
        page = PageRequest(100, after=found.positions[-1])
    busiest = await store.find(EntityQuery(Kind.PERSON, PageRequest(1), order=(Order("degree", True),)))
    return [film.id for film in films.items], people, busiest.items[0].id


async def measure(store: Store, beside: Store, plain: Plain) -> None:
    """Print a table and the verdicts."""
    films, people, person = await some_ids(store)
    reads: dict[str, tuple[Step, Callable[[Store], Awaitable[object]]]] = {
        "50 films x 20 cast": (lambda: plain.ask(CAST, ids=films), lambda s: s.hops(films, _CAST)),
        "1,000 people": (lambda: plain.ask(PEOPLE, ids=people), lambda s: s.entities(people)),
        "person, films, cast": (lambda: plain.ask(COLLEAGUES, id=person), lambda s: colleagues(s, person)),
    }
    rows, verdicts = [], []
    for name, (bare, read) in reads.items():

        def on_neo4j(read: Callable[[Store], Awaitable[object]] = read) -> Awaitable[object]:
            return read(store)

        def embedded(read: Callable[[Store], Awaitable[object]] = read) -> Awaitable[object]:
            return read(beside)

        found = await interleaved({"plain": bare, "store": on_neo4j, "embedded": embedded})
        ratio = found["store"] / found["plain"]
        rows.append((name, found["plain"], found["store"], ratio, found["embedded"]))
        verdicts.append(verdict(f"{name}, the store against plain Cypher", ratio, LIMIT))
    print(table("Reads, ms", ("read", "plain Cypher", "store on Neo4j", "ratio", "embedded store"), rows))
    print("\n".join(verdicts))


async def run(url: str, *, is_loaded: bool) -> None:
    """Load the stores and measure."""
    with tempfile.TemporaryDirectory() as scratch:
        print(large_dataset(Path(scratch) / "films"), "\n")
        store, beside = await open_store(url), await open_store(str(Path(scratch) / "graph.db"))
        await load(beside, Path(scratch) / "films")
        if not is_loaded:
            await load(store, Path(scratch) / "films")
        address = parse_address(url)
        driver = AsyncGraphDatabase.driver(
            address.url, auth=(address.user, read_password() or ""), notifications_min_severity="OFF"
        )
        found, _, _ = await driver.execute_query("MATCH (m:Graph:FilmGraph) RETURN m.generation")
        await measure(store, beside, Plain(driver, address.database, found[0][0]))
        await driver.close()
        await store.close()
        await beside.close()


def main() -> None:
    """Run on the server that is named; else on one that is started for it."""
    url = os.environ.get("FILMGRAPH_TEST_NEO4J")
    if url is None:
        this = (sys.executable, "-m", "benchmarks.neo4j")
        os.execv(sys.executable, [sys.executable, "-m", "tests.neo4j_server", *this])
    asyncio.run(run(url, is_loaded="--loaded" in sys.argv[1:]))


if __name__ == "__main__":
    main()
