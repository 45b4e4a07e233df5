"""From many entities to what they are joined with: a page for each of them.

Where relationships are followed one way, which is nearly always, the page of each parent is one
short statement, prepared once: that is faster than any one statement for all parents, but for the
first credits of films (`graph_api.store.embedded.placed`).

Where they are followed both ways, or the parts of a parent count too, the first n of each parent
are chosen by a subquery that hands them over as a JSON array, so that it can depend on the parent
(SQLite has no LATERAL), keeps its order, and never sorts the rows of several parents together. A
choice is written `key * 2 + outgoing`.
"""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graph_api.batching.columns import Rows
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.fields import other_ends
from graph_api.domain.paging import Around, PageRequest, Pages, ends
from graph_api.domain.query import BY_NAME, Direction, Filter, HopQuery, Order, is_small
from graph_api.domain.records import Hop, Scalar
from graph_api.store.embedded.filters import condition, needs_fold, own_properties
from graph_api.store.embedded.functions import add_fold
from graph_api.store.embedded.hop_shapes import HopShape, hop_shape
from graph_api.store.embedded.keys import entity_keys
from graph_api.store.embedded.keyset import Key, hop_key, order_by, outside, select, window
from graph_api.store.embedded.packed import WORTH_IT
from graph_api.store.embedded.placed import IS_PLACED, first_credits
from graph_api.store.embedded.sql import FALSE, TRUE, Parameter, Sql, all_of, array, one_of

_PARTS = f"""WITH RECURSIVE part (position, key) AS (
  SELECT key, value FROM json_each(?)
  UNION SELECT part.position, r.source_key FROM part CROSS JOIN relationship AS r ON r.target_key = part.key
  WHERE r.type = '{Relation.PART_OF.value}'
) """
_PLACED = (Order("rel:order"), *BY_NAME)
CREDITED = f"r.type = '{Relation.CREDITED_ON.value}' AND r.rank <> 'DEPRECATED'"
_ENDS = {Direction.OUT: ("source_key", "target_key", 1), Direction.IN: ("target_key", "source_key", 0)}


