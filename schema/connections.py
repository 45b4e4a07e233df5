"""Connections, as the GraphQL Cursor Connections Specification has them: https://relay.dev/graphql/connections.htm."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, TypeVar, overload

import strawberry
from typing_extensions import override

from graph_api.batching.columns import Column, Grouped
from graph_api.batching.selection import selected
from graph_api.domain.paging import Page, PageRead, PageRequest, Pages, Position, encode_cursor, page_request
from schema.context import Info

T = TypeVar("T")


@strawberry.type(description="What lies around a page.")
class PageInfo:
    """Relay's page information; the store's answer is a `ConnectionRow`."""

    has_next_page: bool = strawberry.field(description="Whether items follow.")
    has_previous_page: bool = strawberry.field(description="Whether items come before.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first item of the page.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last item of the page.")


@strawberry.type(description="An item of a list, with the cursor that stands at it.")
class Edge(Generic[T]):
    """An edge that has nothing but its node."""

    cursor: str = strawberry.field(description="Where in the list this is: give it as after or before.")
    node: T = strawberry.field(description="The item.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """A page of T."""

    edges: list[Edge[T]] = strawberry.field(description="The items with their cursors.")
    nodes: list[T] = strawberry.field(description="The items alone.")
    page_info: PageInfo = strawberry.field(description="What lies around this page.")
    total_count: int | None = strawberry.field(
        description="How many items the whole list has; counted only when asked for."
    )


class EdgeRow:
    """An edge: whatever the item is read through, its node and its cursor."""

    __slots__ = ("cursor", "item", "node")

    def __init__(self, cursor: str, node: Any, item: Any) -> None:
        self.cursor = cursor
        self.node = node
        self.item = item


class Edges(Column[EdgeRow]):
    """The edges of one page or of many, of which nothing is made that is not read."""

    __slots__ = ("_mark", "_nodes", "_positions")

    is_whole = True

    def __init__(self, items: Column[Any], nodes: Sequence[Any], positions: Sequence[Position], mark: str) -> None:
        super().__init__(items)
        self._nodes = nodes
        self._positions = positions
        self._mark = mark

    @override
    def __iter__(self) -> Iterator[EdgeRow]:
        return map(EdgeRow, self.col("cursor"), self._nodes, self._items)

    @overload
    def __getitem__(self, index: int) -> EdgeRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[EdgeRow]: ...
    @override
    def __getitem__(self, index: int | slice) -> EdgeRow | list[EdgeRow]:
        return list(self)[index]

    @override
    def take(self, indexes: Sequence[int]) -> "Column[EdgeRow]":
        edges = list(self)
        return Column([edges[i] for i in indexes])

    @override
    def col(self, name: str) -> Any:
        head, _, rest = name.partition(".")
        if head == "cursor":
            mark = self._mark
            if len(self._positions) < len(self):  # nobody reads them
                return [""] * len(self)
            return [encode_cursor(mark, position) for position in self._positions]
        found = self._nodes if head == "node" else self._items
        if not rest:
            return found
        return (found if isinstance(found, Column) else Column(found)).col(rest)

    @override
    def read(self, name: str, get: Callable[[Any], Any]) -> Any:
        return self.col(name)


def _nodes(items: Column[Any], view: str) -> Any:
    return items.col(view) if view else items


def _as_column(items: Sequence[Any]) -> Column[Any]:
    return items if isinstance(items, Column) else Column(items)


class ConnectionRow:
    """A page of the store, seen as a connection; what is not read is not made.

    Args:
        page: of the store.
        mark: of its cursors.
        view: the attribute of an item that is its node; the item itself where it is empty.
    """

    __slots__ = ("_mark", "_page", "_view")

    def __init__(self, page: Page[Any], mark: str, view: str = "") -> None:
        self._page = page
        self._mark = mark
        self._view = view

    @property
    def nodes(self) -> Sequence[Any]:
        """The items' nodes."""
        found: Sequence[Any] = _nodes(_as_column(self._page.items), self._view)
        return found

    @property
    def edges(self) -> Edges:
        """The items' edges."""
        return Edges(_as_column(self._page.items), self.nodes, self._page.positions, self._mark)

    @property
    def page_info(self) -> "ConnectionRow":
        """The page information is read off the row itself."""
        return self

    @property
    def total_count(self) -> int | None:
        """How many items the list has, where that was asked."""
        return self._page.total

    @property
    def has_next_page(self) -> bool:
        """Whether items follow."""
        return self._page.has_next

    @property
    def has_previous_page(self) -> bool:
        """Whether items come before."""
        return self._page.has_previous

    def _cursor(self, positions: Sequence[Position], index: int) -> str | None:
        return encode_cursor(self._mark, positions[index]) if positions else None

    @property
    def start_cursor(self) -> str | None:
        """Cursor of the first item."""
        return self._cursor(self._page.positions, 0)

    @property
    def end_cursor(self) -> str | None:
        """Cursor of the last item."""
        return self._cursor(self._page.positions, -1)


