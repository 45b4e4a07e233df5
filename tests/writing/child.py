"""Writes change sets to a graph, one after the other, and says which revision each made once it is acknowledged."""

import asyncio
import itertools
import sys

from graph_api.domain.ids import source_id
from graph_api.domain.records import ChangeItem, Source
from graph_api.store.factory import open_store
from tests.store.items import credit, film, person


async def main(path: str, first: int) -> None:
    store = await open_store(path)
    for number in itertools.count(first):
        name = f"n{number}"
        items: list[ChangeItem] = [
            Source(source_id(name), name, name, "article"),
            person(name, name, f"{name}#1"),
            *(film(f"{name}-{i}", f"{name} {i}", f"{name}#1") for i in range(30)),
            *(credit(name, f"{name}-{i}", f"{name}#1") for i in range(30)),
        ]
        done = await store.apply([items], actor=name)
        sys.stdout.write(f"{done.revision} {name}\n")
        sys.stdout.flush()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
