"""Commands for researchers: timeline, significance, robustness; `compare` is in a module of its own."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from graph_api.cli.comparing import compare
from graph_api.cli.database import analyses, with_graph
from graph_api.cli.options import (
    CitedOption,
    DatabaseOption,
    FormatOption,
    MeasureArgument,
    ParametersOption,
    RevisionOption,
    RolesOption,
    TopOption,
    UndisputedOption,
    WeightOption,
    complete_measure,
    of_projection,
    one_of,
    parameters,
    projection_spec,
)
from graph_api.cli.output import WHO, Answer, Cell, Column, Row, Table, show

if TYPE_CHECKING:
    from graph_api.analytics.requests import Request
    from graph_api.analytics.runs import AnalysisRun
    from graph_api.analytics.spec import ProjectionSpec
    from graph_api.domain.records import Entity
    from graph_api.store.base import Store

T = TypeVar("T")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (timeline, compare, significance, robustness):
        app.command(command.__name__)(command)


def _asked(
    database: str | None,
    request: "Request[T]",
    title: str,
    rows: "Callable[[T, dict[str, Entity]], list[Row]]",
    ids: "Callable[[T], Sequence[str]]",
) -> "tuple[AnalysisRun, T, list[Row]]":
    """Return the run of a request, what it found, and that as rows."""

    async def work(store: "Store") -> "tuple[AnalysisRun, T, list[Row]]":
        from graph_api.cli import finding
        from graph_api.cli.runs import finish

        async with analyses(store, database) as opened:
            finished = await finish(opened, request, title)
        known = await finding.named(store, sorted(set(ids(finished.result))))
        return finished.run, finished.result, rows(finished.result, known)

    return with_graph(database, work)


def _show(run: "AnalysisRun", title: str, columns: Sequence[Column], rows: list[Row], format: FormatOption) -> None:
    from graph_api.cli.runs import about, hint_if_empty, run_data

    hint_if_empty(run)
    data = {"run": run_data(run), "rows": [dict(row) for row in rows]}
    show(Answer([Table(columns, rows)], data, [title, about(run)]), format)


def timeline(
    measure: MeasureArgument,
    window: Annotated[int, typer.Option("--window", min=1, max=100, help="Years of a window.")] = 1,
    step: Annotated[int, typer.Option("--step", min=1, max=100, help="Years from one window to the next.")] = 1,
    who: Annotated[
        list[str] | None,
        typer.Option("--who", metavar="ENTITY", help="Whose scores; else the ten highest of each."),
    ] = None,
    roles: RolesOption = None,
    weight: WeightOption = "count",
    cited_only: CitedOption = False,
    undisputed: UndisputedOption = False,
    revision: RevisionOption = None,
    param: ParametersOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Show a measure of collaborations in windows of years."""
    from graph_api.analytics import research
    from graph_api.analytics.measures.catalogue import CentralityMeasure
    from graph_api.analytics.slices import Series
    from graph_api.cli import finding

    wanted = one_of(CentralityMeasure, measure, "MEASURE")
    spec = projection_spec("collaboration", roles, None, weight, cited_only, undisputed=undisputed, revision=revision)

    def rows(found: Series, known: "dict[str, Entity]") -> list[Row]:
        return [
            {"from": part.first, "to": part.last, "nodes": part.nodes, "rank": int(rank), "score": float(score)}
            | finding.row(node, known)
            for part in found.slices
            for node, rank, score in zip(
                part.scores.ids, part.scores.ranks.tolist(), part.scores.scores.tolist(), strict=True
            )
        ]

    ids = _ids_of(database, who or ())
    request = research.centrality_over_time(wanted, spec, parameters(param), window=window, step=step, ids=ids)
    title = f"{wanted.value.lower()} over time"
    run, _, found = _asked(database, request, title, rows, lambda s: [n for part in s.slices for n in part.scores.ids])
    years = (Column("from", "from", is_number=True), Column("to", "to", is_number=True))
    numbers = (
        Column("nodes", "people", is_number=True),
        Column("rank", "rank", is_number=True),
        Column("score", "score", is_number=True),
    )
    _show(run, title, (*years, *WHO, *numbers), found, format)


def _ids_of(database: str | None, who: Sequence[str]) -> list[str]:
    async def work(store: "Store") -> list[str]:
        from graph_api.cli import finding

        return [(await finding.entity(store, text)).id for text in who]

    return with_graph(database, work) if who else []


@of_projection
def significance(
    measure: MeasureArgument,
    spec: "ProjectionSpec",
    samples: Annotated[int, typer.Option("--samples", min=2, max=10_000, help="Graphs drawn.")] = 100,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the random numbers.")] = 0,
    top: TopOption = 20,
    param: ParametersOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Show how far scores are above those of graphs drawn with the same degrees."""
    from graph_api.analytics import research
    from graph_api.analytics.measures.catalogue import CentralityMeasure
    from graph_api.analytics.significance import Significance
    from graph_api.cli import finding

    wanted = one_of(CentralityMeasure, measure, "MEASURE")

    def rows(found: Significance, known: "dict[str, Entity]") -> list[Row]:
        return [
            {
                "score": float(found.scores[i]),
                "expected": float(found.means[i]),
                "deviation": float(found.deviations[i]),
                "z_score": float(found.z[i]) if found.deviations[i] else None,
                "quantile": float(found.quantiles[i]),
            }
            | finding.row(node, known)
            for i, node in enumerate(found.ids[:top])
        ]

    request = research.significance_of(wanted, spec, parameters(param), samples=samples, seed=seed)
    title = f"{wanted.value.lower()} beside {samples} graphs of the same degrees"
    run, _, found = _asked(database, request, title, rows, lambda result: result.ids[:top])
    names = ("score", "expected", "z_score", "quantile")
    numbers = [Column(name, name.replace("_", "-"), is_number=True) for name in names]
    _show(run, title, (*WHO, *numbers), found, format)


@of_projection
def robustness(
    spec: "ProjectionSpec",
    measure: Annotated[str, typer.Option("--by", metavar="MEASURE", autocompletion=complete_measure)] = "degree",
    removed: Annotated[int, typer.Option("--removed", min=0, max=100, help="How many are taken out.")] = 20,
    param: ParametersOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Show how the largest component shrinks without the highest of a measure, and what holds the graph together."""
    from graph_api.analytics import research
    from graph_api.analytics.measures.catalogue import CentralityMeasure
    from graph_api.analytics.robustness import Robustness
    from graph_api.cli import finding

    wanted = one_of(CentralityMeasure, measure, "--by")

    def rows(found: Robustness, known: "dict[str, Entity]") -> list[Row]:
        parted = dict(found.articulation_points)
        nobody: dict[str, Cell] = {"name": "(everybody)", "entity": None, "id": None}
        return [
            {"largest": step.largest, "components": step.components, "parts": parted.get(step.node or "", 0)}
            | (nobody if step.node is None else finding.row(step.node, known))
            for step in found.removals
        ]

    request = research.robustness_to(wanted, spec, parameters(param), removed=removed)
    title = f"without the highest by {wanted.value.lower()}"
    run, result, found = _asked(database, request, title, rows, lambda r: [s.node for s in r.removals if s.node])
    title += f" · {len(result.articulation_points)} articulation points, {len(result.bridges)} bridges"
    numbers = (
        Column("largest", "largest component", is_number=True),
        Column("components", "components", is_number=True),
        Column("parts", "parts off alone", is_number=True),
    )
    _show(run, title, (*WHO, *numbers), found, format)
