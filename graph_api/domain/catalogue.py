"""The catalogue: every kind, relation, property and qualifier of the graph, as data.

Tables and indexes of both stores, GraphQL enums, the dataset's columns, the checks of an
importer and the printed reference page (docs/model.md) are made from these records; nothing
else repeats them. To add a fact of a new sort, add a record here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias


class Kind(StrEnum):
    """The kinds of entity."""

    PERSON = "PERSON"
    FILM = "FILM"
    CHARACTER = "CHARACTER"
    ORGANIZATION = "ORGANIZATION"
    FESTIVAL = "FESTIVAL"
    FESTIVAL_EDITION = "FESTIVAL_EDITION"
    EVENT = "EVENT"
    AWARD = "AWARD"
    RECOGNITION = "RECOGNITION"
    PLATFORM = "PLATFORM"
    PLACE = "PLACE"
    TOPIC = "TOPIC"
    STATEMENT = "STATEMENT"


class ValueType(StrEnum):
    """What a property's value is made of; its canonical text is written in the dataset's cells."""

    TEXT = "TEXT"
    INTEGER = "INTEGER"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    TIME = "TIME"
    ENUM = "ENUM"
    ENTITY = "ENTITY"


class ClaimRank(StrEnum):
    """How a claim stands among its rivals, as in Wikidata."""

    PREFERRED = "PREFERRED"
    NORMAL = "NORMAL"
    DEPRECATED = "DEPRECATED"


class Certainty(StrEnum):
    """Whether the source states a fact, it was inferred from it, or it is open."""

    STATED = "STATED"
    INFERRED = "INFERRED"
    UNCERTAIN = "UNCERTAIN"


class NumberBound(StrEnum):
    """How a source words a number: "275", "about 6 %", "more than 4,600", "up to 50"."""

    EXACT = "EXACT"
    ABOUT = "ABOUT"
    AT_LEAST = "AT_LEAST"
    AT_MOST = "AT_MOST"


class AiUse(StrEnum):
    """How far a film's pictures were made by generative tools."""

    FULLY_GENERATED = "FULLY_GENERATED"
    AI_ASSISTED = "AI_ASSISTED"
    NONE = "NONE"
    UNKNOWN = "UNKNOWN"


class FilmStatus(StrEnum):
    """Whether a film is out, being made, or only planned."""

    RELEASED = "RELEASED"
    IN_DEVELOPMENT = "IN_DEVELOPMENT"
    PLANNED = "PLANNED"
    UNKNOWN = "UNKNOWN"


class EventStatus(StrEnum):
    """Whether an event took place."""

    PLANNED = "PLANNED"
    HELD = "HELD"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


class CreditRole(StrEnum):
    """What a person did on a film. FEATURED: appears as themselves or is only shown."""

    FEATURED = "FEATURED"
    DIRECTOR = "DIRECTOR"
    WRITER = "WRITER"
    PRODUCER = "PRODUCER"
    COMPOSER = "COMPOSER"
    CAST = "CAST"
    EDITOR = "EDITOR"
    CINEMATOGRAPHER = "CINEMATOGRAPHER"
    ANIMATOR = "ANIMATOR"
    AI_ARTIST = "AI_ARTIST"
    ART_DIRECTOR = "ART_DIRECTOR"
    SOUND = "SOUND"
    CREATOR = "CREATOR"
    CREW = "CREW"


class ParticipationRole(StrEnum):
    """What a person did at an event."""

    SPEAKER = "SPEAKER"
    MODERATOR = "MODERATOR"
    PANELIST = "PANELIST"
    OPENING_REMARKS = "OPENING_REMARKS"
    CLOSING_REMARKS = "CLOSING_REMARKS"
    PRESENTER = "PRESENTER"
    JUROR = "JUROR"
    HOST = "HOST"
    ATTENDEE = "ATTENDEE"


class Premiere(StrEnum):
    """The widest first showing that a screening was."""

    WORLD = "WORLD"
    INTERNATIONAL = "INTERNATIONAL"
    CONTINENTAL = "CONTINENTAL"
    NATIONAL = "NATIONAL"
    NONE = "NONE"
    UNKNOWN = "UNKNOWN"


