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


def _fragment_depths(fragments: Mapping[str, _Walk]) -> dict[str, int]:
    """Return the depth of each fragment; a spread that closes a circle counts nothing, another rule refuses it."""
    depths: dict[str, int] = {}
    for start in fragments:
        path = [start]
        entered = {start}
        while path:
            name = path[-1]
            deepest, spreads = fragments[name]
            if name not in depths:
                following = [s for s, _ in spreads if s in fragments and s not in entered]
                if following:
                    entered.update(following)
                    path.extend(following)
                    continue
                depths[name] = max([deepest, *(above + depths.get(s, 0) for s, above in spreads)])
            path.pop()
    return depths


def operation_depths(document: DocumentNode) -> dict[OperationDefinitionNode, int]:
    """Return how deep the fields of each operation nest; `{ film { title } }` has depth 2."""
    definitions = document.definitions
    fragments = {d.name.value: _walk(d.selection_set) for d in definitions if isinstance(d, FragmentDefinitionNode)}
    depths = _fragment_depths(fragments)
    found = {}
    for definition in definitions:
        if isinstance(definition, OperationDefinitionNode):
            deepest, spreads = _walk(definition.selection_set)
            found[definition] = max([deepest, *(above + depths.get(name, 0) for name, above in spreads)])
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
                        f"fields are nested {depth} deep and {limit} is the most; ask in several queries, by the ids of the first",
                        limit=limit,
                        requested=depth,
                    )
                    self.report_error(GraphQLError(cause.message, operation, original_error=cause))

    return MaxDepth
