"""What commands print: a table on a terminal, JSON in a pipe, CSV when asked.

A command hands over an `Answer`: tables for people and spreadsheets, and the same as data for
programs. Nothing else writes to stdout; hints and progress go to stderr.
"""

import csv
import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from typing import TYPE_CHECKING, TypeAlias

from graph_api.domain.naming import FORMULA_SIGNS

if TYPE_CHECKING:
    from rich.console import Console

Cell: TypeAlias = str | int | float | bool | None
Row: TypeAlias = Mapping[str, Cell]
PIPE_WIDTH = 120
"""Columns of a table that was asked for and goes to no terminal."""
_WHOLE_NAME = 30


class Format(StrEnum):
    """The forms an answer can take."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` in JSON and CSV, `heading` over the table; an empty heading keeps it out of the table."""

    key: str
    heading: str
    style: str = ""
    is_number: bool = False


WHO = (Column("name", "name"), Column("entity", "entity", "cyan"))
"""Columns that tell who or what an entity is."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns, with a line above and below."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    title: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found.

    Attributes:
        tables: for a terminal, in order.
        data: for JSON; None stands for the rows of the first table.
        heading: lines above the tables, the first in bold.
        sheet: for CSV; None stands for the first table.
    """

    tables: Sequence[Table]
    data: object = None
    heading: Sequence[str] = ()
    sheet: Table | None = None


def chosen(format: Format | None) -> Format:
    """Return the form asked for, else a table for a terminal and JSON for a pipe."""
    return format or (Format.TABLE if sys.stdout.isatty() else Format.JSON)


def show(answer: Answer, format: Format | None) -> None:
    """Print an answer."""
    match chosen(format):
        case Format.JSON:
            rows = [dict(row) for row in answer.tables[0].rows] if answer.data is None else answer.data
            print_json(rows)
        case Format.CSV:
            sys.stdout.write(as_csv(answer.sheet or answer.tables[0]))
        case Format.TABLE:
            _print_tables(answer)


def print_json(data: object) -> None:
    """Print data as JSON, in letters of its own where the terminal has them."""
    is_utf8 = (sys.stdout.encoding or "").replace("-", "").lower() == "utf8"
    sys.stdout.write(json.dumps(data, ensure_ascii=not is_utf8, indent=2) + "\n")


def as_csv(table: Table) -> str:
    """Return a table as CSV that a spreadsheet does not take for formulas."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.key for column in table.columns])
    writer.writerows([[_csv_cell(row.get(column.key)) for column in table.columns] for row in table.rows])
    return out.getvalue()


def _csv_cell(value: Cell) -> Cell:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return value


def clean(text: str) -> str:
    """Return a text without control characters, which could steer the terminal."""
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)


def console(*, stderr: bool = False) -> "Console":
    """Return a console on the present stdout or stderr; colours follow the terminal and NO_COLOR."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not made.is_terminal:
        made.width = PIPE_WIDTH
    return made


def _print_tables(answer: Answer) -> None:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    out = console()
    for number, line in enumerate(answer.heading):
        out.print(Text(clean(line), style="" if number else "bold"))
    for table in answer.tables:
        drawn = RichTable(
            title=Text(clean(table.title), style="bold") if table.title else None,
            caption=Text(clean(table.caption), style="dim") if table.caption else None,
            title_justify="left",
            caption_justify="left",
            box=box.SIMPLE_HEAD,
            header_style="bold",
            pad_edge=False,
        )
        shown = [column for column in table.columns if column.heading]
        for column in shown:
            drawn.add_column(
                column.heading,
                style=column.style,
                justify="right" if column.is_number else "left",
                no_wrap=column.is_number,
                overflow="fold",
                min_width=_least_width(column, table.rows) if out.width >= PIPE_WIDTH else None,
            )
        for row in table.rows:
            drawn.add_row(*(Text(cell_text(row.get(column.key))) for column in shown))
        out.print(drawn)


def _least_width(column: Column, rows: Sequence[Row]) -> int | None:
    """Return the width under which names of entities and sources would be cut up."""
    if column.style not in ("cyan", "dim"):
        return None
    return min(_WHOLE_NAME, max((len(cell_text(row.get(column.key))) for row in rows), default=0))


def cell_text(value: Cell) -> str:
    """Return a cell as people read it: numbers to six significant digits."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.6g}"
        case int():
            return str(value)
        case _:
            return clean(value)


def hint(text: str) -> None:
    """Print a line on stderr that is no error."""
    from rich.text import Text

    console(stderr=True).print(Text(clean(text), style="dim"), soft_wrap=True)