class Outcome(StrEnum):
    """How a film or person fared for an award."""

    WON = "WON"
    RUNNER_UP = "RUNNER_UP"
    THIRD_PLACE = "THIRD_PLACE"
    MENTION = "MENTION"
    FINALIST = "FINALIST"
    NOMINATED = "NOMINATED"
    OFFICIAL_SELECTION = "OFFICIAL_SELECTION"
    HONORARY = "HONORARY"
    UNKNOWN = "UNKNOWN"


class StatementKind(StrEnum):
    """What a statement does."""

    VIEWPOINT = "VIEWPOINT"
    FORECAST = "FORECAST"
    ANNOUNCEMENT = "ANNOUNCEMENT"


_EnumType: TypeAlias = type[StrEnum]  # inside the class `type` is a field


@dataclass(frozen=True, slots=True)
class Property:
    """One property of entities, of relationships, or a qualifier of claims.

    many: several values hold at once, so that different values are no conflict.
    field: the best value is kept beside the entity, to be served, filtered and ordered by.
    statistic: a measured number, listed among the statistics of its subject.
    address: a text that clients may show as a link.
    distinguishing: (of relationships) two that differ in it are two, with two ids.
    unit: the unit a number has where the dataset's cell names none; "ISO 4217" asks for a
        currency code, None means a count.
    """

    name: str
    type: ValueType
    description: str
    kinds: frozenset[Kind] = frozenset()
    many: bool = False
    field: bool = False
    statistic: bool = False
    address: bool = False
    required: bool = False
    distinguishing: bool = False
    unit: str | None = None
    values: _EnumType | None = None
    entity_kinds: frozenset[Kind] = frozenset()

    @property
    def column(self) -> str:
        """The property's name in snake case, as stores and Python attributes spell it."""
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in self.name)


@dataclass(frozen=True, slots=True)
class KindRecord:
    """One kind of entity; `type_name` is its GraphQL type, its Neo4j label and the head of its ids."""

    kind: Kind
    type_name: str
    plural: str
    description: str
    name_property: str = "name"


@dataclass(frozen=True, slots=True)
class RelationRecord:
    """One relation: which kinds it joins, in which direction, and its own properties."""

    type: "Relation"
    sources: frozenset[Kind]
    targets: frozenset[Kind]
    description: str
    properties: tuple[Property, ...] = ()

    @property
    def claim_property(self) -> str:
        """The relation's name as the property of a claim: MADE_WITH is "madeWith"."""
        head, *rest = self.type.value.lower().split("_")
        return head + "".join(word.capitalize() for word in rest)


class Relation(StrEnum):
    """The relations between entities, each read from its source to its target."""

    CREDITED_ON = "CREDITED_ON"
    PRODUCED_BY = "PRODUCED_BY"
    MADE_WITH = "MADE_WITH"
    DISTRIBUTED_BY = "DISTRIBUTED_BY"
    SCREENED_AT = "SCREENED_AT"
    RECOGNIZED_FOR = "RECOGNIZED_FOR"
    RECIPIENT_OF = "RECIPIENT_OF"
    OF_AWARD = "OF_AWARD"
    AT_EDITION = "AT_EDITION"
    EDITION_OF = "EDITION_OF"
    PART_OF = "PART_OF"
    HELD_IN = "HELD_IN"
    LOCATED_IN = "LOCATED_IN"
    ORGANIZED_BY = "ORGANIZED_BY"
    SUPPORTED_BY = "SUPPORTED_BY"
    PARTICIPATED_IN = "PARTICIPATED_IN"
    AFFILIATED_WITH = "AFFILIATED_WITH"
    FOUNDED = "FOUNDED"
    OPERATES = "OPERATES"
    FROM = "FROM"
    SAID = "SAID"
    SAID_AT = "SAID_AT"
    ABOUT = "ABOUT"
    DERIVED_FROM = "DERIVED_FROM"
    GIVEN_BY = "GIVEN_BY"
    DEPICTS = "DEPICTS"
    HELD_ALONGSIDE = "HELD_ALONGSIDE"


_K = Kind
_T = ValueType


def _kinds(*kinds: Kind) -> frozenset[Kind]:
    return frozenset(kinds)


