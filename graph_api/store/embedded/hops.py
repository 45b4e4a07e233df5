"""From many entities to what they are joined with: a page for each of them in one statement.

The first n of each parent are chosen by a subquery that hands them over as a JSON array, so that
it can depend on the parent (SQLite has no LATERAL), keeps its order, and never sorts the rows of
several parents together. A choice is written `key * 2 + outgoing`.
"""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graph_api.domain.catalogue import Relation
from graph_api.domain.fields import other_ends
from graph_api.domain.paging import Around, Page, PageRequest, Position, ends
from graph_api.domain.query import Direction, Filter, HopQuery, Order
from graph_api.domain.records import Hop, PersonFilm, Relationship
from graph_api.errors import BadInput
from graph_api.store.embedded.filters import condition, needs_fold, own_properties
from graph_api.store.embedded.functions import add_fold
from graph_api.store.embedded.keys import entity_keys
from graph_api.store.embedded.keyset import Key, hop_key, order_by, outside, select, window
from graph_api.store.embedded.shapes import ENDS, entity_shape, relationship_shape
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

    def rows(self, conn: sqlite3.Connection, page: PageRequest, columns: str, joins: str) -> Iterator[tuple[Any, ...]]:
        """Yield (parent's position, keys, columns) of a page's items and one more; `joins` starts from `h.value`.

        They come in order without being sorted again: CROSS JOIN nests its loops as written.
        """
        named = ", ".join(f"{key.text} AS k{i}" for i, key in enumerate(self.keys))
        inner = self._members(window(self.keys, page), named)
        by_name = [Key(f"k{i}", key.descending, key.nullable) for i, key in enumerate(self.keys)]
        order = order_by(by_name, backward=page.backward)
        cut = f"SELECT code FROM ({inner.text}) ORDER BY {order} LIMIT {page.size + 1}"
        first = f"SELECT json_group_array(code) FROM ({cut})"
        selected = f"{select(self.keys)}, {columns}"
        yield from self._execute(conn, selected, inner.params, f"CROSS JOIN json_each(({first})) AS h {joins}")

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
    ) -> Iterator[tuple[Any, ...]]:
        """Yield (position, columns) of each parent `j`; the parameters are those of `columns`, or else of `rest`."""
        parts, first = (_PARTS, (self.parents,)) if self.with_parts else ("", ())
        in_columns, in_rest = ((), params) if rest else (params, ())
        text = f"{parts}SELECT j.key, {columns} FROM json_each(?) AS j {rest}"
        yield from conn.execute(text, (*first, *in_columns, self.parents, *in_rest))


def hops(conn: sqlite3.Connection, ids: Sequence[str], query: HopQuery) -> list[Page[Hop]]:
    """Return a page of relationships for each entity."""
    fan = _fan(conn, entity_keys(conn, ids), query)
    kinds = other_ends(query.relations, query.direction)
    entity = entity_shape(kinds & frozenset(query.kinds) if query.kinds else kinds)
    relationship = relationship_shape(query.relations)
    far = "CASE h.value & 1 WHEN 1 THEN r.target_key ELSE r.source_key END"
    near = "CASE h.value & 1 WHEN 1 THEN r.source_key ELSE r.target_key END"
    joins = (
        f"CROSS JOIN relationship AS r ON r.key = h.value >> 1"
        f" CROSS JOIN entity AS o ON o.key = {far} CROSS JOIN entity AS n ON n.key = {near}"
    )
    columns = f"h.value & 1, n.id, {relationship.select('r')}, {entity.select('o')}"
    at = len(fan.keys) + 3
    last_at = at + relationship.width
    found: list[tuple[list[Hop], list[Position]]] = [([], []) for _ in ids]
    for row in fan.rows(conn, query.page, columns, joins):
        items, positions = found[row[0]]
        outgoing, near_id = row[at - 2 : at]
        other = entity.read(row, last_at)
        pair = (near_id, other.id) if outgoing else (other.id, near_id)
        items.append(Hop(relationship.read(row, at, *pair), other, bool(outgoing)))
        positions.append(row[1 : at - 2])
    return _pages(conn, fan, query.page, found)


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


def _pages(
    conn: sqlite3.Connection, fan: Fan, page: PageRequest, found: Sequence[tuple[list[Any], list[Position]]]
) -> list[Page[Any]]:
    """Return the pages of what was read, one item more than each holds where there is one."""
    around = fan.around(conn, page, len(found))
    totals: Sequence[int | None] = fan.counts(conn) if page.count else [None] * len(found)
    pages = []
    for (items, positions), outer, total in zip(found, around, totals, strict=True):
        has_next, has_previous = ends(page, len(items), outer)
        items, positions = items[: page.size], positions[: page.size]
        if page.backward:
            items.reverse()
            positions.reverse()
        pages.append(Page(items, positions, has_next, has_previous, total))
    return pages


# --------------------------------------------------------------------------- films of a person
_CREDITED = f"r.type = '{Relation.CREDITED_ON.value}' AND r.rank <> 'DEPRECATED'"


def person_films(
    conn: sqlite3.Connection, ids: Sequence[str], where: Filter, order: Sequence[Order], page: PageRequest
) -> list[Page[PersonFilm]]:
    """Return the films of each person, each once, with all the person's credits by id; deprecated ones do not count.

    Positions are the keys of `order` and the film's id.
    """
    people = entity_keys(conn, ids)
    if any(key.by.startswith("rel:") for key in order):
        raise BadInput("films of a person are ordered by what the film has, not by its credits")
    keys = (*(hop_key(key, "r", "o") for key in order), Key("o.id"))
    _prepare(conn, where, keys)
    fan = Fan((Direction.OUT,), all_of((Sql(_CREDITED), condition(where, "o"))), keys, array(people), merged=True)
    film = entity_shape(other_ends((Relation.CREDITED_ON,), Direction.OUT))
    at = len(keys) + 1
    found: list[tuple[list[Any], list[Position]]] = [([], []) for _ in ids]
    pairs: list[int | None] = []
    for row in fan.rows(conn, page, film.select("o") + ", h.value", "CROSS JOIN entity AS o ON o.key = h.value"):
        items, positions = found[row[0]]
        items.append((film.read(row, at), len(pairs) // 2))
        positions.append(row[1:at])
        pairs += (people[row[0]], row[-1])
    theirs = _credits(conn, pairs)
    for items, _ in found:
        items[:] = [PersonFilm(entity, tuple(theirs[i])) for entity, i in items]
    return _pages(conn, fan, page, found)


def _credits(conn: sqlite3.Connection, pairs: Sequence[int | None]) -> list[list[Relationship]]:
    """Return the live credits of (person, film) pairs of keys, given one after the other."""
    shape = relationship_shape((Relation.CREDITED_ON,))
    text = (
        f"SELECT j.key, s.id, t.id, {shape.select('r')} FROM json_each(?) AS j CROSS JOIN relationship AS r"
        f" ON r.source_key = j.value ->> 0 AND r.target_key = j.value ->> 1 AND {_CREDITED} {ENDS} ORDER BY j.key, r.id"
    )
    each = list(zip(pairs[::2], pairs[1::2], strict=True))
    found: list[list[Relationship]] = [[] for _ in each]
    for row in conn.execute(text, (array(each),)):
        found[row[0]].append(shape.read(row, 3, row[1], row[2]))
    return found
