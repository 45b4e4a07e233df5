"""docs/command-line.md, held together with the program."""

import re
from pathlib import Path

import typer.main

from graph_api.cli.program import app

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")


def test_the_table_of_commands_is_that_of_the_program() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined] # it is a group
    rows = [f"| `{name}` | {command.help.splitlines()[0]} |" for name, command in commands.items()]
    assert "\n".join(["| command | what it does |", "|---|---|", *rows, ""]) in PAGE


def test_every_command_is_shown_once_at_least() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    shown = set(re.findall(r"filmgraph ([a-z]+)", PAGE))
    assert commands.keys() - shown - {"documents", "undo"} == set()
