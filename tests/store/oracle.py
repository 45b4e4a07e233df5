"""A graph in plain Python that answers the slow way, to compare stores with; and random graphs to compare them on."""

import random
from collections.abc import Callable, Iterable, Sequence
from functools import cmp_to_key
from typing import TypeVar

from graph_api.domain.catalogue import KINDS, PROPERTIES, RELATIONS, ClaimRank, Kind, Relation, ValueType
from graph_api.domain.folding import fold
from graph_api.domain.ids import entity_id, relationship_id
from graph_api.domain.paging import Page, PageRequest, Position, SortKey
from graph_api.domain.query import And, Direction, Filter, FromSource, HopQuery, Linked, Match, Not, Op, Or, Order
from graph_api.domain.records import ChangeItem, Citation, EntityRow, Relationship, RelationshipRow, Scalar, Source
from graph_api.domain.values import to_scalar
from graph_api.store.base import Store
from tests.store.items import source

T = TypeVar("T")


class Model:
    """Entities by id, and relationships."""

    def __init__(self, items: Iterable[ChangeItem]) -> None:
        everything = list(items)
        self.items = everything
        self.sources = [i for i in everything if isinstance(i, Source)]
        self.rows = {entity_id(i.kind, i.slug): i for i in everything if isinstance(i, EntityRow)}
        self.stated = [i for i in everything if isinstance(i, RelationshipRow)]
        self.relationships = [i.relationship for i in self.stated]

    def ids(self, *kinds: Kind) -> list[str]:
        return [id_ for id_, row in self.rows.items() if not kinds or row.kind in kinds]

    def around(self, id_: str, relations: Sequence[Relation] = ()) -> list[tuple[Relationship, str, bool]]:
        """Relationships of an entity with the other end and whether they go out; a loop is there both ways."""
        wanted = [r for r in self.relationships if not relations or r.type in relations]
        return [(r, r.target, True) for r in wanted if r.source == id_] + [
            (r, r.source, False) for r in wanted if r.target == id_
        ]

    def degree(self, id_: str, relations: Sequence[Relation] = ()) -> int:
        return len({r.id for r, _, _ in self.around(id_, relations)})

    def texts(self, id_: str, name: str) -> tuple[str, ...]:
        cell = self.rows[id_].cells.get(name, ())
        return (cell,) if isinstance(cell, str) else cell

    def value(self, id_: str, name: str) -> Scalar | None:
        """The value of a field that has one."""
        texts = self.texts(id_, name)
        return to_scalar(PROPERTIES[name], texts[0]) if texts else None

    # ------------------------------------------------------------------ filters
    def matches(self, id_: str, where: Filter) -> bool:
        match where:
            case And(filters):
                return all(self.matches(id_, f) for f in filters)
            case Or(filters):
                return any(self.matches(id_, f) for f in filters)
            case Not(inner):
                return not self.matches(id_, inner)
            case FromSource(wanted):
                return any(c.source == wanted for c in self.rows[id_].citations)
            case Linked():
                return any(self._links(where, r, other, out) for r, other, out in self.around(id_, where.relations))
            case Match(name, op, value):
                return self._compares(id_, name, op, value)

    def _links(self, link: Linked, r: Relationship, other: str, out: bool) -> bool:
        return (
            goes(link.direction, out)
            and (link.ids is None or other in link.ids)
            and (link.where is None or self.matches(other, link.where))
            and has(r, link.properties)
        )

    def _compares(self, id_: str, name: str, op: Op, value: Scalar | tuple[Scalar, ...]) -> bool:
        wanted = value if isinstance(value, tuple) else (value,)
        if name == "name":
            return any(compare(op, fold(self.rows[id_].name), fold(str(v))) for v in wanted)
        prop = PROPERTIES[name]
        if prop.type is ValueType.TEXT:
            return any(compare(op, fold(text), fold(str(v))) for text in self.texts(id_, name) for v in wanted)
        mine = self.value(id_, name)
        return mine is not None and any(compare(op, mine, v) for v in wanted)

    # ------------------------------------------------------------------ orders
    def key(self, id_: str, by: str) -> SortKey:
        if by == "name":
            return fold(self.rows[id_].name)
        if by == "degree":
            return self.degree(id_)
        if by.startswith("count:"):
            return self.degree(id_, (Relation(by.removeprefix("count:")),))
        value = self.value(id_, by)
        is_text = PROPERTIES[by].type is ValueType.TEXT
        return fold(str(value)) if is_text and value is not None else value

    def found(self, kind: Kind, where: Filter, order: Sequence[Order]) -> list[tuple[Position, str]]:
        """The whole list: (position, id) of each entity."""
        listed = [((*(self.key(i, o.by) for o in order), i), i) for i in self.ids(kind) if self.matches(i, where)]
        return ordered(listed, order)

    def hops(self, id_: str, query: HopQuery) -> list[tuple[Position, tuple[str, bool]]]:
        """The whole list of hops of one entity: (position, (relationship's id, whether it goes out))."""
        parents = self.parts(id_) if query.with_parts else {id_}
        listed: list[tuple[Position, tuple[str, bool]]] = []
        for parent in parents:
            for r, other, out in self.around(parent, query.relations):
                if self._hops(r, other, out, query):
                    keys = (self.hop_key(r, other, o.by) for o in query.order)
                    listed.append(((*keys, other, r.id), (r.id, out)))
        return ordered(listed, query.order)

    def _hops(self, r: Relationship, other: str, out: bool, query: HopQuery) -> bool:
        is_again = query.direction is Direction.ANY and r.source == r.target and not out
        return (
            not is_again
            and (not query.kinds or self.rows[other].kind in query.kinds)
            and goes(query.direction, out)
            and has(r, query.properties)
            and self.matches(other, query.where)
        )

    def hop_key(self, r: Relationship, other: str, by: str) -> SortKey:
        return r.properties.get(by.removeprefix("rel:")) if by.startswith("rel:") else self.key(other, by)

    def parts(self, id_: str) -> set[str]:
        found, waiting = {id_}, [id_]
        while waiting:
            for _, other, out in self.around(waiting.pop(), (Relation.PART_OF,)):
                if not out and other not in found:
                    found.add(other)
                    waiting.append(other)
        return found


