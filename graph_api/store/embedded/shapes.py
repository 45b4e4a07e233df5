"""Which columns make a record, and how a row becomes one.

A level of a query reads thousands of rows, so a shape selects only the columns that entities of
its kinds, or relationships of its types, can have at all.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import orjson

from graph_api.domain.catalogue import RELATIONS, Certainty, ClaimRank, Kind, NumberBound, Relation, ValueType
from graph_api.domain.records import Entity, Relationship, Source
from graph_api.store.embedded.tables import ENTITY_COLUMNS, RELATIONSHIP_COLUMNS

Row: TypeAlias = Sequence[Any]

KIND_OF = {kind.value: kind for kind in Kind}
RELATION_OF = {relation.value: relation for relation in Relation}
RANK_OF = {rank.value: rank for rank in ClaimRank}
CERTAINTY_OF = {certainty.value: certainty for certainty in Certainty}
BOUND_OF = {bound.value: bound for bound in NumberBound}

SOURCE_COLUMNS = "s.id, s.slug, s.title, s.kind, s.url, s.publisher, s.published_on, s.retrieved_on, s.licence"


def _texts(value: str) -> tuple[str, ...]:
    return tuple(orjson.loads(value))


class EntityShape:
    """The columns of entities of some kinds."""

    def __init__(self, kinds: frozenset[Kind]) -> None:
        columns = {c: p for c, p in ENTITY_COLUMNS.items() if p.kinds & kinds}
        self._columns = ("id", "kind", "slug", "name", *columns)
        self._names = tuple(p.name for p in columns.values())
        self._special: tuple[tuple[str, Callable[[Any], Any]], ...] = tuple(
            (p.name, _texts if p.many else bool) for p in columns.values() if p.many or p.type is ValueType.BOOLEAN
        )
        self.width = len(self._columns)

    def select(self, alias: str) -> str:
        """Return the columns as a list for SELECT."""
        return ", ".join(f"{alias}.{column}" for column in self._columns)

    def read(self, row: Row, at: int = 0) -> Entity:
        """Return the entity whose columns start at `at`."""
        values = {
            name: value
            for name, value in zip(self._names, row[at + 4 : at + self.width], strict=True)
            if value is not None
        }
        for name, convert in self._special:
            if name in values:
                values[name] = convert(values[name])
        return Entity(row[at], KIND_OF[row[at + 1]], row[at + 2], row[at + 3], values)


class RelationshipShape:
    """The columns of relationships of some types; the ids of the ends are not among them."""

    def __init__(self, relations: frozenset[Relation]) -> None:
        own = {p.name for relation in relations for p in RELATIONS[relation].properties}
        columns = {c: p.name for c, p in RELATIONSHIP_COLUMNS.items() if p.name in own}
        self._columns = ("id", "type", "rank", "certainty", "reason", "asserted_by", *columns)
        self._names = tuple(columns.values())
        self.width = len(self._columns)

    def select(self, alias: str) -> str:
        """Return the columns as a list for SELECT."""
        return ", ".join(f"{alias}.{column}" for column in self._columns)

    def read(self, row: Row, at: int, source: str, target: str) -> Relationship:
        """Return the relationship between two ids whose columns start at `at`."""
        properties = {
            name: value
            for name, value in zip(self._names, row[at + 6 : at + self.width], strict=True)
            if value is not None
        }
        id_, type_, rank, certainty, reason, asserted_by = row[at : at + 6]
        return Relationship(
            id_,
            RELATION_OF[type_],
            source,
            target,
            properties,
            RANK_OF[rank],
            CERTAINTY_OF[certainty],
            reason,
            asserted_by,
        )


@lru_cache(maxsize=256)
def _entity_shape(kinds: frozenset[Kind]) -> EntityShape:
    return EntityShape(kinds)


def entity_shape(kinds: Iterable[Kind] = ()) -> EntityShape:
    """Return the shape of entities of these kinds; with none given, of any."""
    return _entity_shape(frozenset(kinds) or frozenset(Kind))


@lru_cache(maxsize=256)
def _relationship_shape(relations: frozenset[Relation]) -> RelationshipShape:
    return RelationshipShape(relations)


def relationship_shape(relations: Iterable[Relation] = ()) -> RelationshipShape:
    """Return the shape of relationships of these types; with none given, of any."""
    return _relationship_shape(frozenset(relations) or frozenset(Relation))


ENDS = "CROSS JOIN entity AS s ON s.key = r.source_key CROSS JOIN entity AS t ON t.key = r.target_key"
"""Joins the ends of a relationship `r`."""


def read_source(row: Row, at: int = 0) -> Source:
    """Return the source whose `SOURCE_COLUMNS` start at `at`."""
    return Source(*row[at : at + 9])
