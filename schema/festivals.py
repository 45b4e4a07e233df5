"""Festivals, their editions, and events."""

import strawberry

from graph_api.batching.adapter import batched
from graph_api.batching.columns import Answers, Column
from graph_api.domain import records
from graph_api.domain.catalogue import PROPERTIES, Kind, Relation
from graph_api.domain.paging import BARE_LIST_LIMIT
from graph_api.domain.query import BY_NAME, EVERYTHING, Direction, HopQuery, Match, Op, Order
from schema import enums, refs
from schema.arguments import After, Before, First, Last
from schema.connections import Connection
from schema.context import Info
from schema.entity import Entity, is_a
from schema.hops import hop_entities, hop_entity, hop_pages, hop_relationships, the_entity, the_relationship
from schema.participants import ParticipantFilm, participant_films
from schema.people import Outcomes
from schema.scalars import Date

Rows = Column[records.Entity]
_HOSTS = (Relation.ORGANIZED_BY,)
_SCREENINGS = HopQuery((Relation.SCREENED_AT,), Direction.IN, with_parts=True)


async def statistics_of(parents: Rows, info: Info) -> list[list[records.Claim]]:
    """Return the measured numbers claimed of each entity, by property, the best first."""
    found = await info.context.store.claims(parents.col("id"))
    return [[claim for claim in claims if PROPERTIES[claim.property].statistic][:BARE_LIST_LIMIT] for claims in found]


