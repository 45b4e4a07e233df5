"""Applying a change: one transaction, batch by batch, then what is derived from it."""

import gc
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace as replaced
from datetime import UTC, datetime

from graph_api.domain.auditing import is_kept
from graph_api.domain.changes import check_revision, sorted_batch
from graph_api.domain.images import EntityImage, Images
from graph_api.domain.merging import check_mergeable, merged, name_claim, renamed
from graph_api.domain.records import Applied, ChangeItem
from graph_api.errors import BadInput
from graph_api.store.embedded import audit, tables
from graph_api.store.embedded.connection import errors
from graph_api.store.embedded.feed import revision
from graph_api.store.embedded.images import images, referring
from graph_api.store.embedded.marks import Marks
from graph_api.store.embedded.put import put
from graph_api.store.embedded.rederive import PLACES, index_names, rederive, update_degrees, update_places
from graph_api.store.embedded.session import Session
from graph_api.store.embedded.sweep import remove, sweep
from graph_api.store.embedded.write_claims import write_claims
from graph_api.store.embedded.write_entities import write_entities
from graph_api.store.embedded.write_relationships import write_relationships
from graph_api.store.embedded.write_sources import write_sources

_MANY = 5_000
"""Records created from which on the query planner's statistics are taken anew."""

_COLLECTED = 50_000
"""Objects made between two rounds of the garbage collector while a change is applied, usually 700: rows hold
no cycles, and looking for some among them takes a sixth of a large load."""


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Hold the one write transaction; what is inside is kept whole or not at all."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        if db.in_transaction:
            db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(max(_COLLECTED, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _indexes_last(db: sqlite3.Connection, s: Session) -> Iterator[None]:
    """Fill an empty graph without its indexes and make them then: sorting once costs half of keeping sorted."""
    was_empty = s.entity.last_before == 0
    if was_empty:
        for name in tables.INDEXES:
            db.execute(f"DROP INDEX IF EXISTS {name}")
    yield
    if was_empty:
        db.execute(PLACES)  # before there is an index to be kept
        s.unplaced = Marks()
        for statement in tables.INDEXES.values():
            db.execute(statement)


def apply(
    db: sqlite3.Connection,
    batches: Iterable[Sequence[ChangeItem]],
    *,
    actor: str,
    dataset: str | None = None,
    replace: bool = False,
    remove_ids: Sequence[str] = (),
    expected: int | None = None,
    dry_run: bool = False,
) -> Applied:
    """Apply one change; see `graph_api.store.base.Store.apply`."""
    if replace and not dataset:
        raise BadInput("only what a dataset brought can be replaced; name the dataset")

    def work(s: Session) -> None:
        with _indexes_last(db, s):
            for s.batch, batch in enumerate(batches):
                _write_batch(s, batch)
                s.check()
        if remove_ids:
            remove(s, remove_ids)
        if replace:
            sweep(s)

    return _change(db, work, actor=actor, dataset=dataset, expected=expected, dry_run=dry_run)


def merge(db: sqlite3.Connection, keep: str, gone: str, *, actor: str, dry_run: bool = False) -> Applied:
    """Make two entities one; see `graph_api.store.base.Store.merge`."""

    def work(s: Session) -> None:
        s.entities.load((keep, gone))
        stays, goes = (s.entities.merged.get(id_, id_) for id_ in (keep, gone))
        both = images(db, (stays, goes))
        named = images(db, referring(db, goes))
        one, other = (image if isinstance(image, EntityImage) else None for image in map(both.get, (stays, goes)))
        check_mergeable(one, other, named.values())
        assert one is not None
        assert other is not None
        moved = {id_: renamed(image, {goes: stays}) for id_, image in named.items()}
        name = name_claim(one, db.execute("SELECT name FROM entity WHERE id = ?", (stays,)).fetchone()[0])
        present = images(db, [name.id, *(image.id for image in moved.values())])
        put(s, merged(one, other, moved, present, name))

    return _change(db, work, actor=actor, dry_run=dry_run)


def undo(db: sqlite3.Connection, number: int, *, actor: str, dry_run: bool = False) -> Applied:
    """Put back what a change touched; see `graph_api.store.base.Store.undo`."""

    def work(s: Session) -> None:
        put(s, audit.reversal(db, number))

    return _change(db, work, actor=actor, dry_run=dry_run)


def put_back(db: sqlite3.Connection, wanted: Images, *, actor: str) -> Applied:
    """Make records be as they were, all that was changed since being among them; the log keeps no images of that."""
    return _change(db, lambda s: put(s, wanted, is_checked=False), actor=actor, is_logged=False)


def _change(
    db: sqlite3.Connection,
    work: Callable[[Session], None],
    *,
    actor: str,
    dataset: str | None = None,
    expected: int | None = None,
    dry_run: bool = False,
    is_logged: bool = True,
) -> Applied:
    """Do some work as one change: derive what follows from it, tell the feed and the log, commit."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    with errors(), _collecting_seldom(), transaction(db):
        present = revision(db)
        check_revision(present, expected)
        s = Session(db, at, actor, dataset)
        work(s)
        rederive(s)
        update_degrees(s)
        update_places(s)
        index_names(s)
        applied = s.feed.finish()
        if is_logged and is_kept(applied, is_load=dataset is not None, was_empty=present == 0):
            applied = replaced(applied, change=audit.change_of(db, applied))
        if dry_run or not (applied.changed or s.is_written):
            db.execute("ROLLBACK")
            return applied
        if applied.change is not None:
            audit.record(db, applied.change)
        db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('load', ?)", (str(s.load_number),))
        if applied.created >= _MANY:
            db.execute("PRAGMA analysis_limit = 1000")
            db.execute("ANALYZE")
    return applied


def _write_batch(s: Session, batch: Sequence[ChangeItem]) -> None:
    found = sorted_batch(batch)
    if found.sources:
        write_sources(s, found.sources)
    if found.entities:
        write_entities(s, found.entities)
    if found.relationships:
        write_relationships(s, found.relationships)
    if found.claims:
        write_claims(s, found.claims)
