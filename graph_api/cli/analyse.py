"""Commands that analyse: rank, communities, export."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph_api.cli.database import analyses, with_graph
from graph_api.cli.options import (
    PROJECTIONS,
    CitedOption,
    DatabaseOption,
    FormatOption,
    KindsOption,
    ParametersOption,
    RelationsOption,
    RevisionOption,
    RolesOption,
    UndisputedOption,
    WeightOption,
    YearsOption,
    complete_projection,
    completer,
    of_projection,
    one_of,
    parameters,
    projection_spec,
)
from graph_api.cli.output import Answer, Column, Row, Table, hint, show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph_api.analytics.parameters import Parameter
    from graph_api.analytics.runs import AnalysisRun
    from graph_api.analytics.spec import ProjectionSpec
    from graph_api.store.base import Store

_complete_measure = completer("graph_api.analytics.measures.catalogue", "CentralityMeasure")
_complete_algorithm = completer("graph_api.analytics.communities", "CommunityAlgorithm")
_MEASURES = (
    "degree, strength, pagerank, personalized_pagerank, article_rank, betweenness, closeness, harmonic, eigenvector, "
    "katz, hits_hub, hits_authority, core_number, clustering, constraint or influence_maximization"
)
PlotOption = Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Also draw it, as .png or .svg.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("rank")(rank)
    app.command("communities")(communities)
    app.command("export")(export)
    app.command("runs")(runs)


@of_projection
def rank(
    measure: Annotated[
        str,
        typer.Argument(
            metavar="MEASURE",
            autocompletion=_complete_measure,
            help=_MEASURES,
        ),
    ],
    spec: "ProjectionSpec",
    top: Annotated[int, typer.Option("--top", "-n", min=1, help="At most so many.")] = 20,
    param: ParametersOption = None,
    approximate: Annotated[
        float | None,
        typer.Option(
            "--approximate",
            min=1e-6,
            max=0.99,
            metavar="EPSILON",
            help="An error of the scores that would do.",
        ),
    ] = None,
    delta: Annotated[
        float,
        typer.Option("--delta", min=1e-6, max=0.99, help="With --approximate: how likely one may be further off."),
    ] = 0.1,
    deadline: Annotated[
        float | None,
        typer.Option(
            "--deadline", min=0.1, metavar="SECONDS", help="With --approximate: end by then with what is known."
        ),
    ] = None,
    highest: Annotated[
        int | None,
        typer.Option(
            "--highest", min=1, metavar="N", help="With --approximate: end once the N highest are told from the rest."
        ),
    ] = None,
    plot: PlotOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Rank entities by a centrality measure."""
    from graph_api.analytics.measures.catalogue import MEASURES, CentralityMeasure
    from graph_api.cli.runs import about, hint_if_empty, run_data

    wanted = one_of(CentralityMeasure, measure, "MEASURE")
    _check_plot(plot)
    if approximate is None and (delta != 0.1 or deadline is not None or highest is not None):
        raise typer.BadParameter("say which error would do", param_hint="--approximate")

    async def work(store: "Store") -> tuple["AnalysisRun", list[Row]]:
        from graph_api.analytics import requests
        from graph_api.analytics.kernels.approximate import Approximation
        from graph_api.cli import finding
        from graph_api.cli.runs import finish

        given = await _with_ids(store, parameters(param), MEASURES[wanted].parameters)
        enough = None if approximate is None else Approximation(approximate, delta, deadline, highest)
        async with analyses(store, database) as opened:
            title = f"{MEASURES[wanted].title} of {spec.name.lower()}"
            finished = await finish(opened, requests.centrality(wanted, spec, given, enough), title)
        found = finished.result
        entities = list((await finding.named(store, found.ids[:top])).values())
        rows: list[Row] = [
            {
                "rank": int(rank_),
                "name": entity.name,
                "entity": finding.reference(entity),
                "score": float(score),
                "error": 0.0 if found.errors is None else float(found.errors[place]),
                "id": entity.id,
            }
            for place, (entity, score, rank_) in enumerate(
                zip(entities, found.scores.tolist(), found.ranks.tolist(), strict=False)
            )
        ]
        return finished.run, rows

    run, rows = with_graph(database, work)
    hint_if_empty(run)
    if plot:
        from graph_api.cli import plots

        title = f"{MEASURES[wanted].title}: the first {len(rows)}"
        plots.bars(plot, title, about(run), [(str(row["name"]), float(str(row["score"]))) for row in rows])
        hint(f"drawn to {plot}")
    columns = (
        Column("rank", "rank", is_number=True),
        Column("name", "name"),
        Column("entity", "entity", "cyan"),
        Column("score", "score", is_number=True),
        Column("error", ""),
        Column("id", ""),
    )
    heading = [f"{MEASURES[wanted].title}", f"{MEASURES[wanted].meaning}", about(run)]
    show(Answer([Table(columns, rows)], {"run": run_data(run), "scores": [dict(row) for row in rows]}, heading), format)


