"""Rows of relations, turned into relationships: the bulk of most datasets, so the way through is short."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, TypeAlias

from graph_api.domain.catalogue import RELATIONS, ClaimRank, Kind, Property, Relation, ValueType
from graph_api.domain.ids import relationship_id
from graph_api.domain.records import Relationship, RelationshipRow, Scalar
from graph_api.domain.values import parse, to_scalar
from seed.cells import one_value
from seed.converting import EMPTY, PLAIN, Required, Seen, Standing, attempt, check_order, remembered, standing
from seed.layout import STANDING
from seed.reading import Row, Table

Told: TypeAlias = tuple[str, Scalar]
"""A property's value: the text that tells relationships apart, and the scalar that is kept."""

_NOTHING: Told = ("", "")
_UPWARDS = (Relation.LOCATED_IN, Relation.PART_OF)
"""Relations to what something lies in: they never lead back."""


class _Column(NamedTuple):
    at: int
    name: str
    is_distinguishing: bool
    is_text: bool
    cache: dict[str, Told]
    make: Callable[[str], Told]


class _End:
    """One end of a relation: finds the entity that a cell refers to."""

    def __init__(self, column: str, kinds: frozenset[Kind], seen: Seen) -> None:
        self.column = column
        self.kinds = kinds
        self._seen = seen
        # Where one kind can stand here, most cells are bare slugs of this dataset.
        self.slugs = seen.entities[next(iter(kinds))] if len(kinds) == 1 else {}
        self._cache: dict[str, str] = {}

    def find(self, table: Table, line: int, cell: str) -> str | None:
        """Return the entity's id, or None once it is reported that there is none."""
        found = self._cache.get(cell)
        if found is None and cell:
            make = partial(self._seen.reference, kinds=self.kinds)
            found = attempt(table, line, self.column, remembered, self._cache, cell, make)
        return found


def read_relations(
    table: Table, relation: Relation, seen: Seen, known: set[str]
) -> Iterator[tuple[int, RelationshipRow]]:
    """Yield the relationships of a file with the lines they are on.

    Args:
        table: the file.
        relation: what it holds.
        seen: the dataset's sources and entities.
        known: the ids of its relationships so far; this file's are added.
    """
    rows, at, record = table.rows(), table.index, RELATIONS[relation]
    start, end = _End("from", record.sources, seen), _End("to", record.targets, seen)
    columns = [_column(p, at[p.name], seen) for p in record.properties if at[p.name] >= 0]
    spans = {"startsOn", "endsOn"} <= {column.name for column in columns}
    at_from, at_to, at_cited = at["from"], at["to"], at["citations"]
    starts, ends = start.slugs, end.slugs
    standing_at = [at[name] for name in STANDING if at[name] >= 0]
    required = Required(table)
    ways = Ways() if relation in _UPWARDS else None
    for line, row in rows:
        is_filled = required.are_filled(line, row)
        source = starts.get(row[at_from]) or start.find(table, line, row[at_from])
        target = ends.get(row[at_to]) or end.find(table, line, row[at_to])
        told = _properties(table, line, row, columns)
        stands: Standing | None = PLAIN
        if standing_at and any(row[i] for i in standing_at):
            stands = standing(table, line, row)
        try:
            cited = seen.citations(row[at_cited]) if is_filled else ()
        except ValueError as error:
            table.fault(line, "citations", str(error))
            continue
        if not cited or source is None or target is None or told is None or stands is None:
            continue
        properties, distinguishing = told
        if spans and not check_order(table, line, properties.get("startsOn"), properties.get("endsOn")):
            continue
        key = relationship_id(relation, source, target, distinguishing)
        if key in known:
            table.fault(line, None, _twice(record.properties))
            continue
        known.add(key)
        if ways is not None and stands.rank is not ClaimRank.DEPRECATED and ways.closes(source, target):
            table.fault(line, "to", "this closes a circle: what lies in something can't hold it")
            continue
        yield line, RelationshipRow(Relationship(key, relation, source, target, properties, *stands), cited)


class Ways:
    """What lies in what, as far as it was read."""

    def __init__(self) -> None:
        self._above: dict[str, list[str]] = {}

    def closes(self, inner: str, outer: str) -> bool:
        """Tell whether something would lie in itself; if not, take it in."""
        seen, waiting = {outer}, [outer]
        while waiting:
            for one in self._above.get(waiting.pop(), ()):
                if one not in seen:
                    seen.add(one)
                    waiting.append(one)
        if inner in seen:
            return True
        self._above.setdefault(inner, []).append(outer)
        return False


def _properties(
    table: Table, line: int, row: Row, columns: list[_Column]
) -> tuple[dict[str, Scalar], list[tuple[str, str]]] | None:
    """Return a row's properties, and those that tell it apart, or None once something in them is reported."""
    properties: dict[str, Scalar] = {}
    distinguishing: list[tuple[str, str]] = []
    is_sound = True
    for at, name, is_distinguishing, is_text, cache, make in columns:
        cell = row[at]
        if not cell:
            continue
        if is_text and "|" not in cell and "\\" not in cell:
            # Texts seldom repeat and need no parsing: the cache would only cost.
            text = cell.strip()
            value: Scalar = text
        else:
            told = cache.get(cell) or attempt(table, line, name, remembered, cache, cell, make)
            if told is None:
                is_sound = False
                continue
            text, value = told
        if text:
            properties[name] = value
            if is_distinguishing:
                distinguishing.append((name, text))
    return (properties, distinguishing) if is_sound else None


def _column(prop: Property, at: int, seen: Seen) -> _Column:
    def refer(cell: str) -> Told:
        if not cell.strip():
            return _NOTHING
        found = seen.reference(cell, prop.entity_kinds)
        return found, found

    def read(cell: str) -> Told:
        if not cell.strip():
            if prop.required:
                raise ValueError(EMPTY)
            return _NOTHING
        text = parse(prop, one_value(cell)).text
        return text, to_scalar(prop, text)

    is_text = prop.type is ValueType.TEXT and not prop.required
    return _Column(at, prop.name, prop.distinguishing, is_text, {}, refer if prop.type is ValueType.ENTITY else read)


def _twice(properties: tuple[Property, ...]) -> str:
    names = [p.name for p in properties if p.distinguishing]
    apart = f"; what would tell them apart: {', '.join(names)}" if names else ""
    return f"another row says the same{apart}"