@dataclass(frozen=True, slots=True)
class Fan:
    """What lies around each parent, and in which order.

    Attributes:
        directions: which relationships are followed.
        where: what the relationship `r` and the entity `o` at its other end have to meet.
        keys: the order; the last makes it unique.
        by: what rows are sorted by, one way only: the keys, or what stands for them in an index.
        parents: the parents' keys, None for what is not known.
        with_parts: whether the events that are part of a parent count as the parent.
        merged: where entities are listed, each once, and not relationships, what the entity has to meet; codes are
            then their keys.
        placed: where these are credits in the order of their places, all else that they have to meet.
    """

    directions: tuple[Direction, ...]
    where: Sql
    keys: tuple[Key, ...]
    by: tuple[Key, ...]
    parents: Sequence[int | None]
    with_parts: bool = False
    merged: Sql | None = None
    placed: Sql | None = None

    def rows(self, conn: sqlite3.Connection, page: PageRequest, shape: HopShape) -> list[list[tuple[Any, ...]]]:
        """Return for each parent (its position, columns, keys if wanted) of a page's items and one more, in order."""
        if len(self.directions) == 1 and not self.with_parts:
            return self._each(conn, page, shape)
        found: list[list[tuple[Any, ...]]] = [[] for _ in self.parents]
        for row in self._chosen(conn, page, shape):
            found[row[0]].append(row)
        return found

    def _each(self, conn: sqlite3.Connection, page: PageRequest, shape: HopShape) -> list[list[tuple[Any, ...]]]:
        bounds = window(self.keys, page)
        where = all_of((self.where if self.merged is None else self.merged, bounds))
        is_merged = self.merged is not None
        text = _text_of_each(self.directions[0], where.text, self.keys, self.by, page, shape, merged=is_merged)
        execute, params = conn.execute, where.params
        return [[] if key is None else execute(text, (key, *params)).fetchall() for key in self.parents]

    def _chosen(self, conn: sqlite3.Connection, page: PageRequest, shape: HopShape) -> sqlite3.Cursor:
        """Read the rows of all parents; they are not sorted again, as CROSS JOIN nests its loops as written."""
        named = ", ".join(f"{key.text} AS k{i}" for i, key in enumerate(self.keys))
        inner = self._members(window(self.keys, page), named)
        by_name = [Key(f"k{i}", key.descending, key.nullable) for i, key in enumerate(self.keys)]
        order = order_by(by_name, backward=page.backward)
        cut = f"SELECT code FROM ({inner.text}) ORDER BY {order} LIMIT {page.size + 1}"
        first = f"SELECT json_group_array(code) FROM ({cut})"
        selected = f"{shape.columns}, {select(self.keys)}" if page.positions else shape.columns
        rest = f"CROSS JOIN json_each(({first})) AS h {shape.chosen} {shape.near}"
        return self._execute(conn, selected, inner.params, rest)

    def counts(self, conn: sqlite3.Connection) -> list[int]:
        """Return how many there are around each parent."""
        inner = self._members()
        return [n for _, n in self._execute(conn, f"(SELECT count(*) FROM ({inner.text}))", inner.params)]

    def around(self, conn: sqlite3.Connection, page: PageRequest, parents: int) -> list[Around]:
        """Return for each parent what lies outside the page's bounds."""
        if page.after is None and page.before is None:
            return [Around()] * parents
        exist = [part if part == FALSE else self._exists(part) for part in outside(self.keys, page)]
        params = tuple(p for part in exist for p in part.params)
        rows = self._execute(conn, ", ".join(part.text for part in exist), params)
        return [Around(*map(bool, row[1:])) for row in rows]

    def _exists(self, condition: Sql) -> Sql:
        inner = self._members(condition)
        return Sql(f"EXISTS ({inner.text})", inner.params)

    def _members(self, condition: Sql = TRUE, columns: str = "") -> Sql:
        """Return the SELECT of the codes, and more columns, of those around one parent `j` that meet a condition."""
        where = all_of((self.where, condition))
        texts: list[str] = []
        for direction in self.directions:
            near, far, outgoing = _ENDS[direction]
            # Seen from both sides a loop is one neighbour, as it is one in the degree.
            once = " AND r.source_key <> r.target_key" if texts else ""
            code = f"DISTINCT r.{far}" if self.merged is not None else f"r.key * 2 + {outgoing}"
            parent = "IN (SELECT part.key FROM part WHERE part.position = j.key)" if self.with_parts else "= j.value"
            texts.append(
                f"SELECT {code} AS code{', ' if columns else ''}{columns} FROM relationship AS r"
                f" CROSS JOIN entity AS o ON o.key = r.{far} WHERE r.{near} {parent}{once} AND {where.text}"
            )
        return Sql(" UNION ALL ".join(texts), where.params * len(texts))

    def _execute(
        self, conn: sqlite3.Connection, columns: str, params: tuple[Parameter, ...], rest: str = ""
    ) -> sqlite3.Cursor:
        """Read (position, columns) of each parent `j`; the parameters are those of `columns`, or else of `rest`."""
        parents = array(self.parents)
        parts, first = (_PARTS, (parents,)) if self.with_parts else ("", ())
        in_columns, in_rest = ((), params) if rest else (params, ())
        text = f"{parts}SELECT j.key, {columns} FROM json_each(?) AS j {rest}"
        return conn.execute(text, (*first, *in_columns, parents, *in_rest))


@lru_cache(maxsize=512)
def _text_of_each(
    direction: Direction,
    where: str,
    keys: tuple[Key, ...],
    by: tuple[Key, ...],
    page: PageRequest,
    shape: HopShape,
    *,
    merged: bool,
) -> str:
    """Return the statement of the page of one parent, whose key is its first parameter."""
    near, far, _ = _ENDS[direction]
    selected = f"{shape.columns}, {select(keys)}" if page.positions else shape.columns
    tables = f"relationship AS r CROSS JOIN entity AS o ON o.key = r.{far} {shape.near} WHERE r.{near} = ?"
    if merged:
        tables = f"entity AS o WHERE o.key IN (SELECT r.{far} FROM relationship AS r WHERE r.{near} = ? AND {CREDITED})"
    return (
        f"SELECT 0, {selected} FROM {tables} AND {where}"
        f" ORDER BY {order_by(by, backward=page.backward)} LIMIT {page.size + 1}"
    )


