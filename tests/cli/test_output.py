"""The forms of an answer."""

import csv
import io
import json

import pytest

from graph_api.cli import output
from graph_api.cli.output import Answer, Column, Format, Table
from tests.cli.conftest import Run


def _answer(*names: str) -> Answer:
    columns = (Column("name", "name"), Column("score", "score", is_number=True), Column("id", ""))
    return Answer([Table(columns, [{"name": name, "score": -0.5, "id": "x1"} for name in names])])


def test_json_holds_raw_values(capsys: pytest.CaptureFixture[str]) -> None:
    output.show(_answer("C·one"), Format.JSON)
    assert json.loads(capsys.readouterr().out) == [{"name": "C·one", "score": -0.5, "id": "x1"}]


def test_a_pipe_gets_json(capsys: pytest.CaptureFixture[str]) -> None:
    output.show(_answer("Imperia"), None)
    assert json.loads(capsys.readouterr().out)[0]["name"] == "Imperia"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\nx", "\uff1d1+1", "\uff20x", "'quoted"])
def test_csv_holds_no_formulas(name: str) -> None:
    text = output.as_csv(_answer(name).tables[0])
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [["name", "score", "id"], [f"'{name}", "-0.5", "x1"]]


def test_a_table_leaves_out_columns_without_heading(capsys: pytest.CaptureFixture[str]) -> None:
    output.show(_answer("Imperia"), Format.TABLE)
    out = capsys.readouterr().out
    assert "Imperia" in out
    assert "-0.5" in out
    assert "x1" not in out


def test_a_table_takes_names_as_they_are_and_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.show(_answer("[red]a[/red] \x1b[31mb\x07"), Format.TABLE)
    out = capsys.readouterr().out
    assert "[red]a[/red]" in out
    assert "\x1b" not in out
    assert "\x07" not in out


def test_colours_follow_the_terminal_and_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert output.console().color_system is not None
    monkeypatch.setenv("NO_COLOR", "1")
    assert output.console().no_color


def test_csv_of_a_command(run: Run) -> None:
    ended = run("search", "sum", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert rows[0]["name"] == "'=SUM(A1)"
