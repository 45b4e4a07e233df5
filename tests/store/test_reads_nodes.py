"""Entities, what belongs to them, and the places that state it."""

from collections.abc import Awaitable, Callable, Sequence

import pytest

from graph_api.domain.catalogue import Certainty, ClaimRank, Kind, NumberBound, Relation
from graph_api.domain.ids import entity_id, source_id
from graph_api.domain.paging import PageRequest
from graph_api.domain.query import EVERYTHING, ClaimQuery, HopQuery, YearSpan
from graph_api.domain.records import Citation, EntityRow, NeighborCount
from graph_api.errors import BadId
from graph_api.store.base import Store
from tests.store.items import (
    IMPERIA,
    MARCEL,
    cited,
    claim,
    credit,
    entity,
    film,
    imperia,
    load,
    person,
    related,
    source,
)

NOBODY = entity_id(Kind.PERSON, "nobody")
CREDIT = credit("marcel-barsotti", "imperia").relationship.id


async def test_answers_come_in_the_order_asked_with_none_for_the_unknown(store: Store) -> None:
    await load(store, imperia())
    found = await store.entities([IMPERIA, NOBODY, MARCEL, source_id("list"), IMPERIA])
    assert [e and e.slug for e in found] == ["imperia", None, "marcel-barsotti", None, "imperia"]
    assert await store.entities([]) == []
    slugs = await store.entities_by_slug(Kind.FILM, ["imperia", "Imperia", "x", "", "\ud800", "marcel-barsotti"])
    assert [e and e.id for e in slugs] == [IMPERIA, None, None, None, None, None]
    assert [s and s.title for s in await store.sources([source_id("list"), IMPERIA])] == ["List", None]
    (known, unknown) = await store.relationships([CREDIT, MARCEL])
    assert known is not None
    assert (known.source, known.target, known.properties) == (MARCEL, IMPERIA, {"role": "DIRECTOR"})
    assert unknown is None


async def test_values_come_with_their_types(store: Store) -> None:
    row = EntityRow(Kind.AWARD, "a", "A", cells={"name": "A", "nameKnown": "false"}, citations=cited("list#1"))
    await load(store, [*imperia(), row])
    one, two = await store.entities([IMPERIA, entity_id(Kind.AWARD, "a")])
    assert one is not None
    assert two is not None
    assert one.values == {"year": 2025, "runtime": 36.0, "genres": ("drama", "science fiction")}
    assert (type(one.values["year"]), type(one.values["runtime"])) == (int, float)
    assert two.values["nameKnown"] is False


READS: dict[str, Callable[[Store, list[str]], Awaitable[object]]] = {
    "entities": lambda s, ids: s.entities(ids),
    "sources": lambda s, ids: s.sources(ids),
    "relationships": lambda s, ids: s.relationships(ids),
    "aliases": lambda s, ids: s.aliases(ids),
    "external_ids": lambda s, ids: s.external_ids(ids),
    "claims": lambda s, ids: s.claims(ids),
    "citations": lambda s, ids: s.citations(ids),
    "degrees": lambda s, ids: s.degrees(ids),
    "neighbor_counts": lambda s, ids: s.neighbor_counts(ids),
    "hops": lambda s, ids: s.hops(ids, HopQuery(())),
    "person_films": lambda s, ids: s.person_films(ids, EVERYTHING, (), PageRequest()),
    "collaborators": lambda s, ids: s.collaborators(ids, (), YearSpan(), PageRequest()),
    "enclosing": lambda s, ids: s.enclosing(ids, Relation.PART_OF, Kind.FESTIVAL_EDITION),
    "neighborhood": lambda s, ids: s.neighborhood(ids, 1, (), (), 10),
}


@pytest.mark.parametrize("name", READS)
async def test_what_is_no_id_is_refused_everywhere(store: Store, name: str) -> None:
    await load(store, imperia())
    for id_ in ("", "nonsense", "RmlsbTo", "\ud800", "Ä", "RmlsbTppbXBlcmlh=", "x" * 5000):
        with pytest.raises(BadId):
            await READS[name](store, [IMPERIA, id_])


