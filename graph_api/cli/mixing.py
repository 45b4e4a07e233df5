"""The command that shows who works with whom, by country, role or use of AI."""

from typing import TYPE_CHECKING, Annotated

import typer

from graph_api.cli.database import analyses, with_graph
from graph_api.cli.options import (
    CitedOption,
    DatabaseOption,
    FormatOption,
    RevisionOption,
    RolesOption,
    UndisputedOption,
    WeightOption,
    YearsOption,
    completer,
    one_of,
    projection_spec,
)
from graph_api.cli.output import Answer, Cell, Column, Row, Table, show

if TYPE_CHECKING:
    from graph_api.analytics.mixing import Mixing
    from graph_api.analytics.runs import AnalysisRun
    from graph_api.store.base import Store


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("mixing")(mixing)


def mixing(
    by: Annotated[
        str,
        typer.Argument(
            metavar="BY",
            autocompletion=completer("graph_api.analytics.labels", "MixingBy"),
            help="country, role or ai_use.",
        ),
    ],
    weighted: Annotated[bool, typer.Option("--weighted", help="Ties count by their weights.")] = False,
    roles: RolesOption = None,
    years: YearsOption = None,
    weight: WeightOption = "count",
    cited_only: CitedOption = False,
    undisputed: UndisputedOption = False,
    revision: RevisionOption = None,
    top: Annotated[int, typer.Option("--top", "-n", min=1, max=100, help="At most so many labels.")] = 10,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Show how far people work with their like: a matrix of shares of ties, and Newman's assortativity."""
    from graph_api.analytics import research
    from graph_api.analytics.labels import MixingBy, load_labels
    from graph_api.cli.runs import about, finish, hint_if_empty, run_data

    chosen = one_of(MixingBy, by, "BY")
    spec = projection_spec("collaboration", roles, years, weight, cited_only, undisputed=undisputed, revision=revision)

    async def work(store: "Store") -> "tuple[AnalysisRun, Mixing, dict[str, str]]":
        labels = await load_labels(store, spec, chosen)
        async with analyses(store, database) as opened:
            request = research.mixing_of(chosen, spec, labels, weighted=weighted)
            done = await finish(opened, request, f"mixing by {chosen.value.lower()}")
        if chosen is not MixingBy.COUNTRY:
            return done.run, done.result, {}
        return done.run, done.result, {e.id: e.name for e in await store.entities(done.result.labels) if e}

    run, found, names = with_graph(database, work)
    hint_if_empty(run)
    shown = [names.get(label, label) for label in found.labels[:top]]
    rows: list[Row] = []
    for i, name in enumerate(shown):
        cells: dict[str, Cell] = {other: float(found.rows[i, j]) for j, other in enumerate(shown)}
        rows.append({"label": name, "people": float(found.people[i]), **cells})
    columns = (
        Column("label", chosen.value.lower(), "cyan"),
        Column("people", "people", is_number=True),
        *(Column(name, name, is_number=True) for name in shown),
    )
    data = {
        "run": run_data(run),
        "assortativity": found.assortativity,
        "error": found.error,
        "ties": found.ties,
        "unlabelled": found.unlabelled,
        "labels": [{"value": label, "name": names.get(label, label)} for label in found.labels],
        "people": found.people.tolist(),
        "matrix": found.rows.tolist(),
    }
    said = "not defined" if found.assortativity is None else f"{found.assortativity:.3f}"
    give = "" if found.error is None else f" ± {found.error:.3f}"
    title = f"assortativity by {chosen.value.lower()}: {said}{give}, {found.ties} ties, {found.unlabelled} unlabelled"
    show(Answer([Table(columns, rows)], data, [title, about(run)]), format)
