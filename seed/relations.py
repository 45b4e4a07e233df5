"""Rows of relations, turned into relationships: the bulk of most datasets, so the way through is short."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from graph_api.domain.catalogue import RELATIONS, Kind, Property, Relation, ValueType
from graph_api.domain.ids import relationship_id
from graph_api.domain.records import Relationship, RelationshipRow, Scalar
from graph_api.domain.values import parse, to_scalar
from seed.cells import one_value
from seed.converting import PLAIN, Seen, Standing, attempt, check_order, empty_cells, remembered, standing
from seed.layout import STANDING, required_columns
from seed.reading import Row, Table


class Told(NamedTuple):
    """A property's value: the text that tells relationships apart, and the scalar that is kept."""

    text: str
    scalar: Scalar


_NOTHING = Told("", "")


class _Column(NamedTuple):
    at: int
    name: str
    is_distinguishing: bool
    cache: dict[str, Told]
    make: Callable[[str], Told]


class _End:
    """One end of a relation: finds the entity that a cell refers to."""

    def __init__(self, column: str, kinds: frozenset[Kind], seen: Seen) -> None:
        self.column = column
        self.kinds = kinds
        self._seen = seen
        # Where one kind can stand here, most cells are bare slugs of this dataset.
        self._slugs = seen.entities[next(iter(kinds))] if len(kinds) == 1 else {}
        self._cache: dict[str, str] = {}

    def find(self, table: Table, line: int, cell: str) -> str | None:
        """Return the entity's id, or None once it is reported that there is none."""
        found = self._slugs.get(cell) or self._cache.get(cell)
        if found is None and cell.strip():
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
    standing_at = [at[name] for name in STANDING]
    required = required_columns(relation)
    for line, row in rows:
        source = start.find(table, line, row[at_from])
        target = end.find(table, line, row[at_to])
        is_filled = not empty_cells(table, line, row, required)
        told = _properties(table, line, row, columns)
        cited = attempt(table, line, "citations", seen.citations, row[at_cited]) if is_filled else None
        stands: Standing | None = PLAIN
        if any(row[i] for i in standing_at):
            stands = standing(table, line, row)
        if source is None or target is None or not cited or told is None or stands is None:
            continue
        properties, distinguishing = told
        if spans and not check_order(table, line, properties.get("startsOn"), properties.get("endsOn")):
            continue
        key = relationship_id(relation, source, target, distinguishing)
        if key in known:
            table.fault(line, None, _twice(record.properties))
            continue
        known.add(key)
        yield line, RelationshipRow(Relationship(key, relation, source, target, properties, *stands), cited)


def _properties(
    table: Table, line: int, row: Row, columns: list[_Column]
) -> tuple[dict[str, Scalar], list[tuple[str, str]]] | None:
    """Return a row's properties, and those that tell it apart, or None once something in them is reported."""
    properties: dict[str, Scalar] = {}
    distinguishing: list[tuple[str, str]] = []
    is_sound = True
    for at, name, is_distinguishing, cache, make in columns:
        cell = row[at]
        if not cell:
            continue
        told = cache.get(cell) or attempt(table, line, name, remembered, cache, cell, make)
        if told is None:
            is_sound = False
        elif told is not _NOTHING:
            properties[name] = told.scalar
            if is_distinguishing:
                distinguishing.append((name, told.text))
    return (properties, distinguishing) if is_sound else None


def _column(prop: Property, at: int, seen: Seen) -> _Column:
    def refer(cell: str) -> Told:
        if not cell.strip():
            return _NOTHING
        found = seen.reference(cell, prop.entity_kinds)
        return Told(found, found)

    def read(cell: str) -> Told:
        if not cell.strip():
            return _NOTHING
        text = parse(prop, one_value(cell)).text
        return Told(text, to_scalar(prop, text))

    return _Column(at, prop.name, prop.distinguishing, {}, refer if prop.type is ValueType.ENTITY else read)


def _twice(properties: tuple[Property, ...]) -> str:
    names = [p.name for p in properties if p.distinguishing]
    apart = f"; what would tell them apart: {', '.join(names)}" if names else ""
    return f"another row says the same{apart}"
