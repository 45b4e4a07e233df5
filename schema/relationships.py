"""Relationships, and their views that have names of their own: credits, participations, screenings, affiliations."""

from typing import Any

import strawberry

from graph_api.batching.adapter import batched, by_id, read
from graph_api.batching.columns import Answers, Column
from graph_api.batching.columns import Rows as RawRows
from graph_api.domain import ids, records
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.paging import BARE_LIST_LIMIT
from graph_api.domain.query import Direction, HopQuery
from schema import enums, refs
from schema.context import Info
from schema.hops import believed, hop_lists
from schema.node import Node
from schema.scalars import JSON, Date

Rows = Column[records.Relationship]


async def _ends(keys: list[str | None], info: Info) -> list[records.Entity | None]:
    found = iter(await info.context.entities.load_many([key for key in keys if key is not None]))
    return [None if key is None else next(found) for key in keys]


def _value(name: str, description: str, default: Any = None) -> Any:
    if default is None:
        return read(name, description, lambda root: root.properties.get(name))
    return read(
        name, description, lambda root: root.properties.get(name), lambda found: default if found is None else found
    )


def _end(of: Any, end: str, description: str, name: str) -> Any:
    """The entity at an end, source or target; rows that bring it along need not be asked for it."""

    async def resolve(parents: Rows, info: Info) -> Any:
        if isinstance(parents, RawRows) and f"{end}_entity" in parents.shape.readers:
            return parents.col(f"{end}_entity")
        return await _ends(parents.col(end), info)

    resolve.__name__ = name
    resolve.__annotations__["return"] = Answers[of]
    resolve.__doc__ = description
    return batched(resolve, needs=(end,))


def _properties(root: Any) -> Any:
    return dict(root.properties)


def _kind(entity_id: str) -> Kind | None:
    return ids.decode(entity_id).kind


@strawberry.interface(description="What every relationship has, under whatever name it is seen.")
class Sourced(Node):
    """The part that a relationship and its views share; stands for `records.Relationship`."""

    rank: enums.ClaimRank = strawberry.field(description="How it stands among its rivals.")
    certainty: enums.Certainty = strawberry.field(description="Whether a source states it.")
    reason: str | None = strawberry.field(description="From what it was inferred, or why it is open.")
    asserted_by: str | None = strawberry.field(
        description="Whose word it is, where the source reports what somebody said."
    )

    @by_id
    async def citations(parents: Rows, info: Info) -> Answers[list[refs.Citation]]:
        """Where it is said; at most a hundred."""
        return [places[:BARE_LIST_LIMIT] for places in await info.context.store.citations(parents.col("id"))]

    @classmethod
    def resolve_type(cls, obj: Any, _info: Any, _type: Any) -> str | None:
        """Seen by itself, a relationship is a Relationship."""
        return "Relationship"

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether a row is a relationship; which view of it is the field's to say."""
        return isinstance(obj, records.Relationship)


@strawberry.type(description="One relation between two entities.")
class Relationship(Sourced):
    """Any relationship, seen as such."""

    type: enums.RelationType = strawberry.field(description="Which relation.")
    properties: JSON = read("properties", "Its own properties by name; an entity among them is an id.", _properties)

    from_ = _end(refs.Entity, "source", "The entity it starts at.", "from_")

    to = _end(refs.Entity, "target", "The entity it ends at.", "to")


@strawberry.type(description="What a person did on a film.")
class Credit(Sourced):
    """A CREDITED_ON relationship."""

    role: enums.CreditRole = _value("role", "What the person did.")
    job: str | None = _value("job", "The job as the source words it.")
    character: str | None = _value("character", "The character played.")
    order: int | None = _value("order", "Place in the list of credits, from 0.")
    department: str | None = _value("department", "Department of the job.")

    person = _end(refs.Person, "source", "Who.", "person")

    film = _end(refs.Film, "target", "On what.", "film")


@strawberry.type(description="What a person did at an event.")
class Participation(Sourced):
    """A PARTICIPATED_IN relationship."""

    role: enums.ParticipationRole = _value("role", "As what the person took part.")

    person = _end(refs.Person, "source", "Who.", "person")

    event = _end(refs.Event, "target", "Where.", "event")


@strawberry.type(description="A film shown, or to be shown, at an edition or event.")
class Screening(Sourced):
    """A SCREENED_AT relationship."""

    on: Date | None = _value("on", "The day.")
    section: str | None = _value("section", "Section or programme.")
    premiere: enums.Premiere = _value("premiere", "The first showing it was.", "UNKNOWN")
    status: enums.EventStatus = _value("status", "Whether it took place.", "UNKNOWN")

    film = _end(refs.Film, "source", "What was shown.", "film")

    @batched
    async def event(parents: Rows, info: Info) -> Answers[refs.Event | None]:
        """The event it was shown at, where a source names one."""
        return await _ends([key if _kind(key) is Kind.EVENT else None for key in parents.col("target")], info)

    @batched
    async def edition(parents: Rows, info: Info) -> Answers[refs.FestivalEdition | None]:
        """The edition it was shown at, also by way of an event that is part of it."""
        targets: list[str] = parents.col("target")
        events = [key for key in targets if _kind(key) is Kind.EVENT]
        around = iter(
            await info.context.store.enclosing(events, Relation.PART_OF, Kind.FESTIVAL_EDITION) if events else ()
        )
        editions = await _ends([None if _kind(key) is Kind.EVENT else key for key in targets], info)
        return [next(around) if _kind(key) is Kind.EVENT else own for key, own in zip(targets, editions, strict=True)]

    @batched
    async def venue(parents: Rows, info: Info) -> Answers[refs.Place | None]:
        """Where; where the screening does not say, the place its event was held in."""
        own = await _ends([row.properties.get("venue") for row in parents], info)  # type: ignore[misc]
        open_ = [
            row.target
            for row, place in zip(parents, own, strict=True)
            if place is None and _kind(row.target) is Kind.EVENT
        ]
        if not open_:
            return own
        events = await info.context.entities.load_many(open_)
        held = await hop_lists(
            Column([event for event in events if event]), info, HopQuery((Relation.HELD_IN,), Direction.OUT)
        )
        places = {
            event.id: next((hop.entity for hop in believed(hops)), None)
            for event, hops in zip(filter(None, events), held, strict=True)
        }
        return [place or places.get(row.target) for row, place in zip(parents, own, strict=True)]


@strawberry.type(description="A person's role at an organisation, festival, platform or place.")
class Affiliation(Sourced):
    """An AFFILIATED_WITH relationship."""

    role: str = _value("role", "In which role.")
    starts_on: Date | None = _value("startsOn", "Since when.")
    ends_on: Date | None = _value("endsOn", "Until when.")

    person = _end(refs.Person, "source", "Who.", "person")

    with_ = _end(refs.Entity, "target", "Where.", "with_")
