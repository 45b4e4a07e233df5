"""From many entities to what they are joined with: a page for each of them in one query.

The first n of each parent are chosen by a subquery and handed over as a list for each column.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from graph_api.batching.columns import Rows
from graph_api.domain.catalogue import Relation
from graph_api.domain.fields import other_ends
from graph_api.domain.paging import Around, PageRequest, Pages, Position, ends
from graph_api.domain.query import Direction, Filter, HopQuery, Order
from graph_api.domain.records import Hop, PersonFilm
from graph_api.errors import BadInput
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.cypher import BY_ID, FALSE, TRUE, Conditions, Values, collected, of_kinds, pattern, rows
from graph_api.store.neo4j.filters import conditions, own_properties
from graph_api.store.neo4j.hop_shapes import HopShape, film_shape, hop_shape
from graph_api.store.neo4j.keyset import AROUND, Key, Stretch, carried, cells, hop_key, narrowed, order_by, position
from graph_api.store.neo4j.nodes import read_by_id


@dataclass(frozen=True, slots=True)
class Fan:
    """What lies around each parent `n`, and in which order.

    Attributes:
        match: the clauses that lead there, up to their WHERE.
        where: what has to be met.
        carry: the variables of a match.
        unit: those of an item, which may be several matches.
        gathered: what an item has of its matches.
        keys: the order; the last makes it unique.
        values: of the parameters.
    """

    match: str
    where: Conditions
    carry: str
    unit: str
    gathered: str
    keys: tuple[Key, ...]
    values: Values

    async def read(self, graph: Snapshot, ids: Sequence[str], page: PageRequest, shape: HopShape) -> Pages[Any]:
        """Return a page of rows for each parent."""
        columns = list(dict.fromkeys((*shape.columns, *(cells(self.keys) if page.positions else ()))))
        outer = ["i", *(f"c{i}" for i in range(len(columns))), *self._extra(page)]
        query = f"{BY_ID}\nCALL (n) {{ {self._page(page, columns)} }}\nRETURN {collected(outer)}"
        row = await read_by_id(graph, query, ids, **self.values.named)
        found: list[Parent] = [_NOTHING] * len(ids)
        for parent in rows(row, len(outer)):
            found[parent[0]] = self._cut(page, parent[1 : 1 + len(columns)], parent[1 + len(columns) :])
        kept = [item for parent in found for item in parent.rows]
        return Pages(
            Rows(shape.item, kept),
            self._positions(kept, columns) if page.positions else (),
            [len(parent.rows) for parent in found],
            [parent.has_next for parent in found],
            [parent.has_previous for parent in found],
            [parent.total if page.count else None for parent in found],
        )

    def _positions(self, kept: Sequence[tuple[Any, ...]], columns: Sequence[str]) -> list[Position]:
        places = [columns.index(cell) for cell in cells(self.keys)]
        return [position(self.keys, [row[place] for place in places]) for row in kept]

    def _page(self, page: PageRequest, columns: Sequence[str]) -> str:
        order = order_by(self.keys, backward=page.backward)
        returned = collected(columns)
        found = self._all(Stretch(self.keys).window(page, self.values))
        variables = carried(f"{self.unit}{self.gathered}", self.keys)
        return f"{found} WITH {variables} ORDER BY {order} LIMIT {page.size + 1} RETURN {returned}"

    def _all(self, window: str) -> str:
        return narrowed(self.match, self.where, self.carry, self.keys, window)

    def _extra(self, page: PageRequest) -> list[str]:
        """Return the expressions of what lies outside the page's bounds, and of the number of all."""
        found = []
        if page.after is not None or page.before is not None:
            found += [self._exists(part) for part in Stretch(self.keys).outside(page, self.values)]
        if page.count:
            found.append(f"COUNT {{ {self.where.after(self.match, self.carry)} RETURN DISTINCT {self.unit} }}")
        return found

    def _exists(self, part: str) -> str:
        return FALSE if part == FALSE else f"EXISTS {{ {self._all(part)} RETURN {self.carry} }}"

    def _cut(self, page: PageRequest, columns: Sequence[Any], extra: Sequence[Any]) -> "Parent":
        found = list(zip(*columns, strict=True))
        is_bounded = page.after is not None or page.before is not None
        has_next, has_previous = ends(page, len(found), Around(*extra[: len(AROUND)]) if is_bounded else Around())
        del found[page.size :]
        if page.backward:
            found.reverse()
        return Parent(found, has_next, has_previous, extra[-1] if page.count else 0)


class Parent(NamedTuple):
    """The rows of one parent's page, and what lies around them."""

    rows: Sequence[tuple[Any, ...]]
    has_next: bool
    has_previous: bool
    total: int


_NOTHING = Parent((), has_next=False, has_previous=False, total=0)


async def hops(graph: Snapshot, ids: Sequence[str], query: HopQuery) -> Pages[Hop]:
    """Return a page of relationships for each entity."""
    kinds = other_ends(query.relations, query.direction)
    kinds = kinds & frozenset(query.kinds) if query.kinds else kinds
    shape = hop_shape(frozenset(query.relations), query.direction, kinds, query.page.fields, query.page.own)
    return await _fan(query).read(graph, ids, query.page, shape)


def _fan(query: HopQuery) -> Fan:
    values = Values()
    kinds = frozenset(query.kinds)
    of_kind = TRUE if other_ends(query.relations, query.direction) <= kinds else of_kinds("o", sorted(kinds))
    where = conditions(query.where, "o", values, of_kind, own_properties(query.properties, "r", values))
    keys = (*(hop_key(key, "r", "o") for key in query.order), Key("o.id"), Key("r.id"))
    parts = f"MATCH (n)<-[:{Relation.PART_OF.value}*0..]-(p) WITH DISTINCT p" if query.with_parts else "WITH n AS p"
    match = f"{parts} MATCH {pattern('p', 'r', 'o', query.relations, query.direction)}"
    return Fan(match, where, "p, r, o", "p, r, o", "", keys, values)


# --------------------------------------------------------------------------- films of a person
async def person_films(
    graph: Snapshot, ids: Sequence[str], where: Filter, order: Sequence[Order], page: PageRequest
) -> Pages[PersonFilm]:
    """Return the films of each person, each once, with all the person's credits by id; deprecated ones do not count.

    Positions are the keys of `order` and the film's id.
    """
    if any(key.by.startswith("rel:") for key in order):
        raise BadInput("films of a person are ordered by what the film has, not by its credits")
    values = Values()
    keys = (*(hop_key(key, "r", "o") for key in order), Key("o.id"))
    live = conditions(where, "o", values, "r.rank <> 'DEPRECATED'")
    match = f"MATCH {pattern('n', 'r', 'o', (Relation.CREDITED_ON,), Direction.OUT)}"
    shape = film_shape(page.fields, has_credits=page.own is None or bool(page.own))
    return await Fan(match, live, "n, o, r", "n, o", ", collect(r) AS rs", keys, values).read(graph, ids, page, shape)
