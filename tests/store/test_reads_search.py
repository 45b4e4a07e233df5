"""Search through a store finds what the domain's definition says, whatever the names."""

import random

import pytest

from graph_api.domain.catalogue import Kind
from graph_api.domain.folding import fold_words
from graph_api.domain.ids import entity_id
from graph_api.domain.paging import PageRequest
from graph_api.domain.records import ChangeItem, EntityRow
from graph_api.domain.search import parse_query
from graph_api.errors import BadInput
from graph_api.store.base import Store
from tests.store.items import film, load, person, source

MARCEL = person("marcel-barsotti", "Marcel Barsotti", "s#1")
CONE = film("c-one", "C·one", "s#1", aliases=["シーワン"])
MARJORIE = person("marjorie", "Grandma Levitt", "s#1", aliases=["グランマレヴィト", "Grandma L."])
CURATED: list[ChangeItem] = [
    source("s"),
    MARCEL,
    person("linda", "Linda Barsony", "s#1"),
    CONE,
    film("cone-of-silence", "Cone of Silence", "s#1"),
    film("coneheads", "Coneheads", "s#1"),
    MARJORIE,
    film("spider-man", "Spider-Man", "s#1"),
    film("spider-man-2", "Spider-Man 2", "s#1"),
]


async def found(store: Store, text: str, *kinds: Kind) -> list[str]:
    return [hit.entity.slug for hit in (await store.search(text, kinds, PageRequest())).items]


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("barsoti", ["marcel-barsotti"]),
        ("BÄRSOTTI", ["marcel-barsotti"]),
        ("Cone", ["c-one", "cone-of-silence", "coneheads"]),
        ("c one", ["c-one"]),
        ("グランマレヴィト", ["marjorie"]),
        ("grandma l", ["marjorie"]),
        ("spiderman", ["spider-man", "spider-man-2"]),
        ("spider-man", ["spider-man", "spider-man-2"]),
        ("silence cone", ["cone-of-silence"]),
        ("nobody", []),
        ('"cone" OR silence*', []),
        ("words:cone NEAR(a b)", []),
        ("cone AND", []),
    ],
)
async def test_names_are_found(store: Store, text: str, slugs: list[str]) -> None:
    await load(store, CURATED)
    assert (await found(store, text))[: len(slugs) or None] == slugs


async def test_a_hit_tells_which_name_matched_and_how_well(store: Store) -> None:
    await load(store, CURATED)
    (hit,) = (await store.search("グランマレヴィト", (), PageRequest())).items
    assert (hit.matched, hit.score, hit.entity.name) == ("グランマレヴィト", 0.99, "Grandma Levitt")
    (hit,) = (await store.search("grandma", (), PageRequest())).items
    assert hit.matched == "Grandma Levitt" or hit.score == pytest.approx(0.99 * (0.8 + 0.15 * 7 / 8))


async def test_kinds_narrow_a_search(store: Store) -> None:
    await load(store, [*CURATED, person("cone", "Cone", "s#1")])
    assert await found(store, "cone", Kind.PERSON) == ["cone"]
    assert await found(store, "cone", Kind.PERSON, Kind.FILM) == ["cone", "c-one", "cone-of-silence", "coneheads"]
    assert await found(store, "cone", Kind.PLACE) == []


async def test_hits_come_in_pages_by_score_then_id(store: Store) -> None:
    await load(store, [source("s"), *(film(f"f{i}", "Same", "s#1") for i in range(5))])
    ids = sorted(entity_id(Kind.FILM, f"f{i}") for i in range(5))
    first = await store.search("same", (), PageRequest(2, count=True))
    assert ([h.entity.id for h in first.items], first.total) == (ids[:2], 5)
    assert first.positions == [(-1.0, ids[0]), (-1.0, ids[1])]
    second = await store.search("same", (), PageRequest(2, after=first.positions[-1]))
    assert ([h.entity.id for h in second.items], second.has_next, second.has_previous) == (ids[2:4], True, True)
    back = await store.search("same", (), PageRequest(9, backward=True, before=second.positions[0]))
    assert [h.entity.id for h in back.items] == ids[:2]


async def test_new_names_are_found_at_once_and_removed_ones_no_longer(store: Store) -> None:
    await load(store, CURATED)
    assert await found(store, "schwarzeneger") == []
    await store.apply([[person("arnold", "Arnold Schwarzenegger", "s#1")]], actor="t")
    assert await found(store, "schwarzeneger") == ["arnold"]
    await store.apply([], actor="t", remove=[entity_id(Kind.PERSON, "arnold")])
    assert await found(store, "schwarzeneger") == []


@pytest.mark.parametrize("text", ["", "·", "x" * 201])
async def test_what_can_not_be_searched_for_is_refused(store: Store, text: str) -> None:
    with pytest.raises(BadInput):
        await store.search(text, (), PageRequest())


LETTERS = "aabcdeé"


def some_name(rng: random.Random) -> str:
    words = ["".join(rng.choices(LETTERS, k=rng.randint(1, 9))) for _ in range(rng.randint(1, 3))]
    return rng.choice([" ", "-", " "]).join(words)


def some_text(rng: random.Random, names: list[str]) -> str:
    """A name with letters changed, left out or cut off."""
    letters = list(rng.choice(names))
    for _ in range(rng.randint(0, 3)):
        at = rng.randrange(len(letters))
        letters[at : at + rng.randint(0, 2)] = rng.choice(["", "b", "ea"])
        letters = letters or ["a"]
    text = "".join(letters)[: rng.randint(2, 20)]
    return text if fold_words(text) else "a"


@pytest.mark.parametrize("seed", range(3))
async def test_the_answer_is_what_the_definition_says(store: Store, seed: int) -> None:
    rng = random.Random(seed)
    rows: list[EntityRow] = []
    for i in range(150):
        aliases = tuple(some_name(rng) for _ in range(rng.randint(0, 2)))
        make = film if rng.random() < 0.5 else person
        rows.append(make(f"x{i}", some_name(rng), "s#1", aliases=aliases))
    await load(store, [source("s"), *rows])
    names = [name for row in rows for name in (row.name, *row.aliases)]
    for _ in range(60):
        text = some_text(rng, names)
        query = parse_query(text)
        expected = []
        for row in rows:
            tried = [(row.name, True), *((alias, False) for alias in set(row.aliases) - {row.name})]
            scores = [(query.score(name, fold_words(name), is_best=best), name) for name, best in tried]
            best = max((s for s, _ in scores if s is not None), default=None)
            if best is not None:
                matched = {name for s, name in scores if s == best}
                expected.append((-best, entity_id(row.kind, row.slug), matched))
        expected.sort(key=lambda each: each[:2])
        page = await store.search(text, (), PageRequest(100, count=True))
        assert page.total == len(expected), text
        assert list(page.positions) == [(score, id_) for score, id_, _ in expected[:100]], text
        assert all(hit.matched in matched for hit, (_, _, matched) in zip(page.items, expected, strict=False))


async def test_a_slug_that_is_not_there_has_near_ones(store: Store) -> None:
    await load(store, CURATED)
    assert await store.nearest_slugs(Kind.PERSON, "marcel-barsoti") == ["marcel-barsotti"]
    assert await store.nearest_slugs(Kind.FILM, "Spider Man", 2) == ["spider-man", "spider-man-2"]
    assert await store.nearest_slugs(Kind.FILM, "") == []
    assert await store.nearest_slugs(Kind.PLACE, "marcel-barsotti") == []
    assert await store.nearest_slugs(None, "ss", 2) == ["s"]
