"""Who took part in an event and had a film shown there: participations and screenings joined over credits."""

from collections import defaultdict
from typing import Any

import strawberry

from graph_api.batching.columns import Column
from graph_api.domain import records
from graph_api.domain.catalogue import ClaimRank, Relation
from graph_api.domain.paging import BARE_LIST_LIMIT
from graph_api.domain.query import Direction, HopQuery, Linked
from schema import refs
from schema.context import Info
from schema.hops import hop_lists

_SCREENINGS = HopQuery((Relation.SCREENED_AT,), Direction.IN, with_parts=True)
_CREDITS = HopQuery((Relation.CREDITED_ON,), Direction.OUT)


class ParticipantFilmRow:
    """A person, a film, and the relationships that tie both to an event."""

    __slots__ = ("credits", "film", "participations", "person", "screenings")

    def __init__(self, person: records.Entity, film: records.Entity) -> None:
        self.person = person
        self.film = film
        self.participations: list[records.Relationship] = []
        self.credits: list[records.Relationship] = []
        self.screenings: list[records.Relationship] = []


@strawberry.type(description="Somebody who took part in an event, and a film of theirs that was shown there.")
class ParticipantFilm:
    """Stands for a `ParticipantFilmRow`."""

    person: refs.Person = strawberry.field(description="Who took part.")
    film: refs.Film = strawberry.field(description="The film that was or will be shown.")
    participations: list[refs.Participation] = strawberry.field(description="As what the person took part, and where.")
    credits: list[refs.Credit] = strawberry.field(description="What the person did on the film.")
    screenings: list[refs.Screening] = strawberry.field(description="Where at the event the film is shown.")


async def participant_films(parents: Column[records.Entity], info: Info) -> list[list[ParticipantFilmRow]]:
    """Return for each event the pairs of participant and film, by the person's name, then the film's title."""
    screened = [_live(hops) for hops in await hop_lists(parents, info, _SCREENINGS)]
    films = tuple({hop.entity.id: None for hops in screened for hop in hops})
    if not films:
        return [[] for _ in parents]
    makers = Linked((Relation.CREDITED_ON,), Direction.OUT, films)
    took_part = HopQuery((Relation.PARTICIPATED_IN,), Direction.IN, where=makers, with_parts=True)
    present = [_live(hops) for hops in await hop_lists(parents, info, took_part)]
    people = list({hop.entity.id: hop.entity for hops in present for hop in hops}.values())
    credits_: dict[tuple[str, str], list[records.Relationship]] = defaultdict(list)
    for hops in await hop_lists(Column(people), info, _CREDITS):
        for hop in _live(hops):
            credits_[hop.relationship.source, hop.entity.id].append(hop.relationship)
    return [_joined(own, shown, credits_)[:BARE_LIST_LIMIT] for own, shown in zip(present, screened, strict=True)]


def _live(hops: Any) -> list[records.Hop]:
    return [hop for hop in hops if hop.relationship.rank is not ClaimRank.DEPRECATED]


def _joined(
    present: list[records.Hop],
    screened: list[records.Hop],
    credits_: dict[tuple[str, str], list[records.Relationship]],
) -> list[ParticipantFilmRow]:
    rows: dict[tuple[str, str], ParticipantFilmRow] = {}
    for took_part in present:
        for shown in screened:
            key = (took_part.entity.id, shown.entity.id)
            if key not in credits_:
                continue
            row = rows.setdefault(key, ParticipantFilmRow(took_part.entity, shown.entity))
            row.credits = credits_[key]
            for found, known in ((took_part, row.participations), (shown, row.screenings)):
                if found.relationship not in known:
                    known.append(found.relationship)
    return list(rows.values())
