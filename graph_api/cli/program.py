"""The program `filmgraph`: its commands, and the one place where their errors end."""

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from graph_api.cli import (
    analyse,
    copying,
    data,
    documents,
    explaining,
    failures,
    history,
    mixing,
    neighbours,
    paths,
    read,
    research,
    serving,
    tokens,
)


class Program(TyperGroup):
    """The group of commands; every error becomes one line and an exit code here."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line; leaves the process with its exit code."""
        words = list(sys.argv[1:] if args is None else args)
        name = next((word for word in words if word in self.commands), None)
        try:
            code = super().main(words, prog_name or "filmgraph", complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - told as one line
            failures.end(error, f"filmgraph {name}" if name else "filmgraph")
        if code == failures.INTERRUPTED:
            failures.end(KeyboardInterrupt())
        sys.exit(code if isinstance(code, int) else 0)


app = typer.Typer(
    cls=Program,
    name="filmgraph",
    help="A sourced graph of the AI-film world: serve it, read it, analyse it, bring data in and out.",
    epilog="Answers are tables on a terminal and JSON in a pipe; --format chooses. "
    "Exit codes: 1 error, 2 usage, 3 problems found.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("ai-film-graph")
        except PackageNotFoundError:
            number = "not installed"
        typer.echo(f"filmgraph {number}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take what stands before the command."""


serving.register(app)
read.register(app)
paths.register(app)
analyse.register(app)
research.register(app)
mixing.register(app)
neighbours.register(app)
explaining.register(app)
data.register(app)
copying.register(app)
history.register(app)
tokens.register(app)
documents.register(app)
