"""The filter of each kind's list: what can be asked of it, beside `and`, `or` and `not`."""

from typing import Optional

import strawberry

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.query import Direction
from schema import enums
from schema.filters import (
    IntFilter,
    StringFilter,
    at_festival,
    compared,
    compared_rounded,
    from_source,
    is_linked,
    linked,
    linked_where,
    one_of,
    rule_field,
    with_role,
)

OUT, IN = Direction.OUT, Direction.IN


@strawberry.input(description="Which people. What is given together must all match.")
class PersonFilter:
    """Filter of lists of people."""

    and_: list["PersonFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="and", description="All of these match."
    )
    or_: list["PersonFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="or", description="One of these matches."
    )
    not_: Optional["PersonFilter"] = strawberry.field(
        default=strawberry.UNSET, name="not", description="This does not match."
    )
    name: StringFilter | None = rule_field(compared("name"), "Its best name.")
    occupation: StringFilter | None = rule_field(compared("occupations"), "One of the occupations.")
    country: StringFilter | None = rule_field(
        linked_where(Relation.FROM, OUT, compared("name")), "Name of a country or other place it comes from."
    )
    role: list[enums.CreditRole] | None = rule_field(
        with_role(Relation.CREDITED_ON, OUT), "Credited on a film in one of these roles."
    )
    participation: list[enums.ParticipationRole] | None = rule_field(
        with_role(Relation.PARTICIPATED_IN, OUT), "Took part in an event in one of these roles."
    )
    film: strawberry.ID | None = rule_field(linked(Relation.CREDITED_ON, OUT, Kind.FILM), "Credited on this film.")
    event: strawberry.ID | None = rule_field(
        linked(Relation.PARTICIPATED_IN, OUT, Kind.EVENT), "Took part in this event."
    )
    festival: strawberry.ID | None = rule_field(at_festival, "Honoured at, or took part in an event of, this festival.")
    affiliated_with: strawberry.ID | None = rule_field(
        linked(Relation.AFFILIATED_WITH, OUT, Kind.ORGANIZATION, Kind.FESTIVAL, Kind.PLATFORM, Kind.PLACE),
        "Has or had a role there.",
    )
    recognized: bool | None = rule_field(is_linked(Relation.RECIPIENT_OF, OUT), "Whether honoured in person.")
    source: strawberry.ID | None = rule_field(from_source, "Mentioned by this source.")


@strawberry.input(description="Which films. What is given together must all match.")
class FilmFilter:
    """Filter of lists of films."""

    and_: list["FilmFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="and", description="All of these match."
    )
    or_: list["FilmFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="or", description="One of these matches."
    )
    not_: Optional["FilmFilter"] = strawberry.field(
        default=strawberry.UNSET, name="not", description="This does not match."
    )
    title: StringFilter | None = rule_field(compared("name"), "Its best title.")
    year: IntFilter | None = rule_field(compared("year"), "Its year.")
    runtime_minutes: IntFilter | None = rule_field(compared_rounded("runtime"), "Its running time in minutes.")
    ai_use: list[enums.AiUse] | None = rule_field(
        one_of("aiUse", enums.AiUse, "UNKNOWN"), "How far tools made the pictures."
    )
    status: list[enums.FilmStatus] | None = rule_field(
        one_of("status", enums.FilmStatus, "UNKNOWN"), "Whether it is out."
    )
    film_kind: StringFilter | None = rule_field(compared("filmKind"), "short, feature, series, ...")
    genre: StringFilter | None = rule_field(compared("genres"), "One of the genres.")
    country: StringFilter | None = rule_field(
        linked_where(Relation.FROM, OUT, compared("name")), "Name of a country or other place it comes from."
    )
    made_with: strawberry.ID | None = rule_field(linked(Relation.MADE_WITH, OUT, Kind.PLATFORM), "Made with this tool.")
    festival: strawberry.ID | None = rule_field(at_festival, "Shown or honoured at an edition of this festival.")
    recognized: bool | None = rule_field(is_linked(Relation.RECOGNIZED_FOR, IN), "Whether any recognition is known.")
    person: strawberry.ID | None = rule_field(
        linked(Relation.CREDITED_ON, IN, Kind.PERSON), "This person is credited on it."
    )
    organization: strawberry.ID | None = rule_field(
        linked(Relation.PRODUCED_BY, OUT, Kind.ORGANIZATION), "Produced by this organisation."
    )
    topic: strawberry.ID | None = rule_field(linked(Relation.ABOUT, OUT, Kind.TOPIC), "About this topic.")
    source: strawberry.ID | None = rule_field(from_source, "Mentioned by this source.")


