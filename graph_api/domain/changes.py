"""What both stores do of a change: sorting its items, minding its revision, telling its feed."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from graph_api.domain.records import Applied, ChangeItem, Claim, EntityRow, RelationshipRow, Source
from graph_api.errors import Conflict

_PART_SIZE = 1_000


class SortedBatch(NamedTuple):
    """A batch's items by their sort, each with its index in the batch, in the order they are written."""

    sources: list[tuple[int, Source]]
    entities: list[tuple[int, EntityRow]]
    relationships: list[tuple[int, RelationshipRow]]
    claims: list[tuple[int, Claim]]


def sorted_batch(batch: Sequence[ChangeItem]) -> SortedBatch:
    """Return a batch's items by their sort."""
    found = SortedBatch([], [], [], [])
    for index, item in enumerate(batch):
        match item:
            case RelationshipRow():
                found.relationships.append((index, item))
            case EntityRow():
                found.entities.append((index, item))
            case Claim():
                found.claims.append((index, item))
            case Source():
                found.sources.append((index, item))
    return found


def entities_of(claims: Iterable[tuple[int, Claim]]) -> set[str]:
    """Return the ids of all entities that claims name: subjects, values and qualifiers."""
    named: set[str] = set()
    for _, claim in claims:
        named.add(claim.subject)
        named.update(claim.qualifiers.values())
        if claim.entity is not None:
            named.add(claim.entity)
    return named


def check_revision(present: int, expected: int | None) -> None:
    """Refuse a change that was made for another revision of the graph than the present one.

    Raises:
        Conflict: carries the present revision.
    """
    if expected is not None and expected != present:
        raise Conflict(
            f"the graph is at revision {present}, not {expected}; read what changed and try again", revision=present
        )


class Operation(StrEnum):
    """What became of a record."""

    CREATED = "created"
    UPDATED = "updated"
    REMOVED = "removed"


OperationIds: TypeAlias = dict[Operation, list[str]]


class ChangeFeed(ABC):
    """Writes which records a change creates, updates and removes, in parts of bounded size.

    Attributes:
        at: when the change is made, as RFC 3339 UTC.
        actor: who makes it.
        revision: the revision that it makes.
    """

    def __init__(self, before: int, at: str, actor: str) -> None:
        self.at = at
        self.actor = actor
        self.revision = before + 1
        self._part = 0
        self._waiting: OperationIds = {operation: [] for operation in Operation}
        self._counts = dict.fromkeys(Operation, 0)

    def add(self, operation: Operation, ids: Iterable[str]) -> None:
        """Tell of records; each may be told of once for an operation."""
        waiting = self._waiting[operation]
        before = len(waiting)
        waiting.extend(ids)
        self._counts[operation] += len(waiting) - before
        while len(waiting) >= _PART_SIZE:
            self._next_part(operation, waiting[:_PART_SIZE])
            del waiting[:_PART_SIZE]

    def finish(self) -> Applied:
        """Write what is waiting and return what became of the change."""
        for operation, waiting in self._waiting.items():
            if waiting:
                self._next_part(operation, waiting)
        changed = self._part > 0
        counts = self._counts
        return Applied(
            self.revision if changed else self.revision - 1,
            changed,
            counts[Operation.CREATED],
            counts[Operation.UPDATED],
            counts[Operation.REMOVED],
        )

    def _next_part(self, operation: Operation, ids: list[str]) -> None:
        self._part += 1
        if self._part == 1:
            self.write_change()
        self.write_part(self._part, operation, ids)

    @abstractmethod
    def write_change(self) -> None:
        """Write that there is a change."""

    @abstractmethod
    def write_part(self, number: int, operation: Operation, ids: list[str]) -> None:
        """Write a part of it, counted from 1."""
