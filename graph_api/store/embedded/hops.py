"""From many entities to what they are joined with: a page for each of them in one statement.

The first n of each parent are chosen by a subquery that hands them over as a JSON array, so that
it can depend on the parent (SQLite has no LATERAL), keeps its order, and never sorts the rows of
several parents together. A choice is written `key * 2 + outgoing`.
"""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph_api.batching.columns import Rows
from graph_api.domain.catalogue import Relation
from graph_api.domain.fields import other_ends
from graph_api.domain.paging import Around, PageRequest, Pages, ends
from graph_api.domain.query import Direction, Filter, HopQuery, Order
from graph_api.domain.records import Hop, PersonFilm, Relationship
from graph_api.errors import BadInput
from graph_api.store.embedded.filters import condition, needs_fold, own_properties
from graph_api.store.embedded.functions import add_fold
from graph_api.store.embedded.hop_shapes import HopShape, film_shape, hop_shape
from graph_api.store.embedded.keys import entity_keys
from graph_api.store.embedded.keyset import Key, hop_key, order_by, outside, select, window
from graph_api.store.embedded.shapes import ENDS, relationship_shape
from graph_api.store.embedded.sql import TRUE, Parameter, Sql, all_of, array, one_of

_PARTS = f"""WITH RECURSIVE part (position, key) AS (
  SELECT key, value FROM json_each(?)
  UNION SELECT part.position, r.source_key FROM part CROSS JOIN relationship AS r ON r.target_key = part.key
  WHERE r.type = '{Relation.PART_OF.value}'
) """
_ENDS = {Direction.OUT: ("source_key", "target_key", 1), Direction.IN: ("target_key", "source_key", 0)}


@dataclass(frozen=True, slots=True)
class Fan:
    """What lies around each parent, and in which order.

    Attributes:
        directions: which relationships are followed.
        where: what the relationship `r` and the entity `o` at its other end have to meet.
        keys: the order; the last makes it unique.
        parents: the parents' keys as JSON, null for what is not known.
        with_parts: whether the events that are part of a parent count as the parent.
        merged: whether entities are listed, each once, and not relationships; codes are then their keys.
    """

    directions: tuple[Direction, ...]
    where: Sql
    keys: tuple[Key, ...]
    parents: str
    with_parts: bool = False
    merged: bool = False

    def rows(self, conn: sqlite3.Connection, page: PageRequest, columns: str, joins: str) -> list[tuple[Any, ...]]:
        """Return (parent's position, columns, keys if wanted) of a page's items and one more.

        They come in order without being sorted again: CROSS JOIN nests its loops as written.
        `joins` starts from `h.value`.
        """
        named = ", ".join(f"{key.text} AS k{i}" for i, key in enumerate(self.keys))
        inner = self._members(window(self.keys, page), named)
        by_name = [Key(f"k{i}", key.descending, key.nullable) for i, key in enumerate(self.keys)]
        order = order_by(by_name, backward=page.backward)
        cut = f"SELECT code FROM ({inner.text}) ORDER BY {order} LIMIT {page.size + 1}"
        first = f"SELECT json_group_array(code) FROM ({cut})"
        selected = f"{columns}, {select(self.keys)}" if page.positions else columns
        return self._execute(conn, selected, inner.params, f"CROSS JOIN json_each(({first})) AS h {joins}").fetchall()

    def counts(self, conn: sqlite3.Connection) -> list[int]:
        """Return how many there are around each parent."""
        inner = self._members()
        return [n for _, n in self._execute(conn, f"(SELECT count(*) FROM ({inner.text}))", inner.params)]

    def around(self, conn: sqlite3.Connection, page: PageRequest, parents: int) -> list[Around]:
        """Return for each parent what lies outside the page's bounds."""
        if page.after is None and page.before is None:
            return [Around()] * parents
        inner = [self._members(part) for part in outside(self.keys, page)]
        columns = ", ".join(f"EXISTS ({part.text})" for part in inner)
        rows = self._execute(conn, columns, tuple(p for part in inner for p in part.params))
        return [Around(*map(bool, row[1:])) for row in rows]

    def _members(self, condition: Sql = TRUE, columns: str = "") -> Sql:
        """Return the SELECT of the codes, and more columns, of those around one parent `j` that meet a condition."""
        where = all_of((self.where, condition))
        texts: list[str] = []
        for direction in self.directions:
            near, far, outgoing = _ENDS[direction]
            # Seen from both sides a loop is one neighbour, as it is one in the degree.
            once = " AND r.source_key <> r.target_key" if texts else ""
            code = f"DISTINCT r.{far}" if self.merged else f"r.key * 2 + {outgoing}"
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
        parts, first = (_PARTS, (self.parents,)) if self.with_parts else ("", ())
        in_columns, in_rest = ((), params) if rest else (params, ())
        text = f"{parts}SELECT j.key, {columns} FROM json_each(?) AS j {rest}"
        return conn.execute(text, (*first, *in_columns, self.parents, *in_rest))


