"""Pages of entities and of sources."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias

from graph_api.batching.columns import Rows
from graph_api.batching.table import Table
from graph_api.domain.catalogue import Kind
from graph_api.domain.fields import is_text
from graph_api.domain.folding import fold
from graph_api.domain.paging import Around, Page, PageRequest, ends
from graph_api.domain.query import EntityQuery, Filter, Order, is_small
from graph_api.domain.records import Entity, Source
from graph_api.store.embedded.filters import condition, needs_fold
from graph_api.store.embedded.functions import add_fold
from graph_api.store.embedded.keyset import (
    Key,
    entity_key,
    halves,
    order_by,
    outside_halves,
    select,
    window_halves,
)
from graph_api.store.embedded.packed import WORTH_IT, Cell, Columns, can_pack, pack, unpack
from graph_api.store.embedded.shapes import SOURCE_COLUMNS, entity_shape, read_source
from graph_api.store.embedded.sql import FALSE, Sql, all_of, any_of, in_list

Found: TypeAlias = list[tuple[Any, ...]]
_SOURCE_CELLS = tuple(map(Cell, SOURCE_COLUMNS.split(", ")))


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that pages are cut from: cells FROM tables WHERE a condition, in an order.

    The last key is unique. `packed` is the statement of the columns of a first page, and the cells it gives.
    """

    cells: tuple[Cell, ...]
    tables: str
    where: Sql
    keys: tuple[Key, ...]
    packed: "tuple[str, tuple[Cell, ...]] | None" = None

    def cut(self, conn: sqlite3.Connection, page: PageRequest) -> tuple[Found, bool, bool]:
        """Return the rows of a page, keys first where wanted, and whether there are next and previous ones."""
        found = self._read(conn, page)
        has_next, has_previous = ends(page, len(found), self._around(conn, page))
        rows = found[: page.size]
        if page.backward:
            rows.reverse()
        return rows, has_next, has_previous

    def count(self, conn: sqlite3.Connection) -> int:
        """Return how long the list is."""
        total: int = conn.execute(
            f"SELECT count(*) FROM {self.tables} WHERE {self.where.text}", self.where.params
        ).fetchone()[0]
        return total

    def first(self, conn: sqlite3.Connection, page: PageRequest) -> tuple[int, Columns] | None:
        """Return how many rows there are, up to one beyond a page from the start, and their columns.

        None where they have to be read one by one.
        """
        is_start = not page.backward and page.after is None and page.before is None
        if self.packed is None or not is_start or page.positions or page.size < WORTH_IT:
            return None
        text, cells = self.packed
        return unpack(conn.execute(text, (*self.where.params, page.size + 1)).fetchone(), cells)

    def with_packed(self) -> "Listing":
        """Return the same with what `first` needs, where there is such a statement."""
        if len(halves(self.keys)) > 1 or not can_pack(self.cells):
            return self
        cells = tuple(cell._replace(text=f"c{i}") for i, cell in enumerate(self.cells))
        columns = ", ".join(f"{cell.text} AS c{i}" for i, cell in enumerate(self.cells))
        return replace(self, packed=(f"SELECT {pack(cells)} FROM ({self._text(columns, self.where)})", cells))

    def _read(self, conn: sqlite3.Connection, page: PageRequest) -> Found:
        """Return one row more than the page holds, if there is one."""
        parts = window_halves(self.keys, page)
        rows: Found = []
        for part in reversed(parts) if page.backward else parts:
            where = all_of((self.where, part))
            if where != FALSE and len(rows) <= page.size:
                rows += self._select(conn, where, page, page.size + 1 - len(rows))
        return rows

    def _select(self, conn: sqlite3.Connection, where: Sql, page: PageRequest, limit: int) -> Found:
        columns = ", ".join(cell.text for cell in self.cells)
        columns = f"{select(self.keys)}, {columns}" if page.positions else columns
        return conn.execute(self._text(columns, where, backward=page.backward), (*where.params, limit)).fetchall()

    def _text(self, columns: str, where: Sql, *, backward: bool = False) -> str:
        first, *others = self.keys
        order = order_by((replace(first, nullable=False), *others), backward=backward)
        return f"SELECT {columns} FROM {self.tables} WHERE {where.text} ORDER BY {order} LIMIT ?"

    def _around(self, conn: sqlite3.Connection, page: PageRequest) -> Around:
        if page.after is None and page.before is None:
            return Around()
        asked = [any_of(self._exists(part) for part in parts) for parts in outside_halves(self.keys, page)]
        params = [p for each in asked for p in each.params]
        row = conn.execute(f"SELECT {', '.join(each.text for each in asked)}", params).fetchone()
        return Around(*map(bool, row))

    def _exists(self, part: Sql) -> Sql:
        where = all_of((self.where, part))
        return (
            FALSE if where == FALSE else Sql(f"EXISTS (SELECT 1 FROM {self.tables} WHERE {where.text})", where.params)
        )


