"""How SQLite reads: no statement scans a table or sorts in a temporary tree, but those named here with their reason."""

import inspect
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.ids import entity_id
from graph_api.domain.paging import PageRequest
from graph_api.domain.query import (
    BY_NAME,
    EVERYTHING,
    Direction,
    EntityQuery,
    HopQuery,
    Linked,
    Match,
    Op,
    Order,
    PathQuery,
    ScanQuery,
    YearSpan,
)
from graph_api.store.embedded import reads
from tests.store.embedded.test_statements import films, graph, people, plans, traced

CREDITS = HopQuery((Relation.CREDITED_ON,), Direction.IN, order=(Order("rel:order"), *BY_NAME))
AFTER = PageRequest(5, after=("film 0 5", "x"))
DRAMA = Match("genres", Op.EQ, "drama")
BY_PERSON = Linked((Relation.CREDITED_ON,), Direction.IN, ids=(entity_id(Kind.PERSON, "p1"),))
Read = Callable[[sqlite3.Connection], object]

# Each of `graph_api.store.embedded.reads`, most of them in several ways.
READS: dict[str, Read] = {
    "aliases": lambda c: reads.aliases(c, films(2)),
    "changes": lambda c: reads.changes(c, 0, 10),
    "citations": lambda c: reads.citations(c, films(2)),
    "claims": lambda c: reads.claims(c, films(2)),
    "collaborators": lambda c: reads.collaborators(c, people(2), (), YearSpan(), PageRequest()),
    "conflicts": lambda c: reads.conflicts(c, None, None, PageRequest()),
    "conflicts of a kind": lambda c: reads.conflicts(c, Kind.FILM, "runtime", PageRequest()),
    "counts": reads.counts,
    "degrees": lambda c: reads.degrees(c, films(2)),
    "degrees of a relation": lambda c: reads.degrees(c, films(2), (Relation.CREDITED_ON,)),
    "enclosing": lambda c: reads.enclosing(c, films(2), Relation.PART_OF, Kind.EVENT),
    "entities": lambda c: reads.entities(c, films(2)),
    "entities_by_slug": lambda c: reads.entities_by_slug(c, Kind.FILM, ["f1", "f2"]),
    "external_ids": lambda c: reads.external_ids(c, films(2)),
    "facets": lambda c: reads.facets(c, Kind.FILM, ["genres", "year", "CREDITED_ON"], EVERYTHING, 10),
    "field_columns": lambda c: reads.field_columns(c, Kind.FILM, ["year"]),
    "find": lambda c: reads.find(c, EntityQuery(Kind.FILM)),
    "find after": lambda c: reads.find(c, EntityQuery(Kind.FILM, AFTER)),
    "find before": lambda c: reads.find(c, EntityQuery(Kind.FILM, PageRequest(before=("film 0 5", "x")))),
    "find the last": lambda c: reads.find(c, EntityQuery(Kind.FILM, PageRequest(backward=True))),
    "find and count": lambda c: reads.find(c, EntityQuery(Kind.FILM, PageRequest(count=True))),
    "find by year": lambda c: reads.find(c, EntityQuery(Kind.FILM, order=(Order("year"),))),
    "find by year, the latest first": lambda c: reads.find(c, EntityQuery(Kind.FILM, order=(Order("year", True),))),
    "find by degree": lambda c: reads.find(c, EntityQuery(Kind.FILM, order=(Order("degree", True),))),
    "find of a genre": lambda c: reads.find(c, EntityQuery(Kind.FILM, filter=DRAMA)),
    "find of a person": lambda c: reads.find(c, EntityQuery(Kind.FILM, filter=BY_PERSON)),
    "hops in": lambda c: reads.hops(c, films(2), CREDITS),
    "hops in of a role": lambda c: reads.hops(c, films(2), replace(CREDITS, properties={"role": ("CAST",)})),
    "hops in after": lambda c: reads.hops(c, films(2), replace(CREDITS, page=PageRequest(5, after=(1, "a", "x", "y")))),
    "hops in, the last": lambda c: reads.hops(c, films(2), replace(CREDITS, page=PageRequest(5, backward=True))),
    "hops out": lambda c: reads.hops(c, people(2), HopQuery((Relation.CREDITED_ON,), Direction.OUT)),
    "hops both ways": lambda c: reads.hops(c, people(2), HopQuery(())),
    "hops with parts": lambda c: reads.hops(c, films(2), HopQuery((Relation.SCREENED_AT,), with_parts=True)),
    "hops and count": lambda c: reads.hops(c, films(2), HopQuery((), page=PageRequest(count=True))),
    "list_sources": lambda c: reads.list_sources(c, PageRequest()),
    "list_sources with a text": lambda c: reads.list_sources(c, PageRequest(), "wire"),
    "nearest_slugs": lambda c: reads.nearest_slugs(c, Kind.FILM, "f"),
    "neighbor_counts": lambda c: reads.neighbor_counts(c, films(2)),
    "neighborhood": lambda c: reads.neighborhood(c, films(2), 2, (), (), 50),
    "paths": lambda c: reads.paths(c, people(2)[0], people(2)[1], PathQuery(), 4, 3),
    "person_films": lambda c: reads.person_films(c, people(2), EVERYTHING, BY_NAME, PageRequest()),
    "relationships": lambda c: reads.relationships(c, films(2)),
    "revision": reads.revision,
    "scan": lambda c: reads.scan(c, ScanQuery()),
    "search": lambda c: reads.search(c, "film", (), PageRequest()),
    "sources": lambda c: reads.sources(c, films(2)),
}
ORDER, GROUP, DISTINCT = (f"USE TEMP B-TREE FOR {what}" for what in ("ORDER BY", "GROUP BY", "DISTINCT"))
TIES, UNION = "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY", "UNION USING TEMP B-TREE"
COUNTED = "USE TEMP B-TREE FOR count(DISTINCT)"

