"""What every entity has: names, claims, citations, neighbours."""

from typing import Annotated, Any

import strawberry

from graph_api.batching.adapter import batched, by_id, read
from graph_api.batching.columns import Answers, Column
from graph_api.batching.marks import WITHOUT_INFO
from graph_api.domain import records
from graph_api.domain.catalogue import KINDS, Kind
from graph_api.domain.paging import BARE_LIST_LIMIT
from graph_api.domain.query import HopQuery
from schema import enums, refs
from schema.arguments import After, Before, First, Last
from schema.claims import claims_of
from schema.connections import Connection, PageInfo
from schema.context import Info
from schema.external import external_url
from schema.hops import hop_pages
from schema.node import Node, type_name


@strawberry.type(description="The entity's key in somebody else's database.")
class ExternalId:
    """Stands for a pair (scheme, value)."""

    scheme: str = strawberry.field(description="wikidata, imdb, tmdb, ...", resolver=lambda root: root[0])
    value: str = strawberry.field(description="The key there.", resolver=lambda root: root[1])
    url: str | None = strawberry.field(
        description="Its page there, where the scheme has such pages.", resolver=lambda root: external_url(*root)
    )


@strawberry.type(description="How many neighbour edges of one sort an entity has.")
class NeighborCount:
    """Stands for `records.NeighborCount`."""

    relation: enums.RelationType = strawberry.field(description="The relation.")
    direction: enums.Direction = strawberry.field(
        description="OUT where the entity is its source, else IN.",
        resolver=lambda root: enums.Direction.OUT if root.outgoing else enums.Direction.IN,
    )
    kind: enums.EntityKind = strawberry.field(description="The kind of the neighbours.")
    count: int = strawberry.field(description="Relationships, parallel ones too.")


@strawberry.type(description="A neighbour, and the relationship that makes it one.")
class NeighborEdge:
    """Stands for an edge row over a hop."""

    cursor: str = strawberry.field(description="Where in the list this is.")
    node: refs.Entity = read("item.entity", "The neighbour.")
    relationship: refs.Relationship = read("item.relationship", "The relationship.")


@strawberry.type(description="A page of neighbours.")
class NeighborConnection:
    """Stands for a connection row over hops."""

    edges: list[NeighborEdge] = strawberry.field(description="The neighbours with cursors and relationships.")
    nodes: list[refs.Entity] = strawberry.field(description="The neighbours alone.")
    page_info: PageInfo = strawberry.field(description="What lies around this page.")
    total_count: int | None = strawberry.field(description="How many neighbour edges there are in all.")


@strawberry.interface(description="A person, film, festival, ...: whatever the graph has facts about.")
class Entity(Node):
    """Stands for `records.Entity`."""

    slug: str = strawberry.field(description='Unique inside its kind: "imperia", "hussein-dembel-sow".')
    kind: enums.EntityKind = strawberry.field(description="What kind of thing it is.")
    name: str = strawberry.field(description="Its best name, whatever its script.")

    @by_id
    async def aliases(parents: Column[records.Entity], info: Info) -> Answers[list[str]]:
        """Other spellings, romanisations, former titles."""
        return [names[:BARE_LIST_LIMIT] for names in await info.context.store.aliases(parents.col("id"))]

    @by_id
    async def external_ids(parents: Column[records.Entity], info: Info) -> Answers[list[ExternalId]]:
        """Its keys in other databases."""
        return [pairs[:BARE_LIST_LIMIT] for pairs in await info.context.store.external_ids(parents.col("id"))]

    @batched
    async def claims(
        parents: Column[records.Entity],
        info: Info,
        property: Annotated[
            str | None, strawberry.argument(description="Only claims of this property: runtime, title, director, ...")
        ] = None,
        rank: Annotated[enums.ClaimRank | None, strawberry.argument(description="Only claims of this rank.")] = None,
    ) -> Answers[list[refs.Claim]]:
        """What sources say of it, by property, the best first; at most a hundred."""
        return await claims_of(parents, info, property, rank)

    @by_id
    async def citations(parents: Column[records.Entity], info: Info) -> Answers[list[refs.Citation]]:
        """Every place in a source that mentions it; at most a hundred."""
        return [places[:BARE_LIST_LIMIT] for places in await info.context.store.citations(parents.col("id"))]

    @by_id
    async def neighbors(
        parents: Column[records.Entity],
        info: Info,
        relations: Annotated[
            list[enums.RelationType] | None, strawberry.argument(description="Only over these relations.")
        ] = None,
        kinds: Annotated[
            list[enums.EntityKind] | None, strawberry.argument(description="Only neighbours of these kinds.")
        ] = None,
        direction: Annotated[
            enums.Direction | None, strawberry.argument(description="Which way relationships are followed.")
        ] = enums.Direction.ANY,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Answers[NeighborConnection]:
        """What it is related to, by name."""
        query = HopQuery(tuple(relations or ()), direction or enums.Direction.ANY, tuple(kinds or ()))
        return await hop_pages(parents, info, query, "entity", first, after, last, before)

    @by_id
    async def degree(
        parents: Column[records.Entity],
        info: Info,
        relations: Annotated[
            list[enums.RelationType] | None, strawberry.argument(description="Only of these relations.")
        ] = None,
    ) -> Answers[int]:
        """How many relationships it has, each parallel one too."""
        return await info.context.store.degrees(parents.col("id"), tuple(relations or ()))

    @by_id
    async def neighbor_counts(parents: Column[records.Entity], info: Info) -> Answers[list[NeighborCount]]:
        """Its relationships counted by relation, direction and kind."""
        return [counts[:BARE_LIST_LIMIT] for counts in await info.context.store.neighbor_counts(parents.col("id"))]

    @classmethod
    def resolve_type(cls, obj: Any, _info: Any, _type: Any) -> str | None:
        """The GraphQL type that a row of the store stands for."""
        return type_name(obj)

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether a row is of the kind that this GraphQL type stands for."""
        return isinstance(obj, records.Entity) and KINDS[obj.kind].type_name == cls.__name__


def is_a(kind: Kind) -> Any:
    """Return `is_type_of` for the GraphQL type of one kind."""

    def is_type_of(obj: Any, _info: Any) -> bool:
        return isinstance(obj, records.Entity) and obj.kind is kind

    setattr(is_type_of, WITHOUT_INFO, True)
    return staticmethod(is_type_of)


__all__ = ["Connection", "Entity", "ExternalId", "NeighborConnection", "NeighborCount", "NeighborEdge", "is_a"]
