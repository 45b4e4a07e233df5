"""Small tables of results, alike in all benchmarks."""

from collections.abc import Sequence


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
    return f"{what}: {value:,.2f}{unit}, at most {limit:,g}{unit}: {word}"
