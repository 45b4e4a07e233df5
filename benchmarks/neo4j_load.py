"""Loading TMDB's tables into Neo4j, against plain batched UNWIND inserts of the very same rows.

    python -m benchmarks.neo4j_load

Ours is the whole way from the dataset's files: reading, checking, deriving, writing, counting,
telling the feed. Plain is the official driver sending the nodes and relationships that came out
of it, held in memory, in transactions of 5,000 rows, to the same indexes: nothing is read,
checked, derived or counted, and the feed is left out. Each runs in a process of its own, in turn
twice, and the best counts. A second load of the same files is timed too, and the hash compared
with that of an embedded graph.

It runs on the server that FILMGRAPH_TEST_NEO4J names, else starts one (scripts/neo4j).
"""

import asyncio
import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neo4j import ManagedTransaction

from benchmarks.report import table, verdict
from graph_api.store.factory import open_store
from graph_api.store.neo4j.link import ROWS, Link, Statement, chunks
from seed.loading import load
from tests.data import large_dataset
from tests.store.neo4j.cleaning import clean, driver_of, query

RATIO_LIMIT = 2.0
MEMORY_LIMIT_MB = 500
RELOAD_LIMIT = 1.0
_RUNS = 2
_SERVER = "FILMGRAPH_TEST_NEO4J"
_NOT_PLAIN = (":ChangePart", ":Change:", "SET n.degree")
_HEAP = (
    "CALL dbms.queryJmx('java.lang:type=Memory') YIELD attributes RETURN attributes.HeapMemoryUsage.value.properties"
)
Result = dict[str, Any]


async def _load(folder: Path, address: str) -> Result:
    store = await open_store(address)
    await store.revision()
    start, cpu = time.perf_counter(), time.process_time()
    applied = await load(store, folder)
    found = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu, "rows": applied.created}
    # Before the hash, whose work is not the load's.
    found["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    found["changed"] = applied.changed
    await store.close()
    return found


async def _hash(address: str) -> Result:
    store = await open_store(address)
    try:
        return {"hash": await store.graph_hash()}
    finally:
        await store.close()


def _record(folder: Path, address: str, target: Path) -> Result:
    """Load the dataset and keep the rows that were written."""
    written: list[tuple[str, Sequence[object]]] = []
    write_all = Link.write_all

    def recorded(self: Link, statements: Sequence[Statement], generation: int) -> None:
        written.extend((text, rows) for text, rows in statements if not any(part in text for part in _NOT_PLAIN))
        write_all(self, statements, generation)

    Link.write_all = recorded  # type: ignore[method-assign]
    result = asyncio.run(_load(folder, address))
    target.write_bytes(pickle.dumps(written))
    return result


def _insert(tx: ManagedTransaction, text: str, rows: Sequence[object]) -> None:
    tx.run(text, rows=rows, g=1).consume()


def _plain(rows_file: Path, address: str) -> Result:
    written: list[tuple[str, Sequence[object]]] = pickle.loads(rows_file.read_bytes())
    # As many as fit in one transaction each, which for the reader of the dataset are several statements'.
    statements: dict[str, list[object]] = {}
    for text, rows in written:
        statements.setdefault(text, []).extend(rows)
    count = 0
    driver = driver_of(address)
    start, cpu = time.perf_counter(), time.process_time()
    with driver.session(database=address.rpartition("/")[2]) as session:
        for text, rows in statements.items():
            for chunk in chunks(rows, ROWS):
                session.execute_write(_insert, text, chunk)
                count += len(chunk)
    found = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu, "rows": count}
    driver.close()
    return found


def _measured(task: str, *arguments: object) -> Result:
    """Run a task in a process of its own; return what it says."""
    command = [sys.executable, "-m", "benchmarks.neo4j_load", task, *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    result: Result = json.loads(done.stdout)
    return result


def _task(task: str, *arguments: str) -> None:
    match task, arguments:
        case "load", (folder, address):
            result = asyncio.run(_load(Path(folder), address))
        case "record", (folder, address, target):
            result = _record(Path(folder), address, Path(target))
        case "plain", (rows_file, address):
            result = _plain(Path(rows_file), address)
        case "hash", (address,):
            result = asyncio.run(_hash(address))
        case _:
            raise SystemExit(__doc__)
    print(json.dumps(result))


def _heap_mb(address: str) -> dict[str, int]:
    found: Any = query(address, _HEAP)[0][0]
    return {name: found[name] // 2**20 for name in ("used", "max")}


def main() -> None:
    address = os.environ.get(_SERVER)
    if address is None:
        os.execv(
            sys.executable, [sys.executable, "-m", "tests.neo4j_server", sys.executable, "-m", "benchmarks.neo4j_load"]
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dataset, rows_file = folder / "dataset", folder / "rows"
        print(large_dataset(dataset))
        clean(address)
        _measured("record", dataset, address, rows_file)  # which also warms the server up
        loads: list[Result] = []
        plains: list[Result] = []
        for _ in range(_RUNS):
            # The node of the graph is there, as after a first start.
            clean(address)
            plains.append(_measured("plain", rows_file, address))
            clean(address)
            loads.append(_measured("load", dataset, address))
        heap = _heap_mb(address)
        again = _measured("load", dataset, address)
        embedded = folder / "graph.db"
        _measured("load", dataset, embedded)
        hashes = {_measured("hash", where)["hash"] for where in (address, embedded)}
        clean(address)
    ours, plain = min(loads, key=_seconds), min(plains, key=_seconds)
    rows = [
        (what, run["seconds"], run["cpu"], run["rows"], int(run.get("mb", 0)) or "")
        for what, run in (("load of the dataset", ours), ("plain UNWIND", plain), ("the same files again", again))
    ]
    print(table("Loading into Neo4j", ("", "seconds", "of CPU", "items or rows", "peak MB"), rows))
    print(f"the server's heap after the loads: {heap['used']} of {heap['max']} MB")
    ratio = ours["seconds"] / plain["seconds"]
    print(verdict("load / plain", ratio, RATIO_LIMIT))
    print(verdict("second load / first", again["seconds"] / ours["seconds"], RELOAD_LIMIT))
    print(verdict("memory of the load", ours["mb"], MEMORY_LIMIT_MB, " MB"))
    print("the hash is that of an embedded graph" if len(hashes) == 1 else "THE HASHES DIFFER")
    sys.exit(ratio > RATIO_LIMIT or ours["mb"] > MEMORY_LIMIT_MB or len(hashes) > 1 or again["changed"])


def _seconds(run: Result) -> float:
    seconds: float = run["seconds"]
    return seconds


if __name__ == "__main__":
    _task(*sys.argv[1:]) if len(sys.argv) > 1 else main()
