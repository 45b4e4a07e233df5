"""Small tables of results, alike in all benchmarks."""

from collections.abc import Iterable, Sequence
from pathlib import Path


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a plain table: the first column to the left, the others to the right."""
    cells = [list(columns), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    lines = [_line(row, widths) for row in cells]
    return "\n".join([title, *lines[:1], "  ".join("-" * width for width in widths), *lines[1:], ""])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    pairs = zip(cells, widths, strict=True)
    return "  ".join(cell.rjust(width) if i else cell.ljust(width) for i, (cell, width) in enumerate(pairs)).rstrip()


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:,.2f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def verdict(what: str, value: float, limit: float, unit: str = "") -> str:
    """Return a line that says whether a value keeps its limit."""
    word = "ok" if value <= limit else "MISSED"
    shown = f"{value:,.2f}" if value >= 0.1 else f"{value:.2g}"
    return f"{what}: {shown}{unit}, at most {limit:,g}{unit}: {word}"


def verdict_at_least(what: str, value: float, target: float, unit: str = "") -> str:
    """Return a line that says whether a value reaches its target."""
    word = "ok" if value >= target else "MISSED"
    return f"{what}: {value:,.2f}{unit}, at least {target:,g}{unit}: {word}"


class Report:
    """Tables and lines that are printed as they come and kept in benchmarks/results/NAME.txt."""

    def __init__(self, name: str) -> None:
        self._path = Path(__file__).parent / "results" / f"{name}.txt"
        self._parts: list[str] = []

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Print a table."""
        self.lines([table(title, columns, rows)])

    def lines(self, lines: Iterable[str]) -> None:
        """Print lines."""
        for line in lines:
            self._parts.append(line)
            print(line, flush=True)

    def save(self) -> None:
        """Keep all that was printed."""
        self._path.parent.mkdir(exist_ok=True)
        self._path.write_text("\n".join(self._parts) + "\n", encoding="utf-8")