class Connections(Column[ConnectionRow]):
    """A connection for each parent, all of them read at once."""

    __slots__ = ("_mark", "_pages", "_view")

    is_whole = True

    def __init__(self, pages: Sequence[Page[Any]], mark: str, view: str = "") -> None:
        super().__init__(())
        self._pages = pages if isinstance(pages, Pages) else _joined(pages)
        self._mark = mark
        self._view = view

    @override
    def __len__(self) -> int:
        return len(self._pages)

    @override
    def __iter__(self) -> Iterator[ConnectionRow]:
        return (ConnectionRow(page, self._mark, self._view) for page in self._pages)

    @overload
    def __getitem__(self, index: int) -> ConnectionRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[ConnectionRow]: ...
    @override
    def __getitem__(self, index: int | slice) -> ConnectionRow | list[ConnectionRow]:
        if isinstance(index, slice):
            return [ConnectionRow(page, self._mark, self._view) for page in self._pages[index]]
        return ConnectionRow(self._pages[index], self._mark, self._view)

    @override
    def take(self, indexes: Sequence[int]) -> Column[ConnectionRow]:
        return Column([self[i] for i in indexes])

    @override
    def col(self, name: str) -> Any:
        pages = self._pages
        match name:
            case "nodes":
                return Grouped(_nodes(_as_column(pages.items), self._view), pages.lengths)
            case "edges":
                items = _as_column(pages.items)
                return Grouped(Edges(items, _nodes(items, self._view), pages.positions, self._mark), pages.lengths)
            case "page_info":
                return self
            case "total_count":
                return list(pages.totals)
            case "has_next_page":
                return list(pages.has_next)
            case "has_previous_page":
                return list(pages.has_previous)
            case _:
                return [getattr(row, name) for row in self]


def _joined(pages: Sequence[Page[Any]]) -> Pages[Any]:
    """Return separate pages in one piece."""
    return Pages(
        list(chain.from_iterable(page.items for page in pages)),
        list(chain.from_iterable(page.positions for page in pages)),
        [len(page.items) for page in pages],
        [page.has_next for page in pages],
        [page.has_previous for page in pages],
        [page.total for page in pages],
    )


def wanted_page(
    info: Info,
    mark: str,
    width: int,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    read: PageRead | None = None,
) -> PageRequest:
    """Return the page a field asks for.

    Args:
        info: of the field.
        mark, width: of its cursors.
        first, after, last, before: as in Relay's specification.
        read: what is read of it; by default all of the items, and the count where it is selected.

    Raises:
        BadPage, BadCursor: see `graph_api.domain.paging.page_request`.
    """
    if read is None:
        read = PageRead("totalCount" in selected(info))
    return page_request(mark, width, first, after, last, before, read=read, max_size=info.context.max_page_size)


def page_read(info: Info, fields: frozenset[str] | None, own: frozenset[str] | None = None) -> PageRead:
    """Return what is read of a page of which these columns are: count and positions only where they are selected."""
    cursors = {"startCursor", "endCursor"} & selected(info, "pageInfo")
    has_cursors = bool(cursors) or "cursor" in selected(info, "edges")
    return PageRead("totalCount" in selected(info), has_cursors, fields, own)
