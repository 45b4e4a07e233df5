"""The graph itself: pieces of it, ways through it, what it holds."""

import strawberry

from graph_api.batching.adapter import batched, read
from graph_api.batching.columns import Answers, Column
from schema import enums, refs
from schema.connections import PageInfo
from schema.context import Info


@strawberry.type(description="A piece of the graph.")
class Subgraph:
    """Stands for `records.Subgraph`."""

    nodes: list[refs.Entity] = strawberry.field(description="Its entities, nearest first.")
    relationships: list[refs.Relationship] = strawberry.field(description="The relationships among them, by id.")
    truncated: bool = strawberry.field(description="Whether the limit cut it.")


@strawberry.type(description="A way through the graph.")
class Path:
    """Stands for `records.Path`."""

    length: int = strawberry.field(description="Number of hops.", resolver=lambda root: len(root.hops))
    nodes: list[refs.Entity] = strawberry.field(description="The entities along it, both ends included.")
    hops: list[refs.Relationship] = strawberry.field(description="The relationships along it, each with its citations.")


@strawberry.type(description="How many people are how far away.")
class Histogram:
    """Stands for a pair (distance, count)."""

    distance: int = strawberry.field(description="Hops away; 0 is the person.", resolver=lambda root: root[0])
    count: int = strawberry.field(description="How many people.", resolver=lambda root: root[1])


@strawberry.type(description="An entity that a search found.")
class SearchEdge:
    """Stands for an edge row over `records.SearchHit`."""

    cursor: str = strawberry.field(description="Where in the list this is.")
    node: refs.Entity = strawberry.field(description="The entity.")
    score: float = read("item.score", "How well it matches; 1 is the name itself.")
    matched: str = read("item.matched", "The name or alias that matched.")


@strawberry.type(description="A page of what a search found, best first.")
class SearchConnection:
    """Stands for a connection row over `records.SearchHit`."""

    edges: list[SearchEdge] = strawberry.field(description="The entities with cursors, scores and matching names.")
    nodes: list[refs.Entity] = strawberry.field(description="The entities alone.")
    page_info: PageInfo = strawberry.field(description="What lies around this page.")
    total_count: int | None = strawberry.field(description="How many entities match in all.")


@strawberry.type(description="What a field's values are, and how often each occurs.")
class Facet:
    """Stands for a pair (field, counts)."""

    field: str = strawberry.field(description="The field, as it was asked for.", resolver=lambda root: root[0])
    values: list["FacetValue"] = strawberry.field(
        description="Its values, most frequent first; at most a hundred.", resolver=lambda root: root[1]
    )


class FacetRow:
    """A facet's value: for a relation the entity at its other end."""

    __slots__ = ("count", "entity_id", "value")

    def __init__(self, value: str, count: int, entity_id: str | None) -> None:
        self.value = value
        self.count = count
        self.entity_id = entity_id


@strawberry.type(description="One value of a faceted field.")
class FacetValue:
    """Stands for a `FacetRow`."""

    value: str = strawberry.field(description="The value; of a relation, the name of the entity at its other end.")
    count: int = strawberry.field(description="How many entities have it.")

    @batched
    async def entity(parents: Column[FacetRow], info: Info) -> Answers[refs.Entity | None]:
        """The entity at the other end, where the facet is a relation."""
        found = iter(await info.context.entities.load_many([row.entity_id for row in parents if row.entity_id]))
        return [next(found) if row.entity_id else None for row in parents]


@strawberry.type(description="How many entities of a kind there are.")
class KindCount:
    """Stands for a pair (kind, count)."""

    kind: enums.EntityKind = strawberry.field(description="The kind.", resolver=lambda root: root[0])
    count: int = strawberry.field(description="How many.", resolver=lambda root: root[1])


@strawberry.type(description="How many relationships of a type there are.")
class RelationCount:
    """Stands for a pair (relation, count)."""

    relation: enums.RelationType = strawberry.field(description="The relation.", resolver=lambda root: root[0])
    count: int = strawberry.field(description="How many.", resolver=lambda root: root[1])


class GraphRow:
    """The whole graph, of which each field asks the store what it needs."""


@strawberry.type(description="What the graph holds, and at which revision.")
class GraphInfo:
    """Stands for a `GraphRow`."""

    @batched
    async def revision(parents: Column[GraphRow], info: Info) -> Answers[str]:
        """Rises by one with each change applied."""
        return [str(await info.context.store.revision())] * len(parents)

    @batched
    async def hash(parents: Column[GraphRow], info: Info) -> Answers[str]:
        """sha256 of the canonical facts: equal graphs have equal hashes, on any store."""
        return [await info.context.store.graph_hash()] * len(parents)

    @batched
    async def kinds(parents: Column[GraphRow], info: Info) -> Answers[list[KindCount]]:
        """Entities by kind, in the catalogue's order."""
        counts = (await info.context.store.counts()).kinds
        return [[(kind, counts.get(kind, 0)) for kind in enums.EntityKind]] * len(parents)

    @batched
    async def relations(parents: Column[GraphRow], info: Info) -> Answers[list[RelationCount]]:
        """Relationships by type, in the catalogue's order."""
        counts = (await info.context.store.counts()).relations
        return [[(relation, counts.get(relation, 0)) for relation in enums.RelationType]] * len(parents)

    @batched
    async def sources(parents: Column[GraphRow], info: Info) -> Answers[int]:
        """How many sources."""
        return [(await info.context.store.counts()).sources] * len(parents)

    @batched
    async def claims(parents: Column[GraphRow], info: Info) -> Answers[int]:
        """How many claims are kept as such; those that rows of tables make come on top."""
        return [(await info.context.store.counts()).claims] * len(parents)

    @batched
    async def conflicts(parents: Column[GraphRow], info: Info) -> Answers[int]:
        """How many properties sources disagree about."""
        return [(await info.context.store.counts()).conflicts] * len(parents)

    @batched
    async def store(parents: Column[GraphRow], info: Info) -> Answers[str]:
        """Which store answers: embedded or neo4j."""
        return [(await info.context.store.info()).name] * len(parents)

    @batched
    async def store_version(parents: Column[GraphRow], info: Info) -> Answers[str]:
        """Version of the store's engine."""
        return [(await info.context.store.info()).version] * len(parents)