def hops(conn: sqlite3.Connection, ids: Sequence[str], query: HopQuery) -> Pages[Hop]:
    """Return a page of relationships for each entity."""
    fan = _fan(conn, entity_keys(conn, ids), query)
    page = query.page
    kinds = other_ends(query.relations, query.direction)
    kinds = kinds & frozenset(query.kinds) if query.kinds else kinds
    shape = hop_shape(frozenset(query.relations), query.direction, kinds, page.fields, page.own)
    is_start = not (page.backward or page.count) and page.after is None and page.before is None
    if fan.placed is not None and is_start and len(ids) * page.size >= WORTH_IT:
        found = first_credits(conn, fan.parents, fan.placed, page, shape)
        if found is not None:
            return found
    return pages_of(conn, fan, page, shape)


def _fan(conn: sqlite3.Connection, keys: Sequence[int | None], query: HopQuery) -> Fan:
    asked = (query.relations, query.direction, query.kinds, tuple(query.properties.items()), query.where, query.order)
    try:
        make = _conditions if is_small(query.where) else _conditions.__wrapped__
        where, placed, keys_of_order, by, has_fold = make(*asked)
    except TypeError:  # a filter with a mapping in it can't be remembered
        where, placed, keys_of_order, by, has_fold = _conditions.__wrapped__(*asked)
    if has_fold:
        add_fold(conn)
    both = (Direction.OUT, Direction.IN)
    directions = both if query.direction is Direction.ANY else (query.direction,)
    return Fan(directions, where, keys_of_order, by, keys, query.with_parts, placed=placed)


@lru_cache(maxsize=512)
def _conditions(
    relations: tuple[Relation, ...],
    direction: Direction,
    kinds: tuple[Kind, ...],
    properties: tuple[tuple[str, tuple[Scalar, ...]], ...],
    where: Filter,
    order: tuple[Order, ...],
) -> tuple[Sql, Sql | None, tuple[Key, ...], tuple[Key, ...], bool]:
    """Return what hops have to meet, that without their place, their order, what they are sorted by, and has fold().

    The second is None where they have no places, or something is asked of the entities.
    """
    leads_to = other_ends(relations, direction)
    # The credits of a film have their places in this order; nothing else has one.
    are_placed = relations == (Relation.CREDITED_ON,) and direction is Direction.IN and order == _PLACED
    own = own_properties(dict(properties), "r")
    others = all_of(
        (
            TRUE if not kinds or leads_to <= frozenset(kinds) else one_of("o.kind", sorted(kinds)),
            condition(where, "o"),
        )
    )
    condition_ = all_of((IS_PLACED if are_placed else one_of("r.type", relations), own, others))
    keys = (*(hop_key(key, "r", "o") for key in order), Key("o.id"), Key("r.id"))
    placed = own if are_placed and others == TRUE else None
    return condition_, placed, keys, (Key("r.place"),) if are_placed else keys, has_fold_in(where, keys)


def has_fold_in(where: Filter, keys: Sequence[Key]) -> bool:
    """Tell whether a filter or an order calls fold()."""
    return needs_fold(where) or any(key.text.startswith("fold(") for key in keys)


def pages_of(conn: sqlite3.Connection, fan: Fan, page: PageRequest, shape: HopShape) -> Pages[Any]:
    """Read the pages of all parents, one item more than each holds where there is one."""
    found = fan.rows(conn, page, shape)
    kept: list[tuple[Any, ...]] = []
    for rows in found:
        kept += rows[page.size - 1 :: -1] if page.backward else rows[: page.size]
    around = fan.around(conn, page, len(found))
    sides = [ends(page, len(rows), outer) for rows, outer in zip(found, around, strict=True)]
    return Pages(
        Rows(shape.item, kept),
        [row[shape.width :] for row in kept] if page.positions else (),
        [min(len(rows), page.size) for rows in found],
        [has_next for has_next, _ in sides],
        [has_previous for _, has_previous in sides],
        fan.counts(conn) if page.count else [None] * len(found),
    )
