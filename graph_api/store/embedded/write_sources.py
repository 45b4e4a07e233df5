"""Sources as a change brings them."""

from collections.abc import Sequence

from graph_api.domain.changes import Operation
from graph_api.domain.folding import fold
from graph_api.domain.ids import source_id
from graph_api.domain.records import Source
from graph_api.store.embedded.session import Session, as_list

_STORED = """
SELECT id, key, title, kind, url, publisher, published_on, retrieved_on, licence FROM source
WHERE id IN (SELECT value FROM json_each(?))"""
_ORIGINS = (
    "SELECT source_key FROM source_origin WHERE dataset_key = ? AND source_key IN (SELECT value FROM json_each(?))"
)
_INSERT = """
INSERT INTO source (key, id, slug, title_key, title, kind, url, publisher, published_on, retrieved_on, licence)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_UPDATE = """
UPDATE source SET title_key = ?, title = ?, kind = ?, url = ?, publisher = ?, published_on = ?, retrieved_on = ?,
  licence = ?
WHERE key = ?"""
_SEE = """
INSERT INTO source_origin (source_key, dataset_key, seen) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET seen = excluded.seen"""
_SUBJECTS = """
SELECT entity_key FROM mention WHERE source_key = :key
UNION SELECT c.subject_key FROM claim_citation x JOIN claim c ON c.key = x.claim_key WHERE x.source_key = :key"""


def write_sources(s: Session, items: Sequence[tuple[int, Source]]) -> None:
    """Write a batch's sources, given with their index in the batch."""
    ids = as_list(item.id for _, item in items)
    stored = {row[0]: (row[1], row[2:]) for row in s.db.execute(_STORED, (ids,))}
    keys: set[int] = set()
    for index, item in items:
        if item.id != source_id(item.slug):
            s.problem(index, f"the source {item.slug!r} has the id of another")
            continue
        facts = (item.title, item.kind, item.url, item.publisher, item.published_on, item.retrieved_on, item.licence)
        known = stored.get(item.id)
        if known is None:
            key = s.source.take()
            s.db.execute(_INSERT, (key, item.id, item.slug, fold(item.title), *facts))
            s.sources.put(item.id, key, "")
            s.feed.add(Operation.CREATED, (item.id,))
        else:
            key, before = known
            if before != facts:
                if key in keys or s.source.is_new(key):
                    s.problem(index, f"the source {item.slug!r} is given twice with different facts")
                    continue
                _update(s, key, item, before, facts)
        stored[item.id] = (key, facts)
        keys.add(key)
    known_origins = {row[0] for row in s.db.execute(_ORIGINS, (s.dataset_key, as_list(keys)))}
    if keys - known_origins:
        s.is_written = True
    s.db.executemany(_SEE, [(key, s.dataset_key, s.load_number) for key in keys])


def _update(s: Session, key: int, item: Source, before: tuple[object, ...], facts: tuple[object, ...]) -> None:
    s.db.execute(_UPDATE, (fold(item.title), *facts, key))
    s.updated(s.source, key, item.id)
    published = 4
    if before[published] != facts[published]:  # the later publication is believed
        s.dirty.update(row[0] for row in s.db.execute(_SUBJECTS, {"key": key}))