@pytest.mark.parametrize("name", sorted(READS.keys() - {"neighborhood"}))
async def test_each_read_answers_for_every_id(store: Store, name: str) -> None:
    await load(store, imperia())
    answer = await READS[name](store, [IMPERIA, NOBODY, IMPERIA, MARCEL])
    assert isinstance(answer, Sequence)
    assert len(answer) == 4
    assert answer[0] == answer[2]
    assert await READS[name](store, []) == []


async def test_other_names_and_external_ids_are_sorted(store: Store) -> None:
    row = EntityRow(
        Kind.PERSON, "z", "Zoë", ("Zoe", "Zo", "Zoë"), (("tmdb", "2"), ("imdb", "nm1")), citations=cited("s#1", "s#3")
    )
    await load(store, [source("s"), row, claim(entity_id(Kind.PERSON, "z"), "name", "Zoë B.", "s#2")])
    id_ = entity_id(Kind.PERSON, "z")
    assert await store.aliases([id_, NOBODY]) == [("Zo", "Zoe", "Zoë B."), ()]
    assert await store.external_ids([id_]) == [(("imdb", "nm1"), ("tmdb", "2"))]


# --------------------------------------------------------------------------- claims
async def rivals(store: Store) -> None:
    """Imperia is 36 minutes by its row and one article, about 40 by a later one, 30 by one that was wrong."""
    await load(
        store,
        [
            *imperia(),
            source("early", "2024"),
            source("late", "2026-01"),
            claim(IMPERIA, "runtime", "36", "early#paragraph 2", unit="min"),
            claim(IMPERIA, "runtime", "40", "late#paragraph 9", unit="min", certainty=Certainty.UNCERTAIN),
            claim(IMPERIA, "runtime", "30", "early#paragraph 3", unit="min", rank=ClaimRank.DEPRECATED),
            claim(IMPERIA, "prompts", "1000", "late#paragraph 1", qualifiers={"asOf": "2026"}),
        ],
    )


async def test_claims_of_rows_and_of_their_own_are_one_list_best_first(store: Store) -> None:
    await rivals(store)
    (found,) = await store.claims([IMPERIA])
    genres = sorted_by_id(IMPERIA, "genres", "drama", "science fiction")
    assert [(c.property, c.value) for c in found] == [
        *(("genres", genre) for genre in genres),
        ("prompts", "1000"),
        ("runtime", "36"),
        ("runtime", "40"),
        ("runtime", "30"),
        ("title", "Imperia"),
        ("year", "2025"),
    ]
    lengths = [c for c in found if c.property == "runtime"]
    assert lengths[0].citations == tuple(sorted(cited("early#paragraph 2", "list#row 1")))
    assert (lengths[0].number, lengths[0].unit, lengths[0].bound) == (36.0, "min", NumberBound.EXACT)
    assert (lengths[1].certainty, lengths[2].rank) == (Certainty.UNCERTAIN, ClaimRank.DEPRECATED)
    assert next(c for c in found if c.property == "prompts").qualifiers == {"asOf": "2026"}


async def test_claims_can_be_asked_for_by_property_and_rank(store: Store) -> None:
    await rivals(store)

    async def values(query: ClaimQuery) -> list[str | None]:
        return [c.value for c in (await store.claims([IMPERIA], query))[0]]

    assert await values(ClaimQuery("runtime")) == ["36", "40", "30"]
    assert await values(ClaimQuery("runtime", ClaimRank.DEPRECATED)) == ["30"]
    assert await values(ClaimQuery("year")) == ["2025"]
    assert await values(ClaimQuery("aliases")) == []
    assert await values(ClaimQuery('"; DROP TABLE claim')) == []
    assert await values(ClaimQuery("\ud800")) == []