@of_projection
def communities(
    spec: "ProjectionSpec",
    algorithm: Annotated[
        str,
        typer.Option(
            "--algorithm", "-a", autocompletion=_complete_algorithm, metavar="ALGORITHM",
            help="leiden, louvain, label_propagation, connected_components or k_core.",
        ),
    ] = "leiden",
    top: Annotated[int, typer.Option("--top", "-n", min=1, help="At most so many communities.")] = 20,
    param: ParametersOption = None,
    plot: PlotOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:  # fmt: skip
    """Find communities: groups whose members are tied to each other more than to others."""
    from graph_api.analytics.communities import CommunityAlgorithm
    from graph_api.cli.grouping import found_communities

    wanted = one_of(CommunityAlgorithm, algorithm, "--algorithm")
    _check_plot(plot)

    async def work(store: "Store") -> Answer:
        given = parameters(param)
        async with analyses(store, database) as opened:
            return await found_communities(store, opened, wanted, spec, given, top, plot)

    show(with_graph(database, work), format)


def export(
    projection: Annotated[
        str | None,
        typer.Argument(
            metavar="[PROJECTION]", autocompletion=complete_projection, help=PROJECTIONS, show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to; the ending says in which form."),
    ] = None,
    form: Annotated[
        str | None, typer.Option("--as", metavar="FORM", help="graphml, gexf, net (Pajek), json or zip (CSV pair).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    roles: RolesOption = None,
    years: YearsOption = None,
    weight: WeightOption = "count",
    relations: RelationsOption = None,
    kind: KindsOption = None,
    cited_only: CitedOption = False,
    undisputed: UndisputedOption = False,
    revision: RevisionOption = None,
    neo4j_admin: Annotated[
        Path | None,
        typer.Option(
            "--neo4j-admin",
            metavar="DIR",
            help="In place of a projection: the whole graph as CSV files for `neo4j-admin database import full`.",
        ),
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Write a projection to a file for Gephi, igraph, NetworkX or a spreadsheet; or all of it for Neo4j."""
    from graph_api.cli.exporting import chosen_form, empty_folder, write_for_neo4j, write_projection

    if neo4j_admin is not None:
        if projection is not None or output is not None:
            raise typer.BadParameter("writes the whole graph; leave PROJECTION and --output out")
        folder = empty_folder(neo4j_admin)
        print(with_graph(database, lambda store: write_for_neo4j(store, folder)))
        return
    if projection is None or output is None:
        raise typer.BadParameter("name a projection and give --output FILE, or give --neo4j-admin DIR")
    spec = projection_spec(
        projection, roles, years, weight, cited_only, relations, kind, undisputed=undisputed, revision=revision
    )
    ending = chosen_form(output, form, force=force)
    nodes, ties = with_graph(database, lambda store: write_projection(store, spec, ending, output))
    hint(f"wrote {nodes} nodes and {ties} ties to {output}")


def runs(
    top: Annotated[int, typer.Option("--top", "-n", min=1, max=1_000, help="At most so many, newest first.")] = 20,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """List the analyses that were run on the graph, newest first."""
    from graph_api.cli.database import place_of, run
    from graph_api.cli.runs import listed

    show(run(listed(place_of(database).address, top)), format)


def _check_plot(plot: Path | None) -> None:
    if plot is not None:
        from graph_api.cli.plots import check_ending

        check_ending(plot)


async def _with_ids(store: "Store", given: dict[str, object], taken: "Iterable[Parameter]") -> dict[str, object]:
    """Return parameters with entities, named as on the command line, turned into ids where ids are taken."""
    from graph_api.cli import finding

    found = dict(given)
    for name in {parameter.name for parameter in taken if parameter.type == "ids"}:
        value = found.get(name)
        if isinstance(value, list):
            found[name] = [(await finding.entity(store, str(item))).id for item in value]
    return found
