"""Reading from Neo4j: the store's reads against the best plain Cypher through the same driver.

    python -m benchmarks.neo4j [--loaded]

Plain is one statement that returns columns in one record, run by the async driver without any of
this project's code around it: ids, names and a few properties. The store's reads are asked for the
same fields, as a query's executor asks them, and answer as columns at one revision of the graph,
with whether there is more; "whole" are the same reads of all fields, with cursors, and an object
made of each row. All run interleaved in one process; each figure is the median.

The server is the one FILMGRAPH_TEST_NEO4J names, whose graph is replaced, or one started for it;
with --loaded its graph is taken as it is, which has to be the same dataset.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from neo4j import READ_ACCESS, AsyncDriver, AsyncGraphDatabase

from benchmarks.report import table, verdict
from graph_api.batching.columns import Rows
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.paging import PageRequest, Pages
from graph_api.domain.query import Direction, EntityQuery, HopQuery, Order
from graph_api.domain.records import Hop
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
    page=PageRequest(
        20, positions=False, fields=frozenset(("id", "name")), own=frozenset(("id", "order", "character"))
    ),
)
_FILMS = HopQuery(
    (Relation.CREDITED_ON,),
    Direction.OUT,
    page=PageRequest(20, positions=False, fields=frozenset(("id", "name", "year")), own=frozenset(("role",))),
)
_WHOLE = PageRequest(20)

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


async def columns(store: Store, ids: Sequence[str], query: HopQuery) -> Pages[Any]:
    """Read hops and what a query asked for of them, by the column."""
    pages = await store.hops(ids, query)
    assert isinstance(pages, Pages)
    assert isinstance(pages.items, Rows)
    for part, names in (("relationship", query.page.own), ("entity", query.page.fields)):
        for name in names or ():
            pages.items.col(part).col(name)
    return pages


async def colleagues(store: Store, person: str) -> object:
    """Read a person's films and their cast, a call a level."""
    films = await columns(store, [person], _FILMS)
    assert isinstance(films.items, Rows)
    return await columns(store, films.items.col("entity").col("id"), _CAST)


async def objects(store: Store, ids: Sequence[str], query: HopQuery) -> list[Hop]:
    """Read whole hops, each as an object."""
    pages = await store.hops(ids, replace(query, page=_WHOLE))
    return [hop for page in pages for hop in page.items]


async def all_colleagues(store: Store, person: str) -> object:
    """Read a person's films and their cast whole."""
    films = await objects(store, [person], _FILMS)
    return await objects(store, [hop.entity.id for hop in films], _CAST)


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


Read = Callable[[Store], Awaitable[object]]


async def measure(store: Store, beside: Store, plain: Plain) -> None:
    """Print a table and the verdicts."""
    films, people, person = await some_ids(store)
    reads: dict[str, tuple[Step, Read, Read]] = {
        "50 films x 20 cast": (
            lambda: plain.ask(CAST, ids=films),
            lambda s: columns(s, films, _CAST),
            lambda s: objects(s, films, _CAST),
        ),
        "1,000 people": (
            lambda: plain.ask(PEOPLE, ids=people),
            lambda s: s.entities(people),
            lambda s: s.entities(people),
        ),
        "person, films, cast": (
            lambda: plain.ask(COLLEAGUES, id=person),
            lambda s: colleagues(s, person),
            lambda s: all_colleagues(s, person),
        ),
    }
    rows, verdicts = [], []
    for name, (bare, read, whole) in reads.items():
        steps: dict[str, Step] = {
            "plain": bare,
            "store": partial(read, store),
            "whole": partial(whole, store),
            "embedded": partial(read, beside),
        }
        found = await interleaved(steps)
        ratio = found["store"] / found["plain"]
        rows.append((name, *(found[step] for step in steps), ratio))
        verdicts.append(verdict(f"{name}, the store against plain Cypher", ratio, LIMIT))
    heads = ("read", "plain Cypher", "store on Neo4j", "whole", "embedded store", "ratio")
    print(table("Reads, ms", heads, rows))
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
