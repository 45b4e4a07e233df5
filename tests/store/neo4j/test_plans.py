"""What the reads cost on Neo4j: operators that look at too much, and database hits against a reviewed baseline.

The baselines are `hits.json`, of a graph made for it, and `hits-tmdb.json`, of TMDB's films.
"""

import asyncio
from collections.abc import Iterator

import pytest

from graph_api.domain.catalogue import QUALIFIERS, Kind, Relation
from graph_api.domain.ids import entity_id, relationship_id, source_id
from graph_api.domain.records import ChangeItem, EntityRow
from graph_api.store.neo4j.shapes import CONSTANTS
from graph_api.store.neo4j.store import Neo4jStore
from seed.loading import load
from tests.data import large_dataset
from tests.store.items import claim, credit, entity, film, person, related, source
from tests.store.neo4j.cleaning import clean, query
from tests.store.neo4j.plan_reads import Some, reads_of
from tests.store.neo4j.profiles import TOO_MUCH, hold, profile

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]

FILMS, PEOPLE = 2_000, 400
SOURCES = "abcdefgh"
_MAY_BE_MISSING = ("reason", "assertedBy", "url", "publisher", "publishedOn", "retrievedOn", "licence", *QUALIFIERS)


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


def _credit_id(number: int) -> str:
    ends = (entity_id(Kind.PERSON, f"p{number % PEOPLE}"), entity_id(Kind.FILM, f"f{number}"))
    return relationship_id(Relation.CREDITED_ON, *ends, [("role", "DIRECTOR")])


def some_of_it() -> Some:
    return Some(
        film_ids(600),
        person_ids(400),
        [_credit_id(i) for i in range(100)],
        [source_id(slug) for slug in SOURCES[:4]],
        source_id("c"),
        [entity_id(Kind.PLACE, "town")],
        ("film 1500", "x"),
        beginning="Film 19",
        genre="drama",
        name="Person 7",
        words="persn 12",
        slug="f 100",
        ends=(person_ids(1)[0], entity_id(Kind.FILM, "f7")),
    )


# Any graph tells which of its names there are.
NAMES = list(reads_of(some_of_it()))


def prepare(address: str) -> None:
    """Empty the database; a property of which it has never heard is looked up in another way, at other hits."""
    clean(address)
    for name in (*CONSTANTS["fields"], *CONSTANTS["own"], *_MAY_BE_MISSING):
        query(address, "CALL db.createProperty($name)", name=name)


@pytest.fixture(scope="module")
def made(neo4j_url: str) -> Iterator[str]:
    async def fill() -> None:
        store = await Neo4jStore.open(neo4j_url)
        await store.apply([graph()], actor="test")
        await store.close()

    prepare(neo4j_url)
    asyncio.run(fill())
    query(neo4j_url, "CALL db.prepareForReplanning(60)")  # the planner counts anew, and not some time later
    yield neo4j_url
    clean(neo4j_url)


@pytest.mark.parametrize("name", NAMES)
async def test_plans_look_at_no_more_than_they_must(made: str, name: str) -> None:
    cost = await profile(made, reads_of(some_of_it())[name], is_warm=name != "merged ids")
    assert cost.operators & TOO_MUCH == set()
    hold(name, cost, "hits.json", NAMES)


# --------------------------------------------------------------------------- TMDB
_ACTOR = "tests: TMDB"
_IDS = {
    "films": "MATCH (n:Film:FilmGraph) RETURN n.id ORDER BY n.nameKey, n.id LIMIT 600",
    "people": "MATCH (n:Person:FilmGraph) RETURN n.id ORDER BY n.degree DESC, n.id LIMIT 400",
    "credits": "MATCH (:Film:FilmGraph)<-[r:CREDITED_ON]-() RETURN r.id ORDER BY r.id LIMIT 100",
    "sources": "MATCH (n:Source:FilmGraph) RETURN n.id ORDER BY n.id LIMIT 4",
}


@pytest.fixture(scope="module")
def tmdb(neo4j_url: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Some]:
    """TMDB's films, or the stand-in where they are not found, and some of them."""

    async def fill() -> None:
        store = await Neo4jStore.open(neo4j_url)
        await load(store, folder, actor=_ACTOR)
        await store.close()

    if query(neo4j_url, "MATCH (c:Change:FilmGraph {generation: 0}) RETURN c.actor") != [[_ACTOR]]:
        folder = tmp_path_factory.mktemp("films") / "tmdb"
        if "stand-in" in large_dataset(folder):
            pytest.skip("the baseline is of TMDB's own tables")
        prepare(neo4j_url)
        asyncio.run(fill())
    ids = {name: [str(row[0]) for row in query(neo4j_url, text)] for name, text in _IDS.items()}
    person, film_ = ids["people"][0], ids["films"][7]
    return (
        neo4j_url,
        Some(
            ids["films"],
            ids["people"],
            ids["credits"],
            ids["sources"],
            ids["sources"][0],
            ids["films"][:1],
            ("the l", "x"),
            beginning="The L",
            genre="drama",
            name="Robert Rodriguez",
            words="steven speilberg",
            slug="star war",
            ends=(person, film_),
        ),
    )


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", NAMES)
async def test_plans_on_tmdb(tmdb: tuple[str, Some], name: str) -> None:
    address, some = tmdb
    cost = await profile(address, reads_of(some)[name], is_warm=name != "merged ids")
    assert cost.operators & TOO_MUCH == set()
    hold(name, cost, "hits-tmdb.json", NAMES)