def find(conn: sqlite3.Connection, query: EntityQuery) -> Page[Entity]:
    """Return a page of the entities of a kind."""
    listing = entity_listing(conn, query)
    shape = entity_shape((query.kind,), query.page.fields)
    total = listing.count(conn) if query.page.count else None
    if (first := listing.first(conn, query.page)) is not None:
        count, columns = first
        items = Table(shape.part(), columns, count)[: query.page.size]
        return Page(items, (), count > query.page.size, False, total)
    rows, has_next, has_previous = listing.cut(conn, query.page)
    width = len(listing.keys) if query.page.positions else 0
    return Page(
        Rows(shape.part(width), rows),
        [row[:width] for row in rows] if query.page.positions else (),
        has_next,
        has_previous,
        total,
    )


def entity_listing(conn: sqlite3.Connection, query: EntityQuery) -> Listing:
    """Return the list that a query asks for."""
    asked = (query.kind, query.filter, query.order, query.page.fields)
    try:
        listing, has_fold = _listing(*asked) if is_small(query.filter) else _listing.__wrapped__(*asked)
    except TypeError:  # a filter with a mapping in it can't be remembered
        listing, has_fold = _listing.__wrapped__(*asked)
    if has_fold:
        add_fold(conn)
    return listing


@lru_cache(maxsize=512)
def _listing(
    kind: Kind, where: Filter, order: tuple[Order, ...], fields: frozenset[str] | None
) -> tuple[Listing, bool]:
    """Return a list, and whether any of its statements calls fold()."""
    keys = (*(entity_key(key, "e", kind) for key in order), Key("e.id"))
    has_fold = needs_fold(where) or any(key.text.startswith("fold(") for key in keys)
    wanted = all_of((Sql(f"e.kind = '{kind.value}'"), condition(where)))
    return Listing(entity_shape((kind,), fields).cells("e"), "entity AS e", wanted, keys).with_packed(), has_fold


def list_sources(
    conn: sqlite3.Connection, page: PageRequest, text: str | None = None, kinds: Sequence[str] = ()
) -> Page[Source]:
    """Return sources by folded title, then id; `text` must be in title or publisher."""
    conditions = [in_list("s.kind", [kind for kind in kinds if is_text(kind)])] if kinds else []
    if text:
        add_fold(conn)
        wanted = fold(text)
        places = ("s.title_key", "fold(s.publisher)")
        conditions.append(any_of(Sql(f"instr({place}, ?) > 0", (wanted,)) for place in places))
    listing = Listing(_SOURCE_CELLS, "source AS s", all_of(conditions), (Key("s.title_key"), Key("s.id")))
    rows, has_next, has_previous = listing.cut(conn, page)
    return Page(
        [read_source(row, 2) for row in rows],
        [row[:2] for row in rows],
        has_next,
        has_previous,
        listing.count(conn) if page.count else None,
    )
