"""A person's films, and whom they were made with."""

from collections.abc import Sequence

import pytest

from graph_api.domain.catalogue import ClaimRank, Kind
from graph_api.domain.ids import entity_id
from graph_api.domain.paging import PageRequest
from graph_api.domain.query import BY_NAME, EVERYTHING, Match, Op, Order, YearSpan
from graph_api.errors import BadCursor, BadInput
from graph_api.store.base import Store
from tests.store.items import credit, film, load, person, source

ANN, BOB, CAT = (entity_id(Kind.PERSON, slug) for slug in ("ann", "bob", "cat"))


def films(*slugs: str) -> tuple[str, ...]:
    return tuple(sorted(entity_id(Kind.FILM, slug) for slug in slugs))


@pytest.fixture
async def studio(store: Store) -> Store:
    """Ann made a, b and c: a with Bob, b with Bob and Cat, c alone; a fourth film no longer counts."""
    await load(
        store,
        [
            source("s"),
            *(person(slug, slug.title(), "s#1") for slug in ("ann", "bob", "cat", "dan")),
            film("a", "Alpha", "s#1", year="2023"),
            film("b", "Beta", "s#1", year="2024"),
            film("c", "Gamma", "s#1"),
            film("d", "Delta", "s#1", year="2025"),
            credit("ann", "a", "s#1"),
            credit("ann", "a", "s#1", role="WRITER"),
            credit("ann", "b", "s#1"),
            credit("ann", "c", "s#1"),
            credit("ann", "d", "s#1", rank=ClaimRank.DEPRECATED),
            credit("bob", "a", "s#1", role="CAST"),
            credit("bob", "a", "s#1", role="EDITOR"),
            credit("bob", "b", "s#1", role="CAST"),
            credit("bob", "d", "s#1", role="CAST"),
            credit("cat", "b", "s#1", role="EDITOR"),
            credit("dan", "b", "s#1", role="FEATURED"),
        ],
    )
    return store


async def test_each_film_comes_once_with_all_the_credits_that_count(studio: Store) -> None:
    page, nobody = await studio.person_films(
        [ANN, entity_id(Kind.PERSON, "x")], EVERYTHING, BY_NAME, PageRequest(2, count=True)
    )
    assert [(f.film.name, sorted(str(c.properties["role"]) for c in f.credits)) for f in page.items] == [
        ("Alpha", ["DIRECTOR", "WRITER"]),
        ("Beta", ["DIRECTOR"]),
    ]
    assert [c.id for c in page.items[0].credits] == sorted(c.id for c in page.items[0].credits)
    assert (page.has_next, page.has_previous, page.total) == (True, False, 3)
    assert (list(nobody.items), nobody.total) == ([], 0)
    (rest,) = await studio.person_films([ANN], EVERYTHING, BY_NAME, PageRequest(2, after=page.positions[-1]))
    assert ([f.film.name for f in rest.items], rest.has_previous) == (["Gamma"], True)
    (back,) = await studio.person_films(
        [ANN], EVERYTHING, BY_NAME, PageRequest(1, backward=True, before=rest.positions[0])
    )
    assert ([f.film.name for f in back.items], back.has_previous, back.has_next) == (["Beta"], True, True)


async def test_a_persons_films_can_be_filtered_and_ordered(studio: Store) -> None:
    order = (Order("year", descending=True),)
    (page,) = await studio.person_films([ANN], EVERYTHING, order, PageRequest())
    assert [f.film.name for f in page.items] == ["Beta", "Alpha", "Gamma"]
    (page,) = await studio.person_films([ANN], Match("year", Op.LT, 2024), order, PageRequest())
    assert [f.film.name for f in page.items] == ["Alpha"]
    with pytest.raises(BadInput):
        await studio.person_films([ANN], EVERYTHING, (Order("rel:order"),), PageRequest())


@pytest.mark.parametrize(
    ("roles", "years", "expected"),
    [
        ((), YearSpan(), [("bob", 2.0, films("a", "b")), ("cat", 1.0, films("b"))]),
        (("DIRECTOR", "EDITOR"), YearSpan(), [("bob", 1.0, films("a")), ("cat", 1.0, films("b"))]),
        (("DIRECTOR", "FEATURED"), YearSpan(), [("dan", 1.0, films("b"))]),
        ((), YearSpan(2024), [("bob", 1.0, films("b")), ("cat", 1.0, films("b"))]),
        ((), YearSpan(None, 2023), [("bob", 1.0, films("a"))]),
        ((), YearSpan(2025, 2025), []),
    ],
)
async def test_collaborators_are_weighed_by_shared_films(
    studio: Store, roles: Sequence[str], years: YearSpan, expected: list[tuple[str, float, tuple[str, ...]]]
) -> None:
    (page,) = await studio.collaborators([ANN], roles, years, PageRequest())
    assert [(c.person.slug, c.weight, c.films) for c in page.items] == expected


async def test_collaborators_come_in_pages(studio: Store) -> None:
    pages = await studio.collaborators([ANN, CAT, ANN], (), YearSpan(), PageRequest(1, count=True))
    assert [[c.person.slug for c in p.items] for p in pages] == [["bob"], ["ann"], ["bob"]]
    assert [(p.has_next, p.total) for p in pages] == [(True, 2), (True, 2), (True, 2)]
    assert pages[0].positions == [(-2.0, BOB)]
    (rest,) = await studio.collaborators([ANN], (), YearSpan(), PageRequest(1, after=pages[0].positions[0]))
    assert ([c.person.slug for c in rest.items], rest.has_next, rest.has_previous) == (["cat"], False, True)


async def test_a_position_of_another_list_is_refused(studio: Store) -> None:
    with pytest.raises(BadCursor):
        await studio.collaborators([ANN], (), YearSpan(), PageRequest(after=("x", BOB)))
