"""A process that writes to a Neo4j until it is done or killed.

python -m tests.store.neo4j.child small|large ADDRESS
"""

import asyncio
import sys
from collections.abc import Iterator, Sequence

from graph_api.domain.records import ChangeItem
from graph_api.store.neo4j import writer
from graph_api.store.neo4j.store import Neo4jStore
from tests.store.items import credit, film, person, source

SIZE = 400


def first_graph() -> list[ChangeItem]:
    """The graph before the change."""
    people = [person(f"p-{i}", f"Person {i}", f"list#{i}", occupations="director") for i in range(SIZE)]
    return [source("list"), film("film", "Film", "list#0"), *people]


def second_graph() -> Iterator[Sequence[ChangeItem]]:
    """The change: other names for half of the people, new people, credits for all, in small batches."""
    for start in range(0, 2 * SIZE, 50):
        keys = range(start, start + 50)
        rows: list[ChangeItem] = [person(f"p-{i}", f"Somebody {i}", f"list#{i}") for i in keys if i >= SIZE // 2]
        yield [*rows, *(credit(f"p-{i}", "film", f"list#{i}", role="CAST", order=i) for i in keys)]


async def _main(what: str, address: str) -> None:
    if what == "large":
        writer.SMALL = 0
    store = await Neo4jStore.open(address)
    await store.revision()
    sys.stdout.write("start\n")
    sys.stdout.flush()
    await store.apply(second_graph(), actor="child", dataset="list")
    sys.stdout.write("done\n")
    sys.stdout.flush()
    await store.close()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2]))