# What is not said to be about the whole graph is about the few rows that the ids asked for bring.
FEW = "the rows that belong to the ids asked for"
OWN = "not a table, but the rows of a subquery of this statement"
NAMES = "names lie in the entities: what is around one parent is ordered by them, and cut off in a bounded sorter"
WHOLE = "the question is about all of it"
CONFLICTS = "there are few, and no other order or condition than this is asked of them"
JUSTIFIED: dict[str, dict[str, str]] = {
    "aliases": {ORDER: FEW},
    "changes": {"SCAN c": OWN, ORDER: "the parts of the changes of one page"},
    "citations": {"SCAN place": OWN, UNION: FEW, ORDER: FEW},
    "claims": {DISTINCT: FEW},
    "collaborators": {
        "SCAN film": OWN, "SCAN s": OWN, DISTINCT: FEW, COUNTED: FEW, GROUP: FEW,
        ORDER: "how many films people share is counted here and nowhere kept",
    },
    "conflicts": {"SCAN c": CONFLICTS, ORDER: CONFLICTS, DISTINCT: FEW},
    "conflicts of a kind": {"SCAN c": CONFLICTS, ORDER: CONFLICTS, DISTINCT: FEW},
    "counts": {
        "SCAN change": WHOLE, "SCAN claim": WHOLE, "SCAN conflict": WHOLE, "SCAN m": WHOLE, UNION: WHOLE, GROUP: WHOLE,
        "SCAN entity USING COVERING INDEX entity_by_name": WHOLE,
        "SCAN relationship USING COVERING INDEX relationship_by_target": WHOLE,
        "SCAN source USING COVERING INDEX sqlite_autoindex_source_2": WHOLE,
    },
    "enclosing": {"SCAN up": OWN, ORDER: FEW},
    "external_ids": {ORDER: FEW},
    "facets": {GROUP: WHOLE, COUNTED: WHOLE},
    "find by degree": {ORDER: "an index of degrees would be written anew with each relationship"},
    "find by year, the latest first": {TIES: "films of one year, whose ids ascend while years descend"},
    "find of a person": {UNION: "the two ways in which an id may be known"},
    "hops out": {ORDER: NAMES},
    "hops both ways": {ORDER: NAMES},
    "hops with parts": {"SCAN part": OWN, ORDER: NAMES},
    "hops and count": {ORDER: NAMES},
    "list_sources": {"SCAN s USING INDEX source_by_title": "in its order, and no further than the page"},
    "list_sources with a text": {"SCAN s USING INDEX source_by_title": "in its order, until the page is full"},
    "neighbor_counts": {"SCAN h": OWN, GROUP: FEW},
    "neighborhood": {"SCAN n": OWN, UNION: FEW, ORDER: "nearest first, then by degree: at most what was reached"},
    "person_films": {GROUP: "a film on which a person has several credits counts once", ORDER: NAMES},
    "scan": {"SCAN r": WHOLE, "SCAN entity USING COVERING INDEX sqlite_autoindex_entity_1": WHOLE},
    "search": {"SCAN change": "from its end, for one row", ORDER: "what was found, best first"},
}  # fmt: skip
"""Name of a read -> lines of its plans that are as they should be, each with its reason."""


