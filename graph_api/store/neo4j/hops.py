"""From many entities to what they are joined with: a page for each of them in one query.

The first n of each parent are chosen by a subquery and handed over as a list for each column.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph_api.domain.catalogue import Relation
from graph_api.domain.fields import other_ends
from graph_api.domain.paging import Around, Page, PageRequest, ends
from graph_api.domain.query import Direction, Filter, HopQuery, Order
from graph_api.domain.records import Hop, PersonFilm, Relationship
from graph_api.errors import BadInput
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.cypher import BY_ID, FALSE, TRUE, Conditions, Values, collected, of_kinds, pattern, rows
from graph_api.store.neo4j.filters import conditions, own_properties
from graph_api.store.neo4j.keyset import AROUND, Key, Stretch, carried, cells, hop_key, narrowed, order_by, position
from graph_api.store.neo4j.lists import with_items
from graph_api.store.neo4j.nodes import read_by_id
from graph_api.store.neo4j.shapes import entity_shape, relationship_shape


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

    async def read(
        self, graph: Snapshot, ids: Sequence[str], page: PageRequest, columns: Sequence[str]
    ) -> tuple[list[str], list[Page[tuple[Any, ...]]]]:
        """Return each parent's id, of a merged one the other's, and a page of rows."""
        width = len(self.keys) + len(columns)
        outer = ["i", "n.id", *(f"c{i}" for i in range(width)), *self._extra(page)]
        inner = self._page(page, columns)
        query = f"{BY_ID}\nCALL (n) {{ {inner} }}\nRETURN {collected(outer)}"
        row = await read_by_id(graph, query, ids, **self.values.named)
        parents = [""] * len(ids)
        pages: list[Page[tuple[Any, ...]]] = [Page([], [], False, False, 0 if page.count else None) for _ in ids]
        for found in rows(row, len(outer)):
            parents[found[0]] = found[1]
            pages[found[0]] = self._cut(page, found[2 : 2 + width], found[2 + width :])
        return parents, pages

    def _page(self, page: PageRequest, columns: Sequence[str]) -> str:
        order = order_by(self.keys, backward=page.backward)
        returned = collected((*cells(self.keys), *columns))
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

    def _cut(self, page: PageRequest, columns: Sequence[Any], extra: Sequence[Any]) -> Page[tuple[Any, ...]]:
        found = list(zip(*columns, strict=True))
        is_bounded = page.after is not None or page.before is not None
        around = Around(*extra[: len(AROUND)]) if is_bounded else Around()
        has_next, has_previous = ends(page, len(found), around)
        found = found[: page.size]
        if page.backward:
            found.reverse()
        width = len(self.keys)
        positions = [position(self.keys, row) for row in found]
        total = extra[-1] if page.count else None
        return Page([row[width:] for row in found], positions, has_next, has_previous, total)


async def hops(graph: Snapshot, ids: Sequence[str], query: HopQuery) -> list[Page[Hop]]:
    """Return a page of relationships for each entity."""
    leads_to = other_ends(query.relations, query.direction)
    kinds = frozenset(query.kinds)
    entity = entity_shape(leads_to & kinds if kinds else leads_to)
    relationship = relationship_shape(query.relations)
    outgoing = "startNode(r) = p" if query.direction is Direction.ANY else str(query.direction is Direction.OUT).lower()
    columns = (outgoing, "p.id", *relationship.cells("r"), *entity.cells("o"))
    _, pages = await _fan(query).read(graph, ids, query.page, columns)
    at = 2 + relationship.width

    def hop(row: tuple[Any, ...]) -> Hop:
        other = entity.read(row, at)
        pair = (row[1], other.id) if row[0] else (other.id, row[1])
        return Hop(relationship.read(row, 2, *pair), other, row[0])

    return [with_items(page, [hop(row) for row in page.items]) for page in pages]


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
) -> list[Page[PersonFilm]]:
    """Return the films of each person, each once, with all the person's credits by id; deprecated ones do not count.

    Positions are the keys of `order` and the film's id.
    """
    if any(key.by.startswith("rel:") for key in order):
        raise BadInput("films of a person are ordered by what the film has, not by its credits")
    values = Values()
    keys = (*(hop_key(key, "r", "o") for key in order), Key("o.id"))
    live = conditions(where, "o", values, "r.rank <> 'DEPRECATED'")
    match = f"MATCH {pattern('n', 'r', 'o', (Relation.CREDITED_ON,), Direction.OUT)}"
    film = entity_shape(other_ends((Relation.CREDITED_ON,), Direction.OUT))
    credit = relationship_shape((Relation.CREDITED_ON,))
    columns = (*film.cells("o"), f"[r IN rs | [{', '.join(credit.cells('r'))}]]")
    people, pages = await Fan(match, live, "o, r", "o", ", collect(r) AS rs", keys, values).read(
        graph, ids, page, columns
    )

    def person_film(person: str, row: tuple[Any, ...]) -> PersonFilm:
        credits_: list[Relationship] = [credit.read(cells_, 0, person, row[0]) for cells_ in sorted(row[-1])]
        return PersonFilm(film.read(row), tuple(credits_))

    return [
        with_items(each, [person_film(person, row) for row in each.items])
        for person, each in zip(people, pages, strict=True)
    ]
