"""Look-ahead: what is selected under a field, so that nothing is computed that nobody reads."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from graphql import FieldNode, FragmentSpreadNode, GraphQLResolveInfo, InlineFragmentNode, SelectionNode

T = TypeVar("T")


class Nodes(list[FieldNode]):
    """The nodes of a field in a plan; what is selected under them is worked out once."""

    __slots__ = ("known", "selected")

    def __init__(self, nodes: Iterable[FieldNode]) -> None:
        super().__init__(nodes)
        self.selected: dict[tuple[str, ...], frozenset[str]] = {}
        self.known: dict[object, Any] = {}


def is_planned(info: Any) -> bool:
    """Tell whether the field is resolved for a whole level at once, and not for one object."""
    return isinstance(info._raw_info.field_nodes, Nodes)


def once(info: Any, name: object, make: Callable[..., T], *args: Any) -> T:
    """Return what `make` gives; for a field of a plan it is worked out once for all requests.

    Args:
        info: of the field.
        name: of what is made, and of whatever it depends on besides the field.
        make: depends on nothing that differs between requests.
    """
    nodes = info._raw_info.field_nodes
    if not isinstance(nodes, Nodes):
        return make(*args)
    if name not in nodes.known:
        nodes.known[name] = make(*args)
    found: T = nodes.known[name]
    return found


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