KINDS: Mapping[Kind, KindRecord] = MappingProxyType(
    {
        record.kind: record
        for record in (
            KindRecord(
                _K.PERSON, "Person", "people", "A human being: filmmaker, speaker, juror, performer, executive."
            ),
            KindRecord(
                _K.FILM, "Film", "films", "A film, series or programme, finished, in the making or planned.", "title"
            ),
            KindRecord(_K.CHARACTER, "Character", "characters", "Somebody who appears in a film's story."),
            KindRecord(
                _K.ORGANIZATION,
                "Organization",
                "organizations",
                "A company, studio, institution, society, agency or community.",
            ),
            KindRecord(_K.FESTIVAL, "Festival", "festivals", "A festival, contest or market that recurs."),
            KindRecord(_K.FESTIVAL_EDITION, "FestivalEdition", "festivalEditions", "One year of one festival."),
            KindRecord(
                _K.EVENT,
                "Event",
                "events",
                "A conference, session, panel, ceremony, screening, Q&A, market session or talk.",
            ),
            KindRecord(_K.AWARD, "Award", "awards", "A prize that recurs."),
            KindRecord(
                _K.RECOGNITION,
                "Recognition",
                "recognitions",
                "One award, outcome and year, with its film and recipients.",
            ),
            KindRecord(
                _K.PLATFORM, "Platform", "platforms", "An AI tool, a streaming or social video service, a broadcaster."
            ),
            KindRecord(_K.PLACE, "Place", "places", "A venue, city, region or country."),
            KindRecord(_K.TOPIC, "Topic", "topics", "A subject that statements, events and films are about."),
            KindRecord(
                _K.STATEMENT, "Statement", "statements", "A paraphrase of a viewpoint, forecast or announcement."
            ),
        )
    }
)

_EVERY_KIND = frozenset(Kind)
_STATISTIC_KINDS = _kinds(_K.FESTIVAL, _K.FESTIVAL_EDITION, _K.EVENT, _K.AWARD, _K.RECOGNITION)


def _statistic(name: str, description: str, kinds: frozenset[Kind], unit: str | None = None) -> Property:
    return Property(name, _T.NUMBER, description, kinds, statistic=True, unit=unit)


