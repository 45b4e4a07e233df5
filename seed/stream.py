"""A dataset read once, as a stream of batches of what a change is made of."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
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
        self._table_starts: list[int] = []
        self._batch_starts: list[int] = []
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
            self._table_starts.append(len(self._lines))
            for batch in self._batches(table):
                self.position = before + table.position
                yield batch
            before += file.path.stat().st_size
        self.position = before

    def _batches(self, table: Table) -> Iterator[list[ChangeItem]]:
        items = self._items(table)
        while found := list(islice(items, BATCH_SIZE)):
            self._batch_starts.append(len(self._lines))
            self._lines.extend(line for line, _ in found)
            yield [item for _, item in found]

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

    def place(self, batch: int, index: int, message: str) -> Problem:
        """Return a problem of an item, by its place in the batches so far, with file and line."""
        position = self._batch_starts[batch] + index
        file = self.tables[bisect_right(self._table_starts, position) - 1]
        return Problem(file.name, self._lines[position], None, message)
