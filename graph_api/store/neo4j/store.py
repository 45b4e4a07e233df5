"""The store on Neo4j: the protocol, each call handed on to a read or to the writer.

Opening does not reach out, so that a service can start before its database does; the first call
makes the database ready (`graph_api.store.neo4j.prepare`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Concatenate, ParamSpec, TypeVar

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.hashing import graph_hash
from graph_api.domain.ids import check_ids
from graph_api.domain.images import AuditEntry, Image
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
from graph_api.errors import BadInput, Conflict
from graph_api.store.base import Ids, StoreInfo
from graph_api.store.neo4j import audit, generations, integrity, reads
from graph_api.store.neo4j import export as exports
from graph_api.store.neo4j.address import parse_address, read_password
from graph_api.store.neo4j.connection import CONNECTIONS, Connection, Snapshot
from graph_api.store.neo4j.editing import merging, undoing
from graph_api.store.neo4j.failures import SILENT, UNSURE, failures
from graph_api.store.neo4j.feed import changes
from graph_api.store.neo4j.generations import repair
from graph_api.store.neo4j.images import Past, images
from graph_api.store.neo4j.link import Link
from graph_api.store.neo4j.prepare import prepare
from graph_api.store.neo4j.whole import counts
from graph_api.store.neo4j.writer import Change as NewChange
from graph_api.store.neo4j.writing import Writing

P = ParamSpec("P")
T = TypeVar("T")

_HASH_ATTEMPTS = 3


class Neo4jStore:
    """A graph in a Neo4j database; made by `Neo4jStore.open`. See `graph_api.store.base.Store`."""

    def __init__(self, connection: Connection, link: Link, *, create: bool) -> None:
        self._connection = connection
        self._writing = Writing(link)
        self._create = create
        self._is_ready = False
        self._making_ready = asyncio.Lock()
        self._version: str | None = None
        self._hash: tuple[int, str] | None = None
        self._counts: tuple[int, Counts] | None = None
        connection.when_stuck = self._repair

    @classmethod
    async def open(cls, url: str, *, create: bool = True, connections: int = CONNECTIONS) -> "Neo4jStore":
        """Return the store at an address, such as neo4j://user@host:7687/name; does not reach out to it.

        Args:
            url: the address; the password comes from the environment (`graph_api.store.neo4j.address`).
            create: make an empty graph where there is none.
            connections: how many reads may run at once.

        Raises:
            BadInput: the address can't be used.
        """
        address, password = parse_address(url), read_password()
        return cls(Connection(address, password, connections), Link(address, password), create=create)

    async def close(self) -> None:
        """Let go of the connections; a change that is under way finishes first."""
        await self._writing.close()
        await self._connection.close()

    async def _ensure(self) -> None:
        """Make the database ready, once."""
        async with self._making_ready:
            if not self._is_ready:
                version = await self._connection.server()
                await self._connection.watched(lambda: self._writing.run(prepare, create=self._create), SILENT)
                await self._connection.saw(self._writing.link.bookmarks())
                self._version = version
                self._is_ready = True

    async def _read(
        self, read: Callable[Concatenate[Snapshot, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        if not self._is_ready:
            await self._ensure()
        return await self._connection.run(read, *args, **kwargs)

    async def _write(self, work: Callable[Concatenate[Link, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        if not self._is_ready:
            await self._ensure()
        try:
            return await self._connection.watched(lambda: self._writing.run(work, *args, **kwargs), UNSURE)
        finally:
            self._connection.forget()
            await self._connection.saw(self._writing.link.bookmarks())

    async def _repair(self) -> None:
        """Settle a change whose writer was killed at the last moment."""
        await self._writing.run(repair)
        await self._connection.saw(self._writing.link.bookmarks())

    # ------------------------------------------------------------------ the graph as a whole
    async def info(self) -> StoreInfo:
        """Return which store this is."""
        if not self._is_ready:
            await self._ensure()
        return StoreInfo("neo4j", f"Neo4j {self._version}")

    def connections(self) -> tuple[int, int]:
        """Return how many connections for reads there may be, and how many are in use."""
        return self._connection.size, self._connection.busy

    async def ready(self) -> bool:
        """Tell whether a graph has been loaded; raises where the store does not answer."""
        return await self.revision() > 0

    async def revision(self) -> int:
        """Return the graph's revision: 0 when empty, one more with each change applied."""
        return await self._read(_revision)

    async def graph_hash(self) -> str:
        """Return the sha256 of the canonical graph (`graph_api.domain.hashing`), kept per revision."""
        attempts = _HASH_ATTEMPTS
        while True:
            revision = await self.revision()
            if self._hash is not None and self._hash[0] == revision:
                return self._hash[1]
            try:
                digest = await asyncio.to_thread(_hash, self._writing.link)
            except Conflict:
                attempts -= 1
                if not attempts:
                    raise
                continue
            if revision == await self.revision():
                self._hash = revision, digest

    async def counts(self) -> Counts:
        """Return how much the graph holds."""
        revision = await self.revision()
        if self._counts is None or self._counts[0] != revision:
            self._counts = await self._read(_counts)
        return self._counts[1]

    async def changes(self, since: int, limit: int) -> list[Change]:
        """Return the changes applied after revision `since`, oldest first, at most `limit`."""
        return await self._read(changes, since, limit)

    # ------------------------------------------------------------------ nodes
    async def entities(self, ids: Ids) -> list[Entity | None]:
        """Return the entities."""
        return await self._read(reads.entities, ids)

    async def entities_by_slug(self, kind: Kind, slugs: Sequence[str]) -> list[Entity | None]:
        """Return the entities of one kind that have these slugs, or had them before a merge."""
        return await self._read(reads.entities_by_slug, kind, slugs)

    async def nearest_slugs(self, kind: Kind | None, slug: str, limit: int = 3) -> list[str]:
        """Return slugs of a kind (None: of sources) that look like one, nearest first."""
        return await self._read(reads.nearest_slugs, kind, slug, limit)

    async def sources(self, ids: Ids) -> list[Source | None]:
        """Return the sources."""
        return await self._read(reads.sources, ids)

    async def list_sources(self, page: PageRequest, text: str | None = None, kinds: Sequence[str] = ()) -> Page[Source]:
        """Return sources by folded title, then id; `text` must be in title or publisher."""
        return await self._read(reads.list_sources, page, text, kinds)

    async def relationships(self, ids: Ids) -> list[Relationship | None]:
        """Return the relationships."""
        return await self._read(reads.relationships, ids)

    # ------------------------------------------------------------------ what belongs to an entity
    async def aliases(self, ids: Ids) -> list[tuple[str, ...]]:
        """Return the other names of the entities, by code point."""
        return await self._read(reads.aliases, ids)

    async def external_ids(self, ids: Ids) -> list[tuple[tuple[str, str], ...]]:
        """Return (scheme, value) pairs of the entities, in order."""
        return await self._read(reads.external_ids, ids)

    async def claims(self, ids: Ids, query: ClaimQuery = ClaimQuery()) -> list[list[Claim]]:
        """Return the claims about the entities, by property, then best first, with their citations."""
        return await self._read(reads.claims, ids, query)

    async def citations(self, ids: Ids) -> list[tuple[Citation, ...]]:
        """Return every place that mentions the entities or states the relationships, by source slug, then locator."""
        return await self._read(reads.citations, ids)

    async def degrees(self, ids: Ids, relations: Sequence[Relation] = ()) -> list[int]:
        """Return how many relationships the entities have, of all types or of these."""
        return await self._read(reads.degrees, ids, relations)

    async def neighbor_counts(self, ids: Ids) -> list[list[NeighborCount]]:
        """Return the entities' neighbour edges counted by relation, direction and kind."""
        return await self._read(reads.neighbor_counts, ids)

    # ------------------------------------------------------------------ lists
    async def find(self, query: EntityQuery) -> Page[Entity]:
        """Return a page of the entities of a kind."""
        return await self._read(reads.find, query)

    async def facets(self, kind: Kind, by: Sequence[str], where: Filter, limit: int) -> list[list[FacetCount]]:
        """Return for each field its values among the entities that match, most frequent first, then by value."""
        return await self._read(reads.facets, kind, by, where, limit)

    async def search(self, text: str, kinds: Sequence[Kind], page: PageRequest) -> Page[SearchHit]:
        """Return entities with a matching name, best first, then by id."""
        return await self._read(reads.search, text, kinds, page)

    async def conflicts(self, kind: Kind | None, property_name: str | None, page: PageRequest) -> Page[ConflictRecord]:
        """Return what sources disagree about, by the subject's folded name, property, then subject id."""
        return await self._read(reads.conflicts, kind, property_name, page)

    async def hops(self, ids: Ids, query: HopQuery) -> Sequence[Page[Hop]]:
        """Return a page of relationships for each entity."""
        return await self._read(reads.hops, ids, query)

    async def person_films(
        self, ids: Ids, where: Filter, order: Sequence[Order], page: PageRequest
    ) -> Sequence[Page[PersonFilm]]:
        """Return the films of each person, each once, with all the person's credits."""
        return await self._read(reads.person_films, ids, where, order, page)

    async def collaborators(
        self, ids: Ids, roles: Sequence[str], years: YearSpan, page: PageRequest
    ) -> list[Page[Collaborator]]:
        """Return for each person who worked on the same films, most films first, then by id."""
        return await self._read(reads.collaborators, ids, roles, years, page)

    async def enclosing(self, ids: Ids, relation: Relation, kind: Kind) -> list[Entity | None]:
        """Return the nearest entity of a kind reached by following a relation forwards, once or more often."""
        return await self._read(reads.enclosing, ids, relation, kind)

    # ------------------------------------------------------------------ graph reads
    async def neighborhood(
        self, ids: Ids, depth: int, relations: Sequence[Relation], kinds: Sequence[Kind], limit: int
    ) -> Subgraph:
        """Return what lies within `depth` steps of any of the entities."""
        return await self._read(reads.neighborhood, ids, depth, relations, kinds, limit)

    async def paths(self, start: str, goal: str, query: PathQuery, max_length: int, limit: int) -> list[Path]:
        """Return the `limit` shortest loopless paths by hops."""
        return await self._read(reads.paths, start, goal, query, max_length, limit)

    async def scan(self, query: ScanQuery) -> RelationColumns:
        """Return all relationships a projection needs, as columns ordered by id."""
        return await self._read(reads.scan, query)

    async def field_columns(self, kind: Kind, fields: Sequence[str]) -> Mapping[str, Sequence[object]]:
        """Return "id", "name" and fields of all entities of a kind as columns, ordered by id."""
        return await self._read(reads.field_columns, kind, fields)

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
        change = NewChange(
            batches,
            actor=actor,
            dataset=dataset,
            replace=replace,
            remove=remove,
            expected=expected,
            dry_run=dry_run,
        )
        return await self._write(_apply, change)

    async def merge(self, keep: str, gone: str, *, actor: str, dry_run: bool = False) -> Applied:
        """Make two entities one."""
        check_ids((keep, gone))
        return await self._write(_apply, NewChange((), actor=actor, dry_run=dry_run, edit=merging(keep, gone)))

    async def undo(self, revision: int, *, actor: str, dry_run: bool = False) -> Applied:
        """Put everything that a change touched back to what it was before."""
        return await self._write(_apply, NewChange((), actor=actor, dry_run=dry_run, edit=undoing(revision)))

    async def audit(self, revision: int) -> list[AuditEntry]:
        """Return what a change did to each record, by id."""
        return await self._look(audit.entries, revision)

    async def images(self, ids: Ids) -> list[Image | None]:
        """Return how records lie in the graph."""
        check_ids(ids)
        found = await self._look(images, ids)
        return [found.get(id_) for id_ in ids]

    async def _look(self, read: Callable[Concatenate[Past, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read in a thread what only those who write have to know."""
        if not self._is_ready:
            await self._ensure()

        def look() -> T:
            link = self._writing.link
            with failures():
                return read(Past(link, generations.present(link).generation), *args, **kwargs)

        return await asyncio.to_thread(look)

    def export(self) -> Iterable[ChangeItem]:
        """Yield the whole graph at one revision; reads when the first item is taken."""
        return exports.export(self._writing.link)

    async def check_integrity(self) -> list[str]:
        """Return what is wrong with the stored graph, a line each; empty where nothing is."""
        return await self._write(integrity.check)

    async def backup(self, target: FilePath) -> None:
        """Refuse: the files are the server's.

        Raises:
            BadInput: always.
        """
        raise BadInput(
            "a graph in Neo4j can't be copied to a file; write it out with `filmgraph dump`, or use neo4j-admin"
        )


async def _revision(graph: Snapshot) -> int:
    await graph.read("RETURN 1 AS one")
    return graph.revision


async def _counts(graph: Snapshot) -> tuple[int, Counts]:
    return graph.revision, await counts(graph)


def _hash(link: Link) -> str:
    return graph_hash(exports.export(link))


def _apply(link: Link, change: NewChange) -> Applied:
    return change.apply(link)
