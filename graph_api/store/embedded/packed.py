"""Rows read by the column: SQLite puts each column of a result together as one text, which is split here.

Python's sqlite3 gives up the interpreter's lock and takes it again twice for each row, and makes a tuple of it
that is taken apart again when its columns are wanted. For a thousand rows of three columns that is half of the
time; this way there is one row. Texts of the graph hold no control characters (`graph_api.domain.naming`); where
something else has put one in, the count does not come out and the rows are read one by one.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

_NEXT, _NULL = "\x1f", "\x1e"
WORTH_IT = 32
"""Rows from which on it is quicker than one by one."""

Columns: TypeAlias = list[list[Any]]


class Cell(NamedTuple):
    """One column of a SELECT.

    Attributes:
        text: of the statement.
        is_whole: whether it holds whole numbers.
        is_real: whether it holds other numbers, which SQLite would round when it writes them.
        may_be_null: whether it may hold nothing.
    """

    text: str
    is_whole: bool = False
    is_real: bool = False
    may_be_null: bool = True


def can_pack(cells: Iterable[Cell]) -> bool:
    """Tell whether columns come through as they are."""
    return not any(cell.is_real for cell in cells)


def pack(cells: Sequence[Cell]) -> str:
    """Return the list for SELECT: how many rows there are, and each column as one text."""
    texts = [f"ifnull({cell.text}, '{_NULL}')" if cell.may_be_null else cell.text for cell in cells]
    return ", ".join(["count(*)", *(f"group_concat({text}, '{_NEXT}')" for text in texts)])


def unpack(row: Sequence[Any], cells: Sequence[Cell]) -> tuple[int, Columns] | None:
    """Return how many rows there were and their columns; None where they have to be read one by one."""
    count, *texts = row
    if not count:
        return 0, [[] for _ in cells]
    found: Columns = []
    for cell, text in zip(cells, texts, strict=True):
        column: list[Any] = text.split(_NEXT) if text is not None else []
        if len(column) != count:
            return None
        has_null = cell.may_be_null and _NULL in text
        try:
            if cell.is_whole:
                column = [None if v == _NULL else int(v) for v in column] if has_null else list(map(int, column))
            elif has_null:
                column = [None if value == _NULL else value for value in column]
        except ValueError:
            return None
        found.append(column)
    return count, found
