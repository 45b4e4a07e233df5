"""A dataset read once, as a stream of batches of what a change is made of."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.ids import SOURCE
from graph_api.domain.records import ChangeItem
from seed.claims import read_claims
from seed.converting import Seen
from seed.entities import read_entities, read_sources
from seed.layout import TableFile, find_tables, read_name
from seed.problems import Problem, Report
from seed.reading import Table
from seed.relations import read_relations

BATCH_SIZE = 2_000


class Dataset:
    """A dataset folder that is being read.

    Args:
        folder: where it lies.
        report: takes each problem as it is met; rows with problems are left out.
        closed: everything referred to and cited must be in the dataset; else the graph may have it.

    Attributes:
        name: the name in dataset.json, empty where there is none.
        size: bytes of all its tables.
        position: bytes of them read so far.
    """

    def __init__(self, folder: Path, report: Report, *, closed: bool) -> None:
        self._report = report
        self._seen = Seen(closed=closed)
        self._relationships: set[str] = set()
        self._claims: set[str] = set()
        self._lines = array("L")
        self._starts: list[int] = []
        self.tables: list[TableFile] = []
        self.position = 0
        self.name = read_name(folder, report)
        self.tables = find_tables(folder, report) if folder.is_dir() else []
        self.size = sum(table.path.stat().st_size for table in self.tables)

    def batches(self) -> Iterator[list[ChangeItem]]:
        """Yield all items in lists of at most BATCH_SIZE, what is referred to before what refers to it."""
        before = 0
        for file in self.tables:
            table = Table(file, self._report)
            self._starts.append(len(self._lines))
            batch: list[ChangeItem] = []
            for line, item in self._items(table):
                batch.append(item)
                self._lines.append(line)
                if len(batch) == BATCH_SIZE:
                    self.position = before + table.position
                    yield batch
                    batch = []
            before += file.path.stat().st_size
            self.position = before
            if batch:
                yield batch

    def _items(self, table: Table) -> Iterator[tuple[int, ChangeItem]]:
        match table.file.holds:
            case Kind() as kind:
                return read_entities(table, kind, self._seen)
            case Relation() as relation:
                return read_relations(table, relation, self._seen, self._relationships)
            case holds if holds == SOURCE:
                return read_sources(table, self._seen)
            case _:
                return read_claims(table, self._seen, self._claims)

    def place(self, position: int, message: str) -> Problem:
        """Return a problem of the item at a position, counted from 0 over all batches, with file and line."""
        if not 0 <= position < len(self._lines):
            return Problem("dataset.json", None, None, message)
        file = self.tables[bisect_right(self._starts, position) - 1]
        return Problem(file.name, self._lines[position], None, message)
