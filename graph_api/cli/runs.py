"""Runs of analyses: waited for with a bar, their records told, and the command that lists them."""

from typing import TypeVar

from graph_api.analytics.recording import Finished
from graph_api.analytics.records import Records
from graph_api.analytics.requests import Request
from graph_api.analytics.runs import AnalysisRun
from graph_api.analytics.service import Analyses
from graph_api.cli.output import Answer, Column, Row, Table, hint
from graph_api.cli.progress import bar
from graph_api.domain.paging import PageRequest

T = TypeVar("T")
_WHOLE = 1_000
_COLUMNS = (
    Column("analysis", "analysis", "cyan"),
    Column("projection", "projection"),
    Column("status", "status"),
    Column("progress", "done", is_number=True),
    Column("seconds", "seconds", is_number=True),
    Column("revision", "revision", is_number=True),
    Column("queued_at", "asked for"),
    Column("error", "what went wrong"),
    Column("id", ""),
)


async def finish(analyses: Analyses, request: Request[T], title: str) -> Finished[T]:
    """Return what an analysis finds, showing on a terminal how far it is; Ctrl-C stops it."""
    with bar(title) as advance:
        return await analyses.finish(request, follow=lambda run: advance(round(_WHOLE * run.progress), _WHOLE))


async def listed(address: str, top: int) -> Answer:
    """Return the runs that are remembered of a graph, newest first."""
    records = await Records.open(address, 0, create=False)
    try:
        found = records.page(PageRequest(size=top)).items
    finally:
        await records.close()
    rows: list[Row] = [
        {
            "analysis": run.analysis.lower(),
            "projection": run.spec.name.value.lower(),
            "status": run.status.value.lower(),
            "progress": f"{run.progress:.0%}",
            "seconds": run.seconds,
            "revision": run.graph_revision,
            "queued_at": run.queued_at,
            "error": run.error,
            "id": run.id,
        }
        for run in found
    ]
    data = [
        {**run_data(run), **{k: row[k] for k in ("status", "seconds", "queued_at", "error")}}
        for run, row in zip(found, rows, strict=True)
    ]
    return Answer([Table(_COLUMNS, rows)], data, [f"{len(rows)} runs" if rows else "no analysis has been run"])


def hint_if_empty(run: AnalysisRun) -> None:
    """Say on stderr that an answer is empty because its graph is."""
    if not run.nodes:
        hint("nothing is tied in this graph: give fewer or other roles, years, kinds or relations")


def about(run: AnalysisRun) -> str:
    """Return the line that says what was computed on what."""
    size = f"{run.nodes} nodes, {run.relationships} ties"
    exactness = "exact" if run.exact else "approximate"
    return f"{run.spec.name.value.lower()} · {size} · revision {run.graph_revision} · {exactness}, {run.engine}"


def run_data(run: AnalysisRun) -> dict[str, object]:
    """Return a run's record without what differs from one run to the next."""
    return {
        "id": run.id,
        "analysis": run.analysis,
        "parameters": dict(run.parameters),
        "exact": run.exact,
        "nodes": run.nodes,
        "relationships": run.relationships,
        "graph_revision": run.graph_revision,
        "graph_hash": run.graph_hash,
        "engine": run.engine,
        "engine_versions": dict(run.engine_versions),
    }
