"""The embedded store: one SQLite file, one writer, a few readers."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path as FilePath
from typing import Concatenate, ParamSpec, TypeVar

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.hashing import graph_hash
from graph_api.domain.ids import check_ids
from graph_api.domain.images import AuditEntry, Image, Images
from graph_api.domain.paging import Page, PageRequest
from graph_api.domain.query import ClaimQuery, EntityQuery, Filter, HopQuery, Order, PathQuery, ScanQuery, YearSpan
from graph_api.domain.records import (
    Applied,
    Change,
    ChangeItem,
    Citation,
    Claim,
    Collaborator,
    ConflictRecord,
    Counts,
    Entity,
    FacetCount,
    Hop,
    NeighborCount,
    Path,
    PersonFilm,
    RelationColumns,
    Relationship,
    SearchHit,
    Source,
    Subgraph,
)
from graph_api.errors import StoreReadOnly, StoreUnavailable
from graph_api.store.base import Ids, StoreInfo
from graph_api.store.embedded import audit as audits
from graph_api.store.embedded import backup as backups
from graph_api.store.embedded import export as exports
from graph_api.store.embedded import integrity, reads, writer
from graph_api.store.embedded.connection import errors, open_reader, open_writer, prepare_path
from graph_api.store.embedded.feed import revision
from graph_api.store.embedded.images import images
from graph_api.store.embedded.pool import ReaderPool
from graph_api.store.embedded.upgrade import is_current, prepare

P = ParamSpec("P")
T = TypeVar("T")

_SHORT_ROWS = 2_000
"""Rows up to which a read is expected to be short."""
_FACTS = 10
"""How many claims or citations an entity is taken to have."""


class EmbeddedStore:
    """A graph in one file; made by `EmbeddedStore.open`. See `graph_api.store.base.Store`."""

    def __init__(self, path: FilePath, readers: int) -> None:
        self._path = path
        self._pool = ReaderPool(path, readers)
        self._write_thread = ThreadPoolExecutor(1, thread_name_prefix="graph-writer")
        self._write_lock = asyncio.Lock()
        self._writer: sqlite3.Connection | None = None
        self._hashing: asyncio.Task[tuple[int, str]] | None = None
        self._is_closed = False

    @classmethod
    async def open(cls, path: FilePath, *, create: bool = True, readers: int = 4) -> "EmbeddedStore":
        """Open the graph in a file, upgrading an older one in place.

        Args:
            path: of the file.
            create: make an empty graph where there is none.
            readers: how many reads may run at once.

        Raises:
            StoreUnavailable, StoreBusy, StoreReadOnly, StoreCorrupt, StoreTooNew: it can't be used.
        """
        await asyncio.to_thread(_make_ready, path, create=create)
        return cls(path, readers)

    async def close(self) -> None:
        """Let go of connections and threads; calls that are under way finish first."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._hashing is not None:
            self._hashing.cancel()
        await self._pool.close()
        async with self._write_lock:
            await asyncio.get_running_loop().run_in_executor(self._write_thread, self._close_writer)
        self._write_thread.shutdown()

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    async def _read(
        self, rows: int, read: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what a read does that brings about so many rows."""
        run = self._pool.run_short if rows <= _SHORT_ROWS else self._pool.run
        return await run(read, *args, **kwargs)

    async def _write(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        if self._is_closed:
            raise StoreUnavailable("the store is closed")
        async with self._write_lock:
            # Shielded, since a change that has begun ends by itself, and the lock must be held till then.
            future = asyncio.get_running_loop().run_in_executor(
                self._write_thread, lambda: work(self._open_writer(), *args, **kwargs)
            )
            try:
                return await asyncio.shield(future)
            except asyncio.CancelledError:
                await asyncio.wait([future])
                raise

    def _open_writer(self) -> sqlite3.Connection:
        if self._writer is None:
            self._writer = open_writer(self._path)
        return self._writer

    # ------------------------------------------------------------------ the graph as a whole
    async def info(self) -> StoreInfo:
        """Return which store this is."""
        return StoreInfo("embedded", f"SQLite {sqlite3.sqlite_version}")

    def connections(self) -> tuple[int, int]:
        """Return how many connections for reads in threads there may be, and how many are in use."""
        return self._pool.size, self._pool.busy

    async def ready(self) -> bool:
        """Tell whether a graph has been loaded; raises where the store does not answer."""
        return await self.revision() > 0

    async def revision(self) -> int:
        """Return the graph's revision: 0 when empty, one more with each change applied."""
        return await self._pool.run_short(revision)

    async def graph_hash(self) -> str:
        """Return the sha256 of the canonical graph (`graph_api.domain.hashing`), kept per revision.

        It takes seconds for a large graph, so one reader works for all who ask, and goes on when they leave.
        """
        while True:
            wanted = await self.revision()
            task = self._hashing
            if task is None or (task.done() and (task.cancelled() or task.exception() or task.result()[0] != wanted)):
                task = self._hashing = asyncio.create_task(self._pool.run(_hash))
            hashed, found = await asyncio.shield(task)
            if hashed >= wanted:
                return found

    async def counts(self) -> Counts:
        """Return how much the graph holds."""
        return await self._pool.run(reads.counts)

    async def changes(self, since: int, limit: int) -> list[Change]:
        """Return the changes applied after revision `since`, oldest first, at most `limit`."""
        return await self._pool.run(reads.changes, since, limit)

    # ------------------------------------------------------------------ nodes
    async def entities(self, ids: Ids) -> list[Entity | None]:
        """Return the entities."""
        return await self._read(len(ids), reads.entities, ids)

    async def entities_by_slug(self, kind: Kind, slugs: Sequence[str]) -> list[Entity | None]:
        """Return the entities of one kind that have these slugs, or had them before a merge."""
        return await self._read(len(slugs), reads.entities_by_slug, kind, slugs)

    async def nearest_slugs(self, kind: Kind | None, slug: str, limit: int = 3) -> list[str]:
        """Return slugs of a kind (None: of sources) that look like one, nearest first."""
        return await self._pool.run(reads.nearest_slugs, kind, slug, limit)

    async def sources(self, ids: Ids) -> list[Source | None]:
        """Return the sources."""
        return await self._read(len(ids), reads.sources, ids)

    async def list_sources(self, page: PageRequest, text: str | None = None, kinds: Sequence[str] = ()) -> Page[Source]:
        """Return sources by folded title, then id; `text` must be in title or publisher."""
        return await self._pool.run(reads.list_sources, page, text, kinds)

    async def relationships(self, ids: Ids) -> list[Relationship | None]:
        """Return the relationships."""
        return await self._read(len(ids), reads.relationships, ids)

    # ------------------------------------------------------------------ what belongs to an entity
    async def aliases(self, ids: Ids) -> list[tuple[str, ...]]:
        """Return the other names of the entities, by code point."""
        return await self._read(len(ids), reads.aliases, ids)

    async def external_ids(self, ids: Ids) -> list[tuple[tuple[str, str], ...]]:
        """Return (scheme, value) pairs of the entities, in order."""
        return await self._read(len(ids), reads.external_ids, ids)

    async def claims(self, ids: Ids, query: ClaimQuery = ClaimQuery()) -> list[list[Claim]]:
        """Return the claims about the entities, by property, then best first, with their citations."""
        return await self._read(len(ids) * _FACTS, reads.claims, ids, query)

    async def citations(self, ids: Ids) -> list[tuple[Citation, ...]]:
        """Return every place that mentions the entities or states the relationships, by source slug, then locator."""
        return await self._read(len(ids) * _FACTS, reads.citations, ids)

    async def degrees(self, ids: Ids, relations: Sequence[Relation] = ()) -> list[int]:
        """Return how many relationships the entities have, of all types or of these."""
        return await self._read(len(ids), reads.degrees, ids, relations)

    async def neighbor_counts(self, ids: Ids) -> list[list[NeighborCount]]:
        """Return the entities' neighbour edges counted by relation, direction and kind."""
        return await self._read(len(ids) * _FACTS, reads.neighbor_counts, ids)

    # ------------------------------------------------------------------ lists
    async def find(self, query: EntityQuery) -> Page[Entity]:
        """Return a page of the entities of a kind."""
        return await self._read(query.page.size, reads.find, query)

    async def facets(self, kind: Kind, by: Sequence[str], where: Filter, limit: int) -> list[list[FacetCount]]:
        """Return for each field its values among the entities that match, most frequent first, then by value."""
        return await self._pool.run(reads.facets, kind, by, where, limit)

    async def search(self, text: str, kinds: Sequence[Kind], page: PageRequest) -> Page[SearchHit]:
        """Return entities with a matching name, best first, then by id."""
        return await self._pool.run(reads.search, text, kinds, page)

    async def conflicts(self, kind: Kind | None, property_name: str | None, page: PageRequest) -> Page[ConflictRecord]:
        """Return what sources disagree about, by the subject's folded name, property, then subject id."""
        return await self._pool.run(reads.conflicts, kind, property_name, page)

    async def hops(self, ids: Ids, query: HopQuery) -> Sequence[Page[Hop]]:
        """Return a page of relationships for each entity."""
        return await self._read(len(ids) * query.page.size, reads.hops, ids, query)

    async def person_films(
        self, ids: Ids, where: Filter, order: Sequence[Order], page: PageRequest
    ) -> Sequence[Page[PersonFilm]]:
        """Return the films of each person, each once, with all the person's credits."""
        return await self._read(len(ids) * page.size, reads.person_films, ids, where, order, page)

    async def collaborators(
        self, ids: Ids, roles: Sequence[str], years: YearSpan, page: PageRequest
    ) -> list[Page[Collaborator]]:
        """Return for each person who worked on the same films, most films first, then by id."""
        return await self._pool.run(reads.collaborators, ids, roles, years, page)

    async def enclosing(self, ids: Ids, relation: Relation, kind: Kind) -> list[Entity | None]:
        """Return the nearest entity of a kind reached by following a relation forwards, once or more often."""
        return await self._pool.run(reads.enclosing, ids, relation, kind)

    # ------------------------------------------------------------------ graph reads
    async def neighborhood(
        self, ids: Ids, depth: int, relations: Sequence[Relation], kinds: Sequence[Kind], limit: int
    ) -> Subgraph:
        """Return what lies within `depth` steps of any of the entities."""
        return await self._pool.run(reads.neighborhood, ids, depth, relations, kinds, limit)

    async def paths(self, start: str, goal: str, query: PathQuery, max_length: int, limit: int) -> list[Path]:
        """Return the `limit` shortest loopless paths by hops."""
        return await self._pool.run(reads.paths, start, goal, query, max_length, limit)

    async def scan(self, query: ScanQuery) -> RelationColumns:
        """Return all relationships a projection needs, as columns ordered by id."""
        return await self._pool.run(reads.scan, query)

    async def field_columns(self, kind: Kind, fields: Sequence[str]) -> Mapping[str, Sequence[object]]:
        """Return "id", "name" and fields of all entities of a kind as columns, ordered by id."""
        return await self._pool.run(reads.field_columns, kind, fields)

    # ------------------------------------------------------------------ writing
    async def apply(
        self,
        batches: Iterable[Sequence[ChangeItem]],
        *,
        actor: str,
        dataset: str | None = None,
        replace: bool = False,
        remove: Sequence[str] = (),
        expected: int | None = None,
        dry_run: bool = False,
    ) -> Applied:
        """Apply one change, whole or not at all; `batches` are taken in another thread."""
        return await self._write(
            writer.apply,
            batches,
            actor=actor,
            dataset=dataset,
            replace=replace,
            remove_ids=remove,
            expected=expected,
            dry_run=dry_run,
        )

    async def merge(self, keep: str, gone: str, *, actor: str, dry_run: bool = False) -> Applied:
        """Make two entities one."""
        check_ids((keep, gone))
        return await self._write(writer.merge, keep, gone, actor=actor, dry_run=dry_run)

    async def undo(self, revision: int, *, actor: str, dry_run: bool = False) -> Applied:
        """Put everything that a change touched back to what it was before."""
        return await self._write(writer.undo, revision, actor=actor, dry_run=dry_run)

    async def put_back(self, wanted: Images, *, actor: str) -> Applied:
        """Make records be as they were, as one change: for copies of earlier revisions, which keep no log of it."""
        return await self._write(writer.put_back, wanted, actor=actor)

    async def audit(self, revision: int) -> list[AuditEntry]:
        """Return what a change did to each record, by id."""
        return await self._pool.run(audits.entries, revision)

    async def images(self, ids: Ids) -> list[Image | None]:
        """Return how records lie in the graph."""
        check_ids(ids)
        found = await self._pool.run(images, ids)
        return [found.get(id_) for id_ in ids]

    def export(self) -> Iterable[ChangeItem]:
        """Yield the whole graph at one revision; opens the file when the first item is taken."""
        return exports.export(self._path)

    async def check_integrity(self) -> list[str]:
        """Return what is wrong with the stored graph, a line each; empty where nothing is."""
        try:
            return await self._write(_check)
        except StoreReadOnly:
            return await self._pool.run(integrity.check)

    async def backup(self, target: FilePath) -> None:
        """Write a copy of the graph at one revision to a new file, while the store is in use."""
        await asyncio.to_thread(backups.backup, self._path, target)


def _check(db: sqlite3.Connection) -> list[str]:
    with errors():
        return integrity.check(db)


def _hash(db: sqlite3.Connection) -> tuple[int, str]:
    return revision(db), graph_hash(exports.items(db))


def _make_ready(path: FilePath, *, create: bool) -> None:
    prepare_path(path, create=create)
    try:
        with errors():
            reader = open_reader(path) if path.stat().st_size else None
        if reader is not None:
            is_ready = is_current(reader)
            reader.close()
            if is_ready:
                return
    except FileNotFoundError:
        pass
    except StoreUnavailable:
        pass  # empty, or in the middle of being made: the writer finds out
    db = open_writer(path)
    try:
        prepare(db)
    except StoreReadOnly as error:
        raise StoreReadOnly(
            "the database is of an older version and can't be upgraded where it is; make it writable, or use a copy"
        ) from error
    finally:
        db.close()
