"""Awards, and the recognitions that films and people got."""

import strawberry

from graph_api.batching.adapter import batched
from graph_api.batching.columns import Answers, Column
from graph_api.domain import records
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.query import BY_NAME, EVERYTHING, Direction, HopQuery, Match, Op, Order
from schema import enums, refs
from schema.arguments import After, Before, First, Last
from schema.connections import Connection
from schema.context import Info
from schema.entity import Entity, is_a
from schema.hops import hop_entities, hop_entity, hop_pages, the_entity
from schema.people import Outcomes

Rows = Column[records.Entity]


@strawberry.type(description="A prize that recurs.")
class Award(Entity):
    """Stands for `records.Entity` of the kind AWARD."""

    is_type_of = is_a(Kind.AWARD)

    name_known: bool = strawberry.field(
        description="False where no source gives its proper name, and its name is a description.",
        resolver=lambda root: root.values.get("nameKnown", True),
    )

    @batched
    async def given_by(parents: Rows, info: Info) -> Answers[refs.Entity | None]:
        """Who gives it."""
        return await hop_entity(parents, info, HopQuery((Relation.GIVEN_BY,), Direction.OUT))

    @batched
    async def recognitions(
        parents: Rows,
        info: Info,
        outcomes: Outcomes = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Answers[Connection[refs.Recognition]]:
        """When, how and to whom it was given, by year, then by name."""
        where = Match("outcome", Op.IN, tuple(outcomes)) if outcomes else EVERYTHING
        query = HopQuery((Relation.OF_AWARD,), Direction.IN, where=where, order=(Order("year"), *BY_NAME))
        return await hop_pages(parents, info, query, the_entity, first, after, last, before)


@strawberry.type(description="One award, outcome and year, with its film and recipients.")
class Recognition(Entity):
    """Stands for `records.Entity` of the kind RECOGNITION."""

    is_type_of = is_a(Kind.RECOGNITION)

    outcome: enums.Outcome = strawberry.field(
        description="How the film or person fared.", resolver=lambda root: root.values.get("outcome", "UNKNOWN")
    )
    year: int | None = strawberry.field(description="Its year.", resolver=lambda root: root.values.get("year"))
    category: str | None = strawberry.field(
        description="Category or grade.", resolver=lambda root: root.values.get("category")
    )
    prize: str | None = strawberry.field(
        description="What came with it.", resolver=lambda root: root.values.get("prize")
    )

    @batched
    async def award(parents: Rows, info: Info) -> Answers[Award]:
        """The award that was given."""
        return await hop_entity(parents, info, HopQuery((Relation.OF_AWARD,), Direction.OUT))

    @batched
    async def edition(parents: Rows, info: Info) -> Answers[refs.FestivalEdition | None]:
        """The edition it was given at."""
        return await hop_entity(parents, info, HopQuery((Relation.AT_EDITION,), Direction.OUT))

    @batched
    async def film(parents: Rows, info: Info) -> Answers[refs.Film | None]:
        """The film it is for."""
        return await hop_entity(parents, info, HopQuery((Relation.RECOGNIZED_FOR,), Direction.OUT))

    @batched
    async def recipients(parents: Rows, info: Info) -> Answers[list[refs.Entity]]:
        """Who received it."""
        return await hop_entities(parents, info, HopQuery((Relation.RECIPIENT_OF,), Direction.IN))
