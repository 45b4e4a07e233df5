"""Topics and statements."""

import strawberry

from graph_api.batching.adapter import batched
from graph_api.batching.columns import Answers, Column
from graph_api.domain import records
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.query import Direction, HopQuery
from schema import enums, refs
from schema.arguments import After, First
from schema.connections import Connection
from schema.context import Info
from schema.entity import Entity, is_a
from schema.hops import hop_entities, hop_entity, hop_pages, the_entity

Rows = Column[records.Entity]


@strawberry.type(description="A subject that statements, events and films are about.")
class Topic(Entity):
    """Stands for `records.Entity` of the kind TOPIC."""

    is_type_of = is_a(Kind.TOPIC)

    @batched
    async def statements(
        parents: Rows, info: Info, first: First = None, after: After = None
    ) -> Answers[Connection[refs.Statement]]:
        """What was said about it, by name."""
        query = HopQuery((Relation.ABOUT,), Direction.IN, kinds=(Kind.STATEMENT,))
        return await hop_pages(parents, info, query, the_entity, first, after)

    @batched
    async def films(
        parents: Rows, info: Info, first: First = None, after: After = None
    ) -> Answers[Connection[refs.Film]]:
        """Films about it, by title."""
        return await hop_pages(
            parents, info, HopQuery((Relation.ABOUT,), Direction.IN, kinds=(Kind.FILM,)), the_entity, first, after
        )


@strawberry.type(description="A paraphrase of what somebody said, never a quotation.")
class Statement(Entity):
    """Stands for `records.Entity` of the kind STATEMENT."""

    is_type_of = is_a(Kind.STATEMENT)

    summary: str = strawberry.field(
        description="What was said, in a short paraphrase.", resolver=lambda root: root.values.get("summary", root.name)
    )
    statement_kind: enums.StatementKind = strawberry.field(
        description="What it does.", resolver=lambda root: root.values.get("statementKind", "VIEWPOINT")
    )
    stance: str | None = strawberry.field(
        description="How it stands to AI in film: hopeful, cautious, critical, neutral, mixed.",
        resolver=lambda root: root.values.get("stance"),
    )
    horizon: str | None = strawberry.field(
        description="The time a forecast is about.", resolver=lambda root: root.values.get("horizon")
    )
    speaker_text: str | None = strawberry.field(
        description="Who said it, where no person is named.", resolver=lambda root: root.values.get("speakerText")
    )

    @batched
    async def speaker(parents: Rows, info: Info) -> Answers[refs.Person | None]:
        """Who said it."""
        return await hop_entity(parents, info, HopQuery((Relation.SAID,), Direction.IN))

    @batched
    async def event(parents: Rows, info: Info) -> Answers[refs.Event | None]:
        """Where it was said."""
        return await hop_entity(parents, info, HopQuery((Relation.SAID_AT,), Direction.OUT))

    @batched
    async def topics(parents: Rows, info: Info) -> Answers[list[refs.Topic]]:
        """What it is about."""
        return await hop_entities(parents, info, HopQuery((Relation.ABOUT,), Direction.OUT))
