"""How a run's record is told: one line for people, data for programs."""

from graph_api.analytics.runs import AnalysisRun
from graph_api.cli.output import hint


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
