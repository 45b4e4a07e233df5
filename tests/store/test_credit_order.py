"""The order of a film's credits after changes of every kind: theirs, and those of the people's names."""

import random
from typing import Any

import pytest

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.ids import entity_id
from graph_api.domain.query import BY_NAME, Direction, HopQuery, Order
from graph_api.domain.records import ChangeItem
from graph_api.store.base import Store
from tests.store.items import credit, film, load, person, source

CREDITS = HopQuery((Relation.CREDITED_ON,), Direction.IN, order=(Order("rel:order"), *BY_NAME))
PEOPLE, FILMS = 6, 3


async def order_of(store: Store, slug: str) -> list[tuple[str, str]]:
    """(slug, role) of a film's credits, as they come."""
    (page,) = await store.hops([entity_id(Kind.FILM, slug)], CREDITS)
    return [(hop.entity.slug, str(hop.relationship.properties["role"])) for hop in page.items]


async def test_places_without_order_come_last_and_names_break_ties(store: Store) -> None:
    people = [person(slug, name, "a#1") for slug, name in (("a", "Zoe"), ("b", "Adam"), ("c", "Mia"), ("d", "Ben"))]
    given = [
        credit("a", "f", "a#1", role="CAST", order=1),
        credit("b", "f", "a#1", role="CAST", order=1),
        credit("c", "f", "a#1", role="CAST", order=0),
        credit("d", "f", "a#1", role="WRITER"),
        credit("a", "f", "a#1", role="WRITER"),
    ]
    await load(store, [source("a"), film("f", "F", "a#1"), *people, *given])
    first = [("c", "CAST"), ("b", "CAST"), ("a", "CAST")]
    assert await order_of(store, "f") == [*first, ("d", "WRITER"), ("a", "WRITER")]

    await load(store, [person("a", "Aaron", "a#1")])  # another name, and so another place
    first = [("c", "CAST"), ("a", "CAST"), ("b", "CAST")]
    assert await order_of(store, "f") == [*first, ("a", "WRITER"), ("d", "WRITER")]

    await load(store, [credit("c", "f", "a#1", role="CAST", order=7)])  # another order
    assert (await order_of(store, "f"))[:3] == [("a", "CAST"), ("b", "CAST"), ("c", "CAST")]

    await store.merge(entity_id(Kind.PERSON, "d"), entity_id(Kind.PERSON, "a"), actor="test")
    assert await order_of(store, "f") == [("b", "CAST"), ("d", "CAST"), ("c", "CAST"), ("d", "WRITER")]
    assert await store.check_integrity() == []


@pytest.mark.parametrize("seed", range(3))
async def test_the_order_is_that_of_plain_python_after_any_changes(store: Store, seed: int) -> None:
    rng = random.Random(seed)
    names: dict[str, str] = {}
    orders: dict[tuple[str, str], int | None] = {}
    await load(store, [source("a"), *(film(f"f{i}", f"F{i}", "a#1") for i in range(FILMS))])
    for _ in range(6):
        items: list[ChangeItem] = []
        for i in rng.sample(range(PEOPLE), 2):
            names[f"p{i}"] = f"{rng.choice('ABC')}{rng.randint(0, 1)}"
            items.append(person(f"p{i}", names[f"p{i}"], "a#1"))
        pairs = {(rng.choice(sorted(names)), f"f{rng.randrange(FILMS)}") for _ in range(4)}
        for who, what in sorted(pairs):
            place = rng.choice([None, 0, 1])
            if place is None and orders.get((who, what)) is not None:
                place = 1  # what is not said again stays
            orders[who, what] = place
            own: dict[str, Any] = {} if place is None else {"order": place}
            items.append(credit(who, what, "a#1", role="CAST", **own))
        await load(store, items)
        for slug in (f"f{i}" for i in range(FILMS)):
            wanted = sorted(
                ((place is None, place or 0, names[who].casefold(), entity_id(Kind.PERSON, who)), who)
                for (who, what), place in orders.items()
                if what == slug
            )
            assert await order_of(store, slug) == [(who, "CAST") for _, who in wanted]
    assert await store.check_integrity() == []
