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

from graph_api.domain.paging import DEFAULT_SIZE

_PAGES = (("limit",), ("first", "last"), ("ids",))
"""Arguments that say how many items a field gives, the first of these that it has; of `ids` the length does."""

_MOST = 10**9

Sizes = Mapping[str, int | None]
"""What the variables of a request say of sizes, by name; None where it is null."""


class Size(NamedTuple):
    """The size of a page: what its arguments say (variables by their names), else the default, up to a limit."""

    given: tuple[int | str, ...]
    default: int
    limit: int

    def value(self, sizes: Sizes) -> int:
        """Return how many items that is; where several arguments say it, the most."""
        found = [n for each in self.given if (n := sizes.get(each) if isinstance(each, str) else each) is not None]
        return max(0, min(max(found, default=self.default), self.limit))


def size_of(node: FieldNode, field: GraphQLField, max_page_size: int) -> Size | None:
    """Return the size of a field that has an argument for it, None for others."""
    known = next((names for names in _PAGES if names[0] in field.args), None)
    if known is None:
        return None
    default = field.args[known[0]].default_value
    values = (argument.value for argument in node.arguments or () if argument.name.value in known)
    given = tuple(size for value in values if (size := _literal(value)) is not None)
    # More than a page may have is refused by its resolver, in its own words.
    limit = max_page_size if "after" in field.args else _MOST
    return Size(given, default if default is not Undefined and isinstance(default, int) else DEFAULT_SIZE, limit)


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
