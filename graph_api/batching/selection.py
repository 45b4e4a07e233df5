"""Look-ahead: what is selected under a field, so that nothing is computed that nobody reads."""

from collections.abc import Iterable
from typing import Any

from graphql import FieldNode, FragmentSpreadNode, GraphQLResolveInfo, InlineFragmentNode, SelectionNode


class Nodes(list[FieldNode]):
    """The nodes of a field in a plan; what is selected under them is worked out once."""

    __slots__ = ("selected",)

    def __init__(self, nodes: Iterable[FieldNode]) -> None:
        super().__init__(nodes)
        self.selected: dict[tuple[str, ...], frozenset[str]] = {}


def is_planned(info: Any) -> bool:
    """Tell whether the field is resolved for a whole level at once, and not for one object."""
    return isinstance(info._raw_info.field_nodes, Nodes)


def selected(info: Any, *under: str) -> frozenset[str]:
    """Return the names of the fields selected directly under the field, through fragments.

    Conditions and types are not looked at: a field under @skip or @include, or of any fragment,
    counts as selected.

    Args:
        info: of the field.
        under: names of fields: what is selected at the end of this way down.
    """
    raw: GraphQLResolveInfo[Any] = info._raw_info
    nodes = raw.field_nodes
    known = nodes.selected if isinstance(nodes, Nodes) else None
    if known is not None and under in known:
        return known[under]
    found: Iterable[FieldNode] = nodes
    for name in under:
        found = [node for node in _fields(raw, found) if node.name.value == name]
    names = frozenset(node.name.value for node in _fields(raw, found))
    if known is not None:
        known[under] = names
    return names


def _fields(raw: "GraphQLResolveInfo[Any]", nodes: Iterable[FieldNode]) -> list[FieldNode]:
    """Return the fields directly under these."""
    fields: list[FieldNode] = []
    seen: set[str] = set()
    waiting: list[Iterable[SelectionNode]] = [node.selection_set.selections for node in nodes if node.selection_set]
    while waiting:
        for node in waiting.pop():
            if isinstance(node, FieldNode):
                fields.append(node)
            elif isinstance(node, InlineFragmentNode):
                waiting.append(node.selection_set.selections)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                waiting.append(raw.fragments[node.name.value].selection_set.selections)
    return fields
