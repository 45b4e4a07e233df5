"""Festivals, their editions, and events."""

import strawberry

from graph_api.batching.adapter import batched, by_id
from graph_api.batching.columns import Answers, Column
from graph_api.domain import records
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.query import BY_NAME, Order
from schema import enums, refs
from schema.context import Info
from schema.entity import Entity, is_a
from schema.fields import (
    edition_pages,
    entities,
    entity,
    event_pages,
    honours,
    inward,
    numbers,
    outward,
    pages,
    relationships,
    statement_pages,
    value,
)
from schema.participants import ParticipantFilm, participant_films
from schema.scalars import Date

Rows = Column[records.Entity]
_PARTS = inward(Relation.PART_OF, order=(Order("startsOn"), *BY_NAME), with_parts=True)
_SCREENINGS = inward(Relation.SCREENED_AT, with_parts=True)


@strawberry.type(description="A festival, contest or market that recurs.")
class Festival(Entity):
    """Stands for `records.Entity` of the kind FESTIVAL."""

    is_type_of = is_a(Kind.FESTIVAL)

    festival_kind: str = value("festivalKind", "festival, contest or market.", "festival")
    founded_on: Date | None = value("foundedOn", "When it was founded.")
    editions = edition_pages(
        refs.FestivalEdition,
        inward(Relation.EDITION_OF, order=(Order("year"), *BY_NAME)),
        "Its editions, by year, then by name.",
    )
    awards = entities(refs.Award, inward(Relation.GIVEN_BY), "The awards it gives.")
    organizers = entities(refs.Entity, outward(Relation.ORGANIZED_BY), "Who organises it.")
    supporters = entities(refs.Entity, outward(Relation.SUPPORTED_BY), "Who supports it.")
    operators = entities(refs.Organization, inward(Relation.OPERATES), "Who runs it.")
    founders = entities(refs.Person, inward(Relation.FOUNDED), "Who founded it.")
    affiliations = relationships(
        refs.Affiliation, inward(Relation.AFFILIATED_WITH), "Who leads or works for it, by name."
    )
    statistics = numbers("Numbers about it: submissions, AI submissions, attendance, ...")


@strawberry.type(description="One year of one festival.")
class FestivalEdition(Entity):
    """Stands for `records.Entity` of the kind FESTIVAL_EDITION."""

    is_type_of = is_a(Kind.FESTIVAL_EDITION)

    year: int | None = value("year", "Its year.")
    ordinal: int | None = value("ordinal", "Which edition it is, counted from 1.")
    starts_on: Date | None = value("startsOn", "First day.")
    ends_on: Date | None = value("endsOn", "Last day.")
    festival = entity(Festival, outward(Relation.EDITION_OF), "The festival it is an edition of.")
    places = entities(refs.Place, outward(Relation.HELD_IN), "Where it was or will be held.")
    organizers = entities(refs.Entity, outward(Relation.ORGANIZED_BY), "Who organises it.")
    supporters = entities(refs.Entity, outward(Relation.SUPPORTED_BY), "Who supports it.")
    events = event_pages(refs.Event, _PARTS, "Events that are part of it, at any depth, by first day, then by name.")
    screenings = pages(refs.Screening, _SCREENINGS, "Films shown at it or at its events, by title.", "relationship")
    recognitions = honours(inward(Relation.AT_EDITION), "Prizes, mentions and selections given at it, by name.")
    statistics = numbers(
        "Numbers about it: submissions, AI submissions, share, countries, prize money, attendance, ..."
    )


@strawberry.type(description="A conference, session, panel, ceremony, screening, Q&A, market session or talk.")
class Event(Entity):
    """Stands for `records.Entity` of the kind EVENT."""

    is_type_of = is_a(Kind.EVENT)

    event_kind: str | None = value("eventKind", "conference, panel, ceremony, screening, ...")
    status: enums.EventStatus = value("eventStatus", "Whether it took place.", "UNKNOWN")
    starts_on: Date | None = value("startsOn", "First day.")
    ends_on: Date | None = value("endsOn", "Last day.")
    starts_at: str | None = value("startsAt", "Hour it starts, local time, HH:MM.")
    ends_at: str | None = value("endsAt", "Hour it ends, local time, HH:MM.")

    @by_id
    async def edition(parents: Rows, info: Info) -> Answers[FestivalEdition | None]:
        """The edition it is part of, at any depth."""
        found = await info.context.store.enclosing(parents.col("id"), Relation.PART_OF, Kind.FESTIVAL_EDITION)
        info.context.entities.prime_entities(filter(None, found))
        return found

    parent = entity(refs.Entity | None, outward(Relation.PART_OF), "The edition or event it is directly part of.")
    events = event_pages(refs.Event, _PARTS, "Events that are part of it, at any depth, by first day, then by name.")
    venue = entity(refs.Place | None, outward(Relation.HELD_IN), "Where it was or will be held.")
    topics = entities(refs.Topic, outward(Relation.ABOUT), "What it was about.")
    participations = pages(
        refs.Participation, inward(Relation.PARTICIPATED_IN), "Who took part and as what, by name.", "relationship"
    )
    organizers = entities(refs.Entity, outward(Relation.ORGANIZED_BY), "Who organises it.")
    supporters = entities(refs.Entity, outward(Relation.SUPPORTED_BY), "Who supports it.")
    screenings = pages(
        refs.Screening, _SCREENINGS, "Films shown at it or at events that are part of it, by title.", "relationship"
    )
    statements = statement_pages(refs.Statement, inward(Relation.SAID_AT), "What was said at it, by name.")

    @batched
    async def participant_films(parents: Rows, info: Info) -> Answers[list[ParticipantFilm]]:
        """Who took part in it and had a film shown at it, parts of it included; at most a hundred."""
        return await participant_films(parents, info)

    statistics = numbers("Numbers about it: attendance, speakers, ticket prices, ...")