@strawberry.input(description="Which characters. What is given together must all match.")
class CharacterFilter:
    """Filter of lists of characters."""

    and_: list["CharacterFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="and", description="All of these match."
    )
    or_: list["CharacterFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="or", description="One of these matches."
    )
    not_: Optional["CharacterFilter"] = strawberry.field(
        default=strawberry.UNSET, name="not", description="This does not match."
    )
    name: StringFilter | None = rule_field(compared("name"), "Its best name.")
    film: strawberry.ID | None = rule_field(linked(Relation.DEPICTS, IN, Kind.FILM), "Appears in this film.")
    source: strawberry.ID | None = rule_field(from_source, "Mentioned by this source.")


@strawberry.input(description="Which organizations. What is given together must all match.")
class OrganizationFilter:
    """Filter of lists of organizations."""

    and_: list["OrganizationFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="and", description="All of these match."
    )
    or_: list["OrganizationFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="or", description="One of these matches."
    )
    not_: Optional["OrganizationFilter"] = strawberry.field(
        default=strawberry.UNSET, name="not", description="This does not match."
    )
    name: StringFilter | None = rule_field(compared("name"), "Its best name.")
    organization_kind: StringFilter | None = rule_field(
        compared("organizationKind"), "company, studio, institution, ..."
    )
    country: StringFilter | None = rule_field(
        linked_where(Relation.FROM, OUT, compared("name")), "Name of a country or other place it comes from."
    )
    source: strawberry.ID | None = rule_field(from_source, "Mentioned by this source.")


@strawberry.input(description="Which festivals. What is given together must all match.")
class FestivalFilter:
    """Filter of lists of festivals."""

    and_: list["FestivalFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="and", description="All of these match."
    )
    or_: list["FestivalFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="or", description="One of these matches."
    )
    not_: Optional["FestivalFilter"] = strawberry.field(
        default=strawberry.UNSET, name="not", description="This does not match."
    )
    name: StringFilter | None = rule_field(compared("name"), "Its best name.")
    festival_kind: StringFilter | None = rule_field(compared("festivalKind"), "festival, contest or market.")
    organizer: strawberry.ID | None = rule_field(
        linked(Relation.ORGANIZED_BY, OUT, Kind.ORGANIZATION, Kind.PLATFORM),
        "Organised by this organisation or platform.",
    )
    source: strawberry.ID | None = rule_field(from_source, "Mentioned by this source.")


@strawberry.input(description="Which festival editions. What is given together must all match.")
class FestivalEditionFilter:
    """Filter of lists of festival editions."""

    and_: list["FestivalEditionFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="and", description="All of these match."
    )
    or_: list["FestivalEditionFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="or", description="One of these matches."
    )
    not_: Optional["FestivalEditionFilter"] = strawberry.field(
        default=strawberry.UNSET, name="not", description="This does not match."
    )
    name: StringFilter | None = rule_field(compared("name"), "Its best name.")
    year: IntFilter | None = rule_field(compared("year"), "Its year.")
    festival: strawberry.ID | None = rule_field(
        linked(Relation.EDITION_OF, OUT, Kind.FESTIVAL), "An edition of this festival."
    )
    place: strawberry.ID | None = rule_field(linked(Relation.HELD_IN, OUT, Kind.PLACE), "Held in this place.")
    organizer: strawberry.ID | None = rule_field(
        linked(Relation.ORGANIZED_BY, OUT, Kind.ORGANIZATION, Kind.PLATFORM),
        "Organised by this organisation or platform.",
    )
    source: strawberry.ID | None = rule_field(from_source, "Mentioned by this source.")


