"""Which columns make a record, and how a row becomes one.

A level of a query reads thousands of rows, so a shape selects only the columns that entities of
its kinds, or relationships of its types, can have at all.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import starmap
from typing import Any, TypeAlias

import orjson

from graph_api.batching.columns import Shape
from graph_api.batching.readers import Always, At
from graph_api.domain.catalogue import (
    KINDS,
    RELATIONS,
    Certainty,
    ClaimRank,
    Kind,
    NumberBound,
    Property,
    Relation,
    ValueType,
)
from graph_api.domain.records import Entity, Relationship, Source
from graph_api.store.embedded.packed import Cell
from graph_api.store.embedded.tables import ENTITY_COLUMNS, RELATIONSHIP_COLUMNS

Row: TypeAlias = Sequence[Any]

KIND_OF = {kind.value: kind for kind in Kind}
RELATION_OF = {relation.value: relation for relation in Relation}
RANK_OF = {rank.value: rank for rank in ClaimRank}
CERTAINTY_OF = {certainty.value: certainty for certainty in Certainty}
BOUND_OF = {bound.value: bound for bound in NumberBound}

_MEMBERS: Mapping[str, Mapping[str, Any]] = {"type": RELATION_OF, "rank": RANK_OF, "certainty": CERTAINTY_OF}
_TYPE_NAMES = {kind.value: record.type_name for kind, record in KINDS.items()}
_RELATIONSHIP_HEAD = ("id", "type", "rank", "certainty", "reason", "asserted_by")
_MAY_BE_NULL = ("reason", "asserted_by")

SOURCE_COLUMNS = "s.id, s.slug, s.title, s.kind, s.url, s.publisher, s.published_on, s.retrieved_on, s.licence"


def _texts(value: str) -> tuple[str, ...]:
    return tuple(orjson.loads(value))


class EntityShape:
    """The columns of entities of some kinds; of these fields alone, or of all (None)."""

    def __init__(self, kinds: frozenset[Kind], fields: frozenset[str] | None = None) -> None:
        columns = {c: p for c, p in ENTITY_COLUMNS.items() if p.kinds & kinds and (fields is None or p.name in fields)}
        self._kind = next(iter(kinds)) if len(kinds) == 1 else None
        self._is_whole = fields is None
        self._head = tuple(
            name
            for name in ("id", "kind", "slug", "name")
            if fields is None or name in fields or (name == "kind" and self._kind is None)
        )
        self._columns = (*(Cell(name, may_be_null=False) for name in self._head), *starmap(_cell, columns.items()))
        self._names = tuple(p.name for p in columns.values())
        self._special: Mapping[str, Callable[[Any], Any]] = {
            p.name: _texts if p.many else bool for p in columns.values() if p.many or p.type is ValueType.BOOLEAN
        }
        self._parts: dict[int, Shape[Entity]] = {}
        self._end = len(self._columns)
        self.width = max(1, self._end)

    def select(self, alias: str) -> str:
        """Return the columns as a list for SELECT: `width` of them, one at least."""
        return ", ".join(cell.text for cell in self.cells(alias))

    def cells(self, alias: str) -> tuple[Cell, ...]:
        """Return the columns."""
        return _of(alias, self._columns)

    def read(self, row: Row, at: int = 0) -> Entity:
        """Return the entity whose columns start at `at`; what was not selected is empty."""
        values = {
            name: value
            for name, value in zip(self._names, row[at + len(self._head) : at + self._end], strict=True)
            if value is not None
        }
        for name, convert in self._special.items():
            if name in values:
                values[name] = convert(values[name])
        if self._is_whole:
            return Entity(row[at], KIND_OF[row[at + 1]], row[at + 2], row[at + 3], values)
        head = dict(zip(self._head, row[at : at + len(self._head)], strict=True))
        kind = self._kind or KIND_OF[head["kind"]]
        return Entity(head.get("id", ""), kind, head.get("slug", ""), head.get("name", ""), values)

    def part(self, at: int = 0) -> Shape[Entity]:
        """Return what rows are to whoever reads them by the column, the entity's own starting at `at`."""
        shape = self._parts.get(at)
        if shape is None:
            shape = self._parts[at] = self._part(at)
        return shape

    def _part(self, at: int) -> Shape[Entity]:
        readers: dict[str, Any] = {
            name: At(at + i, self._special.get(name))
            for i, name in enumerate((*self._head, *self._names))
            if name != "kind"
        }
        if self._kind is not None:
            kind, type_name = self._kind, KINDS[self._kind].type_name
            return Shape(partial(self._read_at, at), {**readers, "kind": Always(kind)}, type_name, ("Entity", "Node"))
        place = at + self._head.index("kind")
        kinds = {**readers, "kind": At(place, KIND_OF.__getitem__)}
        return Shape(partial(self._read_at, at), kinds, At(place, _TYPE_NAMES.__getitem__), ("Entity", "Node"))

    def _read_at(self, at: int, row: Row) -> Entity:
        return self.read(row, at)


