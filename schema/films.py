"""Films and the characters in them."""

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
from schema.hops import hop_entities, hop_pages, hop_relationships, the_entity, the_relationship
from schema.people import CREDIT_ORDER, Outcomes, Roles
from schema.scalars import Date

Rows = Column[records.Entity]


def whole_minutes(minutes: float | None) -> int | None:
    """Return a running time in whole minutes, half a minute rounded up."""
    return None if minutes is None else int(minutes + 0.5)


@strawberry.type(description="A film, series or programme, finished, in the making or planned.")
class Film(Entity):
    """Stands for `records.Entity` of the kind FILM."""

    is_type_of = is_a(Kind.FILM)

    title: str = strawberry.field(
        description="Its best title; the others are aliases.", resolver=lambda root: root.name
    )
    film_kind: str = strawberry.field(
        description="short, feature, series, programme, experiment, ...; unknown where no source says.",
        resolver=lambda root: root.values.get("filmKind", "unknown"),
    )
    status: enums.FilmStatus = strawberry.field(
        description="Whether it is out.", resolver=lambda root: root.values.get("status", "UNKNOWN")
    )
    year: int | None = strawberry.field(description="Its year.", resolver=lambda root: root.values.get("year"))
    released_on: Date | None = strawberry.field(
        description="Its release.", resolver=lambda root: root.values.get("releasedOn")
    )
    runtime_minutes: int | None = strawberry.field(
        description='The best-ranked running time in whole minutes; its rivals are in claims(property: "runtime").',
        resolver=lambda root: whole_minutes(root.values.get("runtime")),
    )
    genres: list[str] = strawberry.field(
        description="Its genres.", resolver=lambda root: root.values.get("genres", ())[:100]
    )
    ai_use: enums.AiUse = strawberry.field(
        description="How far generative tools made the pictures.",
        resolver=lambda root: root.values.get("aiUse", "UNKNOWN"),
    )

    @batched
    async def countries(parents: Rows, info: Info) -> Answers[list[refs.Place]]:
        """The countries it comes from."""
        country = Match("placeKind", Op.EQ, "country")
        return await hop_entities(parents, info, HopQuery((Relation.FROM,), Direction.OUT, where=country))

    @batched
    async def credits(
        parents: Rows,
        info: Info,
        roles: Roles = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Answers[Connection[refs.Credit]]:
        """Who did what on it, in the order of its credits, then by name."""
        wanted = {"role": tuple(roles)} if roles else {}
        query = HopQuery((Relation.CREDITED_ON,), Direction.IN, properties=wanted, order=CREDIT_ORDER)
        return await hop_pages(parents, info, query, the_relationship, first, after, last, before)

    @batched
    async def directors(parents: Rows, info: Info) -> Answers[list[refs.Person]]:
        """Its directors."""
        query = HopQuery((Relation.CREDITED_ON,), Direction.IN, properties={"role": ("DIRECTOR",)}, order=CREDIT_ORDER)
        return await hop_entities(parents, info, query)

    @batched
    async def production_companies(parents: Rows, info: Info) -> Answers[list[refs.Organization]]:
        """Who produced it."""
        return await hop_entities(parents, info, HopQuery((Relation.PRODUCED_BY,), Direction.OUT))

    @batched
    async def distributors(parents: Rows, info: Info) -> Answers[list[refs.Organization]]:
        """Who distributes it."""
        return await hop_entities(parents, info, HopQuery((Relation.DISTRIBUTED_BY,), Direction.OUT))

    @batched
    async def made_with(parents: Rows, info: Info) -> Answers[list[refs.Platform]]:
        """The tools it was made with."""
        return await hop_entities(parents, info, HopQuery((Relation.MADE_WITH,), Direction.OUT))

    @batched
    async def topics(parents: Rows, info: Info) -> Answers[list[refs.Topic]]:
        """What it is about."""
        return await hop_entities(parents, info, HopQuery((Relation.ABOUT,), Direction.OUT))

    @batched
    async def characters(parents: Rows, info: Info) -> Answers[list[refs.Character]]:
        """Who appears in its story."""
        return await hop_entities(parents, info, HopQuery((Relation.DEPICTS,), Direction.OUT))

    @batched
    async def related_films(parents: Rows, info: Info) -> Answers[list[refs.Relationship]]:
        """Remakes, sequels and whatever else grew out of it, or it out of."""
        return await hop_relationships(parents, info, HopQuery((Relation.DERIVED_FROM,)))

    @batched
    async def screenings(
        parents: Rows, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Answers[Connection[refs.Screening]]:
        """Where it was or will be shown, by day, then by the name of the place in the calendar."""
        query = HopQuery((Relation.SCREENED_AT,), Direction.OUT, order=(Order("rel:on"), *BY_NAME))
        return await hop_pages(parents, info, query, the_relationship, first, after, last, before)

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
        """Prizes, mentions and selections, by name."""
        where = Match("outcome", Op.IN, tuple(outcomes)) if outcomes else EVERYTHING
        query = HopQuery((Relation.RECOGNIZED_FOR,), Direction.IN, where=where)
        return await hop_pages(parents, info, query, the_entity, first, after, last, before)


@strawberry.type(description="Somebody who appears in a film's story.")
class Character(Entity):
    """Stands for `records.Entity` of the kind CHARACTER."""

    is_type_of = is_a(Kind.CHARACTER)

    @batched
    async def films(parents: Rows, info: Info) -> Answers[list[Film]]:
        """The films it appears in."""
        return await hop_entities(parents, info, HopQuery((Relation.DEPICTS,), Direction.IN))
