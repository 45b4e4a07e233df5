"""The command that shows what makes one score."""

from typing import TYPE_CHECKING, Annotated

import typer

from graph_api.cli.database import analyses, with_graph
from graph_api.cli.options import (
    DatabaseOption,
    FormatOption,
    MeasureArgument,
    ParametersOption,
    of_projection,
    one_of,
    parameters,
)
from graph_api.cli.output import Answer, Column, Row, Table, show

if TYPE_CHECKING:
    from graph_api.analytics.explaining import Explanation, Group
    from graph_api.analytics.runs import AnalysisRun
    from graph_api.analytics.spec import ProjectionSpec
    from graph_api.store.base import Store


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain)


@of_projection
def explain(
    measure: MeasureArgument,
    who: Annotated[str, typer.Argument(metavar="ENTITY", help="Whose score: person/some-slug, a name or an id.")],
    spec: "ProjectionSpec",
    top: Annotated[int, typer.Option("--top", "-n", min=1, max=100, help="At most so many parts.")] = 10,
    param: ParametersOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Show what makes a score: neighbours and films; of betweenness the communities that are bridged."""
    from graph_api.analytics import research
    from graph_api.analytics.measures.catalogue import CentralityMeasure
    from graph_api.cli import finding
    from graph_api.cli.runs import about, finish, run_data

    wanted = one_of(CentralityMeasure, measure, "MEASURE")

    async def work(store: "Store") -> "tuple[str, AnalysisRun, Explanation, dict[str, str]]":
        own = await finding.entity(store, who)
        request = research.explanation_of(wanted, own.id, spec, parameters(param), first=top)
        async with analyses(store, database) as opened:
            done = await finish(opened, request, f"{wanted.value.lower()} explained")
        known = await finding.named(store, sorted(_ids(done.result)))
        return own.name, done.run, done.result, {node: entity.name for node, entity in known.items()}

    name, run, found, names = with_graph(database, work)
    rows = _rows(found, names)
    columns = (
        Column("sort", "by", "cyan"),
        Column("name", "name"),
        Column("amount", "adds", is_number=True),
        Column("share", "share", is_number=True),
    )
    data = {
        "run": run_data(run),
        "score": found.score,
        "rank": found.rank,
        "rest": found.rest,
        "rows": [dict(row) for row in rows],
    }
    title = f"{wanted.value.lower()} of {name}: {found.score:.6g}, rank {found.rank}"
    show(Answer([Table(columns, rows)], data, [title, about(run)]), format)


def _ids(found: "Explanation") -> set[str]:
    groups = (group for pair in found.pairs for group in (pair.first, pair.second))
    return {part.id for part in (*found.neighbours, *found.films)} | {node for g in groups for node in g.members}


def _rows(found: "Explanation", names: dict[str, str]) -> list[Row]:
    def named(group: "Group") -> str:
        return f"{', '.join(names.get(node, node) for node in group.members[:2])} ({group.size})"

    rows: list[Row] = []
    for sort, parts in (("neighbour", found.neighbours), ("film", found.films)):
        rows.extend(_row(sort, names.get(part.id, part.id), part.amount, found.score) for part in parts)
    bridged = ((f"{named(pair.first)} - {named(pair.second)}", pair.amount) for pair in found.pairs)
    return [*rows, *(_row("communities", name, amount, found.score) for name, amount in bridged)]


def _row(sort: str, name: str, amount: float, score: float) -> Row:
    return {"sort": sort, "name": name, "amount": amount, "share": amount / score if score else 0.0}
