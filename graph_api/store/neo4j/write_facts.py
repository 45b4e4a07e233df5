"""Cited records, relationships and claims alike: what differs from the graph, citations united."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from graph_api.domain.changes import Operation
from graph_api.store.neo4j.session import Session, Told

Facts: TypeAlias = Mapping[str, object]
Cited: TypeAlias = dict[tuple[str, str], set[str]]
"""Datasets by place, which is (source id, locator)."""


@dataclass(slots=True)
class Brought:
    """One record of a batch; `touched` are ids of entities to be looked at again if it changes."""

    position: int
    id: str
    facts: Facts
    places: Sequence[tuple[str, str]]
    touched: tuple[str, ...]


@dataclass(slots=True)
class Stored:
    """One record as the graph holds it: facts without those that are missing, and its citations."""

    facts: Facts
    cited: Cited = field(default_factory=dict)


def merge_records(
    s: Session, told: Told, known: dict[str, Stored], records: Sequence[Brought]
) -> tuple[dict[str, Stored], dict[str, Stored], list[str]]:
    """Bring what is known of a batch's records up to date.

    Returns:
        The records to create and those to update, by id, and the `touched` of those that are new
        or differ for a reader.
    """
    created: dict[str, Stored] = {}
    updated: dict[str, Stored] = {}
    touched: list[str] = []
    for record in records:
        stored = known.get(record.id)
        if stored is None:
            stored = known[record.id] = created[record.id] = Stored(record.facts)
            stored.cited = {place: {s.dataset} for place in record.places}
            s.places.update((record.id, *place) for place in record.places)
            touched += record.touched
        elif _merge(s, told, stored, record, created, updated):
            touched += record.touched
            if record.id not in created:
                s.updated(told, record.id)
        told.brought.add(record.id)
    told.created.update(created)
    s.feed.add(Operation.CREATED, created)
    return created, updated, touched


def _merge(
    s: Session,
    told: Told,
    stored: Stored,
    record: Brought,
    created: Mapping[str, Stored],
    updated: dict[str, Stored],
) -> bool:
    """Bring a known record up to date; tell whether a reader would see a difference."""
    # What was set by hand stays as it is when a dataset is loaded again.
    is_by_hand = bool(s.dataset) and any("" in datasets for datasets in stored.cited.values())
    changed = stored.facts != record.facts and not is_by_hand
    if changed:
        if record.id in told.brought:
            s.problem(
                record.position,
                f"the {told.name} is given twice with different facts; its two rows contradict each other",
            )
            return False
        stored.facts = record.facts
    is_written = False
    for place in record.places:
        s.places.add((record.id, *place))
        datasets = stored.cited.get(place)
        if datasets is None:
            stored.cited[place] = {s.dataset}
            changed = is_written = True
        elif s.dataset not in datasets:
            datasets.add(s.dataset)
            is_written = True
    if (changed or is_written) and record.id not in created:
        updated[record.id] = stored
    s.is_written = s.is_written or is_written
    return changed


def without_missing(facts: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Return facts as the graph keeps them: what is None is not there."""
    return {name: value for name, value in facts if value is not None}