def goes(direction: Direction, out: bool) -> bool:
    return direction is Direction.ANY or (direction is Direction.OUT) == out


def has(r: Relationship, properties: object) -> bool:
    assert isinstance(properties, dict)
    return all(r.properties.get(name) in values for name, values in properties.items())


def compare(op: Op, mine: Scalar, wanted: Scalar) -> bool:
    match op:
        case Op.EQ | Op.IN:
            return mine == wanted
        case Op.STARTS_WITH:
            return str(mine).startswith(str(wanted))
        case Op.CONTAINS:
            return str(wanted) in str(mine)
        case Op.GT:
            return mine > wanted  # type: ignore[operator]
        case Op.GTE:
            return mine >= wanted  # type: ignore[operator]
        case Op.LT:
            return mine < wanted  # type: ignore[operator]
        case Op.LTE:
            return mine <= wanted  # type: ignore[operator]


# --------------------------------------------------------------------------- lists
def comparison(order: Sequence[Order]) -> Callable[[Position, Position], int]:
    """How positions in an order are compared: nulls last in both directions, all else behind ascending."""

    def compared(one: Position, two: Position) -> int:
        for i, (a, b) in enumerate(zip(one, two, strict=True)):
            if a == b:
                continue
            if a is None or b is None:
                return 1 if a is None else -1
            descending = i < len(order) and order[i].descending
            return 1 if (a > b) is not descending else -1  # type: ignore[operator]
        return 0

    return compared


def ordered(listed: list[tuple[Position, T]], order: Sequence[Order]) -> list[tuple[Position, T]]:
    by_position = cmp_to_key(comparison(order))
    return sorted(listed, key=lambda each: by_position(each[0]))


def cut(listed: Sequence[tuple[Position, T]], order: Sequence[Order], page: PageRequest) -> Page[T]:
    """The page of a whole list."""
    compared = comparison(order)
    start, end = 0, len(listed)
    if page.after is not None:
        start = sum(compared(position, page.after) <= 0 for position, _ in listed)
    if page.before is not None:
        end = sum(compared(position, page.before) < 0 for position, _ in listed)
    end = max(start, end)
    low, high = (max(start, end - page.size), end) if page.backward else (start, min(end, start + page.size))
    return Page(
        [item for _, item in listed[low:high]],
        [position for position, _ in listed[low:high]],
        high < len(listed),
        low > 0,
        len(listed) if page.count else None,
    )


def some_page(rng: random.Random, listed: Sequence[tuple[Position, object]]) -> PageRequest:
    """A page of a list, from anywhere to anywhere."""
    after = rng.choice(listed)[0] if listed and rng.random() < 0.6 else None
    before = rng.choice(listed)[0] if listed and rng.random() < 0.4 else None
    return PageRequest(rng.randint(1, 6), rng.random() < 0.5, after, before, count=rng.random() < 0.5)


