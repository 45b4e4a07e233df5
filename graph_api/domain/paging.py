"""Pages and their cursors: keysets, so that a page neither repeats nor skips an item.

A cursor holds the sort keys and the id of the item it stands at, and a mark of the list's
order; it names no position, so rows that come or go before it change nothing.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate
from typing import Generic, TypeAlias, TypeVar, overload

from typing_extensions import override

from graph_api.errors import BadCursor, BadPage

T = TypeVar("T")
DEFAULT_SIZE = 20
MAX_SIZE = 100
BARE_LIST_LIMIT = 100
"""The most items of a list field that has no pages."""

SortKey: TypeAlias = str | int | float | None
Position: TypeAlias = tuple[SortKey, ...]
"""The sort keys of an item, its id last."""

_CURSOR_LIMIT = 2_000
NOT_OURS = "the cursor is not one of this list in this order; take it from the list's edges or pageInfo"


@dataclass(frozen=True, slots=True)
class PageRead:
    """What will be read of a page, so that a store need not fetch what nobody reads; it may fetch more.

    A store that leaves fields out gives `graph_api.batching.columns.Rows`, never objects.

    Attributes:
        count: how many items the whole list has.
        positions: the positions of the items.
        fields: of each entity these attributes and properties (None: all).
        own: of each relationship these (None: all).
    """

    count: bool = False
    positions: bool = True
    fields: frozenset[str] | None = None
    own: frozenset[str] | None = None


ALL = PageRead()


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which items of a list are wanted: `size` from `after` on, or before `before` when `backward`.

    The rest is what will be read of them: see `PageRead`.
    """

    size: int = DEFAULT_SIZE
    backward: bool = False
    after: Position | None = None
    before: Position | None = None
    count: bool = False
    positions: bool = True
    fields: frozenset[str] | None = None
    own: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items in the list's order with the position of each, and what lies around them."""

    items: Sequence[T]
    positions: Sequence[Position]
    has_next: bool
    has_previous: bool
    total: int | None = None


class Pages(Sequence[Page[T]], Generic[T]):
    """A page for each of many parents, kept in one piece.

    Attributes:
        items: of all pages, one after the other; perhaps rows that make objects only when asked.
        positions: of all items; empty where they were not asked for.
        lengths: how many items each page has.
        has_next, has_previous, totals: as in `Page`, one for each.
    """

    __slots__ = ("_ends", "has_next", "has_previous", "items", "lengths", "positions", "totals")

    def __init__(
        self,
        items: Sequence[T],
        positions: Sequence[Position],
        lengths: Sequence[int],
        has_next: Sequence[bool],
        has_previous: Sequence[bool],
        totals: Sequence[int | None],
    ) -> None:
        self.items = items
        self.positions = positions
        self.lengths = lengths
        self.has_next = has_next
        self.has_previous = has_previous
        self.totals = totals
        self._ends: list[int] | None = None

    def __len__(self) -> int:
        return len(self.lengths)

    @overload
    def __getitem__(self, index: int) -> Page[T]: ...
    @overload
    def __getitem__(self, index: slice) -> list[Page[T]]: ...
    def __getitem__(self, index: int | slice) -> Page[T] | list[Page[T]]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if self._ends is None:
            self._ends = list(accumulate(self.lengths))
        end = self._ends[index]
        start = end - self.lengths[index]
        return Page(
            self.items[start:end],
            self.positions[start:end],
            self.has_next[index],
            self.has_previous[index],
            self.totals[index],
        )

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


def order_mark(*parts: object) -> str:
    """Return the mark that cursors of lists in this order carry."""
    return sha256(repr(parts).encode()).hexdigest()[:6]


