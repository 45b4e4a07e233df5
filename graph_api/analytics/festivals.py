"""What festivals, events and awards join: the memberships behind three of the projections."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from graph_api.analytics.columns import in_span, kind_of, rows
from graph_api.analytics.spec import ProjectionSpec
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.records import RelationColumns

Parents = Mapping[str, set[str]]


def festival_films(
    spec: ProjectionSpec, columns: RelationColumns, years: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """Yield festival and film for each screening and each recognition of a film at a festival's edition.

    A screening at an event counts for the editions the event is part of, at any depth, once per festival.
    """
    wanted = frozenset(spec.relations) or {Relation.SCREENED_AT, Relation.RECOGNIZED_FOR}
    parents = _targets(columns, Relation.PART_OF)
    festivals = _targets(columns, Relation.EDITION_OF)

    def hosts(place: str) -> Iterable[str]:
        editions = (
            e for e in {place, *_ancestors(place, parents)} if e in festivals and in_span(spec.years, years.get(e))
        )
        return {festival for edition in editions for festival in festivals[edition]}

    if Relation.SCREENED_AT in wanted:
        for _, _, film, place in rows(columns, Relation.SCREENED_AT):
            for festival in hosts(place):
                yield festival, film
    if Relation.RECOGNIZED_FOR in wanted:
        editions = _targets(columns, Relation.AT_EDITION)
        for _, _, recognition, film in rows(columns, Relation.RECOGNIZED_FOR):
            for festival in {f for edition in editions.get(recognition, ()) for f in hosts(edition)}:
                yield festival, film


def participations(
    spec: ProjectionSpec, columns: RelationColumns, years: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """Yield person and event; an event without a year of its own has that of what it is part of."""
    parents = _targets(columns, Relation.PART_OF)

    def year(event: str) -> int | None:
        if event in years:
            return years[event]
        return min((years[a] for a in _ancestors(event, parents) if a in years), default=None)

    for _, _, person, event in rows(columns, Relation.PARTICIPATED_IN):
        if in_span(spec.years, year(event)):
            yield person, event


def recognised(spec: ProjectionSpec, columns: RelationColumns, years: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield film, or person, and the award's edition it was recognised at.

    Where no edition is known, the recognition's year stands for it; with neither, the recognition
    joins nothing with anything and yields a group of its own.
    """
    awards = _targets(columns, Relation.OF_AWARD)
    editions = _targets(columns, Relation.AT_EDITION)
    films = _targets(columns, Relation.RECOGNIZED_FOR)
    people: dict[str, set[str]] = defaultdict(set)
    for _, _, recipient, recognition in rows(columns, Relation.RECIPIENT_OF):
        people[recognition].add(recipient)
    ties_people = spec.tied_kind is Kind.PERSON
    about_films = spec.canonical()["film"] is not None
    for recognition, nodes in sorted((people if ties_people else films).items()):
        at = editions.get(recognition, set())
        known = [years[x] for x in (recognition, *sorted(at)) if x in years]
        if (about_films and recognition not in films) or not in_span(spec.years, known[0] if known else None):
            continue
        when = sorted(at) or [str(known[0]) if known else recognition]
        for award in awards.get(recognition, {recognition}):
            for node in nodes:
                if not ties_people or kind_of(node) is Kind.PERSON:
                    for edition in when:
                        yield node, f"{award} {edition}"


def _targets(columns: RelationColumns, relation: Relation) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for _, _, source, target in rows(columns, relation):
        found[source].add(target)
    return dict(found)


def _ancestors(place: str, parents: Parents) -> set[str]:
    """Return everything a place is part of; a loop in the data ends the climb."""
    seen: set[str] = set()
    frontier = [place]
    while frontier:
        for parent in parents.get(frontier.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                frontier.append(parent)
    return seen
