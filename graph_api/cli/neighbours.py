"""Commands that look around one node: `similar` and `distances`."""

from typing import TYPE_CHECKING, Annotated

import typer

from graph_api.cli.database import analyses, with_graph
from graph_api.cli.options import (
    CitedOption,
    DatabaseOption,
    FormatOption,
    ProjectionOption,
    RevisionOption,
    RolesOption,
    UndisputedOption,
    YearsOption,
    completer,
    of_projection,
    one_of,
    projection_spec,
)
from graph_api.cli.output import WHO, Answer, Column, Row, Table, hint, show

if TYPE_CHECKING:
    from graph_api.analytics.runs import AnalysisRun
    from graph_api.analytics.spec import ProjectionSpec
    from graph_api.store.base import Store

_MEASURES = "adamic_adar, jaccard, common_neighbors, resource_allocation or personalized_pagerank"

_NAMED = 5
"""Neighbours that a table names."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("similar")(similar)
    app.command("distances")(distances)


@of_projection
def similar(
    who: Annotated[
        str, typer.Argument(metavar="ENTITY", help="Like whom or what: KIND/SLUG, a slug, a name or an id.")
    ],
    spec: "ProjectionSpec",
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="MEASURE",
            autocompletion=completer("graph_api.analytics.similarity", "SimilarityMeasure"),
            help=f"By {_MEASURES}.",
        ),
    ] = "adamic_adar",
    top: Annotated[int, typer.Option("--top", "-n", min=1, max=100, help="At most so many.")] = 20,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Find who or what is most alike by neighbours, and the neighbours that say so."""
    from graph_api.analytics.similarity import SIMILARITIES, SimilarityMeasure
    from graph_api.cli.runs import about, run_data

    wanted = one_of(SimilarityMeasure, by, "--by")

    async def work(store: "Store") -> tuple["AnalysisRun", str, list[Row], list[dict[str, object]]]:
        from graph_api.cli import finding

        own = await finding.entity(store, who)
        async with analyses(store, database) as opened:
            found = await opened.similar(own.id, wanted, spec, top)
        items = found.result.items
        known = await finding.named(store, sorted({id_ for one in items for id_ in (one.id, *one.shared)}))
        rows: list[Row] = [
            finding.row(one.id, known) | {"score": one.score, "shared": _some([known[id_].name for id_ in one.shared])}
            for one in items
        ]
        shared = [[finding.row(id_, known) for id_ in one.shared] for one in items]
        data: list[dict[str, object]] = [{**row, "shared": others} for row, others in zip(rows, shared, strict=True)]
        return found.run, own.name, rows, data

    run, name, rows, data = with_graph(database, work)
    columns = (*WHO, Column("score", "score", is_number=True), Column("shared", "by"))
    heading = [f"like {name}, by {SIMILARITIES[wanted].title}: {SIMILARITIES[wanted].meaning}", about(run)]
    show(Answer([Table(columns, rows)], {"run": run_data(run), "rows": data}, heading), format)
    if not rows:
        hint(f"{name} shares no neighbours in this graph, or is not in it; --projection chooses another")


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:_NAMED])} and {more} more"


def distances(
    who: Annotated[str, typer.Argument(metavar="PERSON", help="From whom: KIND/SLUG, a slug, a name or an id.")],
    projection: ProjectionOption = "collaboration",
    roles: RolesOption = None,
    years: YearsOption = None,
    cited_only: CitedOption = False,
    undisputed: UndisputedOption = False,
    revision: RevisionOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Show how many are how many steps away."""
    from graph_api.cli.runs import about, run_data

    spec = projection_spec(projection, roles, years, "count", cited_only, undisputed=undisputed, revision=revision)

    async def work(store: "Store") -> tuple["AnalysisRun", str, list[Row]]:
        from graph_api.cli import finding

        own = await finding.entity(store, who)
        async with analyses(store, database) as opened:
            found = await opened.distances(own.id, spec)
        return found.run, own.name, [{"distance": far, "count": count} for far, count in found.result.items]

    run, name, rows = with_graph(database, work)
    columns = (Column("distance", "steps away", is_number=True), Column("count", "how many", is_number=True))
    heading = [f"distances from {name}", about(run)]
    show(Answer([Table(columns, rows)], {"run": run_data(run), "rows": [dict(row) for row in rows]}, heading), format)
    if not rows:
        hint(f"{name} is not in this graph; --projection chooses another")
