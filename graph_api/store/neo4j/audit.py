"""The audit log: what a change did to each record, as images from before and after.

An `Audit` node has generation 0 and the revision of its change, like the feed's nodes, and goes
with them where a change was killed.
"""

from graph_api.domain import auditing
from graph_api.domain.changes import Operation
from graph_api.domain.images import AuditEntry, Image, decode, encode
from graph_api.domain.records import Change
from graph_api.store.neo4j.feed import Feed
from graph_api.store.neo4j.images import Past, Reading, images
from graph_api.store.neo4j.link import Work

_CHUNK = 1_000
_CREATE = """
UNWIND $rows AS row
CREATE (:Audit:FilmGraph {generation: 0, id: 'change-log-' + row[0] + '-' + row[1], revision: row[0],
  record: row[1], before: row[2], after: row[3]})"""
_SELECT = """
MATCH (a:FilmGraph) WHERE a.generation = 0 AND a.id STARTS WITH 'change-log-' + $revision + '-'
RETURN a.record, a.before, a.after ORDER BY a.record"""
_IS_THERE = "MATCH (c:FilmGraph {generation: 0, id: 'change-' + $revision}) RETURN c.revision"


def change_of(feed: Feed, revision: int) -> Change:
    """Return what the feed was told of a change."""
    parts = (tuple(feed.told[o]) for o in (Operation.CREATED, Operation.UPDATED, Operation.REMOVED))
    return Change(revision, feed.at, feed.actor, *parts)


def record(past: Past, work: Work, change: Change) -> None:
    """Write down what a change that is about to be kept did to each of its records."""
    ids = sorted({*change.created, *change.updated, *change.removed})
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        before, after = images(past, chunk), images(work, chunk)
        rows = [
            [change.revision, id_, encode(before.get(id_)), encode(after.get(id_))]
            for id_ in chunk
            if before.get(id_) != after.get(id_)
        ]
        work.write(_CREATE, rows)


def entries(work: Reading, revision: int) -> list[AuditEntry]:
    """Return what a change did to each record, by id."""
    rows = work.read(_SELECT, revision=revision)
    return [AuditEntry(id_, decode(before), decode(after)) for id_, before, after in rows]


def reversal(work: Reading, revision: int) -> dict[str, Image | None]:
    """Return what has to be put in place to undo a change; see `graph_api.domain.auditing.reversal`."""
    found = entries(work, revision)
    present = images(work, [entry.id for entry in found])
    return auditing.reversal(revision, found, present, is_known=bool(work.read(_IS_THERE, revision=revision)))
