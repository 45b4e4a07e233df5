"""What can be asked of a store, as values: filters, orders and the shapes of reads.

A filter is a small tree that each store compiles to its own language; nothing in it is text
of that language. Text is compared folded (`graph_api.domain.folding`), so callers pass it as
the user wrote it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from graph_api.domain.catalogue import ClaimRank, Kind, Relation
from graph_api.domain.paging import PageRequest, order_mark
from graph_api.domain.records import Scalar


class Direction(StrEnum):
    """Which relationships of an entity: those that start at it, end at it, or both."""

    OUT = "OUT"
    IN = "IN"
    ANY = "ANY"


class Op(StrEnum):
    """How a field is compared."""

    EQ = "EQ"
    IN = "IN"
    STARTS_WITH = "STARTS_WITH"
    CONTAINS = "CONTAINS"
    GT = "GT"
    GTE = "GTE"
    LT = "LT"
    LTE = "LTE"


@dataclass(frozen=True, slots=True)
class Match:
    """A field of the entity compares so. `field` is a field property or "name"; IN takes a tuple.

    TEXT is compared folded; of a property with many values one has to match; an entity without
    the field matches nothing.
    """

    field: str
    op: Op
    value: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """The entity has a relationship of one of `relations` to another entity.

    Attributes:
        ids: to one of these (None: any).
        where: to one that matches this.
        properties: whose own property has one of these values.
    """

    relations: tuple[Relation, ...]
    direction: Direction
    ids: tuple[str, ...] | None = None
    where: "Filter | None" = None
    properties: Mapping[str, tuple[Scalar, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FromSource:
    """A source mentions the entity."""

    source: str


@dataclass(frozen=True, slots=True)
class And:
    """All of them match; with none, everything does."""

    filters: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of them matches; with none, nothing does."""

    filters: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not match."""

    filter: "Filter"


Filter: TypeAlias = Match | Linked | FromSource | And | Or | Not
EVERYTHING = And(())
_SMALL = 2_000
"""Characters, about: what a person writes has fewer."""


def is_small(where: Filter) -> bool:
    """Tell whether what is made of a filter can be remembered; of large ones a client could fill the memory with it."""
    return _size(where) <= _SMALL


def _size(where: Filter) -> int:
    match where:
        case And(filters) | Or(filters):
            return len(filters) + sum(map(_size, filters))
        case Not(inner):
            return _size(inner)
        case FromSource(source):
            return len(source)
        case Match(_, _, value):
            return sum(map(_length, value)) if isinstance(value, tuple) else _length(value)
        case Linked(_, _, ids, inside, properties):
            own = sum(sum(map(_length, values)) for values in properties.values())
            return sum(map(len, ids or ())) + own + (_size(inside) if inside else 1)


def _length(value: Scalar) -> int:
    return len(value) if isinstance(value, str) else 1


@dataclass(frozen=True, slots=True)
class Order:
    """One key of an order.

    `by` is "name" (folded), a field property with one value, "degree" (relationships), or
    "count:RELATION" (relationships of that type, either way). Nulls come last in both directions.
    """

    by: str
    descending: bool = False


BY_NAME = (Order("name"),)


@dataclass(frozen=True, slots=True)
class EntityQuery:
    """A list of entities of one kind. Ties are broken by id, ascending."""

    kind: Kind
    page: PageRequest = PageRequest()
    filter: Filter = EVERYTHING
    order: tuple[Order, ...] = BY_NAME

    @property
    def mark(self) -> str:
        """The mark of its cursors."""
        return list_mark(self.kind, self.order)


@lru_cache(maxsize=256)
def list_mark(kind: Kind, order: tuple[Order, ...]) -> str:
    """Return the mark that cursors of a list of entities carry."""
    return order_mark("list", kind.value, tuple((o.by, o.descending) for o in order))


@dataclass(frozen=True, slots=True)
class HopQuery:
    """The relationships of many entities, a page for each, with the entities at their other ends.

    Attributes:
        relations: of these types (empty: of any).
        kinds: leading to these kinds (empty: to any).
        properties: whose own property has one of these values (role in {DIRECTOR, WRITER}).
        where: leading to entities that match.
        order: keys of the entity at the other end; "rel:order" is the relationship's own
            property `order`. Ties are broken by the other entity's id, then the relationship's id.
        with_parts: counts what events are PART_OF the parent, at any depth, as the parent too.
    """

    relations: tuple[Relation, ...]
    direction: Direction = Direction.ANY
    kinds: tuple[Kind, ...] = ()
    properties: Mapping[str, tuple[Scalar, ...]] = field(default_factory=dict)
    where: Filter = EVERYTHING
    order: tuple[Order, ...] = BY_NAME
    page: PageRequest = PageRequest()
    with_parts: bool = False

    def of_page(self, page: PageRequest) -> "HopQuery":
        """Return the same with this page; `dataclasses.replace` takes three times as long."""
        where, order = self.where, self.order
        return HopQuery(
            self.relations, self.direction, self.kinds, self.properties, where, order, page, self.with_parts
        )


@dataclass(frozen=True, slots=True)
class YearSpan:
    """Years from `first` to `last`, both included; None is open."""

    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class PathQuery:
    """Which relationships and entities a path may use.

    Attributes:
        relations: of these types (empty: any).
        kinds: through entities of these kinds (empty: any); the ends are always allowed.
        roles: credits only in these roles (empty: any).
        years: films, editions and recognitions only of these years; one without year is left out.
        festivals: films, editions, events and recognitions only of these festivals' ids (empty: any).
        exclude: never through these ids.
        cited_only: only relationships with a citation.
    """

    relations: tuple[Relation, ...] = ()
    kinds: tuple[Kind, ...] = ()
    roles: tuple[str, ...] = ()
    years: YearSpan = YearSpan()
    festivals: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    cited_only: bool = False


@dataclass(frozen=True, slots=True)
class ScanQuery:
    """The relationships a projection is built from.

    Attributes:
        relations: of these types (empty: all).
        kinds: with both ends of these kinds (empty: any).
        roles: of CREDITED_ON only these roles (None: any).
        films: where a relationship touches a film, only films that match.
        cited_only: only relationships with a citation.
        undisputed: only relationships that are not uncertain, between entities about which no sources disagree.
    Deprecated relationships are left out.
    """

    relations: tuple[Relation, ...] = ()
    kinds: tuple[Kind, ...] = ()
    roles: tuple[str, ...] | None = None
    films: Filter = EVERYTHING
    cited_only: bool = False
    undisputed: bool = False


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """Which claims of an entity."""

    property: str | None = None
    rank: ClaimRank | None = None
