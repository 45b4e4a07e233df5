"""What all rows share: citations, references, standing, and the entities met so far."""

from collections.abc import Callable
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple, TypeVar

from graph_api.domain.catalogue import Certainty, ClaimRank, Kind
from graph_api.domain.folding import SLUG
from graph_api.domain.ids import entity_id, source_id
from graph_api.domain.records import Citation
from seed.cells import KIND_NAMES, one_value, split_values
from seed.layout import required_columns
from seed.problems import nearest
from seed.reading import Row, Table

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
_REMEMBERED = 50_000  # entries of a cache of cells: a few MB
_CITATION = "a citation is source#locator, as in my-list#row 4"
NO_CITATION = f"a fact without citation: {_CITATION}"
EMPTY = "this cell can't be empty"


class Standing(NamedTuple):
    """How a relationship or claim stands."""

    rank: ClaimRank = ClaimRank.NORMAL
    certainty: Certainty = Certainty.STATED
    reason: str | None = None
    asserted_by: str | None = None


PLAIN = Standing()


class Seen:
    """The sources and entities of a dataset, as far as it has been read.

    Args:
        closed: every reference must be to what is in the dataset; else the graph may have it.

    Attributes:
        sources: source ids by slug.
        entities: of each kind, entity ids by slug.
        former: of each kind, the present slug by each former one.
    """

    def __init__(self, *, closed: bool) -> None:
        self.closed = closed
        self.sources: dict[str, str] = {}
        self.entities: dict[Kind, dict[str, str]] = {kind: {} for kind in Kind}
        self.former: dict[Kind, dict[str, str]] = {kind: {} for kind in Kind}

    def source(self, slug: str) -> str:
        """Return the id of a source that is cited.

        Raises:
            ValueError: it is no slug, or of nothing.
        """
        found = self.sources.get(slug)
        if found is None:
            if not SLUG.fullmatch(slug):
                raise ValueError(f"{slug[:60]!r} is not the slug of a source: {_CITATION}")
            if self.closed:
                raise ValueError(f"no source has the slug {slug!r}")
            found = source_id(slug)
        return found

    def citations(self, cell: str) -> tuple[Citation, ...]:
        """Return what a citations cell names.

        Raises:
            ValueError: something in it is not source#locator, or cites nothing.
        """
        if "|" in cell or "\\" in cell:
            return tuple(sorted({self._citation(part) for part in split_values(cell)}))
        return (self._citation(cell),)

    def _citation(self, text: str) -> Citation:
        slug, _, locator = text.partition("#")
        locator = locator.strip()
        if not locator:
            raise ValueError(_CITATION if text.strip() else NO_CITATION)
        return Citation(self.sources.get(slug) or self.source(slug.strip()), locator)

    def reference(self, cell: str, kinds: frozenset[Kind]) -> str:
        """Return the id of the entity that a cell refers to.

        Raises:
            ValueError: it is of another kind, of nothing, or no reference.
        """
        text = one_value(cell)
        if not text:
            raise ValueError(EMPTY)
        head, slash, slug = text.partition("/")
        if slash:
            kind = KIND_NAMES.get(head)
            if kind is None:
                raise ValueError(f"{head!r} is not a kind{nearest(head, KIND_NAMES)}")
            if kind not in kinds:
                raise ValueError(f"{text!r} is a {head}: {_or(kinds)} is wanted")
        elif len(kinds) == 1:
            (kind,), slug = kinds, text
        else:
            raise ValueError(f"{text!r} is not a reference such as {_first(kinds)}/some-slug")
        found = self.entities[kind].get(slug)
        if found is None:
            if not SLUG.fullmatch(slug):
                raise ValueError(f"{slug!r} is not a slug: a-z, 0-9 and single hyphens")
            if self.closed:
                raise ValueError(f"no {kind.value.lower()} has the slug {slug!r}")
            found = entity_id(kind, slug)
        return found


def _or(kinds: frozenset[Kind]) -> str:
    return " or ".join(sorted(kind.value.lower() for kind in kinds))


def _first(kinds: frozenset[Kind]) -> str:
    return min(kind.value.lower() for kind in kinds)


def remembered(cache: dict[str, T], cell: str, make: Callable[[str], T]) -> T:
    """Return what a cell stands for, from a bounded cache; errors are not kept."""
    value = make(cell)
    if len(cache) >= _REMEMBERED:
        cache.clear()
    cache[cell] = value
    return value


def attempt(table: Table, line: int, column: str, make: Callable[..., T], *arguments: object) -> T | None:
    """Return what `make` gives, or None once its ValueError is reported."""
    try:
        return make(*arguments)
    except ValueError as error:
        table.fault(line, column, str(error))
        return None


class Required:
    """The cells that no row of a file may leave empty."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._columns = required_columns(table.file.holds)
        self._cells = itemgetter(*(table.index[column] for column in self._columns))

    def are_filled(self, line: int, row: Row) -> bool:
        """Tell whether all are filled, and report those that are not; a missing column was reported once."""
        cells = self._cells(row)
        if "" not in cells:
            return True
        for column, cell in zip(self._columns, cells, strict=True):
            if not cell and column in self._table.present:
                self._table.fault(line, column, NO_CITATION if column == "citations" else EMPTY)
        return False


def standing(table: Table, line: int, row: Row) -> Standing | None:
    """Return the standing that a row gives, or None once what is wrong with it is reported."""
    index = table.index
    rank = attempt(table, line, "rank", member, ClaimRank, row[index["rank"]], ClaimRank.NORMAL)
    certainty = attempt(table, line, "certainty", member, Certainty, row[index["certainty"]], Certainty.STATED)
    reason = attempt(table, line, "reason", one_value, row[index["reason"]])
    asserted_by = attempt(table, line, "asserted_by", one_value, row[index["asserted_by"]])
    if certainty is Certainty.INFERRED and reason == "":
        table.fault(line, "reason", "what is INFERRED needs a reason: from what was it?")
        return None
    if rank is None or certainty is None or reason is None or asserted_by is None:
        return None
    return Standing(rank, certainty, reason or None, asserted_by or None)


def member(values: type[E], cell: str, default: E) -> E:
    """Return the member of an enumeration that a cell names; where it is empty, the default.

    Raises:
        ValueError: it names none.
    """
    text = cell.strip()
    if not text:
        return default
    if text not in values.__members__:
        raise ValueError(f"{text!r} is none of {', '.join(values.__members__)}")
    return values[text]


def check_order(table: Table, line: int, starts: object, ends: object) -> bool:
    """Tell whether an end is not before its start, as far as both are precise, and report if it is."""
    if isinstance(starts, str) and isinstance(ends, str):
        length = min(len(starts), len(ends))
        if ends[:length] < starts[:length]:
            table.fault(line, "endsOn", f"ends {ends}, before it starts, {starts}")
            return False
    return True
