"""Applying a change: small ones in one transaction, large ones in a generation of their own.

One transaction costs the server some 2 kB of heap an item, and readers see its commit grow, so
more than `SMALL` items are written beside the graph and shown at once (docs/decisions/0006).
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace as replaced
from datetime import UTC, datetime
from itertools import chain
from typing import TypeAlias

from neo4j import ManagedTransaction
from neo4j.exceptions import DriverError, Neo4jError

from graph_api.domain.auditing import is_kept
from graph_api.domain.changes import check_revision, sorted_batch
from graph_api.domain.records import Applied, ChangeItem
from graph_api.errors import BadInput, StoreError
from graph_api.store.neo4j import audit, generations
from graph_api.store.neo4j.failures import failures
from graph_api.store.neo4j.foreign import carry
from graph_api.store.neo4j.generations import Now
from graph_api.store.neo4j.images import Past
from graph_api.store.neo4j.link import InGeneration, InTransaction, Link, TooMuch, Work
from graph_api.store.neo4j.rederive import rederive, update_degrees
from graph_api.store.neo4j.session import Session
from graph_api.store.neo4j.sweep import remove, sweep
from graph_api.store.neo4j.write_claims import write_claims
from graph_api.store.neo4j.write_entities import write_entities
from graph_api.store.neo4j.write_relationships import write_relationships
from graph_api.store.neo4j.write_sources import write_sources

SMALL = 20_000
"""Items that a change in one transaction may have: 50 MB of the server's heap."""

Batch: TypeAlias = Sequence[ChangeItem]
Edit: TypeAlias = Callable[[Session], None]


class _Nothing(Exception):
    """A change that wrote nothing: its transaction need not be kept."""

    def __init__(self, applied: Applied) -> None:
        super().__init__()
        self.applied = applied


class Change:
    """A change to be applied; see `graph_api.store.base.Store.apply`. What `edit` does is part of it."""

    def __init__(
        self,
        batches: Iterable[Batch],
        *,
        actor: str,
        dataset: str | None = None,
        replace: bool = False,
        remove: Sequence[str] = (),
        expected: int | None = None,
        dry_run: bool = False,
        edit: Edit | None = None,
    ) -> None:
        if replace and not dataset:
            raise BadInput("only what a dataset brought can be replaced; name the dataset")
        self._rest: Iterator[Batch] = iter(batches)
        self._taken: list[Batch] = []
        self._actor = actor
        self._dataset = dataset
        self._replace = replace
        self._remove = remove
        self._expected = expected
        self._dry_run = dry_run
        self._edit = edit
        self._at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def apply(self, link: Link) -> Applied:
        """Apply the change and return what became of it."""
        with failures(), link.exclusive():
            now = generations.clean(link, generations.present(link))
            check_revision(now.revision, self._expected)
            if self._is_small():
                try:
                    return self._in_place(link, now)
                except TooMuch:
                    pass
            return self._beside(link, now)

    def _is_small(self) -> bool:
        """Take batches until there are too many items for one transaction; tell whether there weren't."""
        items = 0
        for batch in self._rest:
            self._taken.append(batch)
            items += len(batch)
            if items > SMALL:
                return False
        return True

    def _in_place(self, link: Link, now: Now) -> Applied:
        def work(tx: ManagedTransaction) -> Applied:
            s, applied = self._write(InTransaction(tx, now.generation), now, self._taken, is_empty=False)
            if self._dry_run or not (applied.changed or s.is_written):
                raise _Nothing(applied)
            if applied.change is not None:
                audit.record(Past(link, now.generation), s.work, applied.change)
            if applied.changed:
                generations.pend(link, now.generation)
            return applied

        try:
            return link.transaction(work)
        except _Nothing as nothing:
            return nothing.applied
        finally:
            if generations.present(link).is_pending:
                generations.settle(link, now.generation)

    def _beside(self, link: Link, now: Now) -> Applied:
        def begin() -> int:
            number = generations.next_generation(link)
            if now.revision:
                generations.copy(link, now.generation, number)
            return number

        # Nothing is copied before something differs, so that a load of what is there already only reads.
        work = InGeneration(link, now.generation, begin)
        batches = chain(self._taken, self._rest)
        try:
            with work:
                s, applied = self._write(work, now, batches, is_empty=now.revision == 0)
                if applied.change is not None and not self._dry_run:
                    audit.record(Past(link, now.generation), s.work, applied.change)
                work.flush()
            if (applied.changed or s.is_written) and not self._dry_run:
                carry(link, now.generation, work.generation)
                generations.switch(link, now.generation, work.generation, applied.revision)
        finally:
            if work.generation != now.generation:
                # What can't be removed now, the next start or change removes.
                with contextlib.suppress(DriverError, Neo4jError, StoreError):
                    generations.clean(link, generations.present(link))
        return applied

    def _write(self, work: Work, now: Now, batches: Iterable[Batch], *, is_empty: bool) -> tuple[Session, Applied]:
        s = Session(
            work, revision=now.revision, at=self._at, actor=self._actor, dataset=self._dataset, is_empty=is_empty
        )
        for s.batch, batch in enumerate(batches):
            _write_batch(s, batch)
            s.check()
        if self._edit:
            self._edit(s)
        if self._remove:
            remove(s, self._remove)
        if self._replace:
            sweep(s)
        rederive(s)
        update_degrees(s)
        applied = s.feed.finish()
        if is_kept(applied, is_load=self._dataset is not None, was_empty=now.revision == 0):
            applied = replaced(applied, change=audit.change_of(s.feed, applied.revision))
        return s, applied


def _write_batch(s: Session, batch: Batch) -> None:
    found = sorted_batch(batch)
    if found.sources:
        write_sources(s, found.sources)
    if found.entities:
        write_entities(s, found.entities)
    if found.relationships:
        write_relationships(s, found.relationships)
    if found.claims:
        write_claims(s, found.claims)
