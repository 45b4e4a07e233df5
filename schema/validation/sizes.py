"""How many items a field may give: from its arguments, variables among them, or from what it gives without."""

from collections.abc import Mapping
from typing import NamedTuple

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    IntValueNode,
    ListValueNode,
    Undefined,
    ValueNode,
    VariableNode,
)

from graph_api.domain.paging import DEFAULT_SIZE, check_size

_PAGES = (("limit",), ("first", "last"), ("ids",))
"""Arguments that say how many items a field gives, the first of these that it has; of `ids` the length does."""

_MOST = 10**9

Sizes = Mapping[str, int | None]
"""What the variables of a request say of sizes, by name; None where it is null."""


class Asked(NamedTuple):
    """What a page's arguments say, variables by their names; None where they say nothing."""

    first: int | str | None
    last: int | str | None
    limit: int

    def check(self, sizes: Sizes) -> None:
        """Make sure that there is such a page.

        Raises:
            BadPage: there is none.
        """
        check_size(_said(self.first, sizes), _said(self.last, sizes), self.limit)


class Size(NamedTuple):
    """How many items a field gives: what its arguments say (variables by their names), else the default, up to a limit.

    `page` is there where they are a page, which can be refused.
    """

    given: tuple[int | str, ...]
    default: int
    limit: int
    page: Asked | None = None

    def value(self, sizes: Sizes) -> int:
        """Return how many items that is; where several arguments say it, the most."""
        found = [n for each in self.given if (n := _said(each, sizes)) is not None]
        return max(0, min(max(found, default=self.default), self.limit))


def _said(size: int | str | None, sizes: Sizes) -> int | None:
    return sizes.get(size) if isinstance(size, str) else size


def size_of(node: FieldNode, field: GraphQLField, max_page_size: int) -> Size | None:
    """Return the size of a field that has an argument for it, None for others."""
    known = next((names for names in _PAGES if names[0] in field.args), None)
    if known is None:
        return None
    default = field.args[known[0]].default_value
    said = {each.name.value: _literal(each.value) for each in node.arguments or () if each.name.value in known}
    given = tuple(size for size in said.values() if size is not None)
    is_page = "after" in field.args
    return Size(
        given,
        default if default is not Undefined and isinstance(default, int) else DEFAULT_SIZE,
        max_page_size if is_page else _MOST,
        Asked(said.get("first"), said.get("last"), max_page_size) if is_page and given else None,
    )


def _literal(value: ValueNode) -> int | str | None:
    if isinstance(value, VariableNode):
        return value.name.value
    if isinstance(value, IntValueNode):
        return min(int(value.value), _MOST) if len(value.value) < 20 else _MOST
    return len(value.values) if isinstance(value, ListValueNode) else None


def as_size(value: object) -> int | None:
    """Return the size that a variable's value stands for: itself, or the length of a list."""
    if isinstance(value, list):
        return len(value)
    if isinstance(value, ValueNode):
        literal = _literal(value)
        return literal if isinstance(literal, int) else None
    return min(int(value), _MOST) if isinstance(value, (int, float)) and abs(value) < 1e18 else None


def is_list(kind: GraphQLOutputType) -> bool:
    """Tell whether a field gives a list."""
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    return isinstance(kind, GraphQLList)