@strawberry.input(description="Which events. What is given together must all match.")
class EventFilter:
    """Filter of lists of events."""

    and_: list["EventFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="and", description="All of these match."
    )
    or_: list["EventFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="or", description="One of these matches."
    )
    not_: Optional["EventFilter"] = strawberry.field(
        default=strawberry.UNSET, name="not", description="This does not match."
    )
    name: StringFilter | None = rule_field(compared("name"), "Its best name.")
    event_kind: StringFilter | None = rule_field(compared("eventKind"), "conference, panel, ceremony, screening, ...")
    status: list[enums.EventStatus] | None = rule_field(
        one_of("eventStatus", enums.EventStatus, "UNKNOWN"), "Whether it took place."
    )
    part_of: strawberry.ID | None = rule_field(
        linked(Relation.PART_OF, OUT, Kind.FESTIVAL_EDITION, Kind.EVENT), "Directly part of this edition or event."
    )
    place: strawberry.ID | None = rule_field(linked(Relation.HELD_IN, OUT, Kind.PLACE), "Held in this place.")
    topic: strawberry.ID | None = rule_field(linked(Relation.ABOUT, OUT, Kind.TOPIC), "About this topic.")
    person: strawberry.ID | None = rule_field(
        linked(Relation.PARTICIPATED_IN, IN, Kind.PERSON), "This person took part."
    )
    source: strawberry.ID | None = rule_field(from_source, "Mentioned by this source.")


@strawberry.input(description="Which awards. What is given together must all match.")
class AwardFilter:
    """Filter of lists of awards."""

    and_: list["AwardFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="and", description="All of these match."
    )
    or_: list["AwardFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="or", description="One of these matches."
    )
    not_: Optional["AwardFilter"] = strawberry.field(
        default=strawberry.UNSET, name="not", description="This does not match."
    )
    name: StringFilter | None = rule_field(compared("name"), "Its best name.")
    given_by: strawberry.ID | None = rule_field(
        linked(Relation.GIVEN_BY, OUT, Kind.FESTIVAL, Kind.ORGANIZATION), "Given by this festival or organisation."
    )
    source: strawberry.ID | None = rule_field(from_source, "Mentioned by this source.")


@strawberry.input(description="Which recognitions. What is given together must all match.")
class RecognitionFilter:
    """Filter of lists of recognitions."""

    and_: list["RecognitionFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="and", description="All of these match."
    )
    or_: list["RecognitionFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="or", description="One of these matches."
    )
    not_: Optional["RecognitionFilter"] = strawberry.field(
        default=strawberry.UNSET, name="not", description="This does not match."
    )
    name: StringFilter | None = rule_field(compared("name"), "Its best name.")
    year: IntFilter | None = rule_field(compared("year"), "Its year.")
    outcomes: list[enums.Outcome] | None = rule_field(
        one_of("outcome", enums.Outcome, "UNKNOWN"), "How the film or person fared."
    )
    category: StringFilter | None = rule_field(compared("category"), "Category or grade.")
    award: strawberry.ID | None = rule_field(linked(Relation.OF_AWARD, OUT, Kind.AWARD), "Of this award.")
    edition: strawberry.ID | None = rule_field(
        linked(Relation.AT_EDITION, OUT, Kind.FESTIVAL_EDITION), "Given at this edition."
    )
    film: strawberry.ID | None = rule_field(linked(Relation.RECOGNIZED_FOR, OUT, Kind.FILM), "For this film.")
    recipient: strawberry.ID | None = rule_field(
        linked(Relation.RECIPIENT_OF, IN, Kind.PERSON, Kind.ORGANIZATION), "Received by this person or organisation."
    )
    source: strawberry.ID | None = rule_field(from_source, "Mentioned by this source.")