async def test_conflicts_are_what_live_claims_disagree_about(store: Store) -> None:
    await rivals(store)
    other = entity_id(Kind.FILM, "another")
    await load(
        store,
        [source("s"), film("another", "Another", "s#1", year="2024"), claim(other, "year", "2025", "s#2")],
        dataset="more",
    )
    page = await store.conflicts(None, None, PageRequest(count=True))
    assert [(c.subject.name, c.property, [x.value for x in c.claims]) for c in page.items] == [
        ("Another", "year", sorted_by_id(other, "year", "2024", "2025")),
        ("Imperia", "runtime", ["36", "40"]),
    ]
    assert (page.positions, page.total) == ([("another", "year", other), ("imperia", "runtime", IMPERIA)], 2)
    assert [c.property for c in (await store.conflicts(Kind.FILM, "runtime", PageRequest())).items] == ["runtime"]
    assert list((await store.conflicts(Kind.PERSON, None, PageRequest())).items) == []
    assert list((await store.conflicts(None, "nothing \ud800", PageRequest())).items) == []
    rest = await store.conflicts(None, None, PageRequest(1, after=page.positions[0]))
    assert ([c.property for c in rest.items], rest.has_next, rest.has_previous) == (["runtime"], False, True)


def sorted_by_id(subject: str, name: str, *values: str) -> list[str]:
    return sorted(values, key=lambda value: claim(subject, name, value).id)


# --------------------------------------------------------------------------- places and numbers
async def test_citations_are_all_places_of_an_entity_or_a_relationship(store: Store) -> None:
    await rivals(store)
    of_film, of_credit, of_nobody = await store.citations([IMPERIA, CREDIT, NOBODY])
    assert [(c.source, c.locator) for c in of_film] == [
        (source_id("early"), "paragraph 2"),
        (source_id("early"), "paragraph 3"),
        (source_id("late"), "paragraph 1"),
        (source_id("late"), "paragraph 9"),
        (source_id("list"), "row 1"),
    ]
    assert of_credit == (Citation(source_id("list"), "row 1"),)
    assert of_nobody == ()


async def test_one_place_in_two_datasets_is_one_citation(store: Store) -> None:
    await load(store, imperia(), dataset="one")
    await load(store, imperia(), dataset="two")
    assert [len(c) for c in await store.citations([IMPERIA, CREDIT])] == [1, 1]
    assert [len(c.citations) for c in (await store.claims([IMPERIA]))[0]] == [1] * 5


async def test_degrees_and_neighbours_are_counted(store: Store) -> None:
    tokyo, japan = entity_id(Kind.PLACE, "tokyo"), entity_id(Kind.PLACE, "japan")
    await load(
        store,
        [
            *imperia(),
            person("ann", "Ann", "list#2"),
            entity(Kind.PLACE, "tokyo", "Tokyo", "list#2"),
            entity(Kind.PLACE, "japan", "Japan", "list#2"),
            credit("marcel-barsotti", "imperia", "list#2", role="COMPOSER"),
            credit("ann", "imperia", "list#2"),
            related(Relation.FROM, IMPERIA, japan, "list#2"),
            related(Relation.FROM, MARCEL, japan, "list#2"),
            related(Relation.LOCATED_IN, tokyo, japan, "list#2"),
        ],
    )
    assert await store.degrees([IMPERIA, japan, NOBODY, MARCEL]) == [4, 3, 0, 3]
    assert await store.degrees([IMPERIA, japan], [Relation.FROM]) == [1, 2]
    assert await store.degrees([IMPERIA], [Relation.FROM, Relation.CREDITED_ON]) == [4]
    counted, none, film_counts = await store.neighbor_counts([japan, NOBODY, IMPERIA])
    assert counted == [
        NeighborCount(Relation.FROM, False, Kind.FILM, 1),
        NeighborCount(Relation.FROM, False, Kind.PERSON, 1),
        NeighborCount(Relation.LOCATED_IN, False, Kind.PLACE, 1),
    ]
    assert none == []
    assert film_counts == [
        NeighborCount(Relation.CREDITED_ON, False, Kind.PERSON, 3),
        NeighborCount(Relation.FROM, True, Kind.PLACE, 1),
    ]