_LAST = re.compile(r"LAST (\d+ )?TERMS?")
"""How later versions of SQLite call the right part of an order."""


@pytest.fixture(scope="module")
def conn() -> Iterator[sqlite3.Connection]:
    connection = graph(1_000, 100)
    yield connection
    connection.close()


def unusual(conn: sqlite3.Connection, read: Read) -> set[str]:
    """The lines of a read's plans that scan a table, or sort."""
    found = set()
    for statement in traced(conn, lambda: read(conn)):
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            found |= {_LAST.sub("RIGHT PART", row[3]) for row in conn.execute(f"EXPLAIN QUERY PLAN {statement}")}
    return {line for line in found if is_scan(line) or "TEMP B-TREE" in line}


def is_scan(line: str) -> bool:
    """Whether a line of a plan is about the whole of a table: not of a list given as JSON, or of a subquery's rows."""
    return line.startswith("SCAN") and "VIRTUAL TABLE" not in line and not line.startswith(("SCAN (", "SCAN CONSTANT"))


@pytest.mark.parametrize("name", READS)
def test_a_statement_scans_and_sorts_only_where_there_is_a_reason(conn: sqlite3.Connection, name: str) -> None:
    assert unusual(conn, READS[name]) <= set(JUSTIFIED.get(name, {}))


def test_what_is_mostly_read_of_credits_lies_in_their_index(conn: sqlite3.Connection) -> None:
    few = PageRequest(20, positions=False, fields=frozenset(("name",)), own=frozenset(("role", "character", "order")))
    search = "SEARCH r USING COVERING INDEX relationship_in_order (target_key=? AND place>?"
    of_role = replace(CREDITS, page=few, properties={"role": ("CAST",)})
    page, beyond = f"{search} AND place<?)", f"{search})"
    # How many there are, up to one beyond the page; the page itself; and where of a role it ends.
    for query, wanted in ((replace(CREDITS, page=few), [beyond, page]), (of_role, [beyond, page, beyond])):
        lines = plans(conn, lambda query=query: reads.hops(conn, films(2), query))  # type: ignore[misc]
        assert [line for line in lines if " r " in line] == wanted
    each = plans(conn, lambda: reads.hops(conn, films(2), replace(of_role, page=replace(few, size=1))))
    assert [line for line in each if " r " in line] == [beyond] * 2


def test_every_read_is_here() -> None:
    known = {name for name in reads.__all__ if inspect.isfunction(getattr(reads, name))}
    assert known == {name for name in known if any(case.split(" ")[0] == name for case in READS)}
