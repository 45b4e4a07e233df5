"""What the embedded store's reads cost: statements, rows looked at, and indexes used."""

import random
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.ids import entity_id
from graph_api.domain.paging import PageRequest
from graph_api.domain.query import BY_NAME, EVERYTHING, Direction, EntityQuery, HopQuery, Order, YearSpan
from graph_api.domain.records import ChangeItem
from graph_api.domain.search import allowed_edits, prefix_edits
from graph_api.domain.vocabulary import Vocabulary
from graph_api.store.embedded import reads, tables
from graph_api.store.embedded.writer import apply
from tests.store.items import credit, film, person, source

FILMS, PEOPLE = 3_000, 200


def graph(films: int, people: int) -> sqlite3.Connection:
    """A graph in memory: film i was made by person i, and by person 0."""
    conn = sqlite3.connect(":memory:", isolation_level=None)
    for statement in (*tables.TABLES, *tables.INDEXES.values()):
        conn.execute(statement)
    rng = random.Random(0)
    items: list[ChangeItem] = [
        *(source(slug) for slug in ("s", *"abcdefghijklmnopq")),
        *(person(f"p{i}", f"Person {i}", "s#1") for i in range(people)),
        *(film(f"f{i}", f"Film {rng.random()}", "s#1", year=str(1900 + i % 100)) for i in range(films)),
        *(credit(f"p{i % people}", f"f{i}", "s#1") for i in range(films)),
        *(credit("p0", f"f{i}", "s#1", role="CAST") for i in range(0, films, 10)),
    ]
    apply(conn, [items], actor="t")
    return conn


@pytest.fixture(scope="module")
def conn() -> Iterator[sqlite3.Connection]:
    connection = graph(FILMS, PEOPLE)
    yield connection
    connection.close()


def traced(conn: sqlite3.Connection, read: Callable[[], object]) -> list[str]:
    """The statements that a read executes."""
    statements: list[str] = []
    conn.set_trace_callback(statements.append)
    try:
        read()
    finally:
        conn.set_trace_callback(None)
    return statements


