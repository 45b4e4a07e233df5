"""Pages of entities and of sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from graph_api.batching.columns import Rows
from graph_api.domain.catalogue import Kind
from graph_api.domain.fields import is_text
from graph_api.domain.folding import fold
from graph_api.domain.paging import Around, Page, PageRequest, Position, ends
from graph_api.domain.query import EntityQuery, Filter
from graph_api.domain.records import Entity, Source
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.cypher import (
    FALSE,
    TRUE,
    Conditions,
    Values,
    all_of,
    among,
    any_of,
    collected,
    of_index,
    rows,
    walked,
)
from graph_api.store.neo4j.filters import conditions, starting_point
from graph_api.store.neo4j.keyset import AROUND, Key, Stretch, carried, cells, entity_key, narrowed, order_by, position
from graph_api.store.neo4j.schema import LABELS
from graph_api.store.neo4j.shapes import entity_shape, read_source, source_cells

T = TypeVar("T")
Found: TypeAlias = list[tuple[Any, ...]]

BY_NAME = of_index("n", "nameKey")
_BY_YEAR = of_index("n", "year", "-9007199254740991")
BY_TITLE = of_index("n", "titleKey")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list.

    Attributes:
        match: the clauses that give its items, up to their WHERE.
        where: what they have to meet.
        stretch: its order.
        index: the first key of the index that is walked for it, if any: that gives its items in order
            where all its properties are among the conditions, and the generation leads the order.
    """

    match: str
    where: str
    stretch: Stretch
    index: str | None = None

    def order(self, *, backward: bool) -> str:
        """Return the order for ORDER BY."""
        keys = self.stretch.order
        if keys[0].text == self.index:
            keys = (Key("n.generation", keys[0].descending), *keys)
        return order_by(keys, backward=backward)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that pages are cut from.

    Attributes:
        where: what all items have to meet.
        parts: of which it consists, one after the other.
        keys: the order; the last makes it unique.
        values: of the parameters.
        carry: the variables of an item.
    """

    where: Conditions
    parts: tuple[Part, ...]
    keys: tuple[Key, ...]
    values: Values
    carry: str = "n"

    async def cut(self, graph: Snapshot, page: PageRequest, columns: Sequence[str]) -> Page[tuple[Any, ...]]:
        """Return a page of rows; with their positions where the page is to have them."""
        returned = list(dict.fromkeys((*columns, *(cells(self.keys) if page.positions else ()))))
        parts = self._parts(page, returned)
        names = ", ".join(self._returned(page, len(parts), len(returned)))
        row = await graph.read(f"{''.join(parts)}RETURN {names}", **self.values.named)
        found: Found = [cells_ for number in range(len(parts)) for cells_ in rows(row, len(returned), f"r{number}_")]
        has_next, has_previous = ends(page, len(found), Around(*(bool(row.get(name)) for name in AROUND)))
        found = found[: page.size]
        if page.backward:
            found.reverse()
        return Page(found, self._positions(page, found, returned), has_next, has_previous, row.get("total"))

    def _positions(self, page: PageRequest, found: Found, columns: Sequence[str]) -> list[Position]:
        if not page.positions:
            return []
        places = [columns.index(cell) for cell in cells(self.keys)]
        return [position(self.keys, [row[place] for place in places]) for row in found]

    def _parts(self, page: PageRequest, columns: Sequence[str]) -> list[str]:
        """Return the subqueries of a page's items and one more; of the second part only what the first lacks."""
        texts: list[str] = []
        for part in reversed(self.parts) if page.backward else self.parts:
            window = part.stretch.window(page, self.values)
            if window == FALSE or self.where.is_never:
                continue
            known, wanted = ("", "")
            if texts:  # no row to start from where the first part fills the page
                known, wanted = "r0_0", f"UNWIND CASE WHEN size(r0_0) > {page.size} THEN [] ELSE [1] END AS once "
            order = part.order(backward=page.backward)
            returned = collected(columns, f"r{len(texts)}_")
            texts.append(
                f"CALL ({known}) {{ {wanted}{self._all(part, window)} WITH {carried(self.carry, self.keys)}"
                f" ORDER BY {order} LIMIT {page.size + 1} RETURN {returned} }}\n"
            )
        return texts

    def _returned(self, page: PageRequest, parts: int, width: int) -> list[str]:
        returned = [name for number in range(parts) for name in (f"r{number}_{i}" for i in range(width))]
        if page.after is not None or page.before is not None:
            asked = zip(*(part.stretch.outside(page, self.values) for part in self.parts), strict=True)
            for name, each in zip(AROUND, asked, strict=True):
                exist = (self._exists(part, what) for part, what in zip(self.parts, each, strict=True))
                returned.append(f"{' OR '.join(exist)} AS {name}")
        if page.count:
            returned.append(f"{' + '.join(map(self._count, self.parts))} AS total")
        return returned or ["true AS is_empty"]

    def _count(self, part: Part) -> str:
        if self.where.is_never:
            return "0"
        return f"COUNT {{ {self.where.after(part.match, self.carry, part.where)} RETURN {self.carry} }}"

    def _exists(self, part: Part, what: str) -> str:
        if what == FALSE or self.where.is_never:
            return FALSE
        return f"EXISTS {{ {self._all(part, what)} RETURN {self.carry} }}"

    def _all(self, part: Part, window: str) -> str:
        where = Conditions(all_of((part.where, self.where.plain)), self.where.nested)
        return narrowed(part.match, where, self.carry, self.keys, window)


