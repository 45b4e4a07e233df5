"""Connections, as the GraphQL Cursor Connections Specification has them: https://relay.dev/graphql/connections.htm."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import strawberry

from graph_api.batching.selection import selected
from graph_api.domain.paging import Page, PageRequest, Position, encode_cursor, page_request
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


class ConnectionRow:
    """A page of the store, seen as a connection; what is not read is not made."""

    __slots__ = ("_mark", "_node", "_page")

    def __init__(self, page: Page[Any], mark: str, node: Callable[[Any], Any] | None = None) -> None:
        self._page = page
        self._mark = mark
        self._node = node

    @property
    def nodes(self) -> Sequence[Any]:
        """The items' nodes."""
        return self._page.items if self._node is None else [self._node(item) for item in self._page.items]

    @property
    def edges(self) -> list[EdgeRow]:
        """The items' edges."""
        mark = self._mark
        return [
            EdgeRow(encode_cursor(mark, position), node, item)
            for position, node, item in zip(self._page.positions, self.nodes, self._page.items, strict=True)
        ]

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


def wanted_page(
    info: Info,
    mark: str,
    width: int,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> PageRequest:
    """Return the page a field asks for; the count only where it is selected.

    Raises:
        BadPage, BadCursor: see `graph_api.domain.paging.page_request`.
    """
    count = "totalCount" in selected(info)
    return page_request(mark, width, first, after, last, before, count=count, max_size=info.context.max_page_size)
