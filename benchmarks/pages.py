"""Reading: a level at once against one object at a time, deep pages, and large graphs.

    python -m benchmarks.pages

All variants run interleaved in one process; each figure is the median. "Naive" is the same
schema, store and query, with every resolver called for one parent at a time and every entity
read when it is needed, as a service without batches and loaders would. Pages are asked for at
most 100 at a time, as by default.
"""

import asyncio
import inspect
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import table, verdict
from benchmarks.synthetic import generate
from graph_api.analytics.service import Analyses
from graph_api.batching import adapter
from graph_api.domain.catalogue import Kind
from graph_api.domain.paging import PageRequest
from graph_api.domain.query import EntityQuery
from graph_api.domain.records import Entity
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from loaders.keyed import EntityByIdLoader
from schema.build import make_schema
from schema.context import Context
from seed.loading import load
from tests.data import large_dataset

NESTED = """{
  films(first: 50) { nodes { title year credits(first: 20) { nodes { role character person { name } } } } }
}"""
DEEP_LIMIT = SIZE_LIMIT = 1.5
_ROUNDS = 15


class OneByOne(EntityByIdLoader):
    """A loader that neither remembers nor batches."""

    def prime_entities(self, entities: Iterable[Entity]) -> None:
        """Forget what other reads bring along."""

    async def load_many(self, keys: Sequence[str]) -> list[Entity | None]:
        """Ask the store for each key by itself."""
        return [(await self._fetch([key]))[0] for key in keys]


Step = Callable[[], Awaitable[object]]


async def interleaved(steps: dict[str, Step], rounds: int = _ROUNDS) -> dict[str, float]:
    """Return the median milliseconds of each step, all run in turn."""
    found: dict[str, list[float]] = {name: [] for name in steps}
    for i in range(rounds + 1):
        for name, step in steps.items():
            start = time.perf_counter()
            await step()
            if i:  # the first round warms up
                found[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(times) for name, times in found.items()}


async def one_at_a_time(resolver: adapter.BatchResolver, parent: Any, info: Any, arguments: dict[str, Any]) -> Any:
    """Resolve a field for one parent by itself: what the adapter is there to avoid."""
    answers = resolver(adapter.Column([parent]), info, **arguments)
    (answer,) = await answers if inspect.isawaitable(answers) else answers
    return answer


async def nested(store: Store) -> dict[str, float]:
    """Time the nested query with and without batches."""
    schema, analyses = make_schema(), Analyses(store)

    async def ask(context: Context | None = None) -> None:
        result = await schema.execute(NESTED, context_value=context or Context(store, analyses))
        assert not result.errors, result.errors
        assert result.data

    together = adapter._gather

    async def naive() -> None:
        adapter._gather = one_at_a_time
        context = Context(store, analyses)
        context._entities = OneByOne(store)
        try:
            await ask(context)
        finally:
            adapter._gather = together

    found = await interleaved({"batched": ask, "naive": naive}, rounds=5)
    await analyses.close()
    return found


async def position_of_page(store: Store, kind: Kind, number: int) -> PageRequest:
    """Return the request for a page, walking there as a client would."""
    request = PageRequest(100)
    for _ in range(number - 1):
        page = await store.find(EntityQuery(kind, request))
        assert page.has_next, f"there is no page {number}"
        request = PageRequest(100, after=page.positions[-1])
    return request


async def deep(store: Store) -> dict[str, float]:
    """Time the first page of people against the thousandth."""
    first, thousandth = PageRequest(100), await position_of_page(store, Kind.PERSON, 1000)
    return await interleaved(
        {
            "page 1": lambda: store.find(EntityQuery(Kind.PERSON, first)),
            "page 1,000": lambda: store.find(EntityQuery(Kind.PERSON, thousandth)),
        },
        rounds=60,
    )


async def sizes(small: Store, large: Store) -> tuple[dict[str, float], dict[str, float]]:
    """Time a page and a node in a graph of 1,000 films and one of 100,000."""
    query = EntityQuery(Kind.FILM, PageRequest(20))
    some = {store: (await store.find(query)).items[7].id for store in (small, large)}
    pages = await interleaved(
        {"1,000 films": lambda: small.find(query), "100,000 films": lambda: large.find(query)}, 60
    )
    nodes = await interleaved(
        {
            "1,000 films": lambda: small.entities([some[small]]),
            "100,000 films": lambda: large.entities([some[large]]),
        },
        rounds=60,
    )
    return pages, nodes


async def main() -> None:
    """Print all tables."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)

        async def filled(name: str, dataset: Path) -> Store:
            store = await open_store(str(folder / name))
            await load(store, dataset)
            return store

        print(large_dataset(folder / "films"), "\n")
        tmdb = await filled("tmdb.db", folder / "films")
        found = await nested(tmdb)
        rows = [(name, ms) for name, ms in found.items()]
        print(table("50 films x 20 credits x person, GraphQL in process", ("variant", "ms"), rows))
        print(f"batches: {found['naive'] / found['batched']:.1f} times as fast as one object at a time\n")
        found = await deep(tmdb)
        print(table("A page of 100 people", ("page", "ms"), list(found.items())))
        print(verdict("page 1,000 against page 1", found["page 1,000"] / found["page 1"], DEEP_LIMIT), "\n")
        await tmdb.close()
        stores = []
        for films in (1_000, 100_000):
            generate(folder / str(films), films, people_a_film=2, credits_a_film=4)
            stores.append(await filled(f"{films}.db", folder / str(films)))
        for what, times in zip(("A page of 20 films", "A node"), await sizes(*stores), strict=True):
            print(table(what, ("graph", "ms"), list(times.items())))
            print(
                verdict(
                    f"{what}, 100,000 films against 1,000", times["100,000 films"] / times["1,000 films"], SIZE_LIMIT
                ),
                "\n",
            )
        for store in stores:
            await store.close()


if __name__ == "__main__":
    asyncio.run(main())
