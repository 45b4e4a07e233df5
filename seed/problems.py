"""What is wrong with a dataset, told so that its author finds the place."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault; its text is `entities/film.csv:12:runtime: ...`.

    Attributes:
        file: path inside the dataset's folder.
        line: where the row starts, from 1; None where the whole file is meant.
        column: name of the column, None where the whole row is meant.
    """

    file: str
    line: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return f"{place}: {self.message}"


Report: TypeAlias = Callable[[Problem], None]
"""Takes problems as they are found."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a clause that names what was probably meant, empty where nothing is close."""
    folded = {name.replace("_", "").lower(): name for name in known}
    close = get_close_matches(word.replace("_", "").lower(), folded, n=1)
    return f"; did you mean {folded[close[0]]}?" if close else ""
