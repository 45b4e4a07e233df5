"""Which columns make a hop, or a film of a person, and how rows of them are read by the column."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from graph_api.batching.columns import Shape
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.query import Direction
from graph_api.domain.records import Hop, PersonFilm, Relationship
from graph_api.store.neo4j.shapes import Row, entity_shape, relationship_shape

_VIEWS = ("Relationship", "Credit", "Participation", "Screening", "Affiliation", "Node", "Sourced")
"""The GraphQL types that a relationship may be seen as; which of them is the field's to say."""
_FAR = {Direction.OUT: "target", Direction.IN: "source"}


@dataclass(frozen=True, slots=True)
class HopShape:
    """What is read of a hop: the expressions of its columns, and what a row of them is."""

    columns: tuple[str, ...]
    item: Shape[Any]


@lru_cache(maxsize=512)
def hop_shape(
    relations: frozenset[Relation],
    direction: Direction,
    kinds: frozenset[Kind],
    fields: frozenset[str] | None,
    own: frozenset[str] | None,
) -> HopShape:
    """Return the shape of hops `r` from `p` over these relations to entities `o` of these kinds.

    Args:
        relations: none stands for all.
        direction: which way.
        kinds: of the entities at the other end.
        fields: what is wanted of the entities (None: all).
        own: what is wanted of the relationships (None: all); "source" and "target" are their ends' ids.
    """
    both = direction is Direction.ANY
    has_ids = own is None or not own.isdisjoint(("source", "target"))
    relationship, entity = relationship_shape(relations, own), entity_shape(kinds, fields)
    head = (("startNode(r) = p",) if both else ()) + (("p.id",) if has_ids else ())
    at = len(head)
    near, far = at - 1, at + relationship.width
    columns = (*head, *relationship.cells("r"), *entity.cells("o"))
    entities = entity.part(far)
    outgoing: Callable[[Row], bool] = itemgetter(0) if both else lambda _: direction is Direction.OUT

    def pair(row: Row) -> tuple[str, str]:
        if not has_ids:
            return "", ""
        return (row[near], row[far]) if outgoing(row) else (row[far], row[near])

    def read_relationship(row: Row) -> Relationship:
        return relationship.read(row, at, *pair(row))

    readers = relationship.readers(at)
    if has_ids:
        readers |= {"source": lambda row: pair(row)[0], "target": lambda row: pair(row)[1]}
    if not both:
        readers[f"{_FAR[direction]}_entity"] = entities
    relationships = Shape(read_relationship, readers, None, _VIEWS)
    item = Shape(
        lambda row: Hop(read_relationship(row), entities.make(row), outgoing(row)),
        {"relationship": relationships, "entity": entities, "outgoing": outgoing},
    )
    return HopShape(columns, item)


@lru_cache(maxsize=64)
def film_shape(fields: frozenset[str] | None, *, has_credits: bool) -> HopShape:
    """Return the shape of films `o` of a person `n`, with the credits in the list `rs`."""
    film, credit = entity_shape((Kind.FILM,), fields), relationship_shape((Relation.CREDITED_ON,))
    part = film.part(0)
    at = film.width

    def theirs(row: Row) -> tuple[Relationship, ...]:
        if not has_credits:
            return ()
        return tuple(credit.read(cells, 0, row[at], row[0]) for cells in sorted(row[at + 1], key=itemgetter(0)))

    item = Shape(lambda row: PersonFilm(part.make(row), theirs(row)), {"film": part, "credits": theirs})
    own = ("n.id", f"[r IN rs | [{', '.join(credit.cells('r'))}]]") if has_credits else ()
    return HopShape((*film.cells("o"), *own), item)
