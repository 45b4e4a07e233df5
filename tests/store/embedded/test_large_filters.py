"""Large filters: answered like small ones, and not remembered, or a few clients could fill the memory."""

import gc
import tracemalloc
from pathlib import Path

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.paging import PageRequest
from graph_api.domain.query import And, Direction, EntityQuery, Filter, HopQuery, Match, Not, Op, Or
from graph_api.store.embedded.store import EmbeddedStore
from tests.store.items import IMPERIA, MARCEL, imperia, load

MOST_KEPT = 2_000_000


def large(number: int) -> Filter:
    """What matches Imperia, with some 500,000 characters that are in no filter of another number."""
    other = tuple(f"{number} {i} {'x' * 1_000}" for i in range(480))
    named = Match("name", Op.IN, (*other, "Imperia"))
    return And((Or((named, Match("name", Op.EQ, str(number)))), Not(Match("name", Op.IN, other))))


async def test_what_large_filters_make_is_not_kept(tmp_path: Path) -> None:
    store = await EmbeddedStore.open(tmp_path / "graph.db")
    await load(store, imperia())

    async def ask(number: int) -> None:
        where = large(number)
        assert [film.id for film in (await store.find(EntityQuery(Kind.FILM, filter=where))).items] == [IMPERIA]
        (hops,) = await store.hops([MARCEL], HopQuery((Relation.CREDITED_ON,), Direction.OUT, where=where))
        assert [hop.entity.id for hop in hops.items] == [IMPERIA]
        (films,) = await store.person_films([MARCEL], where, (), PageRequest())
        assert len(films.items) == 1

    await ask(0)
    gc.collect()
    tracemalloc.start()
    for number in range(1, 13):
        await ask(number)
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await store.close()
    assert kept < MOST_KEPT, f"{kept:,} bytes after filters of some 6,000,000"