async def rounds(store: Store, number: int) -> range:
    """So many random questions; of Neo4j, which takes 0.1 s and more to plan one it has not seen, a fifth."""
    return range(number if (await store.info()).name == "embedded" else number // 5)


# --------------------------------------------------------------------------- random graphs
NAMES = ("Ana", "ana", "Björk", "Bob", "Zoë Lee", "zoe lee", "Ł·odz", "C·one", "Cone", "李明", "Q", "")
GENRES = ("Drama", "drama", "Horror", "Science Fiction", "noir")
_CELLS: dict[Kind, dict[str, tuple[str, ...]]] = {
    Kind.FILM: {
        "year": ("1999", "2024", "2025"),
        "runtime": ("5", "36", "36.5"),
        "releasedOn": ("2024", "2024-05", "2024-05-01"),
        "aiUse": ("FULLY_GENERATED", "NONE"),
        "filmKind": ("short", "Short", "feature"),
        "genres": GENRES,
    },
    Kind.PERSON: {"occupations": ("director", "Composer")},
    Kind.AWARD: {"nameKnown": ("true", "false")},
    Kind.EVENT: {"startsOn": ("2025-10-26", "2025-10"), "startsAt": ("09:30", "14:00")},
}
_RELATIONS = (
    Relation.CREDITED_ON,
    Relation.DERIVED_FROM,
    Relation.SCREENED_AT,
    Relation.PART_OF,
    Relation.SAID_AT,
    Relation.GIVEN_BY,
    Relation.EDITION_OF,
)
_OWN: dict[Relation, dict[str, tuple[Scalar, ...]]] = {
    Relation.CREDITED_ON: {"role": ("DIRECTOR", "WRITER", "CAST"), "order": (0, 1, 2)},
    Relation.SCREENED_AT: {"on": ("2025-10-26", "2025-10"), "section": ("a", "b")},
    Relation.DERIVED_FROM: {"kind": ("remake", "sequel")},
}
_KINDS = (
    *(Kind.PERSON,) * 6,
    *(Kind.FILM,) * 8,
    *(Kind.EVENT,) * 4,
    Kind.FESTIVAL_EDITION,
    Kind.FESTIVAL_EDITION,
    Kind.FESTIVAL,
    Kind.AWARD,
    Kind.AWARD,
)


def some_graph(seed: int) -> Model:
    """A small graph with namesakes, missing values, loops, parallel relationships and deprecated ones."""
    rng = random.Random(seed)
    sources = [source("one", "2025"), source("two", "2024-05")]
    entities = [_some_entity(rng, kind, f"n{number}", sources) for number, kind in enumerate(_KINDS)]
    by_kind: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for row in entities:
        by_kind[row.kind].append(entity_id(row.kind, row.slug))
    related: dict[str, RelationshipRow] = {}
    for _ in range(60):
        stated = _some_relationship(rng, by_kind, sources)
        related[stated.relationship.id] = stated
    return Model([*sources, *entities, *related.values()])


def _some_citations(rng: random.Random, sources: Sequence[Source]) -> tuple[Citation, ...]:
    return tuple(sorted({Citation(rng.choice(sources).id, f"row {rng.randint(1, 9)}") for _ in range(2)}))


def _some_entity(rng: random.Random, kind: Kind, slug: str, sources: Sequence[Source]) -> EntityRow:
    cells: dict[str, str | tuple[str, ...]] = {}
    for name, texts in _CELLS.get(kind, {}).items():
        if rng.random() < 0.7:
            some = tuple(sorted(set(rng.choices(texts, k=2))))
            cells[name] = some if PROPERTIES[name].many else some[0]
    name = rng.choice(NAMES) or "?"
    cells[KINDS[kind].name_property] = name
    return EntityRow(kind, slug, name, cells=cells, citations=_some_citations(rng, sources))


def _some_relationship(
    rng: random.Random, by_kind: dict[Kind, list[str]], sources: Sequence[Source]
) -> RelationshipRow:
    record = RELATIONS[rng.choice(_RELATIONS)]
    starts = [i for kind in sorted(record.sources) for i in by_kind[kind]]
    goals = [i for kind in sorted(record.targets) for i in by_kind[kind]]
    if not starts or not goals:
        return _some_relationship(rng, by_kind, sources)
    start, goal = rng.choice(starts), rng.choice(goals)
    own = {
        name: rng.choice(values)
        for name, values in _OWN.get(record.type, {}).items()
        if name == "role" or rng.random() < 0.6
    }
    distinguishing = {p.name for p in record.properties if p.distinguishing}
    id_ = relationship_id(record.type, start, goal, [(n, str(v)) for n, v in own.items() if n in distinguishing])
    rank = rng.choice((ClaimRank.NORMAL, ClaimRank.NORMAL, ClaimRank.DEPRECATED))
    return RelationshipRow(Relationship(id_, record.type, start, goal, own, rank), _some_citations(rng, sources))
