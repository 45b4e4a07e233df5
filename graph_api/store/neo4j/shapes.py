"""Which columns make a record, and how a row becomes one.

An id says of which kind an entity is and what its slug, so that neither is read.
"""

from binascii import a2b_base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any, TypeAlias

from graph_api.batching.columns import Shape
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
Reader: TypeAlias = Callable[[Any], Any] | Shape[Any]

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
    """Return what a stored id says; the kind is None for what is no entity.

    The letters of types and slugs are never written with the two signs in which the alphabet of ids differs.
    """
    name, _, slug = a2b_base64(id_ + "==").partition(b":")
    kind = _KIND_OF.get(name)
    return kind, slug.decode() if kind else ""


def _slug_of(at: int, start: int, row: Row) -> str:
    return a2b_base64(row[at] + "==")[start:].decode()


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
        self._is_one = len(names) > _MOST_COLUMNS
        self._names = tuple(CONSTANTS[all_names]) if self._is_one else tuple(names)
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

    def readers(self, at: int) -> dict[str, Callable[[Any], Any]]:
        """Return what reads each of the properties whose columns start at `at`."""
        if self._is_one:
            return {name: partial(_nested, at, i) for i, name in enumerate(self._names)}
        return {name: partial(_given, at + i) for i, name in enumerate(self._names)}


def _nested(at: int, index: int, row: Row) -> Any:
    return row[at][index]


def _given(at: int, row: Row) -> Any:
    return given(row[at])


def _looked_up(at: int, members: Mapping[str, Any], row: Row) -> Any:
    return members[row[at]]


def _as_tuple(get: Callable[[Any], Any], row: Row) -> Any:
    value = get(row)
    return None if value is None else tuple(value)


class EntityShape:
    """The columns of entities of some kinds; of these fields alone, or of all (None)."""

    def __init__(self, kinds: frozenset[Kind], fields: frozenset[str] | None = None) -> None:
        own = [p for p in FIELDS.values() if p.kinds & kinds and (fields is None or p.name in fields)]
        self._kinds = kinds
        self._kind = next(iter(kinds)) if len(kinds) == 1 else None
        self._has_name = fields is None or "name" in fields
        self._properties = Properties([p.name for p in own], "fields")
        self._many = frozenset(p.name for p in own if p.many)
        self.width = 1 + self._has_name + self._properties.width
        self._parts: dict[int, Shape[Entity]] = {}

    def cells(self, alias: str) -> list[str]:
        """Return the expressions of the columns, the id's first."""
        name = [name_of(alias, self._kinds)] if self._has_name else []
        return [f"{alias}.id", *name, *self._properties.cells(alias)]

    def read(self, row: Row, at: int = 0) -> Entity:
        """Return the entity whose columns start at `at`; what was not asked for is empty."""
        values = self._properties.read(row, at + 1 + self._has_name)
        for name in self._many & values.keys():
            values[name] = tuple(values[name])
        kind, slug = kind_and_slug(row[at])
        assert kind is not None
        return Entity(row[at], kind, slug, row[at + 1] if self._has_name else "", values)

    def part(self, at: int = 0) -> Shape[Entity]:
        """Return what rows are to whoever reads them by the column, the entity's own starting at `at`."""
        shape = self._parts.get(at)
        if shape is None:
            shape = self._parts[at] = self._part(at)
        return shape

    def _part(self, at: int) -> Shape[Entity]:
        own = self._properties.readers(at + 1 + self._has_name)
        readers: dict[str, Reader] = {**own}
        readers |= {name: partial(_as_tuple, get) for name, get in own.items() if name in self._many}
        readers |= {"id": itemgetter(at), "slug": lambda row: kind_and_slug(row[at])[1]}
        if self._has_name:
            readers["name"] = itemgetter(at + 1)
        kind = self._kind
        if kind is not None:
            readers["kind"] = lambda _: kind
            readers["slug"] = partial(_slug_of, at, len(KINDS[kind].type_name) + 1)
            return Shape(partial(self._read_at, at), readers, KINDS[kind].type_name, ("Entity", "Node"))
        readers["kind"] = lambda row: kind_and_slug(row[at])[0]
        return Shape(partial(self._read_at, at), readers, partial(_type_name, at), ("Entity", "Node"))

    def _read_at(self, at: int, row: Row) -> Entity:
        return self.read(row, at)