async def find(graph: Snapshot, query: EntityQuery) -> Page[Entity]:
    """Return a page of the entities of a kind."""
    shape = entity_shape((query.kind,), query.page.fields)
    page = await entity_listing(query).cut(graph, query.page, shape.cells("n"))
    return with_items(page, Rows(shape.part(), page.items))


def with_items(page: Page[Any], items: Sequence[T]) -> Page[T]:
    """Return a page with what its rows mean."""
    return Page(items, page.positions, page.has_next, page.has_previous, page.total)


def entity_listing(query: EntityQuery) -> Listing:
    """Return the list that a query asks for."""
    values = Values()
    keys = (*(entity_key(order, "n", query.kind) for order in query.order), Key("n.id"))
    match, rest = starting_point(query.filter, query.kind, "n", values)
    where = conditions(rest, "n", values)
    if match:
        return Listing(where, (Part(match, TRUE, Stretch(keys)),), keys, values)
    label = LABELS[query.kind]
    named = walked(label, "nameKey")
    if keys[0].text != "n.year":
        return Listing(where, (Part(named, BY_NAME, Stretch(keys), "n.nameKey"),), keys, values)
    has = Part(walked(label, "year"), _BY_YEAR, Stretch(keys, has=True), "n.year")
    lacks = Part(named, f"{BY_NAME} AND n.year IS NULL", Stretch(keys, has=False))
    return Listing(where, (has, lacks), keys, values)


def matching(kind: Kind, where: Filter, values: Values) -> str:
    """Return clauses that give the entities `n` of a kind that match."""
    match, rest = starting_point(where, kind, "n", values)
    if match:
        return conditions(rest, "n", values).after(match, "n")
    return conditions(rest, "n", values).after(walked(LABELS[kind], "nameKey"), "n", BY_NAME)


async def list_sources(
    graph: Snapshot, page: PageRequest, text: str | None = None, kinds: Sequence[str] = ()
) -> Page[Source]:
    """Return sources by folded title, then id; `text` must be in title or publisher."""
    values = Values()
    parts = [among("n.kind", [kind for kind in kinds if is_text(kind)], values)] if kinds else []
    if text:
        wanted = values.add(fold(text))
        parts.append(any_of(f"n.{place} CONTAINS {wanted}" for place in ("titleKey", "publisherKey")))
    keys = (Key("n.titleKey"), Key("n.id"))
    part = Part(walked("Source", "titleKey"), BY_TITLE, Stretch(keys), "n.titleKey")
    found = await Listing(Conditions(all_of(parts)), (part,), keys, values).cut(graph, page, source_cells("n"))
    return with_items(found, [read_source(row) for row in found.items])
