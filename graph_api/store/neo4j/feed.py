"""The change feed's nodes, written while a change is being applied.

A `Change` has generation 0 and the revision it made; readers look no further than the graph's own
revision, so what a killed change has told of is never seen.
"""

from collections.abc import Iterable

from graph_api.domain.changes import ChangeFeed, Operation, OperationIds
from graph_api.domain.records import Change
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.link import Work

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


class Feed(ChangeFeed):
    """The feed of a change, which remembers what it was told."""

    def __init__(self, work: Work, before: int, at: str, actor: str) -> None:
        super().__init__(before, at, actor)
        self._work = work
        self.told: OperationIds = {operation: [] for operation in Operation}

    def add(self, operation: Operation, ids: Iterable[str]) -> None:
        """Tell of records; each may be told of once for an operation."""
        told = list(ids)
        self.told[operation] += told
        super().add(operation, told)

    def write_change(self) -> None:
        """Write the change's node."""
        self._work.write(_CHANGE, [{"revision": self.revision, "at": self.at, "actor": self.actor}])

    def write_part(self, number: int, operation: Operation, ids: list[str]) -> None:
        """Write the node of a part."""
        row = {"revision": self.revision, "part": number, "operation": operation.value, "ids": ids}
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
