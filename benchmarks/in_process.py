"""The same requests without HTTP: text in, JSON out, all in one thread, by the processor's time that it took."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from graphql import ExecutionResult

from benchmarks.documents import Asked
from benchmarks.plain.by_hand import ANSWERS
from benchmarks.plain.schema import make_context
from benchmarks.plain.schema import make_schema as plain_schema
from benchmarks.plain.statements import Tables
from benchmarks.report import Report, verdict_at_least
from graph_api.analytics.service import Analyses
from graph_api.http.documents import Documents
from graph_api.http.execution import Deadline, run
from graph_api.http.parameters import Parameters
from graph_api.serving import calm_collector
from graph_api.settings import Settings
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from loaders.following import Following
from schema.build import make_schema
from schema.context import Context

Step = Callable[[], Awaitable[bytes]]
BY_HAND_LIMIT = 1.6


def _answer(result: ExecutionResult) -> bytes:
    assert not result.errors, result.errors
    return orjson.dumps({"data": result.data})


async def _never() -> Any:
    await asyncio.Event().wait()


class Ours:
    """Our service without its endpoint."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._analyses = Analyses(store)
        self._following = Following(store)
        self._schema = make_schema()
        self._documents = Documents(self._schema._schema, Settings())

    async def ask(self, asked: Asked) -> bytes:
        """Return the answer as JSON."""
        document = self._documents.get(asked.query)
        result = await run(
            self._schema,
            document,
            document.operation(None),
            Parameters(asked.query, dict(asked.variables)),
            Context(self._store, self._analyses, max_page_size=1000, follow=self._following),
            suggestions=False,
            deadline=Deadline(60),
            receive=_never,
        )
        return _answer(result)

    async def close(self) -> None:
        """End its analyses."""
        await self._analyses.close()


async def interleaved(steps: Mapping[str, Step], count: int) -> dict[str, float]:
    """Return the median milliseconds of each step, all run in turn."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for i in range(count + 1):
        for name, step in steps.items():
            repeats = 1 if i == 0 else max(1, int(30 / times[name][0]))
            start = time.thread_time()
            for _ in range(repeats):
                await step()
            times[name].append((time.thread_time() - start) / repeats * 1000)
    return {name: statistics.median(found[1:]) for name, found in times.items()}


def _steps(asked: Asked, ours: Ours, tables: Tables, schema: Any) -> dict[str, Step]:
    variables = dict(asked.variables)

    async def plain() -> bytes:
        result = await schema.execute(asked.query, variables, context_value=make_context(tables))
        assert not result.errors, result.errors
        return orjson.dumps({"data": result.data})

    async def by_hand() -> bytes:
        return orjson.dumps(ANSWERS[asked.name](tables, variables))

    found: dict[str, Step] = {"ours": lambda: ours.ask(asked), "plain": plain}
    return {**found, "by hand": by_hand} if asked.is_list else found


async def compare(report: Report, asked: Sequence[Asked], database: Path, count: int) -> None:
    """Print how long each takes."""
    tables, schema = Tables(database), plain_schema()
    store = await open_store(str(database))
    ours = Ours(store)
    calm_collector()  # as our service does; all of these have it
    rows: list[tuple[object, ...]] = []
    verdicts = []
    for each in asked:
        found = await interleaved(_steps(each, ours, tables, schema), count)
        hand, ratio = found.get("by hand"), found["plain"] / found["ours"]
        rows.append(
            (each.title, found["plain"], hand or "", found["ours"], ratio, found["ours"] / hand if hand else "")
        )
        verdicts.append(verdict_at_least(f"{each.title}, plain / ours", ratio, each.target_in_process))
    columns = ("milliseconds", "plain", "by hand", "ours", "plain / ours", "ours / by hand")
    report.table("In process, by the processor's time", columns, rows)
    report.lines(verdicts)
    await ours.close()
    await store.close()