PROPERTIES: Mapping[str, Property] = MappingProxyType(
    {
        record.name: record
        for record in (
            # names
            Property(
                "name",
                _T.TEXT,
                "A name of the entity; other names than the best are its aliases.",
                _EVERY_KIND - {_K.FILM},
                field=True,
            ),
            Property(
                "title",
                _T.TEXT,
                "A title of the film; other titles than the best are its aliases.",
                _kinds(_K.FILM),
                field=True,
            ),
            Property(
                "description",
                _T.TEXT,
                "What it is, in one or two sentences of the editors' own.",
                _EVERY_KIND,
                many=True,
            ),
            Property("website", _T.TEXT, "Address of its own page.", _EVERY_KIND, many=True, address=True),
            Property(
                "sameAs",
                _T.ENTITY,
                "The same thing under another entry, where that is open or disputed.",
                _EVERY_KIND,
                many=True,
            ),
            Property(
                "differentFrom", _T.ENTITY, "A namesake that is somebody or something else.", _EVERY_KIND, many=True
            ),
            # people
            Property(
                "occupations",
                _T.TEXT,
                "What the person does: director, composer, art director.",
                _kinds(_K.PERSON),
                many=True,
                field=True,
            ),
            Property(
                "biography",
                _T.TEXT,
                "A fact of the person's life or career, paraphrased.",
                _kinds(_K.PERSON),
                many=True,
            ),
            _statistic("filmsScored", "Films the person wrote music for.", _kinds(_K.PERSON)),
            _statistic(
                "yearsOfExperience",
                "Years the person has worked in a field or at a company.",
                _kinds(_K.PERSON),
                "years",
            ),
            # films
            Property(
                "filmKind",
                _T.TEXT,
                "short, feature, series, programme, music video, experiment, documentary, untitled project.",
                _kinds(_K.FILM),
                field=True,
            ),
            Property(
                "status",
                _T.ENUM,
                "Whether the film is out, being made, or planned.",
                _kinds(_K.FILM),
                field=True,
                values=FilmStatus,
            ),
            Property(
                "year",
                _T.INTEGER,
                "Year of the film, the edition or the recognition.",
                _kinds(_K.FILM, _K.FESTIVAL_EDITION, _K.RECOGNITION),
                field=True,
            ),
            Property(
                "releasedOn",
                _T.DATE,
                "First release; with a place among its qualifiers, the release there.",
                _kinds(_K.FILM),
                field=True,
            ),
            Property("runtime", _T.NUMBER, "Running time.", _kinds(_K.FILM), field=True, unit="min"),
            Property(
                "genres", _T.TEXT, "Genres: science fiction, drama, horror.", _kinds(_K.FILM), many=True, field=True
            ),
            Property("keywords", _T.TEXT, "Words a film is catalogued under.", _kinds(_K.FILM), many=True),
            Property("languages", _T.TEXT, "Languages spoken.", _kinds(_K.FILM), many=True),
            Property(
                "aiUse",
                _T.ENUM,
                "How far generative tools made the pictures.",
                _kinds(_K.FILM),
                field=True,
                values=AiUse,
            ),
            Property("synopsis", _T.TEXT, "What the film is about, paraphrased.", _kinds(_K.FILM), many=True),
            Property("style", _T.TEXT, "How it looks or is told: oil painting, noir.", _kinds(_K.FILM), many=True),
            Property("production", _T.TEXT, "How it was made or received, paraphrased.", _kinds(_K.FILM), many=True),
            _statistic("prompts", "Prompts written in the making.", _kinds(_K.FILM)),
            _statistic("productionTime", "Time it took to make.", _kinds(_K.FILM), "weeks"),
            _statistic("releaseCountries", "Countries in which it was released.", _kinds(_K.FILM)),
            _statistic("budget", "What it cost.", _kinds(_K.FILM), "ISO 4217"),
            # people, films, organisations
            _statistic(
                "awardsWon", "Awards won, as a source counts them.", _kinds(_K.PERSON, _K.FILM, _K.ORGANIZATION)
            ),
            _statistic(
                "nominations", "Nominations, as a source counts them.", _kinds(_K.PERSON, _K.FILM, _K.ORGANIZATION)
            ),
            _statistic(
                "aiProcessShare",
                "Share of the working process done with AI tools.",
                _kinds(_K.PERSON, _K.ORGANIZATION),
                "%",
            ),
            # organisations, platforms, festivals
            Property(
                "organizationKind",
                _T.TEXT,
                "company, studio, institution, agency, society, community, initiative.",
                _kinds(_K.ORGANIZATION),
                field=True,
            ),
            Property("festivalKind", _T.TEXT, "festival, contest or market.", _kinds(_K.FESTIVAL), field=True),
            Property(
                "platformKinds",
                _T.TEXT,
                "AI tool, AI model, streaming service, social video service, broadcaster.",
                _kinds(_K.PLATFORM),
                many=True,
                field=True,
            ),
            Property("foundedOn", _T.DATE, "When it was founded.", _kinds(_K.ORGANIZATION, _K.FESTIVAL), field=True),
            Property("launchedOn", _T.DATE, "When it was launched.", _kinds(_K.PLATFORM, _K.ORGANIZATION), field=True),
            Property(
                "distinctions",
                _T.TEXT,
                "A standing it has: qualifies for the Academy Awards.",
                _kinds(_K.FESTIVAL, _K.ORGANIZATION, _K.FILM),
                many=True,
            ),
            Property(
                "rules",
                _T.TEXT,
                "What may enter: required tools, lengths, categories, fees, deadlines.",
                _kinds(_K.FESTIVAL, _K.FESTIVAL_EDITION),
                many=True,
            ),
            _statistic("age", "Age when the source was written.", _kinds(_K.ORGANIZATION, _K.FESTIVAL), "years"),
            _statistic("users", "Users.", _kinds(_K.PLATFORM, _K.ORGANIZATION)),
            _statistic("monthlyActiveUsers", "Users active in a month.", _kinds(_K.PLATFORM, _K.ORGANIZATION)),
            _statistic(
                "revenue",
                "Revenue; annualised where a qualifier says so. Of a film: its box office.",
                _kinds(_K.PLATFORM, _K.ORGANIZATION, _K.FILM),
                "ISO 4217",
            ),
            _statistic("boxOffice", "Box office of the films worked on.", _kinds(_K.ORGANIZATION), "ISO 4217"),
            _statistic("funding", "Money raised.", _kinds(_K.ORGANIZATION, _K.PLATFORM), "ISO 4217"),
            _statistic("countriesReached", "Countries reached.", _kinds(_K.ORGANIZATION, _K.PLATFORM)),
            # festivals, editions, events
            Property(
                "ordinal", _T.INTEGER, "Which edition it is, counted from 1.", _kinds(_K.FESTIVAL_EDITION), field=True
            ),
            Property("startsOn", _T.DATE, "First day.", _kinds(_K.FESTIVAL_EDITION, _K.EVENT), field=True),
            Property("endsOn", _T.DATE, "Last day.", _kinds(_K.FESTIVAL_EDITION, _K.EVENT), field=True),
            Property("startsAt", _T.TIME, "Hour it starts, local time.", _kinds(_K.EVENT), field=True),
            Property("endsAt", _T.TIME, "Hour it ends, local time.", _kinds(_K.EVENT), field=True),
            Property(
                "eventKind",
                _T.TEXT,
                "conference, session, panel, ceremony, screening, Q&A, market session, talk, programme.",
                _kinds(_K.EVENT),
                field=True,
            ),
            Property(
                "eventStatus", _T.ENUM, "Whether it took place.", _kinds(_K.EVENT), field=True, values=EventStatus
            ),
            Property(
                "themes", _T.TEXT, "Themes it was announced under.", _kinds(_K.FESTIVAL_EDITION, _K.EVENT), many=True
            ),
            _statistic(
                "ticketPrice",
                "Price of a ticket; which one is a qualifier.",
                _kinds(_K.EVENT, _K.FESTIVAL_EDITION),
                "ISO 4217",
            ),
            _statistic("submissions", "Works submitted.", _STATISTIC_KINDS),
            _statistic("aiSubmissions", "Works submitted that use AI.", _STATISTIC_KINDS),
            _statistic("aiShare", "Share of the submissions that use AI.", _STATISTIC_KINDS, "%"),
            _statistic("selections", "Works selected.", _STATISTIC_KINDS),
            _statistic("finalists", "Works that reached the final.", _STATISTIC_KINDS),
            _statistic("submissionCountries", "Countries and regions that works came from.", _STATISTIC_KINDS),
            _statistic("prizeMoney", "Money given in prizes.", _STATISTIC_KINDS, "ISO 4217"),
            _statistic("attendance", "People who came.", _STATISTIC_KINDS),
            _statistic("duration", "How long it lasted.", _kinds(_K.FESTIVAL_EDITION, _K.EVENT), "days"),
            _statistic("speakers", "People who spoke.", _kinds(_K.EVENT)),
            _statistic("speakerCountries", "Countries the people who spoke came from.", _kinds(_K.EVENT)),
            # awards and recognitions
            Property(
                "nameKnown",
                _T.BOOLEAN,
                "False where no source gives the award's proper name.",
                _kinds(_K.AWARD),
                field=True,
            ),
            Property(
                "outcome", _T.ENUM, "How the film or person fared.", _kinds(_K.RECOGNITION), field=True, values=Outcome
            ),
            Property("category", _T.TEXT, "Category or grade of the award.", _kinds(_K.RECOGNITION), field=True),
            Property("prize", _T.TEXT, "What came with it.", _kinds(_K.RECOGNITION), field=True),
            # places, topics, statements
            Property("placeKind", _T.TEXT, "venue, city, region, country, continent.", _kinds(_K.PLACE), field=True),
            Property("countryCode", _T.TEXT, "ISO 3166-1 alpha-2 code of a country.", _kinds(_K.PLACE), field=True),
            Property(
                "statementKind",
                _T.ENUM,
                "Viewpoint, forecast or announcement.",
                _kinds(_K.STATEMENT),
                field=True,
                values=StatementKind,
            ),
            Property("summary", _T.TEXT, "What was said, in a short paraphrase.", _kinds(_K.STATEMENT), field=True),
            Property(
                "stance",
                _T.TEXT,
                "How it stands to AI in film: hopeful, cautious, critical, neutral, mixed.",
                _kinds(_K.STATEMENT),
                field=True,
            ),
            Property("horizon", _T.TEXT, "The time a forecast is about.", _kinds(_K.STATEMENT), field=True),
            Property(
                "speakerText", _T.TEXT, "Who said it, where no person is named.", _kinds(_K.STATEMENT), field=True
            ),
            _statistic("forecastValue", "The number that is forecast.", _kinds(_K.STATEMENT)),
            _statistic("adoptionShare", "Share of productions or people that do it.", _kinds(_K.TOPIC), "%"),
            _statistic("marketSize", "Size of the market.", _kinds(_K.TOPIC), "ISO 4217"),
        )
    }
)

