"""Films and the characters in them."""

import strawberry

from graph_api.batching.adapter import by_id, read
from graph_api.batching.columns import Answers, Column
from graph_api.domain import records
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.query import BY_NAME, Direction, HopQuery, Order
from schema import enums, refs
from schema.arguments import After, Before, First, Last
from schema.connections import Connection
from schema.context import Info
from schema.entity import Entity, is_a
from schema.fields import COUNTRIES, entities, honours, inward, of_values, outward, pages, relationships, value
from schema.hops import hop_pages
from schema.people import CREDIT_ORDER, Roles
from schema.scalars import Date

Rows = Column[records.Entity]


def whole_minutes(minutes: float | None) -> int | None:
    """Return a running time in whole minutes, half a minute rounded up."""
    return None if minutes is None else int(minutes + 0.5)


@strawberry.type(description="A film, series or programme, finished, in the making or planned.")
class Film(Entity):
    """Stands for `records.Entity` of the kind FILM."""

    is_type_of = is_a(Kind.FILM)

    title: str = read("name", "Its best title; the others are aliases.")
    film_kind: str = value(
        "filmKind", "short, feature, series, programme, experiment, ...; unknown where no source says.", "unknown"
    )
    status: enums.FilmStatus = value("status", "Whether it is out.", "UNKNOWN")
    year: int | None = value("year", "Its year.")
    released_on: Date | None = value("releasedOn", "Its release.")
    runtime_minutes: int | None = read(
        "runtime",
        'The best-ranked running time in whole minutes; its rivals are in claims(property: "runtime").',
        of_values("runtime"),
        whole_minutes,
    )
    genres: list[str] = value("genres", "Its genres.")
    ai_use: enums.AiUse = value("aiUse", "How far generative tools made the pictures.", "UNKNOWN")
    countries = entities(refs.Place, outward(Relation.FROM, where=COUNTRIES), "The countries it comes from.")

    @by_id
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
        return await hop_pages(parents, info, query, "relationship", first, after, last, before)

    directors = entities(
        refs.Person,
        inward(Relation.CREDITED_ON, properties={"role": ("DIRECTOR",)}, order=CREDIT_ORDER),
        "Its directors.",
    )
    production_companies = entities(refs.Organization, outward(Relation.PRODUCED_BY), "Who produced it.")
    distributors = entities(refs.Organization, outward(Relation.DISTRIBUTED_BY), "Who distributes it.")
    made_with = entities(refs.Platform, outward(Relation.MADE_WITH), "The tools it was made with.")
    topics = entities(refs.Topic, outward(Relation.ABOUT), "What it is about.")
    characters = entities(refs.Character, outward(Relation.DEPICTS), "Who appears in its story.")
    related_films = relationships(
        refs.Relationship,
        HopQuery((Relation.DERIVED_FROM,)),
        "Remakes, sequels and whatever else grew out of it, or it out of.",
    )
    screenings = pages(
        refs.Screening,
        outward(Relation.SCREENED_AT, order=(Order("rel:on"), *BY_NAME)),
        "Where it was or will be shown, by day, then by the name of the place in the calendar.",
        "relationship",
    )
    recognitions = honours(inward(Relation.RECOGNIZED_FOR), "Prizes, mentions and selections, by name.")


@strawberry.type(description="Somebody who appears in a film's story.")
class Character(Entity):
    """Stands for `records.Entity` of the kind CHARACTER."""

    is_type_of = is_a(Kind.CHARACTER)

    films = entities(Film, inward(Relation.DEPICTS), "The films it appears in.")