def hops(conn: sqlite3.Connection, ids: Sequence[str], query: HopQuery) -> Pages[Hop]:
    """Return a page of relationships for each entity."""
    fan = _fan(conn, entity_keys(conn, ids), query)
    kinds = other_ends(query.relations, query.direction)
    kinds = kinds & frozenset(query.kinds) if query.kinds else kinds
    shape = hop_shape(frozenset(query.relations), query.direction, kinds, query.page.fields, query.page.own)
    return _pages(conn, fan, query.page, len(ids), shape)


def _fan(conn: sqlite3.Connection, keys: Sequence[int | None], query: HopQuery) -> Fan:
    kinds = frozenset(query.kinds)
    leads_to = other_ends(query.relations, query.direction)
    where = all_of(
        (
            one_of("r.type", query.relations),
            TRUE if not kinds or leads_to <= kinds else one_of("o.kind", sorted(kinds)),
            own_properties(query.properties, "r"),
            condition(query.where, "o"),
        )
    )
    order = (*(hop_key(key, "r", "o") for key in query.order), Key("o.id"), Key("r.id"))
    _prepare(conn, query.where, order)
    both = (Direction.OUT, Direction.IN)
    directions = both if query.direction is Direction.ANY else (query.direction,)
    return Fan(directions, where, order, array(keys), query.with_parts)


def _prepare(conn: sqlite3.Connection, where: Filter, keys: Sequence[Key]) -> None:
    if needs_fold(where) or any(key.text.startswith("fold(") for key in keys):
        add_fold(conn)


def _pages(conn: sqlite3.Connection, fan: Fan, page: PageRequest, parents: int, shape: HopShape) -> Pages[Any]:
    """Read the pages of all parents, one item more than each holds where there is one."""
    rows = fan.rows(conn, page, shape.columns, shape.joins)
    found = [0] * parents
    for row in rows:
        found[row[0]] += 1
    kept: list[tuple[Any, ...]] = []
    start = 0
    for count in found:
        own = rows[start : start + min(count, page.size)]
        kept += reversed(own) if page.backward else own
        start += count
    around = fan.around(conn, page, parents)
    sides = [ends(page, count, outer) for count, outer in zip(found, around, strict=True)]
    return Pages(
        Rows(shape.item, kept),
        [row[shape.width :] for row in kept] if page.positions else (),
        [min(count, page.size) for count in found],
        [has_next for has_next, _ in sides],
        [has_previous for _, has_previous in sides],
        fan.counts(conn) if page.count else [None] * parents,
    )


# --------------------------------------------------------------------------- films of a person
_CREDITED = f"r.type = '{Relation.CREDITED_ON.value}' AND r.rank <> 'DEPRECATED'"


def person_films(
    conn: sqlite3.Connection, ids: Sequence[str], where: Filter, order: Sequence[Order], page: PageRequest
) -> Pages[PersonFilm]:
    """Return the films of each person, each once, with all the person's credits by id; deprecated ones do not count.

    Positions are the keys of `order` and the film's id.
    """
    people = entity_keys(conn, ids)
    if any(key.by.startswith("rel:") for key in order):
        raise BadInput("films of a person are ordered by what the film has, not by its credits")
    keys = (*(hop_key(key, "r", "o") for key in order), Key("o.id"))
    _prepare(conn, where, keys)
    fan = Fan((Direction.OUT,), all_of((Sql(_CREDITED), condition(where, "o"))), keys, array(people), merged=True)
    has_credits = page.own is None or bool(page.own)
    shape = film_shape(page.fields, has_credits=has_credits)
    pages = _pages(conn, fan, page, len(ids), shape)
    if has_credits:
        assert isinstance(pages.items, Rows)
        rows = pages.items.tuples
        theirs = _credits(conn, [(people[row[0]], row[1]) for row in rows])
        pages.items = Rows(shape.item, [(*row, own) for row, own in zip(rows, theirs, strict=True)])
    return pages


def _credits(conn: sqlite3.Connection, pairs: Sequence[tuple[int | None, int]]) -> list[tuple[Relationship, ...]]:
    """Return the live credits of (person, film) pairs of keys."""
    shape = relationship_shape((Relation.CREDITED_ON,))
    text = (
        f"SELECT j.key, s.id, t.id, {shape.select('r')} FROM json_each(?) AS j CROSS JOIN relationship AS r"
        f" ON r.source_key = j.value ->> 0 AND r.target_key = j.value ->> 1 AND {_CREDITED} {ENDS} ORDER BY j.key, r.id"
    )
    found: list[list[Relationship]] = [[] for _ in pairs]
    for row in conn.execute(text, (array(pairs),)):
        found[row[0]].append(shape.read(row, 3, row[1], row[2]))
    return list(map(tuple, found))
