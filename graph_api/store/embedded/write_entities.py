"""Entities as a change brings them: their rows, and for new ones what is derived of them."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from graph_api.domain.catalogue import Kind
from graph_api.domain.changes import Operation
from graph_api.domain.checks import clean_row
from graph_api.domain.derive import (
    KIND_PLANS,
    Derived,
    KindPlan,
    StoredCells,
    fold_tag,
    from_cells,
    is_plain,
    pack,
    united,
    unpack,
    words_of,
)
from graph_api.domain.folding import fold
from graph_api.domain.ids import decode, entity_id
from graph_api.domain.records import Citation, EntityRow, Value
from graph_api.store.embedded.session import Session, as_list
from graph_api.store.embedded.tables import FIELD_COLUMNS

_MENTIONS = """
SELECT entity_key, source_key, locator, dataset_key, seen, cells FROM mention
WHERE entity_key IN (SELECT value FROM json_each(?))"""
_INSERT_MENTION = (
    "INSERT INTO mention (entity_key, source_key, locator, dataset_key, seen, cells) VALUES (?, ?, ?, ?, ?, ?)"
)
_UPDATE_MENTION = """
UPDATE mention SET seen = ?, cells = ? WHERE entity_key = ? AND source_key = ? AND locator = ? AND dataset_key = ?"""
_INSERT_MERGED = "INSERT INTO merged (id, entity_key) VALUES (?, ?)"
_INSERT_NAME = "INSERT INTO name (key, entity_key, text, words, best) VALUES (?, ?, ?, ?, ?)"
_INSERT_TAG = "INSERT INTO tag (entity_key, property, value, value_key) VALUES (?, ?, ?, ?)"
_INSERT_EXTERNAL_ID = "INSERT INTO external_id (entity_key, scheme, value) VALUES (?, ?, ?)"
_INSERT_CONFLICT = "INSERT INTO conflict (entity_key, property) VALUES (?, ?)"


def _insert_entity(plan: KindPlan) -> str:
    columns = ("key", "id", "kind", "slug", "name", "name_key", *FIELD_COLUMNS[plan.kind])
    return f"INSERT INTO entity ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


_INSERT_ENTITY = {kind: _insert_entity(plan) for kind, plan in KIND_PLANS.items()}


def source_keys(s: Session, citations: Sequence[Citation]) -> list[tuple[int, str]]:
    """Return citations as (source key, locator), each once; loaded ids only.

    Raises:
        ValueError: there is none, or one's source is unknown.
    """
    if not citations:
        raise ValueError("a fact needs a citation")
    places: dict[tuple[int, str], None] = {}
    for citation in citations:
        source = s.sources.get(citation.source)
        if source is None:
            raise ValueError(f"it cites a source that is not in the graph ({citation.source})")
        places[source[0], citation.locator] = None
    return list(places)


def to_columns(derived: Derived) -> list[str | float | None]:
    """Return an entity's values as their columns hold them: many as a JSON array, true as 1."""
    return [
        orjson.dumps(value).decode() if isinstance(value, tuple) else int(value) if isinstance(value, bool) else value
        for value in derived.values
    ]


def from_columns(plan: KindPlan, columns: Sequence[Any]) -> tuple[Value | None, ...]:
    """Return the values that columns hold."""
    return tuple(
        tuple(orjson.loads(value)) if many and value is not None else value
        for (_, _, many, _), value in zip(plan.fields, columns, strict=True)
    )


class _Rows:
    """Rows gathered for one executemany per table."""

    def __init__(self) -> None:
        self.entities: dict[Kind, list[tuple[object, ...]]] = {}
        self.names: list[tuple[object, ...]] = []
        self.tags: list[tuple[object, ...]] = []
        self.external_ids: list[tuple[object, ...]] = []
        self.conflicts: list[tuple[object, ...]] = []


class DerivedRows(_Rows):
    """What is derived of entities, gathered and then written at once."""

    def add_parts(self, take_name: Callable[[], int], key: int, derived: Derived) -> None:
        """Gather what an entity has outside of its own row."""
        self.names.append((take_name(), key, derived.name, words_of(derived.name), 1))
        for alias in derived.aliases:
            self.names.append((take_name(), key, alias, words_of(alias), 0))
        for name, text in derived.tags:
            self.tags.append((key, name, text, fold_tag(text)))
        for scheme, value in derived.external_ids:
            self.external_ids.append((key, scheme, value))
        for name in derived.conflicts:
            self.conflicts.append((key, name))

    def add(
        self, take_name: Callable[[], int], plan: KindPlan, key: int, id_: str, slug: str, derived: Derived
    ) -> None:
        """Gather all of a new entity."""
        row = (key, id_, plan.kind.value, slug, derived.name, fold(derived.name), *to_columns(derived))
        self.entities.setdefault(plan.kind, []).append(row)
        self.add_parts(take_name, key, derived)

    def write(self, s: Session) -> None:
        """Write what was gathered."""
        for kind, rows in self.entities.items():
            s.db.executemany(_INSERT_ENTITY[kind], rows)
        s.db.executemany(_INSERT_NAME, self.names)
        s.db.executemany(_INSERT_TAG, self.tags)
        s.db.executemany(_INSERT_EXTERNAL_ID, self.external_ids)
        s.db.executemany(_INSERT_CONFLICT, self.conflicts)