def encode_cursor(mark: str, position: Position) -> str:
    """Return the cursor that stands at a position."""
    text = json.dumps([mark, *position], ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode("ascii")


def decode_cursor(mark: str, width: int, cursor: str) -> Position:
    """Return the position at which a cursor stands.

    Args:
        mark: of the order of the list that is asked for.
        width: how many keys its positions have, the id among them.

    Raises:
        BadCursor: it was not made by this list in this order.
    """
    try:
        if len(cursor) > _CURSOR_LIMIT:
            raise ValueError
        found = json.loads(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        if not isinstance(found, list) or len(found) != width + 1 or found[0] != mark:
            raise ValueError
        position = tuple(found[1:])
        if not all(
            key is None or (isinstance(key, (str, int, float)) and not isinstance(key, bool)) for key in position
        ):
            raise ValueError
        if not isinstance(position[-1], str):
            raise ValueError
        if any(isinstance(key, float) and key != key for key in position) or any(
            isinstance(k, int) and abs(k) >= 2**63 for k in position
        ):
            raise ValueError
        if encode_cursor(mark, position) != cursor:
            raise ValueError
    except (ValueError, UnicodeError, binascii.Error, RecursionError):
        raise BadCursor(NOT_OURS) from None
    return position


def check_size(first: int | None, last: int | None, max_size: int) -> None:
    """Make sure that a page has one size, and one that it may have.

    Raises:
        BadPage: both first and last, or a size that is not 1 to `max_size`.
    """
    if first is not None and last is not None:
        raise BadPage("give first or last, not both", limit=max_size)
    name, size = ("last", last) if last is not None else ("first", first)
    if size is not None and not 1 <= size <= max_size:
        raise BadPage(f"{name} must be 1 to {max_size}, not {size}", limit=max_size, requested=size)


def page_request(
    mark: str,
    width: int,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    *,
    read: PageRead = ALL,
    max_size: int = MAX_SIZE,
) -> PageRequest:
    """Return the page that Relay's four arguments ask for.

    Raises:
        BadPage: both first and last, or a size that is not 1 to `max_size`.
        BadCursor: a cursor of another list.
    """
    check_size(first, last, max_size)
    size = first if last is None else last
    return PageRequest(
        size=min(DEFAULT_SIZE, max_size) if size is None else size,
        backward=last is not None,
        after=None if after is None else decode_cursor(mark, width, after),
        before=None if before is None else decode_cursor(mark, width, before),
        count=read.count,
        positions=read.positions,
        fields=read.fields,
        own=read.own,
    )


def page_of(items: Sequence[T], positions: Sequence[Position], request: PageRequest) -> Page[T]:
    """Cut a page out of a whole list, its positions ascending by `sort_key`; of both only what is needed is looked at.

    Raises:
        BadCursor: the request's positions can't be compared with those of the list.
    """
    start, end = 0, len(items)
    try:
        if request.after is not None:
            start = bisect_right(positions, sort_key(request.after), key=sort_key)
        if request.before is not None:
            end = bisect_left(positions, sort_key(request.before), key=sort_key)
    except TypeError:
        raise BadCursor(NOT_OURS) from None
    end = max(start, end)
    low, high = (max(start, end - request.size), end) if request.backward else (start, min(end, start + request.size))
    return Page(items[low:high], positions[low:high], high < len(items), low > 0, len(items) if request.count else None)


class Lazy(Sequence[T]):
    """A list of which each item is made when it is looked at.

    Args:
        length: how many there are.
        make: gives the item at a place, from 0.
    """

    def __init__(self, length: int, make: Callable[[int], T]) -> None:
        self._length = length
        self._make = make

    @override
    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    @override
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        if isinstance(at, slice):
            return [self._make(i) for i in range(*at.indices(self._length))]
        return self._make(range(self._length)[at])


def sort_key(position: Position) -> tuple[tuple[bool, SortKey], ...]:
    """Return what ascending positions are compared by, nulls last."""
    return tuple((key is None, 0 if key is None else key) for key in position)


@dataclass(frozen=True, slots=True)
class Around:
    """What lies outside a page's bounds: at `after` or before it, beyond `after`, at `before` or beyond it."""

    until_after: bool = False
    beyond_after: bool = False
    from_before: bool = False


def ends(page: PageRequest, found: int, around: Around) -> tuple[bool, bool]:
    """Return (has_next, has_previous) of a page for which `found` rows were read, one more than its size if there.

    The answer is that of `page_of`.
    """
    more = found > page.size
    if found == 0:
        return (around.from_before if page.after is None else around.beyond_after), around.until_after
    if page.backward:
        return around.from_before, more or around.until_after
    return more or around.from_before, around.until_after