def steps(conn: sqlite3.Connection, read: Callable[[], object]) -> int:
    """How many tens of instructions of SQLite's machine a read takes."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    conn.set_progress_handler(step, 10)
    try:
        read()
    finally:
        conn.set_progress_handler(None, 0)
    return count


def films(count: int) -> list[str]:
    return [entity_id(Kind.FILM, f"f{i}") for i in range(count)]


def people(count: int) -> list[str]:
    return [entity_id(Kind.PERSON, f"p{i}") for i in range(count)]


MIDDLE = PageRequest(5, after=("film 0 5", "x", "x"), count=True)
BATCHED: dict[str, Callable[[sqlite3.Connection, int], object]] = {
    "entities": lambda c, n: reads.entities(c, films(n)),
    "entities_by_slug": lambda c, n: reads.entities_by_slug(c, Kind.FILM, [f"f{i}" for i in range(n)]),
    "sources": lambda c, n: reads.sources(c, films(n)),
    "relationships": lambda c, n: reads.relationships(c, films(n)),
    "aliases": lambda c, n: reads.aliases(c, films(n)),
    "external_ids": lambda c, n: reads.external_ids(c, films(n)),
    "claims": lambda c, n: reads.claims(c, films(n)),
    "citations": lambda c, n: reads.citations(c, films(n)),
    "degrees": lambda c, n: reads.degrees(c, films(n), [Relation.CREDITED_ON]),
    "neighbor_counts": lambda c, n: reads.neighbor_counts(c, films(n)),
    "hops": lambda c, n: reads.hops(c, people(n), HopQuery((), page=MIDDLE)),
    "collaborators": lambda c, n: reads.collaborators(c, people(n), (), YearSpan(), PageRequest(count=True)),
    "enclosing": lambda c, n: reads.enclosing(c, films(n), Relation.PART_OF, Kind.EVENT),
}


EACH: dict[str, Callable[[sqlite3.Connection, int], object]] = {
    "hops one way": lambda c, n: reads.hops(c, people(n), HopQuery((Relation.CREDITED_ON,), Direction.OUT)),
    "person_films": lambda c, n: reads.person_films(c, people(n), EVERYTHING, BY_NAME, PageRequest(count=True)),
}
"""Reads that take a statement for each parent, which is faster than one for all; but always the same one."""


@pytest.mark.parametrize("name", BATCHED)
def test_the_number_of_statements_does_not_depend_on_that_of_ids(conn: sqlite3.Connection, name: str) -> None:
    one = traced(conn, lambda: BATCHED[name](conn, 1))
    many = traced(conn, lambda: BATCHED[name](conn, 100))
    assert len(one) == len(many) <= 5


@pytest.mark.parametrize("name", EACH)
def test_a_page_for_each_parent_takes_the_same_statement_again(conn: sqlite3.Connection, name: str) -> None:
    statements = traced(conn, lambda: EACH[name](conn, 100))
    assert len(statements) <= 100 + 3
    assert len({re.sub(r"\d+|'\[.*?\]'", "?", statement) for statement in statements}) <= 4


def test_totals_are_counted_only_when_asked_for(conn: sqlite3.Connection) -> None:
    plain = traced(conn, lambda: reads.find(conn, EntityQuery(Kind.FILM)))
    counted = traced(conn, lambda: reads.find(conn, EntityQuery(Kind.FILM, PageRequest(count=True))))
    assert len(plain) == 1
    assert not any("count(*)" in statement for statement in plain)
    assert any("count(*)" in statement for statement in counted)


def plans(conn: sqlite3.Connection, read: Callable[[], object]) -> list[str]:
    """The lines of the plans of a read's statements that name a table of the graph."""
    lines = []
    for statement in traced(conn, read):
        lines += [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {statement}")]
    return [line for line in lines if "VIRTUAL TABLE" not in line]


PLAIN: dict[str, Callable[[sqlite3.Connection], object]] = {
    "first page": lambda c: reads.find(c, EntityQuery(Kind.FILM)),
    "last page": lambda c: reads.find(c, EntityQuery(Kind.FILM, PageRequest(backward=True))),
    "page after": lambda c: reads.find(c, EntityQuery(Kind.FILM, PageRequest(after=("film 0 5", "x")))),
    "page before": lambda c: reads.find(c, EntityQuery(Kind.FILM, PageRequest(before=("film 0 5", "x")))),
    "by year": lambda c: reads.find(c, EntityQuery(Kind.FILM, order=(Order("year"),))),
    "by year after": lambda c: reads.find(
        c, EntityQuery(Kind.FILM, PageRequest(5, after=(1950, "x")), order=(Order("year"),))
    ),
    "node": lambda c: reads.entities(c, films(1)),
    "hops": lambda c: reads.hops(c, people(2), HopQuery((Relation.CREDITED_ON,))),
    "citations": lambda c: reads.citations(c, films(2)),
    "claims": lambda c: reads.claims(c, films(2)),
}


@pytest.mark.parametrize("name", PLAIN)
def test_plain_reads_search_by_index(conn: sqlite3.Connection, name: str) -> None:
    lines = plans(conn, lambda: PLAIN[name](conn))
    of_tables = [line for line in lines if line.startswith("SEARCH")]
    scans = [
        line
        for line in lines
        if line.startswith("SCAN") and not line.startswith(("SCAN (", "SCAN place", "SCAN CONSTANT"))
    ]
    assert of_tables
    assert scans == []


def nth_page(conn: sqlite3.Connection, number: int, order: Sequence[Order]) -> PageRequest:
    """The request for a page far behind, its cursor found by reading the whole list at once."""
    whole = reads.find(conn, EntityQuery(Kind.FILM, PageRequest(FILMS * 10), order=tuple(order)))
    return PageRequest(5, after=whole.positions[number * 5 - 1])


@pytest.mark.parametrize("order", [BY_NAME, (Order("year"),)], ids=["by name", "by year"])
def test_a_page_far_behind_costs_what_one_near_the_start_does(
    conn: sqlite3.Connection, order: tuple[Order, ...]
) -> None:
    near, far = nth_page(conn, 2, order), nth_page(conn, 590, order)
    costs = [steps(conn, lambda p=p: reads.find(conn, EntityQuery(Kind.FILM, p, order=order))) for p in (near, far)]  # type: ignore[misc]
    assert costs[1] <= 1.5 * costs[0]


def test_a_page_and_a_node_cost_the_same_in_a_graph_of_any_size(conn: sqlite3.Connection) -> None:
    small = graph(100, 10)
    for read in (
        lambda c: reads.find(c, EntityQuery(Kind.FILM)),
        lambda c: reads.find(c, EntityQuery(Kind.FILM, PageRequest(5, after=("film 0 5", "x")))),
        lambda c: reads.entities(c, films(1)),
    ):
        costs = [steps(c, lambda c=c, read=read: read(c)) for c in (small, conn)]  # type: ignore[misc]
        assert costs[1] <= 1.5 * costs[0]
    small.close()


def test_a_merged_id_answers_for_what_it_was_merged_into() -> None:
    conn = graph(20, 5)
    old, new = entity_id(Kind.PERSON, "old"), entity_id(Kind.PERSON, "p1")
    conn.execute("INSERT INTO merged SELECT ?, key FROM entity WHERE id = ?", (old, new))
    assert reads.entities(conn, [old]) == reads.entities(conn, [new])
    assert reads.entities_by_slug(conn, Kind.PERSON, ["old"]) == reads.entities(conn, [new])
    for name in ("claims", "citations", "degrees", "neighbor_counts", "aliases"):
        read = getattr(reads, name)
        assert read(conn, [old]) == read(conn, [new])
    query = HopQuery((Relation.CREDITED_ON,))
    assert reads.hops(conn, [old], query) == reads.hops(conn, [new], query)
    conn.close()


_WORDS = st.lists(st.text("abc", min_size=1, max_size=12), min_size=1, max_size=30, unique=True)


@given(_WORDS, st.text("abc", min_size=1, max_size=11))
@settings(max_examples=300, deadline=None)
def test_the_vocabulary_finds_what_the_definition_says(words: list[str], word: str) -> None:
    limit = allowed_edits(word)
    expected = [w for w in words if limit and prefix_edits(word, w, limit) is not None]
    assert Vocabulary(words).alike(word) == expected


def test_long_words_and_an_empty_vocabulary() -> None:
    long = "a" * 60
    assert Vocabulary([]).alike("aaaa") == []
    assert Vocabulary([long]).alike("a" * 29) == [long]
    assert Vocabulary([long]).alike("a" * 31) == []
