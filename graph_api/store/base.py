"""The one protocol behind which a graph is stored.

Every read takes many keys and answers for all of them in one call, in the keys' order, so that
a level of a GraphQL query costs one call however many objects it holds. Keys are ids
(`graph_api.domain.ids`); well-formed ids of nothing answer None, or an empty list or page, and
the id of something merged into another answers for that other. Equal keys may be repeated.

Reads see one revision each and never wait for a writer. All errors are of
`graph_api.errors`: BadId for an id that is none, StoreError and below for what goes wrong in
the store.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Protocol, TypeAlias

from graph_api.domain.catalogue import Kind, Relation
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

Ids: TypeAlias = Sequence[str]


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """Which store answers: "embedded" or "neo4j", and its engine's version."""

    name: str
    version: str


class Store(Protocol):
    """A stored graph."""

    # ------------------------------------------------------------------ life
    async def close(self) -> None:
        """Let go of connections and threads; calls that are under way finish first."""
        ...

    async def info(self) -> StoreInfo:
        """Return which store this is."""
        ...

    def connections(self) -> tuple[int, int]:
        """Return how many connections for reads there may be, and how many are in use."""
        ...

    async def ready(self) -> bool:
        """Tell whether a graph has been loaded; raises where the store does not answer."""
        ...

    # ------------------------------------------------------------------ the graph as a whole
    async def revision(self) -> int:
        """Return the graph's revision: 0 when empty, one more with each change applied."""
        ...

    async def graph_hash(self) -> str:
        """Return the sha256 of the canonical graph (`graph_api.domain.hashing`), kept per revision."""
        ...

    async def counts(self) -> Counts:
        """Return how much the graph holds."""
        ...

    async def changes(self, since: int, limit: int) -> list[Change]:
        """Return the changes applied after revision `since`, oldest first, at most `limit`."""
        ...

    # ------------------------------------------------------------------ nodes
    async def entities(self, ids: Ids) -> list[Entity | None]:
        """Return the entities."""
        ...

    async def entities_by_slug(self, kind: Kind, slugs: Sequence[str]) -> list[Entity | None]:
        """Return the entities of one kind that have these slugs, or had them before a merge."""
        ...

    async def nearest_slugs(self, kind: Kind | None, slug: str, limit: int = 3) -> list[str]:
        """Return slugs of a kind (None: of sources) that look like one, nearest first."""
        ...

    async def sources(self, ids: Ids) -> list[Source | None]:
        """Return the sources."""
        ...

    async def list_sources(self, page: PageRequest, text: str | None = None, kinds: Sequence[str] = ()) -> Page[Source]:
        """Return sources by folded title, then id; `text` must be in title or publisher."""
        ...

    async def relationships(self, ids: Ids) -> list[Relationship | None]:
        """Return the relationships."""
        ...

    # ------------------------------------------------------------------ what belongs to an entity
    async def aliases(self, ids: Ids) -> list[tuple[str, ...]]:
        """Return the other names of the entities, by code point."""
        ...

    async def external_ids(self, ids: Ids) -> list[tuple[tuple[str, str], ...]]:
        """Return (scheme, value) pairs of the entities, in order."""
        ...

    async def claims(self, ids: Ids, query: ClaimQuery = ClaimQuery()) -> list[list[Claim]]:
        """Return the claims about the entities, by property, then best first, with their citations.

        Only claims of properties; that a relation is a claim too is the callers' to show.
        """
        ...

    async def citations(self, ids: Ids) -> list[tuple[Citation, ...]]:
        """Return every place that mentions the entities or states the relationships, by source slug, then locator."""
        ...

    async def degrees(self, ids: Ids, relations: Sequence[Relation] = ()) -> list[int]:
        """Return how many relationships the entities have, of all types or of these."""
        ...

    async def neighbor_counts(self, ids: Ids) -> list[list[NeighborCount]]:
        """Return the entities' neighbour edges counted by relation, direction and kind."""
        ...

    # ------------------------------------------------------------------ lists
    async def find(self, query: EntityQuery) -> Page[Entity]:
        """Return a page of the entities of a kind."""
        ...

    async def facets(self, kind: Kind, by: Sequence[str], where: Filter, limit: int) -> list[list[FacetCount]]:
        """Return for each field its values among the entities that match, most frequent first, then by value.

        A field is a field property, or a relation's name: the entities at its other end, by id.
        """
        ...

    async def search(self, text: str, kinds: Sequence[Kind], page: PageRequest) -> Page[SearchHit]:
        """Return entities with a matching name, best first, then by id (`graph_api.domain.search`).

        Positions are (-score, id).
        """
        ...

    async def conflicts(self, kind: Kind | None, property_name: str | None, page: PageRequest) -> Page[ConflictRecord]:
        """Return what sources disagree about, by the subject's folded name, property, then subject id."""
        ...

    async def hops(self, ids: Ids, query: HopQuery) -> Sequence[Page[Hop]]:
        """Return a page of relationships for each entity."""
        ...

    async def person_films(
        self, ids: Ids, where: Filter, order: Sequence[Order], page: PageRequest
    ) -> Sequence[Page[PersonFilm]]:
        """Return the films of each person, each once, with all live credits of the person on it."""
        ...

    async def collaborators(
        self, ids: Ids, roles: Sequence[str], years: YearSpan, page: PageRequest
    ) -> list[Page[Collaborator]]:
        """Return for each person who worked on the same films, most films first, then by id.

        A credit counts in these roles (empty: all but FEATURED) and films in these years.
        Positions are (-weight, id).
        """
        ...

    async def enclosing(self, ids: Ids, relation: Relation, kind: Kind) -> list[Entity | None]:
        """Return the nearest entity of a kind reached by following a relation forwards, once or more often."""
        ...

    # ------------------------------------------------------------------ graph reads
    async def neighborhood(
        self, ids: Ids, depth: int, relations: Sequence[Relation], kinds: Sequence[Kind], limit: int
    ) -> Subgraph:
        """Return what lies within `depth` steps of any of the entities.

        At most `limit` nodes: nearest first, then by degree (highest first), then id; and the
        relationships of the given types among them. Nodes come in that order, relationships by id.
        """
        ...

    async def paths(self, start: str, goal: str, query: PathQuery, max_length: int, limit: int) -> list[Path]:
        """Return the `limit` shortest loopless paths by hops, ties by node ids, then relationship ids, along them."""
        ...

    async def scan(self, query: ScanQuery) -> RelationColumns:
        """Return all relationships a projection needs, as columns ordered by id."""
        ...

    async def field_columns(self, kind: Kind, fields: Sequence[str]) -> Mapping[str, Sequence[object]]:
        """Return "id", "name" and fields of all entities of a kind as columns, ordered by id."""
        ...

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
        """Apply one change, whole or not at all; a change that changes nothing leaves the revision.

        Args:
            batches: sources before what cites them, entities before what refers to them; taken
                one at a time, so that a change may be larger than memory.
            actor: who makes the change, for the feed.
            dataset: the name under which a load brings it.
            replace: remove what this dataset brought before and does not bring now.
            remove: ids of entities, relationships, claims or sources to remove.
            expected: the revision that the change was made for.
            dry_run: check and count everything, and keep nothing; the answer is as if it were applied.

        Raises:
            DatasetInvalid: an item refers to nothing, or contradicts another of this change.
            Conflict: the graph is not at the revision expected; or a source to be removed is cited.
            StoreBusy, StoreReadOnly: it can't be written now, or at all.
        """
        ...

    async def merge(self, keep: str, gone: str, *, actor: str, dry_run: bool = False) -> Applied:
        """Make two entities one: names, rows, claims and relationships move, and the id that goes stands for the other.

        Raises:
            BadInput: they are not two entities of one kind.
            Conflict: a relationship or a differentFrom claim between them says that they are two.
            StoreBusy, StoreReadOnly: it can't be written now, or at all.
        """
        ...

    async def undo(self, revision: int, *, actor: str, dry_run: bool = False) -> Applied:
        """Put everything that a change touched back to what it was before, as a change of its own.

        Raises:
            NotFound: there is no such change.
            NotUndoable: it was a load of which the log keeps no images: the first, or one of more than 10,000 records.
            Conflict: something it touched was changed or used since.
            StoreBusy, StoreReadOnly: it can't be written now, or at all.
        """
        ...

    async def audit(self, revision: int) -> list[AuditEntry]:
        """Return what a change did to each record, by id; empty where the log keeps no images of it."""
        ...

    async def images(self, ids: Ids) -> list[Image | None]:
        """Return how records lie in the graph; None for what has no record of its own, and for merged ids."""
        ...

    def export(self) -> Iterable[ChangeItem]:
        """Yield the whole graph at one revision: sources, entities by id, relationships by id, claims by id.

        An entity comes as one row per (dataset-independent) set of cells: for each of its places
        an EntityRow with one citation.
        """
        ...

    async def check_integrity(self) -> list[str]:
        """Return what is wrong with the stored graph, a line each; empty where nothing is."""
        ...

    async def backup(self, target: FilePath) -> None:
        """Write a copy of the graph at one revision to a new file, while the store is in use."""
        ...
