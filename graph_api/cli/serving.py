"""`serve`: a flag for each setting, made from the settings' rows."""

import inspect
from typing import Annotated, Any

import typer

from graph_api.settings import ROWS, Row, load_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)


def serve(**flags: Any) -> None:
    """Serve the graph over GraphQL; the first start makes the database with the built-in dataset."""
    settings = load_settings(flags)
    from graph_api.serving import serve as run

    run(settings)


def _flag(row: Row) -> inspect.Parameter:
    if row.name == "locked":  # a profile is asked for, not set to a value
        switch = typer.Option(row.flag, help=row.meaning, show_default=False)
        return inspect.Parameter(
            row.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[bool | None, switch]
        )
    option = typer.Option(
        row.flag,
        metavar=row.name.split("_")[-1].upper(),
        help=f"{row.meaning} [{row.type}; default: {row.default}]",
        show_default=False,
    )
    hint = Annotated[str | None, option]
    return inspect.Parameter(row.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hint)


_flags = [_flag(row) for row in ROWS]
serve.__signature__ = inspect.Signature(_flags)  # type: ignore[attr-defined]  # what typer reads
serve.__annotations__ = {flag.name: flag.annotation for flag in _flags}
