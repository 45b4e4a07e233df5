"""What the reads cost on Neo4j: operators that look at too much, and database hits against a reviewed baseline.

The baseline is `hits.json`, reviewed like code. It is made anew by
`FILMGRAPH_NEW_BASELINE=1 scripts/test tests/store/neo4j/test_plans.py`.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase

from graph_api.domain.catalogue import QUALIFIERS, Kind, Relation
from graph_api.domain.ids import entity_id, relationship_id, source_id
from graph_api.domain.paging import PageRequest
from graph_api.domain.query import (
    BY_NAME,
    EVERYTHING,
    ClaimQuery,
    Direction,
    EntityQuery,
    FromSource,
    HopQuery,
    Linked,
    Match,
    Op,
    Order,
    PathQuery,
    ScanQuery,
    YearSpan,
)
from graph_api.domain.records import ChangeItem, EntityRow
from graph_api.store.neo4j import reads
from graph_api.store.neo4j.address import parse_address, read_password
from graph_api.store.neo4j.connection import Connection, Row, Snapshot, State, with_state
from graph_api.store.neo4j.feed import changes
from graph_api.store.neo4j.nodes import unmerged
from graph_api.store.neo4j.shapes import CONSTANTS
from graph_api.store.neo4j.store import Neo4jStore
from graph_api.store.neo4j.whole import counts
from tests.store.items import claim, credit, entity, film, person, related, source
from tests.store.neo4j.cleaning import clean, query

pytestmark = [pytest.mark.neo4j, pytest.mark.slow, pytest.mark.exhaustive]

FILMS, PEOPLE = 2_000, 400
SOURCES = "abcdefgh"
_MAY_BE_MISSING = ("reason", "assertedBy", "url", "publisher", "publishedOn", "retrievedOn", "licence", *QUALIFIERS)
BASELINE = Path(__file__).with_name("hits.json")
TOLERANCE = 1.1
"""Plans follow statistics, which sampling and other rows shift a little."""

TOO_MUCH = frozenset(
    {
        "AllNodesScan",
        "CartesianProduct",
        "DirectedAllRelationshipsScan",
        "Eager",
        "NodeByLabelScan",
        "UndirectedAllRelationshipsScan",
    }
)


def film_ids(count: int) -> list[str]:
    return [entity_id(Kind.FILM, f"f{i}") for i in range(count)]


def person_ids(count: int) -> list[str]:
    return [entity_id(Kind.PERSON, f"p{i}") for i in range(count)]


def graph() -> list[ChangeItem]:
    """Films of a director and three players each, and of person 0 every tenth; some with disputed runtimes."""
    town, land = (entity_id(Kind.PLACE, slug) for slug in ("town", "land"))
    return [
        *(source(slug) for slug in SOURCES),
        *(person(f"p{i}", f"Person {i * 7919 % PEOPLE}", f"{SOURCES[i % 8]}#1") for i in range(PEOPLE)),
        *(_film(i) for i in range(FILMS)),
        *(credit(f"p{i % PEOPLE}", f"f{i}", "a#1") for i in range(FILMS)),
        *(credit(f"p{(i * 31 + k) % PEOPLE}", f"f{i}", "a#1", role="CAST") for i in range(FILMS) for k in (1, 2, 3)),
        *(credit("p0", f"f{i}", "b#1", role="WRITER") for i in range(0, FILMS, 10)),
        entity(Kind.PLACE, "town", "Town", "a#1"),
        entity(Kind.PLACE, "land", "Land", "a#1"),
        related(Relation.LOCATED_IN, town, land, "a#1"),
        *(claim(id_, "runtime", f"{20 + i} min", "b#9") for i, id_ in enumerate(film_ids(20))),
        *(claim(id_, "runtime", f"{50 + i} min", "c#9") for i, id_ in enumerate(film_ids(20))),
    ]


def _film(number: int) -> EntityRow:
    year = {"year": str(1900 + number % 100)} if number % 7 else {}
    genre = ("drama", "comedy", "horror", "noir", "western")[number % 5]
    title, place = f"Film {number * 7919 % FILMS}", f"{SOURCES[number % 8]}#{number}"
    return film(f"f{number}", title, place, genres=(genre,), **year)


# --------------------------------------------------------------------------- reads
Read = Callable[[Snapshot], Awaitable[object]]
_AFTER = PageRequest(50, after=("film 1500", "x"), count=True)
_SHORT = PageRequest(20)
_PATH = (person_ids(1)[0], entity_id(Kind.FILM, "f7"))

READS: Mapping[str, Read] = {
    "revision": lambda g: g.read("RETURN 1 AS one"),
    "merged ids": lambda g: unmerged(g, ()),
    "counts": counts,
    "changes": lambda g: changes(g, 0, 10),
    "entities, 1,000": lambda g: reads.entities(g, [*film_ids(600), *person_ids(400)]),
    "entities by slug": lambda g: reads.entities_by_slug(g, Kind.FILM, [f"f{i}" for i in range(50)]),
    "sources": lambda g: reads.sources(g, [source_id(slug) for slug in SOURCES[:4]]),
    "relationships, 100": lambda g: reads.relationships(g, [_credit_id(i) for i in range(100)]),
    "aliases": lambda g: reads.aliases(g, film_ids(50)),
    "external ids": lambda g: reads.external_ids(g, film_ids(50)),
    "claims": lambda g: reads.claims(g, film_ids(50)),
    "claims of a property": lambda g: reads.claims(g, film_ids(50), ClaimQuery("runtime")),
    "citations": lambda g: reads.citations(g, [*film_ids(50), *(_credit_id(i) for i in range(50))]),
    "degrees": lambda g: reads.degrees(g, film_ids(50)),
    "degrees of a relation": lambda g: reads.degrees(g, film_ids(50), (Relation.CREDITED_ON,)),
    "neighbour counts": lambda g: reads.neighbor_counts(g, film_ids(5)),
    "films by name": lambda g: reads.find(g, EntityQuery(Kind.FILM, PageRequest(50))),
    "films by name, later page, counted": lambda g: reads.find(g, EntityQuery(Kind.FILM, _AFTER)),
    "films by name, backward": lambda g: reads.find(g, EntityQuery(Kind.FILM, PageRequest(50, backward=True))),
    "films by year": lambda g: reads.find(g, EntityQuery(Kind.FILM, PageRequest(50), order=(Order("year", True),))),
    "films by year, from the end": lambda g: reads.find(
        g, EntityQuery(Kind.FILM, PageRequest(50, backward=True), order=(Order("year"),))
    ),
    "films by degree": lambda g: reads.find(g, EntityQuery(Kind.FILM, PageRequest(50), order=(Order("degree", True),))),
    "films by beginning": lambda g: _films(g, Match("name", Op.STARTS_WITH, "Film 19")),
    "films by genre": lambda g: _films(g, Match("genres", Op.EQ, "drama")),
    "films of people": lambda g: _films(
        g, Linked((Relation.CREDITED_ON,), Direction.IN, ids=tuple(person_ids(2)), properties={"role": ("CAST",)})
    ),
    "films of people of a name": lambda g: _films(
        g, Linked((Relation.CREDITED_ON,), Direction.IN, where=Match("name", Op.EQ, "Person 7"))
    ),
    "films with a credit": lambda g: _films(g, Linked((Relation.CREDITED_ON,), Direction.IN)),
    "films of a source": lambda g: _films(g, FromSource(source_id("c"))),
    "sources by title": lambda g: reads.list_sources(g, _SHORT),
    "facets": lambda g: reads.facets(g, Kind.FILM, ("genres", "year", "CREDITED_ON"), EVERYTHING, 10),
    "conflicts": lambda g: reads.conflicts(g, Kind.FILM, "runtime", _SHORT),
    "search": lambda g: reads.search(g, "persn 12", (), _SHORT),
    "nearest slugs": lambda g: reads.nearest_slugs(g, Kind.FILM, "f 100"),
    "hops, 50 x 20": lambda g: reads.hops(
        g, film_ids(50), HopQuery((Relation.CREDITED_ON,), Direction.IN, properties={"role": ("CAST",)}, page=_SHORT)
    ),
    "hops of any type": lambda g: reads.hops(g, film_ids(50), HopQuery((), page=PageRequest(20, count=True))),
    "hops with parts": lambda g: reads.hops(
        g, film_ids(5), HopQuery((Relation.CREDITED_ON,), Direction.IN, with_parts=True)
    ),
    "films of persons": lambda g: reads.person_films(g, person_ids(5), EVERYTHING, BY_NAME, _SHORT),
    "collaborators": lambda g: reads.collaborators(g, person_ids(5), (), YearSpan(1950, 1999), _SHORT),
    "enclosing": lambda g: reads.enclosing(g, [entity_id(Kind.PLACE, "town")], Relation.LOCATED_IN, Kind.PLACE),
    "neighbourhood": lambda g: reads.neighborhood(g, person_ids(1), 2, (), (), 300),
    "paths": lambda g: reads.paths(g, *_PATH, PathQuery(), 4, 5),
    "paths with conditions": lambda g: reads.paths(
        g, *_PATH, PathQuery(roles=("CAST",), years=YearSpan(1950), festivals=(film_ids(1)[0],), cited_only=True), 4, 5
    ),
    "scan": lambda g: reads.scan(g, ScanQuery()),
    "scan of credits": lambda g: reads.scan(
        g, ScanQuery((Relation.CREDITED_ON,), roles=("DIRECTOR",), films=Match("year", Op.GTE, 1950), cited_only=True)
    ),
    "columns": lambda g: reads.field_columns(g, Kind.FILM, ("year", "genres")),
}


def _credit_id(number: int) -> str:
    ends = (entity_id(Kind.PERSON, f"p{number % PEOPLE}"), entity_id(Kind.FILM, f"f{number}"))
    return relationship_id(Relation.CREDITED_ON, *ends, [("role", "DIRECTOR")])


def _films(g: Snapshot, where: Any) -> Awaitable[object]:
    return reads.find(g, EntityQuery(Kind.FILM, PageRequest(50), where))


# --------------------------------------------------------------------------- profiles
@dataclass
class Cost:
    """What queries did: hits, and the operators of their plans."""

    queries: int = 0
    hits: int = 0
    operators: set[str] = field(default_factory=set)

    def add(self, plan: Mapping[str, Any]) -> None:
        """Add a profiled plan and those below it."""
        self.hits += plan["args"].get("DbHits", 0)
        below = plan.get("children", ())
        if not any(_is_tail(child) for child in below):
            self.operators.add(plan["operatorType"].partition("@")[0])
        for child in below:
            self.add(child)


def _is_tail(plan: Mapping[str, Any]) -> bool:
    """Whether a plan reads the one node that tells the revision; what joins it to the one row multiplies nothing."""
    while len(below := plan.get("children", ())) == 1:
        plan = below[0]
    return "_m:FilmGraph" in plan["args"].get("Details", "")


class Profiled(Snapshot):
    """A snapshot whose queries are profiled."""

    def __init__(self, connection: Connection, state: State, driver: Driver, database: str | None) -> None:
        super().__init__(connection, state)
        self._driver, self._database = driver, database
        self.cost = Cost()

    async def read(self, query: str, /, **parameters: object) -> Row:
        text = f"PROFILE {with_state(query)}"
        with self._driver.session(database=self._database) as session:
            result = session.run(text, self.values(parameters))
            row = result.single(strict=True)
            summary = result.consume()
        assert summary.profile is not None
        self.cost.queries += 1
        self.cost.add(summary.profile)
        return dict(row)


@pytest.fixture(scope="module")
def loaded(neo4j_url: str) -> Iterator[str]:
    async def load() -> None:
        store = await Neo4jStore.open(neo4j_url)
        await store.apply([graph()], actor="test")
        await store.close()

    clean(neo4j_url)
    # A property of which the database has never heard is looked up in another way, at other hits.
    for name in (*CONSTANTS["fields"], *CONSTANTS["own"], *_MAY_BE_MISSING):
        query(neo4j_url, "CALL db.createProperty($name)", name=name)
    asyncio.run(load())
    yield neo4j_url
    clean(neo4j_url)


async def profile(url: str, name: str) -> Cost:
    """The cost of a read."""
    read = READS[name]
    address, password = parse_address(url), read_password()
    connection = Connection(address, password)
    with GraphDatabase.driver(
        address.url, auth=(address.user, password or ""), notifications_min_severity="OFF"
    ) as driver:
        snapshot = Profiled(connection, await connection.state(), driver, address.database)
        if name != "merged ids":  # which are kept for all reads of a revision
            await unmerged(snapshot, ())
            snapshot.cost = Cost()
        await read(snapshot)
    await connection.close()
    return snapshot.cost


@pytest.mark.parametrize("name", READS)
async def test_plans_look_at_no_more_than_they_must(loaded: str, name: str) -> None:
    cost = await profile(loaded, name)
    known: dict[str, dict[str, int]] = json.loads(BASELINE.read_text("utf-8")) if BASELINE.exists() else {}
    if os.environ.get("FILMGRAPH_NEW_BASELINE"):
        known[name] = {"queries": cost.queries, "hits": cost.hits}
        ordered = {key: known[key] for key in READS if key in known}
        BASELINE.write_text(json.dumps(ordered, indent=2) + "\n", "utf-8")
    assert cost.operators & TOO_MUCH == set()
    assert cost.queries <= known[name]["queries"]
    assert cost.hits <= known[name]["hits"] * TOLERANCE + 10
