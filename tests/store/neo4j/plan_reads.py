"""The reads whose plans are looked at, asked of some of a graph's nodes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.paging import PageRequest
from graph_api.domain.query import (
    BY_NAME,
    EVERYTHING,
    ClaimQuery,
    Direction,
    EntityQuery,
    FromSource,
    HopQuery,
    Linked,
    Match,
    Op,
    Order,
    PathQuery,
    ScanQuery,
    YearSpan,
)
from graph_api.store.neo4j import reads
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.feed import changes
from graph_api.store.neo4j.nodes import unmerged
from graph_api.store.neo4j.shapes import kind_and_slug
from graph_api.store.neo4j.whole import counts

Read = Callable[[Snapshot], Awaitable[object]]
_SHORT = PageRequest(20)


@dataclass(frozen=True, slots=True)
class Some:
    """Nodes and texts of a graph that it is asked about; of films and people the first are taken."""

    all_films: Sequence[str]
    all_people: Sequence[str]
    credits: Sequence[str]
    sources: Sequence[str]
    source: str
    places: Sequence[str]
    after: tuple[str, str]
    beginning: str
    genre: str
    name: str
    words: str
    slug: str
    ends: tuple[str, str]

    def films(self, count: int) -> list[str]:
        """The ids of some films."""
        return list(self.all_films[:count])

    def people(self, count: int) -> list[str]:
        """The ids of some people."""
        return list(self.all_people[:count])


def reads_of(some: Some) -> Mapping[str, Read]:
    """Every read of the store, by a name."""
    after = PageRequest(50, after=some.after, count=True)
    return {
        "revision": lambda g: g.read("RETURN 1 AS one"),
        "merged ids": lambda g: unmerged(g, ()),
        "counts": counts,
        "changes": lambda g: changes(g, 0, 10),
        "entities, 1,000": lambda g: reads.entities(g, [*some.films(600), *some.people(400)]),
        "entities by slug": lambda g: reads.entities_by_slug(
            g, Kind.FILM, [kind_and_slug(id_)[1] for id_ in some.films(50)]
        ),
        "sources": lambda g: reads.sources(g, some.sources[:4]),
        "relationships, 100": lambda g: reads.relationships(g, some.credits[:100]),
        "aliases": lambda g: reads.aliases(g, some.films(50)),
        "external ids": lambda g: reads.external_ids(g, some.films(50)),
        "claims": lambda g: reads.claims(g, some.films(50)),
        "claims of a property": lambda g: reads.claims(g, some.films(50), ClaimQuery("runtime")),
        "citations": lambda g: reads.citations(g, [*some.films(50), *some.credits[:50]]),
        "degrees": lambda g: reads.degrees(g, some.films(50)),
        "degrees of a relation": lambda g: reads.degrees(g, some.films(50), (Relation.CREDITED_ON,)),
        "neighbour counts": lambda g: reads.neighbor_counts(g, some.films(5)),
        "films by name": lambda g: reads.find(g, EntityQuery(Kind.FILM, PageRequest(50))),
        "films by name, later page, counted": lambda g: reads.find(g, EntityQuery(Kind.FILM, after)),
        "films by name, backward": lambda g: reads.find(g, EntityQuery(Kind.FILM, PageRequest(50, backward=True))),
        "films by year": lambda g: reads.find(g, EntityQuery(Kind.FILM, PageRequest(50), order=(Order("year", True),))),
        "films by year, from the end": lambda g: reads.find(
            g, EntityQuery(Kind.FILM, PageRequest(50, backward=True), order=(Order("year"),))
        ),
        "films by degree": lambda g: reads.find(
            g, EntityQuery(Kind.FILM, PageRequest(50), order=(Order("degree", True),))
        ),
        "films by beginning": lambda g: _films(g, Match("name", Op.STARTS_WITH, some.beginning)),
        "films by genre": lambda g: _films(g, Match("genres", Op.EQ, some.genre)),
        "films of people": lambda g: _films(
            g, Linked((Relation.CREDITED_ON,), Direction.IN, ids=tuple(some.people(2)), properties={"role": ("CAST",)})
        ),
        "films of people of a name": lambda g: _films(
            g, Linked((Relation.CREDITED_ON,), Direction.IN, where=Match("name", Op.EQ, some.name))
        ),
        "films with a credit": lambda g: _films(g, Linked((Relation.CREDITED_ON,), Direction.IN)),
        "films of a source": lambda g: _films(g, FromSource(some.source)),
        "sources by title": lambda g: reads.list_sources(g, _SHORT),
        "facets": lambda g: reads.facets(g, Kind.FILM, ("genres", "year", "CREDITED_ON"), EVERYTHING, 10),
        "conflicts": lambda g: reads.conflicts(g, Kind.FILM, "runtime", _SHORT),
        "search": lambda g: reads.search(g, some.words, (), _SHORT),
        "nearest slugs": lambda g: reads.nearest_slugs(g, Kind.FILM, some.slug),
        "hops, 50 x 20": lambda g: reads.hops(
            g,
            some.films(50),
            HopQuery((Relation.CREDITED_ON,), Direction.IN, properties={"role": ("CAST",)}, page=_SHORT),
        ),
        "hops of any type": lambda g: reads.hops(g, some.films(50), HopQuery((), page=PageRequest(20, count=True))),
        "hops with parts": lambda g: reads.hops(
            g, some.films(5), HopQuery((Relation.CREDITED_ON,), Direction.IN, with_parts=True)
        ),
        "films of persons": lambda g: reads.person_films(g, some.people(5), EVERYTHING, BY_NAME, _SHORT),
        "collaborators": lambda g: reads.collaborators(g, some.people(5), (), YearSpan(1950, 1999), _SHORT),
        "enclosing": lambda g: reads.enclosing(g, some.places, Relation.LOCATED_IN, Kind.PLACE),
        "neighbourhood": lambda g: reads.neighborhood(g, some.people(1), 2, (), (), 300),
        "paths": lambda g: reads.paths(g, *some.ends, PathQuery(), 4, 5),
        "paths with conditions": lambda g: reads.paths(
            g,
            *some.ends,
            PathQuery(roles=("CAST",), years=YearSpan(1950), festivals=(some.films(1)[0],), cited_only=True),
            4,
            5,
        ),
        "scan": lambda g: reads.scan(g, ScanQuery()),
        "scan of credits": lambda g: reads.scan(
            g,
            ScanQuery((Relation.CREDITED_ON,), roles=("DIRECTOR",), films=Match("year", Op.GTE, 1950), cited_only=True),
        ),
        "columns": lambda g: reads.field_columns(g, Kind.FILM, ("year", "genres")),
    }


def _films(g: Snapshot, where: Any) -> Awaitable[object]:
    return reads.find(g, EntityQuery(Kind.FILM, PageRequest(50), where))
