"""Which columns make a hop, or a film of a person, and how rows of them are read by the column."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from graph_api.batching.columns import Shape
from graph_api.batching.readers import Always, At
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.query import Direction
from graph_api.domain.records import Hop, PersonFilm, Relationship
from graph_api.store.embedded.packed import Cell
from graph_api.store.embedded.shapes import Row, entity_shape, relationship_shape

_VIEWS = ("Relationship", "Credit", "Participation", "Screening", "Affiliation", "Node", "Sourced")
"""The GraphQL types that a relationship may be seen as; which of them is the field's to say."""
_END_KEYS = {
    Direction.OUT: ("r.target_key", "r.source_key"),
    Direction.IN: ("r.source_key", "r.target_key"),
    Direction.ANY: (
        "CASE h.value & 1 WHEN 1 THEN r.target_key ELSE r.source_key END",
        "CASE h.value & 1 WHEN 1 THEN r.source_key ELSE r.target_key END",
    ),
}
"""The keys at the far and at the near end of a hop."""
_FAR = {Direction.OUT: "target", Direction.IN: "source"}


@dataclass(frozen=True, slots=True, eq=False)  # each there is once, so that it is known by its identity
class HopShape:
    """What is selected for a hop of the relationship `r` to the entity `o`, after the parent's position.

    Attributes:
        cells: the columns.
        chosen: joins that lead to `r` and `o` from a hop chosen as `h.value` (key * 2 + outgoing).
        near: the join of the entity `n` at the near end, where it is needed.
        width: how many columns there are, the parent's position being one.
        item: what a row is.
    """

    cells: tuple[Cell, ...]
    chosen: str
    near: str
    width: int
    item: Shape[Any]

    @property
    def columns(self) -> str:
        """The list for SELECT."""
        return ", ".join(cell.text for cell in self.cells)


@lru_cache(maxsize=512)
def hop_shape(
    relations: frozenset[Relation],
    direction: Direction,
    kinds: frozenset[Kind],
    fields: frozenset[str] | None,
    own: frozenset[str] | None,
) -> HopShape:
    """Return the shape of hops over these relations to these kinds.

    Args:
        relations: none stands for all.
        direction: which way.
        kinds: of the entities at the other end.
        fields: what is wanted of the entities (None: all).
        own: what is wanted of the relationships (None: all); "source" and "target" are their ends' ids.
    """
    both = direction is Direction.ANY
    has_ids = own is None or not own.isdisjoint(("source", "target"))
    entity = entity_shape(kinds, fields | {"id"} if fields is not None and has_ids else fields)
    relationship = relationship_shape(relations, own)
    far_key, near_key = _END_KEYS[direction]
    chosen = f"CROSS JOIN relationship AS r ON r.key = h.value >> 1 CROSS JOIN entity AS o ON o.key = {far_key}"
    cells = [*relationship.cells("r"), *entity.cells("o")]
    if has_ids:
        cells.insert(0, Cell("n.id", may_be_null=False))
    if both:
        cells.insert(0, Cell("h.value & 1", is_whole=True, may_be_null=False))
    near, at = 1 + both, 1 + both + has_ids
    entity_at = at + relationship.width
    entities = entity.part(entity_at)
    outgoing: Callable[[Row], bool] = At(1, bool) if both else Always(direction is Direction.OUT)
    readers = relationship.readers(at)
    if has_ids:
        there = entities.readers["id"]
        assert not isinstance(there, Shape)
        ends = _ends(At(near), there, direction)
        readers |= {name: end for name, end in ends.items() if own is None or name in own}
    if not both:
        readers[f"{_FAR[direction]}_entity"] = entities

    def read_relationship(row: Row) -> Relationship:
        pair = (row[near], row[entity_id]) if has_ids else ("", "")
        return relationship.read(row, at, *(pair if outgoing(row) else pair[::-1]))

    entity_id = entity_at
    relationships = Shape(read_relationship, readers, None, _VIEWS)
    hop = Shape(
        lambda row: Hop(read_relationship(row), entities.make(row), outgoing(row)),
        {"relationship": relationships, "entity": entities, "outgoing": outgoing},
    )
    near_join = f"CROSS JOIN entity AS n ON n.key = {near_key}" if has_ids else ""
    return HopShape(tuple(cells), chosen, near_join, entity_at + entity.width, hop)


def _ends(
    near: Callable[[Row], str], far: Callable[[Row], str], direction: Direction
) -> Mapping[str, Callable[[Row], str]]:
    """Return what reads the ids of a relationship's ends."""
    match direction:
        case Direction.OUT:
            return {"source": near, "target": far}
        case Direction.IN:
            return {"source": far, "target": near}
        case Direction.ANY:
            return {
                "source": lambda row: near(row) if row[1] else far(row),
                "target": lambda row: far(row) if row[1] else near(row),
            }


@lru_cache(maxsize=64)
def film_shape(fields: frozenset[str] | None, *, has_credits: bool) -> HopShape:
    """Return the shape of a person's films, the key of each first; credits are put behind each row."""
    film = entity_shape((Kind.FILM,), fields)
    part = film.part(2)
    theirs: Callable[[Row], tuple[Relationship, ...]] = itemgetter(-1) if has_credits else lambda _: ()
    item = Shape(lambda row: PersonFilm(part.make(row), theirs(row)), {"film": part, "credits": theirs})
    cells = (Cell("o.key", is_whole=True, may_be_null=False), *film.cells("o"))
    return HopShape(cells, "CROSS JOIN entity AS o ON o.key = h.value", "", 2 + film.width, item)