@strawberry.input(description="Which platforms. What is given together must all match.")
class PlatformFilter:
    """Filter of lists of platforms."""

    and_: list["PlatformFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="and", description="All of these match."
    )
    or_: list["PlatformFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="or", description="One of these matches."
    )
    not_: Optional["PlatformFilter"] = strawberry.field(
        default=strawberry.UNSET, name="not", description="This does not match."
    )
    name: StringFilter | None = rule_field(compared("name"), "Its best name.")
    platform_kind: StringFilter | None = rule_field(
        compared("platformKinds"), "One of its kinds: AI tool, streaming service, ..."
    )
    operator: strawberry.ID | None = rule_field(
        linked(Relation.OPERATES, IN, Kind.ORGANIZATION), "Run by this organisation."
    )
    source: strawberry.ID | None = rule_field(from_source, "Mentioned by this source.")


@strawberry.input(description="Which places. What is given together must all match.")
class PlaceFilter:
    """Filter of lists of places."""

    and_: list["PlaceFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="and", description="All of these match."
    )
    or_: list["PlaceFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="or", description="One of these matches."
    )
    not_: Optional["PlaceFilter"] = strawberry.field(
        default=strawberry.UNSET, name="not", description="This does not match."
    )
    name: StringFilter | None = rule_field(compared("name"), "Its best name.")
    place_kind: StringFilter | None = rule_field(compared("placeKind"), "venue, city, region, country.")
    country_code: StringFilter | None = rule_field(compared("countryCode"), "ISO 3166-1 alpha-2 code.")
    within: strawberry.ID | None = rule_field(
        linked(Relation.LOCATED_IN, OUT, Kind.PLACE), "Directly inside this place."
    )
    source: strawberry.ID | None = rule_field(from_source, "Mentioned by this source.")


@strawberry.input(description="Which topics. What is given together must all match.")
class TopicFilter:
    """Filter of lists of topics."""

    and_: list["TopicFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="and", description="All of these match."
    )
    or_: list["TopicFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="or", description="One of these matches."
    )
    not_: Optional["TopicFilter"] = strawberry.field(
        default=strawberry.UNSET, name="not", description="This does not match."
    )
    name: StringFilter | None = rule_field(compared("name"), "Its best name.")
    source: strawberry.ID | None = rule_field(from_source, "Mentioned by this source.")


@strawberry.input(description="Which statements. What is given together must all match.")
class StatementFilter:
    """Filter of lists of statements."""

    and_: list["StatementFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="and", description="All of these match."
    )
    or_: list["StatementFilter"] | None = strawberry.field(
        default=strawberry.UNSET, name="or", description="One of these matches."
    )
    not_: Optional["StatementFilter"] = strawberry.field(
        default=strawberry.UNSET, name="not", description="This does not match."
    )
    text: StringFilter | None = rule_field(compared("summary"), "What was said.")
    statement_kinds: list[enums.StatementKind] | None = rule_field(
        one_of("statementKind", enums.StatementKind, "VIEWPOINT"), "Viewpoint, forecast or announcement."
    )
    stance: StringFilter | None = rule_field(compared("stance"), "hopeful, cautious, critical, neutral, mixed.")
    speaker: strawberry.ID | None = rule_field(linked(Relation.SAID, IN, Kind.PERSON), "Said by this person.")
    topic: strawberry.ID | None = rule_field(linked(Relation.ABOUT, OUT, Kind.TOPIC), "About this topic.")
    event: strawberry.ID | None = rule_field(linked(Relation.SAID_AT, OUT, Kind.EVENT), "Said at this event.")
    source: strawberry.ID | None = rule_field(from_source, "Mentioned by this source.")


@strawberry.input(description="Which sources. What is given together must all match.")
class SourceFilter:
    """Filter of lists of sources."""

    text: str | None = strawberry.field(
        default=strawberry.UNSET, description="Part of the title or publisher, ignoring accents and case."
    )
    kinds: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Of one of these kinds: article, press_release, news, ..."
    )
