"""Pages of entities and of sources."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from graph_api.batching.columns import Rows
from graph_api.batching.table import Table
from graph_api.domain.fields import is_text
from graph_api.domain.folding import fold
from graph_api.domain.paging import Around, Page, PageRequest, ends
from graph_api.domain.query import EntityQuery
from graph_api.domain.records import Entity, Source
from graph_api.store.embedded.filters import condition, needs_fold
from graph_api.store.embedded.functions import add_fold
from graph_api.store.embedded.keyset import (
    Key,
    entity_key,
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

    The last key is unique.
    """

    cells: tuple[Cell, ...]
    tables: str
    where: Sql
    keys: tuple[Key, ...]

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
        parts = window_halves(self.keys, page)
        if not is_start or page.positions or page.size < WORTH_IT or len(parts) > 1 or not can_pack(self.cells):
            return None
        named = [cell._replace(text=f"c{i}") for i, cell in enumerate(self.cells)]
        columns = ", ".join(f"{cell.text} AS c{i}" for i, cell in enumerate(self.cells))
        text = f"SELECT {pack(named)} FROM ({self._text(columns, self.where, page)})"
        return unpack(conn.execute(text, (*self.where.params, page.size + 1)).fetchone(), named)

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
        return conn.execute(self._text(columns, where, page), (*where.params, limit)).fetchall()

    def _text(self, columns: str, where: Sql, page: PageRequest) -> str:
        first, *others = self.keys
        order = order_by((replace(first, nullable=False), *others), backward=page.backward)
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
    where = all_of((Sql(f"e.kind = '{query.kind.value}'"), condition(query.filter)))
    keys = (*(entity_key(order, "e", query.kind) for order in query.order), Key("e.id"))
    if needs_fold(query.filter) or any(key.text.startswith("fold(") for key in keys):
        add_fold(conn)
    return Listing(entity_shape((query.kind,), query.page.fields).cells("e"), "entity AS e", where, keys)


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
