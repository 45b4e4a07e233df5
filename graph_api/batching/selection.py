"""Look-ahead: what is selected under a field, so that nothing is computed that nobody reads."""

from collections.abc import Iterable
from typing import Any

from graphql import FieldNode, FragmentSpreadNode, GraphQLResolveInfo, InlineFragmentNode, SelectionNode


def selected(info: Any) -> frozenset[str]:
    """Return the names of the fields selected directly under the field, through fragments.

    Conditions are not looked at: a field under @skip or @include counts as selected.
    """
    raw: GraphQLResolveInfo[Any] = info._raw_info
    names: set[str] = set()
    seen: set[str] = set()
    waiting: list[Iterable[SelectionNode]] = [
        node.selection_set.selections for node in raw.field_nodes if node.selection_set
    ]
    while waiting:
        for node in waiting.pop():
            if isinstance(node, FieldNode):
                names.add(node.name.value)
            elif isinstance(node, InlineFragmentNode):
                waiting.append(node.selection_set.selections)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                waiting.append(raw.fragments[node.name.value].selection_set.selections)
    return frozenset(names)
