"""`path`: how one entity is connected with another."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph_api.cli.database import with_graph
from graph_api.cli.options import (
    CitedOption,
    DatabaseOption,
    FormatOption,
    KindsOption,
    RelationsOption,
    RevisionOption,
    RolesOption,
    UndisputedOption,
    WeightOption,
    YearsOption,
    projection_spec,
    some_of,
    year_span,
)
from graph_api.cli.output import show

if TYPE_CHECKING:
    from graph_api.cli.output import Answer
    from graph_api.store.base import Store


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("path")(path)


def path(
    start: Annotated[str, typer.Argument(metavar="FROM", help="KIND/SLUG, a slug, a name or an id.")],
    goal: Annotated[str, typer.Argument(metavar="TO", help="The same.")],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="At most so many paths.")] = 1,
    max_length: Annotated[int, typer.Option("--max-length", min=1, max=20, help="At most so many steps.")] = 6,
    relations: RelationsOption = None,
    kind: KindsOption = None,
    roles: RolesOption = None,
    years: YearsOption = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="ENTITY", help="Never through this one.")
    ] = None,
    festivals: Annotated[
        list[str] | None,
        typer.Option("--festival", metavar="ENTITY", help="Only what is of this festival; can be given several times."),
    ] = None,
    cited_only: CitedOption = False,
    collaboration: Annotated[
        bool, typer.Option("--collaboration", help="From person to person over shared films, by 1/weight.")
    ] = False,
    weight: WeightOption = "count",
    undisputed: UndisputedOption = False,
    revision: RevisionOption = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Also draw the paths, as .png or .svg.")
    ] = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Find the shortest paths between two entities, each step with its citations."""
    if plot:
        from graph_api.cli.plots import check_ending

        check_ending(plot)
    if collaboration:
        if relations or kind or exclude or festivals:
            raise typer.BadParameter(
                "goes over shared films alone; leave --relations, --kind, --exclude and --festival out",
                param_hint="--collaboration",
            )
        spec = projection_spec(
            "collaboration", roles, years, weight, cited_only, undisputed=undisputed, revision=revision
        )

        async def work(store: "Store") -> "Answer":
            from graph_api.cli.ways import collaborations

            return await collaborations(store, start, goal, spec, limit, plot)
    else:
        for option, is_given in (
            ("--weight", weight != "count"),
            ("--undisputed", undisputed),
            ("--revision", revision is not None),
        ):
            if is_given:
                raise typer.BadParameter("counts only with --collaboration", param_hint=option)
        from graph_api.domain.catalogue import CreditRole, Kind, Relation
        from graph_api.domain.query import PathQuery

        query = PathQuery(
            some_of(Relation, relations, "--relations"),
            some_of(Kind, kind, "--kind"),
            some_of(CreditRole, roles, "--roles"),
            year_span(years),
            festivals=tuple(festivals or ()),
            exclude=tuple(exclude or ()),
            cited_only=cited_only,
        )

        async def work(store: "Store") -> "Answer":
            from graph_api.cli.ways import relation_paths

            return await relation_paths(store, start, goal, query, max_length, limit, plot)

    show(with_graph(database, work), format)
