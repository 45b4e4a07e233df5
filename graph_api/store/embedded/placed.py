"""The first pages of the credits of films, all read by one statement.

The credits of a film have places, 1, 2, 3, ... in their usual order, and an index has them in it
(docs/decisions/0016): where a page begins and ends is known without a sort.
"""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Sequence
from typing import Any

from graph_api.batching.columns import Rows
from graph_api.batching.table import Table
from graph_api.domain.paging import PageRequest, Pages
from graph_api.domain.records import Hop
from graph_api.store.embedded.hop_shapes import HopShape
from graph_api.store.embedded.packed import Cell, can_pack, pack, unpack
from graph_api.store.embedded.sql import TRUE, Sql, array

IS_PLACED = Sql("r.place > 0")
"""Nothing but the credits of films has a place."""
_KEYS = (
    Cell("r.p_order", is_whole=True),
    Cell("o.name_key", may_be_null=False),
    Cell("o.id", may_be_null=False),
    Cell("r.id", may_be_null=False),
)
"""What their order is made of."""
_OF_FILM = "relationship AS r INDEXED BY relationship_in_order {} r.target_key = j.value"


def first_credits(
    conn: sqlite3.Connection, films: Sequence[int | None], own: Sql, page: PageRequest, shape: HopShape
) -> Pages[Hop] | None:
    """Return the first page of each film; None where that takes a statement for each.

    Args:
        films: their keys.
        own: what the relationship `r` has to meet.
        page: from the start.
        shape: what is read.
    """
    cells = (*shape.cells, *_KEYS) if page.positions else shape.cells
    if not can_pack(cells):
        return None
    parents = array(films)
    counts = _counts(conn, parents, own, page.size)
    last, last_params = _last(own, page.size)
    text = (
        f"SELECT {pack(cells)} FROM json_each(?) AS j CROSS JOIN {_OF_FILM.format('ON')}"
        f" AND r.place BETWEEN 1 AND {last} AND {own.text} CROSS JOIN entity AS o ON o.key = r.source_key {shape.near}"
    )
    row = conn.execute(text, (parents, *last_params, *own.params)).fetchone()
    found = unpack(row, cells)
    if found is None:
        return None
    count, columns = found
    lengths = [min(number, page.size) for number in counts]
    if sum(lengths) != count:  # places have gaps, as in a damaged file, or one that another program has written to
        return None
    positions: Sequence[tuple[Any, ...]] = ()
    if page.positions:
        positions = list(zip(*columns[len(shape.cells) :], strict=True))
    items: Rows[Hop] = Table(shape.item, [[0] * count, *columns[: len(shape.cells)]], count)
    has_next = [number > page.size for number in counts]
    return Pages(items, positions, lengths, has_next, [False] * len(films), [None] * len(films))


def _counts(conn: sqlite3.Connection, parents: str, own: Sql, size: int) -> list[int]:
    """Return how many credits each film has, counted no further than one beyond a page."""
    if own == TRUE:
        params: Sequence[Any] = ()
        number = f"SELECT max(r.place) FROM {_OF_FILM.format('WHERE')} AND r.place > 0"
    else:
        theirs = f"SELECT 1 FROM {_OF_FILM.format('WHERE')} AND r.place > 0 AND {own.text} ORDER BY r.place LIMIT ?"
        number, params = f"SELECT count(*) FROM ({theirs})", (*own.params, size + 1)
    text = f"SELECT group_concat(ifnull(({number}), 0)) FROM json_each(?) AS j"
    found = conn.execute(text, (*params, parents)).fetchone()[0]
    return list(map(int, found.split(","))) if found else []


def _last(own: Sql, size: int) -> tuple[str, Sequence[Any]]:
    """Return the place of the last credit of a film `j` that belongs to its page."""
    if own == TRUE:
        return "?", (size,)
    place = f"SELECT r.place FROM {_OF_FILM.format('WHERE')} AND r.place > 0 AND {own.text} ORDER BY r.place LIMIT 1"
    return f"ifnull(({place} OFFSET ?), {2**62})", (*own.params, size - 1)