def write_entities(s: Session, items: Sequence[tuple[int, EntityRow]]) -> None:
    """Write a batch's entities, given with their index in the batch."""
    ids = [entity_id(row.kind, row.slug) for _, row in items]
    s.entities.load([*ids, *(former for _, row in items for former in row.former_ids)])
    s.sources.load(citation.source for _, row in items for citation in row.citations)
    known_keys = {known[0] for id_ in ids if (known := s.entities.get(id_))}
    mentions = _Mentions(s, known_keys)
    new = DerivedRows()
    created: list[str] = []
    take_name = s.name.take
    for (index, row), id_ in zip(items, ids, strict=True):
        plan = KIND_PLANS[row.kind]
        try:
            stored = clean_row(plan, row)
            places = source_keys(s, row.citations)
        except ValueError as error:
            s.problem(index, str(error))
            continue
        known = s.entities.get(id_)
        if known is not None:
            mentions.merge(known[0], places, stored)
            continue
        key = s.entity.take()
        s.entities.put(id_, key, row.kind.value)
        created.append(id_)
        new.add(take_name, plan, key, id_, row.slug, from_cells(plan, stored))
        mentions.insert(key, places, pack(stored))
        if not is_plain(plan, stored.cells):
            s.dirty.add(key)
    new.write(s)
    mentions.write()
    s.feed.add(Operation.CREATED, created)
    for (index, row), id_ in zip(items, ids, strict=True):
        if row.former:
            _write_former(s, index, row, id_)


def _write_former(s: Session, index: int, row: EntityRow, id_: str) -> None:
    """Let the ids of an entity's former slugs stand for it."""
    known = s.entities.get(id_)
    for former in row.former_ids if known is not None else ():
        other = s.entities.get(former)
        if other is None and known is not None:
            s.db.execute(_INSERT_MERGED, (former, known[0]))
            s.entities.put(former, *known)
            s.entities.merged[former] = s.entities.merged.get(id_, id_)
            s.updated(s.entity, known[0], s.entities.merged[former])
        elif other != known:
            s.problem(index, f"the former slug {decode(former).key!r} is that of another entity; merge the two")


class _Mentions:
    """The rows of a batch's entities, stored and new."""

    def __init__(self, s: Session, keys: set[int]) -> None:
        self._s = s
        self._own: dict[tuple[int, int, str], tuple[int, str]] = {}
        self._elsewhere: dict[tuple[int, int, str], set[str]] = {}
        self._new: dict[tuple[int, int, str], str] = {}
        self._changed: dict[tuple[int, int, str], str] = {}
        if keys:
            for entity, source, locator, dataset, seen, cells in s.db.execute(_MENTIONS, (as_list(keys),)):
                if dataset == s.dataset_key:
                    self._own[entity, source, locator] = (seen, cells)
                else:
                    self._elsewhere.setdefault((entity, source, locator), set()).add(cells)

    def insert(self, key: int, places: Sequence[tuple[int, str]], cells: str) -> None:
        """Put down the row of an entity that is new."""
        for source, locator in places:
            self._new[key, source, locator] = cells

    def merge(self, key: int, places: Sequence[tuple[int, str]], stored: StoredCells) -> None:
        """Put down a row of an entity that may have others."""
        s = self._s
        text = pack(stored)
        for source, locator in places:
            place = (key, source, locator)
            cells = text
            before = self._new.get(place)
            if before is None:
                seen, before = self._own.get(place, (0, None))
                if place in self._changed:
                    seen, before = s.load_number, self._changed[place]
            else:
                seen = s.load_number
            if before is not None and seen == s.load_number and before != cells:
                cells = pack(united(unpack(before), stored))
            if before is None or place in self._new:
                self._new[place] = cells
            elif before != cells or seen != s.load_number:
                self._changed[place] = cells
            if before == cells:
                continue
            s.is_written = True
            if before is None and cells in self._elsewhere.get(place, ()):
                continue
            s.dirty.add(key)
            s.restated.add(key)

    def write(self) -> None:
        """Write all rows that are new or changed."""
        s = self._s
        s.db.executemany(
            _INSERT_MENTION,
            [(*place, s.dataset_key, s.load_number, cells) for place, cells in self._new.items()],
        )
        s.db.executemany(
            _UPDATE_MENTION,
            [(s.load_number, cells, *place, s.dataset_key) for place, cells in self._changed.items()],
        )