QUALIFIERS: Mapping[str, Property] = MappingProxyType(
    {
        record.name: record
        for record in (
            Property("asOf", _T.DATE, "The day, month or year the value held."),
            Property("edition", _T.ENTITY, "The edition the value is about.", entity_kinds=_kinds(_K.FESTIVAL_EDITION)),
            Property("event", _T.ENTITY, "The event the value is about.", entity_kinds=_kinds(_K.EVENT)),
            Property("place", _T.ENTITY, "The place the value holds for.", entity_kinds=_kinds(_K.PLACE)),
            Property("film", _T.ENTITY, "The film the value is about.", entity_kinds=_kinds(_K.FILM)),
            Property("character", _T.TEXT, "The character the value is about."),
            Property("period", _T.TEXT, "The span the value covers: per year, 3 years, annualised."),
            Property("of", _T.TEXT, "What is counted or priced: submissions from abroad, 1 DAY ticket."),
            Property("share", _T.TEXT, "The share the value is, in the source's words."),
            Property("language", _T.TEXT, "Language of a name or title."),
            Property("basis", _T.TEXT, "What the value rests on: a survey, a run rate."),
        )
    }
)


def _relation(
    relation: Relation,
    sources: Kind | frozenset[Kind],
    targets: Kind | frozenset[Kind],
    description: str,
    *properties: Property,
) -> RelationRecord:
    return RelationRecord(
        relation,
        frozenset({sources}) if isinstance(sources, Kind) else sources,
        frozenset({targets}) if isinstance(targets, Kind) else targets,
        description,
        properties,
    )


