"""Which columns make a record, and how a row becomes one.

An id says of which kind an entity is and what its slug, so that neither is read.
"""

from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from graph_api.domain.catalogue import (
    KIND_BY_TYPE_NAME,
    KINDS,
    RELATIONS,
    Certainty,
    ClaimRank,
    Kind,
    NumberBound,
    Relation,
)
from graph_api.domain.fields import FIELDS
from graph_api.domain.records import Entity, Relationship, Source
from graph_api.store.neo4j.cypher import given, or_empty

Row: TypeAlias = Sequence[Any]

RELATION_OF = {relation.value: relation for relation in Relation}
RANK_OF = {rank.value: rank for rank in ClaimRank}
CERTAINTY_OF = {certainty.value: certainty for certainty in Certainty}
BOUND_OF = {bound.value: bound for bound in NumberBound}

CONSTANTS: Mapping[str, list[str]] = {
    "fields": list(FIELDS),
    "own": list(dict.fromkeys(p.name for record in RELATIONS.values() for p in record.properties)),
}
"""Parameters that every query may use: the names of all fields, and of all relationships' own properties."""

_MOST_COLUMNS = 12

_KIND_OF = {name.encode(): kind for name, kind in KIND_BY_TYPE_NAME.items()}


def kind_and_slug(id_: str) -> tuple[Kind | None, str]:
    """Return what a stored id says; the kind is None for what is no entity."""
    name, _, slug = urlsafe_b64decode(id_ + "=" * (-len(id_) % 4)).partition(b":")
    kind = _KIND_OF.get(name)
    return kind, slug.decode() if kind else ""


def name_of(alias: str, kinds: Iterable[Kind] = ()) -> str:
    """Return the expression of the best name of an entity of one of these kinds."""
    properties = sorted({KINDS[kind].name_property for kind in kinds or Kind}, reverse=True)
    texts = [f"{alias}.{name}" for name in properties]
    return texts[0] if len(texts) == 1 else f"coalesce({', '.join(texts)})"


class Properties:
    """The columns of properties that may be missing: one for each, or where they are many one for all of them.

    A column costs the server 2 ms and more when it plans a statement for the first time, so that 50 of them took
    longer than all the rest.
    """

    def __init__(self, names: Sequence[str], all_names: str) -> None:
        self._names = tuple(CONSTANTS[all_names]) if len(names) > _MOST_COLUMNS else tuple(names)
        self._is_one = len(names) > _MOST_COLUMNS
        self._all_names = all_names
        self.width = 1 if self._is_one else len(self._names)

    def cells(self, alias: str) -> list[str]:
        """Return the expressions of the columns."""
        if self._is_one:
            return [f"[_name IN ${self._all_names} | {alias}[_name]]"]
        return [or_empty(f"{alias}.{name}") for name in self._names]

    def read(self, row: Row, at: int) -> dict[str, Any]:
        """Return the properties whose columns start at `at`."""
        if self._is_one:
            return {name: value for name, value in zip(self._names, row[at], strict=True) if value is not None}
        found = zip(self._names, row[at : at + self.width], strict=True)
        return {name: value for name, value in found if value != ""}


class EntityShape:
    """The columns of entities of some kinds."""

    def __init__(self, kinds: frozenset[Kind]) -> None:
        fields = [p for p in FIELDS.values() if p.kinds & kinds]
        self._kinds = kinds
        self._properties = Properties([p.name for p in fields], "fields")
        self._many = frozenset(p.name for p in fields if p.many)
        self.width = self._properties.width + 2

    def cells(self, alias: str) -> list[str]:
        """Return the expressions of the columns."""
        return [f"{alias}.id", name_of(alias, self._kinds), *self._properties.cells(alias)]

    def read(self, row: Row, at: int = 0) -> Entity:
        """Return the entity whose columns start at `at`."""
        values = self._properties.read(row, at + 2)
        for name in self._many & values.keys():
            values[name] = tuple(values[name])
        kind, slug = kind_and_slug(row[at])
        assert kind is not None
        return Entity(row[at], kind, slug, row[at + 1], values)


class RelationshipShape:
    """The columns of relationships of some types; the ids of the ends are not among them."""

    def __init__(self, relations: frozenset[Relation]) -> None:
        own = {p.name: None for relation in sorted(relations) for p in RELATIONS[relation].properties}
        self._properties = Properties(tuple(own), "own")
        self.width = self._properties.width + 6

    def cells(self, alias: str) -> list[str]:
        """Return the expressions of the columns."""
        known = [f"{alias}.id", f"type({alias})", f"{alias}.rank", f"{alias}.certainty"]
        known += [or_empty(f"{alias}.{name}") for name in ("reason", "assertedBy")]
        return known + self._properties.cells(alias)

    def read(self, row: Row, at: int, source: str, target: str) -> Relationship:
        """Return the relationship between two ids whose columns start at `at`."""
        id_, type_, rank, certainty, reason, asserted_by = row[at : at + 6]
        return Relationship(
            id_,
            RELATION_OF[type_],
            source,
            target,
            self._properties.read(row, at + 6),
            RANK_OF[rank],
            CERTAINTY_OF[certainty],
            given(reason),
            given(asserted_by),
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


_SOURCE = ("id", "slug", "title", "kind")
_SOURCE_MAY_HAVE = ("url", "publisher", "publishedOn", "retrievedOn", "licence")


def source_cells(alias: str) -> list[str]:
    """Return the expressions of a source's columns."""
    return [f"{alias}.{name}" for name in _SOURCE] + [or_empty(f"{alias}.{name}") for name in _SOURCE_MAY_HAVE]


SOURCE_WIDTH = len(_SOURCE) + len(_SOURCE_MAY_HAVE)


def read_source(row: Row, at: int = 0) -> Source:
    """Return the source whose columns start at `at`."""
    known = len(_SOURCE)
    return Source(*row[at : at + known], *map(given, row[at + known : at + SOURCE_WIDTH]))
