"""Tables read as streams: CSV and JSON Lines alike give rows of cells with the line they start on.

Nothing is read whole: a line is at most 1 MiB and a cell 131,072 characters. What is wrong with
a file's form is reported and the reading goes on behind it, as far as that makes sense.
"""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from seed.layout import TableFile, columns_of, required_columns
from seed.problems import Problem, Report, nearest

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

LONGEST_LINE = 1 << 20
LONGEST_CELL = csv.field_size_limit()
Row: TypeAlias = list[str]
"""The cells of a row, and an empty one at the end that stands for every column the file lacks."""

_BOM = b"\xef\xbb\xbf"
_CONTROLS = bytes({*range(32), 127} - {9, 10})
_CELL = re.compile(r'"[^"]*(?:""[^"]*)*"(?=[,\r\n]|\Z)|(?!")[^,\r\n]*')
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Table:
    """One file, opened for reading once.

    Attributes:
        index: position in a row of each column of the format; of one the file lacks, -1.
        present: the columns the file has.
    """

    def __init__(self, file: TableFile, report: Report) -> None:
        self.file = file
        self.columns: Sequence[str] = columns_of(file.holds)
        self.index: dict[str, int] = dict.fromkeys(self.columns, -1)
        self.present: frozenset[str] = frozenset()
        self._header: list[str] = []
        self._report = report
        self._handle: BinaryIO | None = None

    @property
    def position(self) -> int:
        """Bytes read so far; all of them once the file is closed."""
        assert self._handle
        return self.file.path.stat().st_size if self._handle.closed else self._handle.tell()

    def fault(self, line: int, column: str | None, message: str) -> None:
        """Report a problem of a row."""
        self._report(Problem(self.file.name, line, column, message))

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Read the header, so that `index` holds, and return each row's cells with the line it starts on."""
        self._handle = self.file.path.open("rb")
        if self.file.path.suffix == ".jsonl":
            self.index = {name: i for i, name in enumerate(self.columns)}
            self.present = frozenset(self.columns)
            return self._closing(self._json_rows())
        reader = csv.reader(self._lines(), strict=True)
        return self._closing(self._csv_rows(reader) if self._read_header(reader) else iter(()))

    def _closing(self, rows: Iterator[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
        assert self._handle
        with self._handle:
            yield from rows

    # ------------------------------------------------------------------ lines
    def _lines(self) -> Iterator[str]:
        """Yield decoded lines; one that can't be read comes as far as it can, once reported."""
        assert self._handle
        read = self._handle.readline
        for number, raw in enumerate(iter(partial(read, LONGEST_LINE), b""), 1):
            if number == 1:
                raw = raw.removeprefix(_BOM)
            if len(raw) == LONGEST_LINE:
                self.fault(number, None, f"longer than {LONGEST_LINE} bytes: is this file of another format?")
                while raw and not raw.endswith(b"\n"):
                    raw = read(LONGEST_LINE)
                yield "\n"
                continue
            if raw.endswith(b"\r\n"):
                raw = raw[:-2] + b"\n"
            clean = raw.translate(None, _CONTROLS)
            if len(clean) != len(raw):
                sign = next(byte for byte in raw if byte in _CONTROLS)
                hint = ": lines end with LF or CRLF" if sign == 13 else ""
                self.fault(number, self._column_in(raw, bytes([sign])), f"control character U+{sign:04X}{hint}")
            try:
                yield clean.decode()
            except UnicodeDecodeError as error:
                column = self._column_in(clean, clean[error.start : error.start + 1])
                self.fault(
                    number, column, f"not UTF-8: byte {error.start + 1} of the line is 0x{clean[error.start]:02X}"
                )
                yield clean.decode(errors="replace")

    def _column_in(self, raw: bytes, mark: bytes) -> str | None:
        """Return the column of the first `mark` in a line, as well as commas and quotes tell."""
        before = raw[: raw.index(mark)]
        count = sum(part.count(b",") for part in before.split(b'"')[::2])
        return self._header[count] if count < len(self._header) else None

    # ------------------------------------------------------------------ CSV
    def _csv_rows(self, reader: "CsvReader") -> Iterator[tuple[int, Row]]:
        width, start = len(self._header), reader.line_num + 1
        while True:
            try:
                for row in reader:
                    if len(row) == width:
                        row.append("")
                        yield start, row
                    elif row:
                        self._width_fault(start, row)
                    start = reader.line_num + 1
                return
            except csv.Error as error:
                if not self._explain(start, str(error)):
                    return
                start = reader.line_num + 1

    def _width_fault(self, line: int, row: Row) -> None:
        width = len(self._header)
        column = self._header[len(row)] if len(row) < width else None
        hint = "; a comma inside a cell needs double quotes around the cell" if len(row) > width else ""
        self.fault(line, column, f"{len(row)} cells where the header has {width}{hint}")

    def _explain(self, line: int, error: str) -> bool:
        """Report why a row can't be read; tell whether the next can."""
        column, is_quoted = self._place_of_fault(line)
        if "field larger" in error or "unexpected end" in error:
            if is_quoted:
                self.fault(line, column, "the quote that opens this cell is never closed, or the cell is too long")
            else:
                self.fault(line, column, f"a cell of more than {LONGEST_CELL} characters")
            return False
        self.fault(line, column, 'a quote inside a quoted cell is written ""')
        return True

    def _place_of_fault(self, line: int) -> tuple[str | None, bool]:
        """Return the column of the first broken cell of a row, and whether it opens with a quote."""
        with self.file.path.open(encoding="utf-8-sig", errors="replace", newline="\n") as handle:
            text = "".join(islice(handle, line - 1, line))
        number = at = 0
        while (cell := _CELL.match(text, at)) and cell.end() - at <= LONGEST_CELL and text[cell.end() :][:1] == ",":
            number, at = number + 1, cell.end() + 1
        return (self._header[number] if number < len(self._header) else None), text[at : at + 1] == '"'

    # ------------------------------------------------------------------ JSON Lines
    def _json_rows(self) -> Iterator[tuple[int, Row]]:
        decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_Object)
        for line, text in enumerate(self._lines(), 1):
            if not text.strip():
                continue
            try:
                found = decoder.decode(text.strip())
            except json.JSONDecodeError as error:
                self.fault(line, None, f"not JSON: {error.msg} at character {error.pos + 1}")
            except RecursionError:
                self.fault(line, None, "nested too deep")
            else:
                if isinstance(found, _Object):
                    yield line, self._json_row(line, found)
                else:
                    self.fault(line, None, "an object is wanted in every line")

    def _json_row(self, line: int, found: "_Object") -> Row:
        """Return an object's cells; what can't be one is reported and left out."""
        row, seen = [""] * (len(self.columns) + 1), set()
        for name, value in found:
            try:
                if name not in self.index:
                    raise ValueError(f"unknown column{nearest(name, self.columns)}")
                if name in seen:
                    raise ValueError("given twice")
                seen.add(name)
                row[self.index[name]] = _json_cell(value)
            except ValueError as error:
                self.fault(line, name, str(error))
        return row

    # ------------------------------------------------------------------ headers
    def _read_header(self, reader: "CsvReader") -> bool:
        try:
            names = [name.strip() for name in next(reader, [])]
        except csv.Error:
            names = [""]
        if names == [""] or not names:
            self.fault(1, None, "the first line must name the columns, separated by commas")
            return False
        if len(names) == 1 and (sign := next((s for s in ";\t" if s in names[0]), None)):
            self.fault(1, None, f"columns are separated by commas, not by {sign!r}")
            return False
        self._header = names
        for i, name in enumerate(names):
            if name not in self.index:
                self.fault(1, name or None, self._unknown(name, i))
            elif self.index[name] >= 0:
                self.fault(1, name, "this column is there twice")
            else:
                self.index[name] = i
        self.present = frozenset(name for name, i in self.index.items() if i >= 0)
        for name in required_columns(self.file.holds):
            if name not in self.present:
                self.fault(1, name, "this column is missing")
        return True

    def _unknown(self, name: str, i: int) -> str:
        if not name:
            return f"column {i + 1} has no name"
        if name == "title" and "name" in self.index:
            return "unknown column: a title goes into the column name"
        return f"unknown column{nearest(name, self.columns)}"


class _Object(list[tuple[str, object]]):
    """A JSON object as its pairs, so that none is lost where a key comes twice."""


def _json_cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            value = value.replace("\r\n", "\n")
            if _NOT_TEXT.search(value):
                raise ValueError("control characters and halves of surrogate pairs are no text")
            if len(value) > LONGEST_CELL:
                raise ValueError(f"a cell of more than {LONGEST_CELL} characters")
            return value
        case _Object():
            raise ValueError("a text, a number or a list of them is wanted, not an object")
        case list():
            return "|".join(_item(item) for item in value)
        case _:
            raise ValueError("a text, a number or a list of them is wanted")


def _item(value: object) -> str:
    if isinstance(value, list) or value is None:
        raise ValueError("a list holds texts and numbers alone")
    return _json_cell(value).replace("\\", "\\\\").replace("|", "\\|")