_EDITION_OR_EVENT = _kinds(_K.FESTIVAL_EDITION, _K.EVENT)
_HOSTED = _kinds(_K.FESTIVAL_EDITION, _K.EVENT, _K.FESTIVAL)
_HOSTS = _kinds(_K.ORGANIZATION, _K.PLATFORM)

RELATIONS: Mapping[Relation, RelationRecord] = MappingProxyType(
    {
        record.type: record
        for record in (
            _relation(
                Relation.CREDITED_ON,
                _K.PERSON,
                _K.FILM,
                "The person worked on or appears in the film.",
                Property(
                    "role", _T.ENUM, "What the person did.", values=CreditRole, required=True, distinguishing=True
                ),
                Property("job", _T.TEXT, "The job as the source words it.", distinguishing=True),
                Property("character", _T.TEXT, "The character played.", distinguishing=True),
                Property("order", _T.INTEGER, "Place in the list of credits, from 0."),
                Property("department", _T.TEXT, "Department of the job."),
            ),
            _relation(
                Relation.PRODUCED_BY,
                _K.FILM,
                _K.ORGANIZATION,
                "The organisation produced the film.",
                Property("capacity", _T.TEXT, "In which capacity, where a source says: finance, service production."),
            ),
            _relation(
                Relation.MADE_WITH,
                _K.FILM,
                _K.PLATFORM,
                "The tool was used in making the film.",
                Property("purpose", _T.TEXT, "What it was used for."),
            ),
            _relation(Relation.DISTRIBUTED_BY, _K.FILM, _K.ORGANIZATION, "The organisation distributes the film."),
            _relation(
                Relation.SCREENED_AT,
                _K.FILM,
                _EDITION_OR_EVENT,
                "The film was or will be shown there.",
                Property("on", _T.DATE, "The day it was shown.", distinguishing=True),
                Property("section", _T.TEXT, "Section or programme.", distinguishing=True),
                Property("premiere", _T.ENUM, "The first showing it was.", values=Premiere),
                Property("venue", _T.ENTITY, "Where it was shown.", entity_kinds=_kinds(_K.PLACE)),
                Property("status", _T.ENUM, "Whether the screening took place.", values=EventStatus),
            ),
            _relation(Relation.RECOGNIZED_FOR, _K.RECOGNITION, _K.FILM, "The recognition is for the film."),
            _relation(
                Relation.RECIPIENT_OF,
                _kinds(_K.PERSON, _K.ORGANIZATION),
                _K.RECOGNITION,
                "The person or organisation received the recognition.",
            ),
            _relation(Relation.OF_AWARD, _K.RECOGNITION, _K.AWARD, "The award that was given."),
            _relation(Relation.AT_EDITION, _K.RECOGNITION, _K.FESTIVAL_EDITION, "The edition it was given at."),
            _relation(Relation.EDITION_OF, _K.FESTIVAL_EDITION, _K.FESTIVAL, "The festival it is an edition of."),
            _relation(Relation.PART_OF, _K.EVENT, _EDITION_OR_EVENT, "The larger event or the edition it is part of."),
            _relation(Relation.HELD_IN, _EDITION_OR_EVENT, _K.PLACE, "Where it was or will be held."),
            _relation(Relation.LOCATED_IN, _K.PLACE, _K.PLACE, "The larger place it lies in."),
            _relation(Relation.ORGANIZED_BY, _HOSTED, _HOSTS, "Who organises it."),
            _relation(Relation.SUPPORTED_BY, _HOSTED, _HOSTS, "Who supports it."),
            _relation(
                Relation.PARTICIPATED_IN,
                _K.PERSON,
                _K.EVENT,
                "The person took part.",
                Property("role", _T.ENUM, "As what.", values=ParticipationRole, required=True, distinguishing=True),
            ),
            _relation(
                Relation.AFFILIATED_WITH,
                _K.PERSON,
                _kinds(_K.ORGANIZATION, _K.FESTIVAL, _K.PLATFORM, _K.PLACE),
                "The person works or worked there, leads it, or represents it.",
                Property("role", _T.TEXT, "In which role.", required=True, distinguishing=True),
                Property("startsOn", _T.DATE, "Since when.", distinguishing=True),
                Property("endsOn", _T.DATE, "Until when."),
            ),
            _relation(
                Relation.FOUNDED,
                _K.PERSON,
                _kinds(_K.ORGANIZATION, _K.FESTIVAL),
                "The person founded or co-founded it.",
            ),
            _relation(
                Relation.OPERATES, _K.ORGANIZATION, _kinds(_K.PLATFORM, _K.FESTIVAL), "The organisation runs it."
            ),
            _relation(
                Relation.FROM,
                _kinds(_K.PERSON, _K.ORGANIZATION, _K.FILM),
                _K.PLACE,
                "Where it comes from.",
                Property(
                    "basis", _T.TEXT, "In which sense: nationality, based, born, production.", distinguishing=True
                ),
            ),
            _relation(Relation.SAID, _K.PERSON, _K.STATEMENT, "The person said it."),
            _relation(Relation.SAID_AT, _K.STATEMENT, _K.EVENT, "Where it was said."),
            _relation(Relation.ABOUT, _kinds(_K.STATEMENT, _K.EVENT, _K.FILM), _K.TOPIC, "What it is about."),
            _relation(
                Relation.DERIVED_FROM,
                _K.FILM,
                _K.FILM,
                "The film the other grew out of.",
                Property("kind", _T.TEXT, "How: remake, sequel, diptych, feature version.", distinguishing=True),
            ),
            _relation(Relation.GIVEN_BY, _K.AWARD, _kinds(_K.FESTIVAL, _K.ORGANIZATION), "Who gives the award."),
            _relation(Relation.DEPICTS, _K.FILM, _K.CHARACTER, "The character appears in the film."),
            _relation(
                Relation.HELD_ALONGSIDE,
                _EDITION_OR_EVENT,
                _EDITION_OR_EVENT,
                "Held beside it, without being part of it.",
            ),
        )
    }
)

KIND_BY_TYPE_NAME: Mapping[str, Kind] = MappingProxyType({record.type_name: kind for kind, record in KINDS.items()})


def properties_of(kind: Kind) -> tuple[Property, ...]:
    """The properties an entity of `kind` can have, in the catalogue's order."""
    return tuple(p for p in PROPERTIES.values() if kind in p.kinds)


def fields_of(kind: Kind) -> tuple[Property, ...]:
    """The properties of `kind` whose best value is kept beside the entity."""
    return tuple(p for p in properties_of(kind) if p.field)
