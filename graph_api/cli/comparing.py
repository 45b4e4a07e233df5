"""The command `compare`: one measure on two graphs."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from graph_api.cli.database import analyses, with_graph
from graph_api.cli.options import (
    DatabaseOption,
    FormatOption,
    MeasureArgument,
    ParametersOption,
    TopOption,
    of_projection,
    one_of,
    parameters,
    some_of,
    year_span,
)
from graph_api.cli.output import WHO, Answer, Column, Row, Table, show

if TYPE_CHECKING:
    from graph_api.analytics.runs import AnalysisRun
    from graph_api.analytics.spec import ProjectionSpec
    from graph_api.store.base import Store

_DIFFERENCES = "--with-years, --with-roles, --with-weight, --with-cited-only, --with-undisputed, --with-revision"


@of_projection
def compare(
    measure: MeasureArgument,
    spec: "ProjectionSpec",
    with_years: Annotated[
        str | None, typer.Option("--with-years", metavar="FROM..TO", help="Years of the second graph.")
    ] = None,
    with_roles: Annotated[
        list[str] | None, typer.Option("--with-roles", metavar="ROLE,...", help="Roles of the second graph.")
    ] = None,
    with_weight: Annotated[
        str | None, typer.Option("--with-weight", metavar="WEIGHT", help="What a weight of the second graph counts.")
    ] = None,
    with_cited_only: Annotated[
        bool, typer.Option("--with-cited-only", help="The second graph leaves out what has no citation.")
    ] = False,
    with_undisputed: Annotated[
        bool, typer.Option("--with-undisputed", help="The second graph leaves out what is uncertain or disputed.")
    ] = False,
    with_revision: Annotated[
        int | None, typer.Option("--with-revision", metavar="N", min=0, help="The second graph is as it was then.")
    ] = None,
    top: TopOption = 20,
    param: ParametersOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Compare a measure on two graphs: two periods, two revisions, all facts and those cited and undisputed."""
    from graph_api.analytics import requests, research
    from graph_api.analytics.measures.catalogue import CentralityMeasure
    from graph_api.analytics.spec import WeightScheme
    from graph_api.domain.catalogue import CreditRole

    wanted = one_of(CentralityMeasure, measure, "MEASURE")
    second = replace(
        spec,
        roles=some_of(CreditRole, with_roles, "--with-roles") or spec.roles,
        years=year_span(with_years, "--with-years") if with_years else spec.years,
        weight=one_of(WeightScheme, with_weight, "--with-weight") if with_weight else spec.weight,
        cited_only=spec.cited_only or with_cited_only,
        undisputed=spec.undisputed or with_undisputed,
        revision=spec.revision if with_revision is None else with_revision,
    )
    if spec == second:
        raise typer.BadParameter("say what differs in the second graph", param_hint=_DIFFERENCES)

    async def work(store: "Store") -> "tuple[AnalysisRun, AnalysisRun, list[Row]]":
        from graph_api.cli import finding
        from graph_api.cli.runs import finish

        given = parameters(param)
        async with analyses(store, database) as opened:
            before = await finish(opened, requests.centrality(wanted, spec, given), f"{wanted.value.lower()}, first")
            after = await finish(opened, requests.centrality(wanted, second, given), f"{wanted.value.lower()}, second")
        changes = research.compared(before.result, after.result, top)
        known = await finding.named(store, [c.id for c in changes])
        rows: list[Row] = []
        for change in changes:
            one, two = change.before, change.after
            rows.append(
                {
                    "rank": None if one is None else int(before.result.ranks[one]),
                    "rank_with": None if two is None else int(after.result.ranks[two]),
                    "risen": change.gain(before.result, after.result),
                    "score": None if one is None else float(before.result.scores[one]),
                    "score_with": None if two is None else float(after.result.scores[two]),
                }
                | finding.row(change.id, known)
            )
        return before.run, after.run, rows

    from graph_api.cli.runs import about, run_data

    one, two, rows = with_graph(database, work)
    columns = (
        *WHO,
        Column("rank", "rank", is_number=True),
        Column("rank_with", "then", is_number=True),
        Column("risen", "risen", is_number=True),
        Column("score", "score", is_number=True),
        Column("score_with", "then", is_number=True),
    )
    data = {"run": run_data(one), "with": run_data(two), "rows": [dict(row) for row in rows]}
    show(Answer([Table(columns, rows)], data, [f"{wanted.value.lower()}, compared", about(one), about(two)]), format)
