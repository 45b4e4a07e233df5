"""The graph as somebody finds it who opens Neo4j Browser, and the questions of docs/neo4j.md."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph_api.domain.catalogue import ClaimRank
from graph_api.domain.paging import PageRequest
from graph_api.store.neo4j.schema import NAMES_INDEX, PREFIX, statements
from graph_api.store.neo4j.store import Neo4jStore
from seed.builtin import ensure_loaded
from tests.store.items import IMPERIA, claim, imperia, load
from tests.store.neo4j.cleaning import clean, query

_PAGE = Path(__file__).parents[3] / "docs/neo4j.md"
QUESTIONS = re.findall(r"```cypher\n(.*?)```", _PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture
async def store(neo4j_url: str) -> AsyncIterator[Neo4jStore]:
    clean(neo4j_url)
    made = await Neo4jStore.open(neo4j_url)
    yield made
    await made.close()


async def test_films_and_people_look_as_one_would_expect(store: Neo4jStore, neo4j_url: str) -> None:
    await load(store, [*imperia(), claim(IMPERIA, "runtime", "40", "list#note", rank=ClaimRank.PREFERRED)])
    (row,) = query(
        neo4j_url,
        "MATCH (p:Person {name: 'Marcel Barsotti'})-[c:CREDITED_ON {role: 'DIRECTOR'}]->(f:Film {title: 'Imperia'}) "
        "RETURN labels(f), f.year, f.runtime, f.genres, f.genresKeys, f.degree, f.nameKey, f.words, f.conflicts, "
        "c.citations, c.rank",
    )
    labels, *rest = row
    assert sorted(map(str, labels)) == ["Disputed", "Film", "FilmGraph"]  # type: ignore[call-overload]
    assert rest == [
        *(2025, 40.0, ["drama", "science fiction"], ["drama", "science fiction"], 1, "imperia", ["imperia"]),
        *(["runtime"], ["list#row 1"], "NORMAL"),
    ]
    assert query(
        neo4j_url,
        "MATCH (f:Film)<-[:ABOUT_SUBJECT]-(c:Claim)-[x:CITES]->(s:Source {slug: 'list'}) "
        "RETURN c.property, c.value, c.number, c.unit, c.bound, c.rank, x.locator",
    ) == [["runtime", "40", 40.0, "min", "EXACT", "PREFERRED", "note"]]
    assert query(
        neo4j_url, "MATCH (f:Film)-[m:MENTIONED_IN]->(s) RETURN m.locator, m.cells, m.dataset, s.publishedOn"
    ) == [
        [
            "row 1",
            '{"genres":["drama","science fiction"],"runtime":"36 min","title":"Imperia","year":"2025"}',
            "films",
            "2025-06-01",
        ]
    ]


@pytest.mark.slow
async def test_the_questions_of_the_documentation_have_answers(store: Neo4jStore, neo4j_url: str) -> None:
    assert len(QUESTIONS) == 10
    await ensure_loaded(store)
    for question in QUESTIONS:
        assert query(neo4j_url, question), question


async def test_a_start_makes_the_indexes_that_are_missing_and_waits_for_them(store: Neo4jStore, neo4j_url: str) -> None:
    await load(store, imperia())
    query(neo4j_url, f"DROP INDEX {NAMES_INDEX}")
    query(neo4j_url, f"DROP CONSTRAINT {PREFIX}id")
    again = await Neo4jStore.open(neo4j_url)
    try:
        assert (await again.search("imperia", (), PageRequest(5))).items[0].entity.id == IMPERIA
    finally:
        await again.close()
    states = query(neo4j_url, "SHOW INDEXES YIELD name, state WHERE name STARTS WITH $prefix RETURN *", prefix=PREFIX)
    assert {(name, state) for name, state in states} == {(name, "ONLINE") for name, _ in statements()}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("MATCH ()-[m:MENTIONED_IN]->() SET m.cells = replace(m.cells, '36 min', 'long')", "Film "),
        ("MATCH ()-[m:MENTIONED_IN]->() SET m.cells = 'nonsense'", "Film "),
        ("MATCH ()-[r:CREDITED_ON]->() SET r.role = 'KING'", "R "),
        ("MATCH (c:Claim) SET c.value = 'long'", "Claim "),
        ("MATCH (c:Claim) SET c.rank = 'BEST'", "Claim "),
        ("MATCH (s:Source) SET s.publishedOn = '2025-13'", "Source "),
    ],
)
async def test_values_that_the_catalogue_does_not_know_are_found(
    store: Neo4jStore, neo4j_url: str, change: str, told: str
) -> None:
    await load(store, [*imperia(), claim(IMPERIA, "runtime", "40", "list#note")])
    assert await store.check_integrity() == []
    query(neo4j_url, change)
    assert any(line.startswith(told) for line in await store.check_integrity())