@strawberry.type(description="A festival, contest or market that recurs.")
class Festival(Entity):
    """Stands for `records.Entity` of the kind FESTIVAL."""

    is_type_of = is_a(Kind.FESTIVAL)

    festival_kind: str = strawberry.field(
        description="festival, contest or market.", resolver=lambda root: root.values.get("festivalKind", "festival")
    )
    founded_on: Date | None = strawberry.field(
        description="When it was founded.", resolver=lambda root: root.values.get("foundedOn")
    )

    @batched
    async def editions(
        parents: Rows, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Answers[Connection[refs.FestivalEdition]]:
        """Its editions, by year, then by name."""
        query = HopQuery((Relation.EDITION_OF,), Direction.IN, order=(Order("year"), *BY_NAME))
        return await hop_pages(parents, info, query, the_entity, first, after, last, before)

    @batched
    async def awards(parents: Rows, info: Info) -> Answers[list[refs.Award]]:
        """The awards it gives."""
        return await hop_entities(parents, info, HopQuery((Relation.GIVEN_BY,), Direction.IN))

    @batched
    async def organizers(parents: Rows, info: Info) -> Answers[list[refs.Entity]]:
        """Who organises it."""
        return await hop_entities(parents, info, HopQuery(_HOSTS, Direction.OUT))

    @batched
    async def supporters(parents: Rows, info: Info) -> Answers[list[refs.Entity]]:
        """Who supports it."""
        return await hop_entities(parents, info, HopQuery((Relation.SUPPORTED_BY,), Direction.OUT))

    @batched
    async def operators(parents: Rows, info: Info) -> Answers[list[refs.Organization]]:
        """Who runs it."""
        return await hop_entities(parents, info, HopQuery((Relation.OPERATES,), Direction.IN))

    @batched
    async def founders(parents: Rows, info: Info) -> Answers[list[refs.Person]]:
        """Who founded it."""
        return await hop_entities(parents, info, HopQuery((Relation.FOUNDED,), Direction.IN))

    @batched
    async def affiliations(parents: Rows, info: Info) -> Answers[list[refs.Affiliation]]:
        """Who leads or works for it, by name."""
        return await hop_relationships(parents, info, HopQuery((Relation.AFFILIATED_WITH,), Direction.IN))

    @batched
    async def statistics(parents: Rows, info: Info) -> Answers[list[refs.Claim]]:
        """Numbers about it: submissions, AI submissions, attendance, ..."""
        return await statistics_of(parents, info)


@strawberry.type(description="One year of one festival.")
class FestivalEdition(Entity):
    """Stands for `records.Entity` of the kind FESTIVAL_EDITION."""

    is_type_of = is_a(Kind.FESTIVAL_EDITION)

    year: int | None = strawberry.field(description="Its year.", resolver=lambda root: root.values.get("year"))
    ordinal: int | None = strawberry.field(
        description="Which edition it is, counted from 1.", resolver=lambda root: root.values.get("ordinal")
    )
    starts_on: Date | None = strawberry.field(
        description="First day.", resolver=lambda root: root.values.get("startsOn")
    )
    ends_on: Date | None = strawberry.field(description="Last day.", resolver=lambda root: root.values.get("endsOn"))

    @batched
    async def festival(parents: Rows, info: Info) -> Answers[Festival]:
        """The festival it is an edition of."""
        return await hop_entity(parents, info, HopQuery((Relation.EDITION_OF,), Direction.OUT))

    @batched
    async def places(parents: Rows, info: Info) -> Answers[list[refs.Place]]:
        """Where it was or will be held."""
        return await hop_entities(parents, info, HopQuery((Relation.HELD_IN,), Direction.OUT))

    @batched
    async def organizers(parents: Rows, info: Info) -> Answers[list[refs.Entity]]:
        """Who organises it."""
        return await hop_entities(parents, info, HopQuery(_HOSTS, Direction.OUT))

    @batched
    async def supporters(parents: Rows, info: Info) -> Answers[list[refs.Entity]]:
        """Who supports it."""
        return await hop_entities(parents, info, HopQuery((Relation.SUPPORTED_BY,), Direction.OUT))

    @batched
    async def events(
        parents: Rows, info: Info, first: First = None, after: After = None
    ) -> Answers[Connection[refs.Event]]:
        """Events that are part of it, at any depth, by first day, then by name."""
        query = HopQuery((Relation.PART_OF,), Direction.IN, order=(Order("startsOn"), *BY_NAME), with_parts=True)
        return await hop_pages(parents, info, query, the_entity, first, after)

    @batched
    async def screenings(
        parents: Rows, info: Info, first: First = None, after: After = None
    ) -> Answers[Connection[refs.Screening]]:
        """Films shown at it or at its events, by title."""
        return await hop_pages(parents, info, _SCREENINGS, the_relationship, first, after)

    @batched
    async def recognitions(
        parents: Rows, info: Info, outcomes: Outcomes = None, first: First = None, after: After = None
    ) -> Answers[Connection[refs.Recognition]]:
        """Prizes, mentions and selections given at it, by name."""
        where = Match("outcome", Op.IN, tuple(outcomes)) if outcomes else EVERYTHING
        return await hop_pages(
            parents, info, HopQuery((Relation.AT_EDITION,), Direction.IN, where=where), the_entity, first, after
        )

    @batched
    async def statistics(parents: Rows, info: Info) -> Answers[list[refs.Claim]]:
        """Numbers about it: submissions, AI submissions, share, countries, prize money, attendance, ..."""
        return await statistics_of(parents, info)


@strawberry.type(description="A conference, session, panel, ceremony, screening, Q&A, market session or talk.")
class Event(Entity):
    """Stands for `records.Entity` of the kind EVENT."""

    is_type_of = is_a(Kind.EVENT)

    event_kind: str | None = strawberry.field(
        description="conference, panel, ceremony, screening, ...", resolver=lambda root: root.values.get("eventKind")
    )
    status: enums.EventStatus = strawberry.field(
        description="Whether it took place.", resolver=lambda root: root.values.get("eventStatus", "UNKNOWN")
    )
    starts_on: Date | None = strawberry.field(
        description="First day.", resolver=lambda root: root.values.get("startsOn")
    )
    ends_on: Date | None = strawberry.field(description="Last day.", resolver=lambda root: root.values.get("endsOn"))
    starts_at: str | None = strawberry.field(
        description="Hour it starts, local time, HH:MM.", resolver=lambda root: root.values.get("startsAt")
    )
    ends_at: str | None = strawberry.field(
        description="Hour it ends, local time, HH:MM.", resolver=lambda root: root.values.get("endsAt")
    )

    @batched
    async def edition(parents: Rows, info: Info) -> Answers[FestivalEdition | None]:
        """The edition it is part of, at any depth."""
        found = await info.context.store.enclosing(parents.col("id"), Relation.PART_OF, Kind.FESTIVAL_EDITION)
        info.context.entities.prime_entities(filter(None, found))
        return found

    @batched
    async def parent(parents: Rows, info: Info) -> Answers[refs.Entity | None]:
        """The edition or event it is directly part of."""
        return await hop_entity(parents, info, HopQuery((Relation.PART_OF,), Direction.OUT))

    @batched
    async def events(
        parents: Rows, info: Info, first: First = None, after: After = None
    ) -> Answers[Connection[refs.Event]]:
        """Events that are part of it, at any depth, by first day, then by name."""
        query = HopQuery((Relation.PART_OF,), Direction.IN, order=(Order("startsOn"), *BY_NAME), with_parts=True)
        return await hop_pages(parents, info, query, the_entity, first, after)

    @batched
    async def venue(parents: Rows, info: Info) -> Answers[refs.Place | None]:
        """Where it was or will be held."""
        return await hop_entity(parents, info, HopQuery((Relation.HELD_IN,), Direction.OUT))

    @batched
    async def topics(parents: Rows, info: Info) -> Answers[list[refs.Topic]]:
        """What it was about."""
        return await hop_entities(parents, info, HopQuery((Relation.ABOUT,), Direction.OUT))

    @batched
    async def participations(
        parents: Rows, info: Info, first: First = None, after: After = None
    ) -> Answers[Connection[refs.Participation]]:
        """Who took part and as what, by name."""
        return await hop_pages(
            parents, info, HopQuery((Relation.PARTICIPATED_IN,), Direction.IN), the_relationship, first, after
        )

    @batched
    async def organizers(parents: Rows, info: Info) -> Answers[list[refs.Entity]]:
        """Who organises it."""
        return await hop_entities(parents, info, HopQuery(_HOSTS, Direction.OUT))

    @batched
    async def supporters(parents: Rows, info: Info) -> Answers[list[refs.Entity]]:
        """Who supports it."""
        return await hop_entities(parents, info, HopQuery((Relation.SUPPORTED_BY,), Direction.OUT))

    @batched
    async def screenings(
        parents: Rows, info: Info, first: First = None, after: After = None
    ) -> Answers[Connection[refs.Screening]]:
        """Films shown at it or at events that are part of it, by title."""
        return await hop_pages(parents, info, _SCREENINGS, the_relationship, first, after)

    @batched
    async def statements(
        parents: Rows, info: Info, first: First = None, after: After = None
    ) -> Answers[Connection[refs.Statement]]:
        """What was said at it, by name."""
        return await hop_pages(parents, info, HopQuery((Relation.SAID_AT,), Direction.IN), the_entity, first, after)

    @batched
    async def participant_films(parents: Rows, info: Info) -> Answers[list[ParticipantFilm]]:
        """Who took part in it and had a film shown at it, parts of it included; at most a hundred."""
        return await participant_films(parents, info)

    @batched
    async def statistics(parents: Rows, info: Info) -> Answers[list[refs.Claim]]:
        """Numbers about it: attendance, speakers, ticket prices, ..."""
        return await statistics_of(parents, info)
