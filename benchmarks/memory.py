"""How much memory an answer with 10,000 objects takes while it is made."""

import gc
import tracemalloc
from pathlib import Path

import orjson

from benchmarks.documents import large
from benchmarks.in_process import Ours
from benchmarks.report import Report, verdict
from graph_api.store.factory import open_store

OBJECTS = 10_000
LIMIT = 3.0


async def measure(report: Report, database: Path) -> None:
    """Print the most that Python held at once for one request, over the bytes of its answer."""
    store = await open_store(str(database))
    ours = Ours(store)
    films = 160
    while True:
        asked = large(films)
        answer = orjson.loads(await ours.ask(asked))
        objects = sum(len(film["credits"]["nodes"]) for film in answer["data"]["films"]["nodes"])
        if objects >= OBJECTS or films >= 1000:
            break
        films = min(1000, films + 40)
    del answer
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    size = len(await ours.ask(asked))
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    title = f"Memory of an answer with {objects:,} credits and their people"
    report.table(title, ("", "bytes"), [("the answer", size), ("held at once, the answer included", peak)])
    report.lines([verdict("held / answer", peak / size, LIMIT)])
    await ours.close()
    await store.close()