def _type_name(at: int, row: Row) -> str | None:
    kind, _ = kind_and_slug(row[at])
    return KINDS[kind].type_name if kind else None


_HEAD = {"id": "id", "rank": "rank", "certainty": "certainty", "reason": "reason", "asserted_by": "assertedBy"}
"""The attributes of relationships and the properties they are kept as."""
_MEMBERS: Mapping[str, Mapping[str, Any]] = {"type": RELATION_OF, "rank": RANK_OF, "certainty": CERTAINTY_OF}


class RelationshipShape:
    """The columns of relationships of some types, the ids of the ends not among them; of these fields, or of all."""

    def __init__(self, relations: frozenset[Relation], fields: frozenset[str] | None = None) -> None:
        own = {p.name: None for relation in sorted(relations) for p in RELATIONS[relation].properties}
        wanted = [name for name in own if fields is None or name in fields or "properties" in fields]
        self._type = next(iter(relations)) if len(relations) == 1 else None
        self._head = tuple(name for name in _HEAD if fields is None or name in fields)
        self._has_type = self._type is None
        self._properties = Properties(wanted, "own")
        self._at = self._has_type + len(self._head)
        self.width = self._at + self._properties.width

    def cells(self, alias: str) -> list[str]:
        """Return the expressions of the columns."""
        texts = [f"{alias}.{_HEAD[name]}" for name in self._head]
        known = [
            or_empty(text) if name in ("reason", "asserted_by") else text
            for name, text in zip(self._head, texts, strict=True)
        ]
        return [*known, *([f"type({alias})"] if self._has_type else ()), *self._properties.cells(alias)]

    def read(self, row: Row, at: int, source: str, target: str) -> Relationship:
        """Return the relationship between two ids whose columns start at `at`; what was not asked for is empty."""
        head = dict(zip(self._head, row[at : at + len(self._head)], strict=True))
        return Relationship(
            head.get("id", ""),
            self._type or RELATION_OF[row[at + len(self._head)]],
            source,
            target,
            self._properties.read(row, at + self._at),
            RANK_OF[head.get("rank", ClaimRank.NORMAL.value)],
            CERTAINTY_OF[head.get("certainty", Certainty.STATED.value)],
            given(head.get("reason", "")),
            given(head.get("asserted_by", "")),
        )

    def readers(self, at: int) -> dict[str, Reader]:
        """Return what reads the attributes and properties by the column, those that start at `at`."""
        found: dict[str, Reader] = {}
        for i, name in enumerate((*self._head, *(("type",) if self._has_type else ()))):
            members = _MEMBERS.get(name)
            found[name] = partial(_given, at + i) if members is None else partial(_looked_up, at + i, members)
        if self._type is not None:
            type_ = self._type
            found["type"] = lambda _: type_
        return found | self._properties.readers(at + self._at)


@lru_cache(maxsize=512)
def _entity_shape(kinds: frozenset[Kind], fields: frozenset[str] | None) -> EntityShape:
    return EntityShape(kinds, fields)


def entity_shape(kinds: Iterable[Kind] = (), fields: frozenset[str] | None = None) -> EntityShape:
    """Return the shape of entities of these kinds; with none given, of any."""
    return _entity_shape(frozenset(kinds) or frozenset(Kind), fields)


@lru_cache(maxsize=512)
def _relationship_shape(relations: frozenset[Relation], fields: frozenset[str] | None) -> RelationshipShape:
    return RelationshipShape(relations, fields)


def relationship_shape(relations: Iterable[Relation] = (), fields: frozenset[str] | None = None) -> RelationshipShape:
    """Return the shape of relationships of these types; with none given, of any."""
    return _relationship_shape(frozenset(relations) or frozenset(Relation), fields)


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
