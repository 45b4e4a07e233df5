"""Columns that come as one text each are the rows as they lie in the file, whatever is in them."""

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.batching.columns import Rows
from graph_api.batching.table import Table
from graph_api.domain.catalogue import ClaimRank, Kind, Relation
from graph_api.domain.paging import PageRequest
from graph_api.domain.query import BY_NAME, Direction, EntityQuery, HopQuery, Order
from graph_api.domain.records import ChangeItem, Scalar
from graph_api.store.embedded import hops, lists, reads, tables
from graph_api.store.embedded.packed import Cell, can_pack, pack, unpack
from graph_api.store.embedded.writer import apply
from tests.store.embedded.test_statements import films
from tests.store.items import credit, film, person, source

CREDITS = HopQuery((Relation.CREDITED_ON,), Direction.IN, order=(Order("rel:order"), *BY_NAME))
FILMS, PEOPLE = 12, 60
TEXT = Cell("a", may_be_null=False)
TEXT_OR_NULL = Cell("b")
NUMBER_OR_NULL = Cell("c", is_whole=True)
CELLS = (TEXT, TEXT_OR_NULL, NUMBER_OR_NULL)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")))
rows_of = st.lists(st.tuples(texts, texts | st.none(), st.integers(-(2**63), 2**63 - 1) | st.none()))


def read(rows: list[tuple[object, ...]]) -> tuple[int, list[list[object]]] | None:
    """What comes of rows of three columns."""
    conn = sqlite3.connect(":memory:")
    conn.execute("CREATE TABLE t (a TEXT, b TEXT, c INTEGER)")
    conn.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
    found = unpack(conn.execute(f"SELECT {pack(CELLS)} FROM t").fetchone(), CELLS)
    conn.close()
    return found


@given(rows_of)
def test_columns_are_those_of_the_rows(rows: list[tuple[object, ...]]) -> None:
    wanted = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], []]
    assert read(rows) == (len(rows), wanted)


@pytest.mark.parametrize("odd", [("a\x1fb", "", 1), ("", "a\x1f", 1), ("", "", "many"), (None, "", 1)])
def test_what_would_not_come_through_is_noticed(odd: tuple[object, ...]) -> None:
    assert read([("a", "b", 1), odd]) is None


def test_numbers_with_fractions_are_left_alone() -> None:
    assert not can_pack([TEXT, Cell("d", is_real=True)])


@pytest.fixture(scope="module")
def conn() -> Iterator[sqlite3.Connection]:
    """A graph of films with none to sixty credits, some of them in no order."""
    conn = sqlite3.connect(":memory:", isolation_level=None)
    for statement in (*tables.TABLES, *tables.INDEXES.values()):
        conn.execute(statement)
    rng = random.Random(1)
    items: list[ChangeItem] = [source("s")]
    items += [person(f"p{i}", f"{rng.choice('ABC')} {i % 7}", "s#1") for i in range(PEOPLE)]
    items += [
        film(f"f{i}", f"Film {rng.random()}", "s#1", **({"year": str(1990 + i)} if i % 3 else {})) for i in range(FILMS)
    ]
    for i in range(FILMS):
        for j in rng.sample(range(PEOPLE), i * 5):
            role = rng.choice(["CAST", "CAST", "DIRECTOR", "WRITER"])
            named: dict[str, Scalar] = {"character": f"X {j}"} if role == "CAST" and j % 3 else {}
            if rng.random() < 0.5:
                named["order"] = rng.randrange(9)
            items.append(credit(f"p{j}", f"f{i}", "s#1", role=role, rank=ClaimRank.NORMAL, **named))
    apply(conn, [items], actor="t")
    yield conn
    conn.close()


@pytest.mark.parametrize("size", [1, 2, 7, 20, 100])
@pytest.mark.parametrize("roles", [(), ("CAST",), ("DIRECTOR",), ("CAST", "WRITER"), ("EDITOR",)])
@pytest.mark.parametrize("positions", [True, False])
@pytest.mark.parametrize("narrow", [True, False])
def test_first_pages_of_credits(
    conn: sqlite3.Connection,
    size: int,
    roles: tuple[str, ...],
    positions: bool,
    narrow: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some = {"fields": frozenset(("id", "name")), "own": frozenset(("role", "order", "source"))} if narrow else {}
    page = PageRequest(size, positions=positions, **some)  # type: ignore[arg-type]
    query = replace(CREDITS, properties={"role": roles} if roles else {}, page=page)
    ids = films(FILMS)
    monkeypatch.setattr(hops, "WORTH_IT", 0)
    packed = reads.hops(conn, ids, query)
    monkeypatch.setattr(hops, "WORTH_IT", 10**9)
    one_by_one = reads.hops(conn, ids, query)
    assert isinstance(packed.items, Table)
    assert not isinstance(one_by_one.items, Table)
    assert list(packed) == list(one_by_one)
    for name in ("relationship", "entity"):
        assert list(packed.items.col(name)) == list(one_by_one.items.col(name))  # type: ignore[attr-defined]
    role = packed.items.col("relationship").col("role")
    assert role == [hop.relationship.properties["role"] for hop in one_by_one.items]
    assert list(packed.items[1:3]) == list(one_by_one.items[1:3])
    assert list(packed.items.take([0])) == [one_by_one.items[0]] if len(one_by_one.items) else not len(packed.items)


def test_gaps_between_places_are_noticed(conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hops, "WORTH_IT", 0)
    query = replace(CREDITS, page=PageRequest(7))
    before = reads.hops(conn, films(FILMS), query)
    conn.execute("SAVEPOINT gaps")
    conn.execute("UPDATE relationship SET place = place + 5 WHERE place > 3")
    found = reads.hops(conn, films(FILMS), query)
    conn.execute("ROLLBACK TO gaps")
    assert not isinstance(found.items, Table)
    assert list(found) == list(before)


@pytest.mark.parametrize("size", [1, 5, FILMS, FILMS + 1])
def test_first_pages_of_lists(conn: sqlite3.Connection, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = frozenset(("id", "name", "year", "genres", "kind"))
    query = EntityQuery(Kind.FILM, PageRequest(size, positions=False, fields=fields))
    monkeypatch.setattr(lists, "WORTH_IT", 0)
    packed = reads.find(conn, query)
    monkeypatch.setattr(lists, "WORTH_IT", 10**9)
    one_by_one = reads.find(conn, query)
    assert isinstance(packed.items, Table)
    assert packed == one_by_one
    assert isinstance(one_by_one.items, Rows)
    assert packed.items.typenames() == one_by_one.items.typenames()
    for name in fields:
        assert packed.items.col(name) == one_by_one.items.col(name)