def _cell(column: str, prop: Property) -> Cell:
    is_whole = not prop.many and prop.type in (ValueType.INTEGER, ValueType.BOOLEAN)
    return Cell(column, is_whole, not prop.many and prop.type is ValueType.NUMBER)


def _of(alias: str, columns: Sequence[Cell]) -> tuple[Cell, ...]:
    return tuple(cell._replace(text=f"{alias}.{cell.text}") for cell in columns) or (Cell("NULL"),)


class RelationshipShape:
    """The columns of relationships of some types, the ids of the ends not among them; of these fields, or of all."""

    def __init__(self, relations: frozenset[Relation], fields: frozenset[str] | None = None) -> None:
        own = {p.name for relation in relations for p in RELATIONS[relation].properties}
        columns = {
            c: p
            for c, p in RELATIONSHIP_COLUMNS.items()
            if p.name in own and (fields is None or p.name in fields or "properties" in fields)
        }
        self._type = next(iter(relations)) if len(relations) == 1 else None
        self._is_whole = fields is None
        self._head = tuple(
            name
            for name in _RELATIONSHIP_HEAD
            if fields is None or name in fields or (name == "type" and self._type is None)
        )
        head = (Cell(name, may_be_null=name in _MAY_BE_NULL) for name in self._head)
        self._columns = (*head, *starmap(_cell, columns.items()))
        self._names = tuple(p.name for p in columns.values())
        self._end = len(self._columns)
        self.width = max(1, self._end)

    def select(self, alias: str) -> str:
        """Return the columns as a list for SELECT: `width` of them, one at least."""
        return ", ".join(cell.text for cell in self.cells(alias))

    def cells(self, alias: str) -> tuple[Cell, ...]:
        """Return the columns."""
        return _of(alias, self._columns)

    def read(self, row: Row, at: int, source: str, target: str) -> Relationship:
        """Return the relationship between two ids whose columns start at `at`; what was not selected is empty."""
        properties = {
            name: value
            for name, value in zip(self._names, row[at + len(self._head) : at + self._end], strict=True)
            if value is not None
        }
        if self._is_whole:
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
        head = dict(zip(self._head, row[at : at + len(self._head)], strict=True))
        return Relationship(
            head.get("id", ""),
            self._type or RELATION_OF[head["type"]],
            source,
            target,
            properties,
            RANK_OF[head.get("rank", ClaimRank.NORMAL)],
            CERTAINTY_OF[head.get("certainty", Certainty.STATED)],
            head.get("reason"),
            head.get("asserted_by"),
        )

    def readers(self, at: int) -> dict[str, Any]:
        """Return what reads the attributes and properties by the column, those that start at `at`."""
        found: dict[str, Any] = {}
        for i, name in enumerate(self._head):
            members = _MEMBERS.get(name)
            found[name] = At(at + i, None if members is None else members.__getitem__)
        if self._type is not None:
            found["type"] = Always(self._type)
        return {**found, **{name: At(at + len(self._head) + i) for i, name in enumerate(self._names)}}


@lru_cache(maxsize=256)
def _entity_shape(kinds: frozenset[Kind], fields: frozenset[str] | None) -> EntityShape:
    return EntityShape(kinds, fields)


def entity_shape(kinds: Iterable[Kind] = (), fields: frozenset[str] | None = None) -> EntityShape:
    """Return the shape of entities of these kinds; with none given, of any."""
    return _entity_shape(frozenset(kinds) or frozenset(Kind), fields)


@lru_cache(maxsize=256)
def _relationship_shape(relations: frozenset[Relation], fields: frozenset[str] | None) -> RelationshipShape:
    return RelationshipShape(relations, fields)


def relationship_shape(relations: Iterable[Relation] = (), fields: frozenset[str] | None = None) -> RelationshipShape:
    """Return the shape of relationships of these types; with none given, of any."""
    return _relationship_shape(frozenset(relations) or frozenset(Relation), fields)


ENDS = "CROSS JOIN entity AS s ON s.key = r.source_key CROSS JOIN entity AS t ON t.key = r.target_key"
"""Joins the ends of a relationship `r`."""


def read_source(row: Row, at: int = 0) -> Source:
    """Return the source whose `SOURCE_COLUMNS` start at `at`."""
    return Source(*row[at : at + 9])
