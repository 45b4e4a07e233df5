"""Organisations and platforms."""

import strawberry

from graph_api.batching.adapter import batched
from graph_api.batching.columns import Answers, Column
from graph_api.domain import records
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.query import Direction, HopQuery
from schema import refs
from schema.arguments import After, First
from schema.connections import Connection
from schema.context import Info
from schema.entity import Entity, is_a
from schema.festivals import statistics_of
from schema.hops import hop_entities, hop_entity, hop_pages, hop_relationships, the_entity
from schema.scalars import Date

Rows = Column[records.Entity]


@strawberry.type(description="A company, studio, institution, society, agency or community.")
class Organization(Entity):
    """Stands for `records.Entity` of the kind ORGANIZATION."""

    is_type_of = is_a(Kind.ORGANIZATION)

    organization_kind: str = strawberry.field(
        description="company, studio, institution, agency, ...; unknown where no source says.",
        resolver=lambda root: root.values.get("organizationKind", "unknown"),
    )
    founded_on: Date | None = strawberry.field(
        description="When it was founded.", resolver=lambda root: root.values.get("foundedOn")
    )

    @batched
    async def countries(parents: Rows, info: Info) -> Answers[list[refs.Place]]:
        """The places it is from or based in."""
        return await hop_entities(parents, info, HopQuery((Relation.FROM,), Direction.OUT))

    @batched
    async def operates(parents: Rows, info: Info) -> Answers[list[refs.Entity]]:
        """The platforms and festivals it runs."""
        return await hop_entities(parents, info, HopQuery((Relation.OPERATES,), Direction.OUT))

    @batched
    async def founders(parents: Rows, info: Info) -> Answers[list[refs.Person]]:
        """Who founded it."""
        return await hop_entities(parents, info, HopQuery((Relation.FOUNDED,), Direction.IN))

    @batched
    async def people(parents: Rows, info: Info) -> Answers[list[refs.Affiliation]]:
        """Who leads or works for it, by name."""
        return await hop_relationships(parents, info, HopQuery((Relation.AFFILIATED_WITH,), Direction.IN))

    @batched
    async def films(
        parents: Rows, info: Info, first: First = None, after: After = None
    ) -> Answers[Connection[refs.Film]]:
        """Films it produced or distributes, by title."""
        query = HopQuery((Relation.PRODUCED_BY, Relation.DISTRIBUTED_BY), Direction.IN)
        return await hop_pages(parents, info, query, the_entity, first, after)

    @batched
    async def statistics(parents: Rows, info: Info) -> Answers[list[refs.Claim]]:
        """Numbers about it: revenue, funding, users, ..."""
        return await statistics_of(parents, info)


@strawberry.type(description="An AI tool, a streaming or social video service, a broadcaster.")
class Platform(Entity):
    """Stands for `records.Entity` of the kind PLATFORM."""

    is_type_of = is_a(Kind.PLATFORM)

    platform_kinds: list[str] = strawberry.field(
        description="AI tool, AI model, streaming service, social video service, broadcaster.",
        resolver=lambda root: root.values.get("platformKinds", ())[:100],
    )
    launched_on: Date | None = strawberry.field(
        description="When it was launched.", resolver=lambda root: root.values.get("launchedOn")
    )

    @batched
    async def operator(parents: Rows, info: Info) -> Answers[refs.Entity | None]:
        """Who runs it."""
        return await hop_entity(parents, info, HopQuery((Relation.OPERATES,), Direction.IN))

    @batched
    async def films(
        parents: Rows, info: Info, first: First = None, after: After = None
    ) -> Answers[Connection[refs.Film]]:
        """Films made with it, by title."""
        return await hop_pages(parents, info, HopQuery((Relation.MADE_WITH,), Direction.IN), the_entity, first, after)

    @batched
    async def uses(
        parents: Rows, info: Info, first: First = None, after: After = None
    ) -> Answers[Connection[refs.Relationship]]:
        """What it was used for: the MADE_WITH relationships, with purpose and citations, by the film's title."""
        query = HopQuery((Relation.MADE_WITH,), Direction.IN)
        return await hop_pages(parents, info, query, lambda hop: hop.relationship, first, after)

    @batched
    async def statistics(parents: Rows, info: Info) -> Answers[list[refs.Claim]]:
        """Numbers about it: users, revenue, ..."""
        return await statistics_of(parents, info)
