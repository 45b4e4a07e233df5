"""Cited records, relationships and claims alike: what is new is inserted, what differs updated, citations united."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from graph_api.domain.changes import Operation
from graph_api.store.embedded.session import Session, Table, as_list

Place: TypeAlias = tuple[int, int, str]
"""(record key, source key, locator)"""


class Shape:
    """The statements for one sort of record.

    Args:
        table: "relationship" or "claim".
        fixed: columns that the record's id stands for.
        facts: columns that a later change may set.
    """

    def __init__(self, table: str, fixed: Sequence[str], facts: Sequence[str]) -> None:
        self.table = table
        columns = ("key", "id", *fixed, *facts)
        cited, key = f"{table}_citation", f"{table}_key"
        among = "IN (SELECT value FROM json_each(?))"
        self.select = f"SELECT id, key, {', '.join(facts)} FROM {table} WHERE id {among}"
        self.insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        self.update = f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in facts)} WHERE key = ?"
        self.select_citations = f"SELECT {key}, source_key, locator, dataset_key, seen FROM {cited} WHERE {key} {among}"
        self.insert_citation = (
            f"INSERT INTO {cited} ({key}, source_key, locator, dataset_key, seen) VALUES (?, ?, ?, ?, ?)"
        )
        self.see_citation = (
            f"UPDATE {cited} SET seen = ? WHERE {key} = ? AND source_key = ? AND locator = ? AND dataset_key = ?"
        )


class Record(NamedTuple):
    """One record of a batch; `touched` are keys of entities to be looked at again if it changes."""

    position: int
    id: str
    fixed: tuple[object, ...]
    facts: tuple[object, ...]
    places: list[tuple[int, str]]
    touched: tuple[int, ...]


class _Stored:
    """What the graph holds of a batch's records."""

    def __init__(self, s: Session, shape: Shape, ids: Iterable[str]) -> None:
        rows = s.db.execute(shape.select, (as_list(ids),))
        self.records: dict[str, tuple[int, tuple[object, ...]]] = {row[0]: (row[1], row[2:]) for row in rows}
        self.seen: dict[Place, int] = {}
        self.elsewhere: set[Place] = set()
        self.by_hand: set[int] = set()
        if self.records:
            keys = as_list(key for key, _ in self.records.values())
            for key, source, locator, dataset, seen in s.db.execute(shape.select_citations, (keys,)):
                if dataset == s.dataset_key:
                    self.seen[key, source, locator] = seen
                else:
                    self.elsewhere.add((key, source, locator))
                    if dataset == s.hand_key:
                        self.by_hand.add(key)
        self.brought = {place[0] for place, seen in self.seen.items() if seen == s.load_number}


class _Writes:
    """The rows of one batch, for one executemany each."""

    def __init__(self) -> None:
        self.records: list[tuple[object, ...]] = []
        self.facts: dict[int, tuple[object, ...]] = {}
        self.citations: list[tuple[object, ...]] = []
        self.seen: list[tuple[object, ...]] = []


def write_records(s: Session, shape: Shape, table: Table, records: Sequence[Record]) -> Iterable[int]:
    """Write a batch's records; return the `touched` of those that are new or changed."""
    stored = _Stored(s, shape, (record.id for record in records))
    writes = _Writes()
    created: list[str] = []
    touched: list[int] = []
    known_records, load, dataset = stored.records, s.load_number, s.dataset_key
    for record in records:
        known = known_records.get(record.id)
        if known is None:
            key = table.take()
            known_records[record.id] = (key, record.facts)
            stored.brought.add(key)
            writes.records.append((key, record.id, *record.fixed, *record.facts))
            created.append(record.id)
            touched += record.touched
            for source, locator in record.places:
                stored.seen[key, source, locator] = load
                writes.citations.append((key, source, locator, dataset, load))
        elif _merge(s, table, stored, writes, record, known):
            touched += record.touched
    s.db.executemany(shape.insert, writes.records)
    s.db.executemany(shape.update, [(*facts, key) for key, facts in writes.facts.items()])
    s.db.executemany(shape.insert_citation, writes.citations)
    s.db.executemany(shape.see_citation, writes.seen)
    s.feed.add(Operation.CREATED, created)
    return touched


def _merge(
    s: Session,
    table: Table,
    stored: _Stored,
    writes: _Writes,
    record: Record,
    known: tuple[int, tuple[object, ...]],
) -> bool:
    """Bring a known record up to date; tell whether a reader would see a difference."""
    key, facts = known
    changed = facts != record.facts and key not in stored.by_hand
    if changed:
        if key in stored.brought:
            s.problem(
                record.position,
                f"the {table.name} is given twice with different facts; its two rows contradict each other",
            )
            return False
        stored.records[record.id] = (key, record.facts)
        writes.facts[key] = record.facts
    stored.brought.add(key)
    for source, locator in record.places:
        place = (key, source, locator)
        seen = stored.seen.get(place)
        stored.seen[place] = s.load_number
        if seen is None:
            writes.citations.append((*place, s.dataset_key, s.load_number))
            s.is_written = True
            changed = changed or place not in stored.elsewhere
        elif seen != s.load_number:
            writes.seen.append((s.load_number, *place, s.dataset_key))
    if changed:
        s.updated(table, key, record.id)
    return changed
