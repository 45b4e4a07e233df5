"""Loading TMDB's tables, against plain sqlite3 inserting the very same rows.

    python -m benchmarks.load

Ours is the whole way from the dataset's files: reading, checking, deriving, applying as one
change. Plain is `executemany` of the rows that came out of it, held in memory, into the same
tables with the same indexes and full-text index, by the same connection in one transaction:
no file is read and nothing derived. Since ours makes the indexes of an empty graph last, plain
inserts that do the same are shown too. Each runs in a process of its own, in turn three times,
and the best counts.
"""

import asyncio
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.report import table, verdict
from graph_api.store.embedded import tables
from graph_api.store.embedded.connection import open_reader, open_writer
from graph_api.store.embedded.rederive import INDEX_NAMES
from graph_api.store.embedded.upgrade import prepare
from graph_api.store.factory import open_store
from seed.loading import load
from tests.data import large_dataset

RATIO_LIMIT = 2.0
MEMORY_LIMIT_MB = 500
_RUNS = 3


def load_dataset(folder: Path, database: Path) -> dict[str, float]:
    """Load a dataset into a new database and return seconds and items."""

    async def run() -> dict[str, float]:
        store = await open_store(str(database))
        start, cpu = time.perf_counter(), time.process_time()
        applied = await load(store, folder)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        await store.close()
        return {"seconds": seconds, "cpu": cpu, "rows": applied.created}

    return asyncio.run(run())


def insert_plainly(loaded: Path, database: Path, *, indexes_last: bool = False) -> dict[str, float]:
    """Insert the rows of a loaded database into a new one and return seconds and rows."""
    names = [found[1] for text in tables.TABLES if (found := re.match(r"CREATE TABLE (\w+)", text))]
    reader = open_reader(loaded)
    rows = {name: reader.execute(f"SELECT * FROM {name}").fetchall() for name in names}
    reader.close()
    db = open_writer(database)
    prepare(db)
    start, cpu = time.perf_counter(), time.process_time()
    db.execute("BEGIN IMMEDIATE")
    if indexes_last:
        for index in tables.INDEXES:
            db.execute(f"DROP INDEX {index}")
    for name in names:
        if rows[name]:
            marks = ", ".join("?" * len(rows[name][0]))
            db.executemany(f"INSERT OR REPLACE INTO {name} VALUES ({marks})", rows[name])
    db.execute(INDEX_NAMES, (0,))
    if indexes_last:
        for statement in tables.INDEXES.values():
            db.execute(statement)
    db.execute("COMMIT")
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    db.close()
    return {"seconds": seconds, "cpu": cpu, "rows": sum(map(len, rows.values()))}


def _measured(task: str, source: Path, target: Path) -> dict[str, float]:
    """Run a task in a process of its own; return what it says, with its peak memory in MB."""
    for path in target.parent.glob(f"{target.name}*"):
        path.unlink()
    command = [sys.executable, "-m", "benchmarks.load", task, str(source), str(target)]
    result: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return result


def _task(task: str, source: str, target: str) -> None:
    run: Any = {"load": load_dataset, "plain": insert_plainly, "sorted": partial(insert_plainly, indexes_last=True)}[
        task
    ]
    result = run(Path(source), Path(target))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({**result, "mb": peak / (1024 if sys.platform != "darwin" else 1024**2)}))


def main() -> None:
    found: dict[str, list[dict[str, float]]] = {"load": [], "plain": [], "sorted": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(large_dataset(folder / "dataset"))
        for task, runs in list(found.items()) * _RUNS:
            source = folder / ("dataset" if task == "load" else "load.db")
            runs.append(_measured(task, source, folder / f"{task}.db"))
    best = {task: min(runs, key=lambda run: run["seconds"]) for task, runs in found.items()}
    names = {"load": "load of the dataset", "plain": "plain executemany", "sorted": "the same, indexes last"}
    rows = [(names[task], run["seconds"], run["cpu"], int(run["rows"]), int(run["mb"])) for task, run in best.items()]
    print(table("Loading", ("", "seconds", "of CPU", "items or rows", "peak MB"), rows))
    ratio, memory = best["load"]["seconds"] / best["plain"]["seconds"], best["load"]["mb"]
    print(verdict("load / plain", ratio, RATIO_LIMIT))
    print(verdict("memory of the load", memory, MEMORY_LIMIT_MB, " MB"))
    sys.exit(ratio > RATIO_LIMIT or memory > MEMORY_LIMIT_MB)


if __name__ == "__main__":
    _task(*sys.argv[1:]) if len(sys.argv) > 1 else main()
