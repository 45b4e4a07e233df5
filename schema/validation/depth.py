"""How deep an operation may nest fields.

The work is linear in the document's size: each definition is walked once, and each fragment's
depth is settled once, however often and through however many others it is spread. Fields of
introspection (`__schema`, `__type`, and what is under them) do not count; how deep those may go
is bounded by graphql-core's MaxIntrospectionDepthRule.
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
)

from graph_api.errors import TooDeep

_Walk = tuple[int, list[tuple[str, int]]]
"""The depth of a definition's own fields, and the fragments it spreads with the depth above each."""


def _walk(selections: SelectionSetNode) -> _Walk:
    deepest, spreads = 0, []
    waiting = [(selections, 0)]
    while waiting:
        found, above = waiting.pop()
        for node in found.selections:
            if isinstance(node, FragmentSpreadNode):
                spreads.append((node.name.value, above))
                continue
            below = above
            if isinstance(node, FieldNode):
                if node.name.value.startswith("__"):
                    continue
                below = above + 1
                deepest = max(deepest, below)
            inner: SelectionSetNode | None = getattr(node, "selection_set", None)
            if inner is not None:
                waiting.append((inner, below))
    return deepest, spreads


def _total(walk: _Walk, depths: Mapping[str, int]) -> int:
    deepest, spreads = walk
    return max([deepest, *(above + depths.get(name, 0) for name, above in spreads)])


def _fragment_depths(fragments: Mapping[str, _Walk]) -> dict[str, int]:
    """Return the depth of each fragment; a spread that closes a circle counts nothing, another rule refuses it."""
    depths: dict[str, int] = {}
    for start in fragments:
        if start in depths:
            continue
        path = [(start, iter(fragments[start][1]))]
        on_path = {start}
        while path:
            name, spreads = path[-1]
            for spread, _ in spreads:
                if spread in fragments and spread not in depths and spread not in on_path:
                    path.append((spread, iter(fragments[spread][1])))
                    on_path.add(spread)
                    break
            else:
                depths[name] = _total(fragments[name], depths)
                path.pop()
                on_path.remove(name)
    return depths


def operation_depths(document: DocumentNode) -> dict[OperationDefinitionNode, int]:
    """Return how deep the fields of each operation nest; `{ film { title } }` has depth 2."""
    definitions = document.definitions
    fragments = {d.name.value: _walk(d.selection_set) for d in definitions if isinstance(d, FragmentDefinitionNode)}
    depths = _fragment_depths(fragments)
    found = {}
    for definition in definitions:
        if isinstance(definition, OperationDefinitionNode):
            found[definition] = _total(_walk(definition.selection_set), depths)
    return found


def max_depth(limit: int) -> type[ASTValidationRule]:
    """Return the rule that refuses operations whose fields nest deeper than `limit`."""

    class MaxDepth(ASTValidationRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)

        def enter_document(self, document: DocumentNode, *_: Any) -> None:
            for operation, depth in operation_depths(document).items():
                if depth > limit:
                    cause = TooDeep(
                        f"fields are nested {depth} deep and {limit} is the most; ask in several queries",
                        limit=limit,
                        requested=depth,
                    )
                    self.report_error(GraphQLError(cause.message, operation, original_error=cause))

    return MaxDepth
