"""The change feed's nodes, written while a change is being applied.

A `Change` has generation 0 and the revision it made; readers look no further than the graph's own
revision, so what a killed change has told of is never seen.
"""

from collections.abc import Iterable
from enum import StrEnum

from graph_api.domain.records import Applied, Change
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.link import Work

_PART_SIZE = 1_000
_CHANGE = """
UNWIND $rows AS row
CREATE (:Change:FilmGraph {generation: 0, id: 'change-' + row.revision, revision: row.revision, at: row.at,
  actor: row.actor})"""
_PART = """
UNWIND $rows AS row
CREATE (:ChangePart:FilmGraph {generation: 0, id: 'change-' + row.revision + '-' + row.part, revision: row.revision,
  part: row.part, operation: row.operation, ids: row.ids})"""
_CHANGES = """
UNWIND CASE WHEN $last > $since THEN range($since + 1, $last) ELSE [] END AS number
MATCH (c:FilmGraph {generation: 0, id: 'change-' + number})
RETURN collect([c.revision, c.at, c.actor]) AS changes"""
_PARTS = """
UNWIND $revisions AS number
MATCH (p:FilmGraph) WHERE p.generation = 0 AND p.id STARTS WITH 'change-' + number + '-'
WITH p ORDER BY p.revision, p.part
RETURN collect([p.revision, p.operation, p.ids]) AS parts"""


class Operation(StrEnum):
    """What became of a record."""

    CREATED = "created"
    UPDATED = "updated"
    REMOVED = "removed"


class Feed:
    """Writes which records a change creates, updates and removes, in parts of bounded size, and remembers them."""

    def __init__(self, work: Work, before: int, at: str, actor: str) -> None:
        self._work = work
        self.at = at
        self.actor = actor
        self.told: dict[Operation, list[str]] = {operation: [] for operation in Operation}
        self._before = before
        self._part = 0
        self._waiting: dict[Operation, list[str]] = {operation: [] for operation in Operation}
        self._counts = dict.fromkeys(Operation, 0)

    def add(self, operation: Operation, ids: Iterable[str]) -> None:
        """Tell of records; each may be told of once for an operation."""
        waiting = self._waiting[operation]
        before = len(waiting)
        waiting.extend(ids)
        self.told[operation] += waiting[before:]
        self._counts[operation] += len(waiting) - before
        while len(waiting) >= _PART_SIZE:
            self._write(operation, waiting[:_PART_SIZE])
            del waiting[:_PART_SIZE]

    def finish(self) -> Applied:
        """Write what is waiting and return what became of the change."""
        for operation, waiting in self._waiting.items():
            if waiting:
                self._write(operation, waiting)
        changed = self._part > 0
        if changed:
            row = {"revision": self._before + 1, "at": self.at, "actor": self.actor}
            self._work.write(_CHANGE, [row])
        counts = self._counts
        return Applied(
            self._before + changed,
            changed,
            counts[Operation.CREATED],
            counts[Operation.UPDATED],
            counts[Operation.REMOVED],
        )

    def _write(self, operation: Operation, ids: list[str]) -> None:
        self._part += 1
        row = {"revision": self._before + 1, "part": self._part, "operation": operation.value, "ids": ids}
        self._work.write(_PART, [row])


async def changes(graph: Snapshot, since: int, limit: int) -> list[Change]:
    """Return the changes applied after revision `since`, oldest first, at most `limit`."""
    last = min(graph.revision, max(since, 0) + max(limit, 0))
    row = await graph.read(_CHANGES, since=max(since, 0), last=last)
    found = sorted(row["changes"])
    parts: dict[tuple[int, str], list[str]] = {}
    row = await graph.read(_PARTS, revisions=[number for number, _, _ in found])
    for number, operation, ids in row["parts"]:
        parts.setdefault((number, operation), []).extend(ids)
    return [
        Change(number, at, actor, *(tuple(parts.get((number, operation), ())) for operation in Operation))
        for number, at, actor in found
    ]
