"""How many aliases and directives an operation has, and a document operations.

A fragment counts as often as it is spread, through others too; its own count is settled once, so
the work is linear in the document's size. Aliases let one request ask for the same thing many
times over, which no limit of depth sees; directives cost time in validation and execution.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
)

from graph_api.errors import TooManyAliases, TooManyDirectives, TooManyOperations

_MOST = 10**9
"""Counts end here: two hundred fragments, each spreading the next twice, would make a number of sixty digits."""


class Tally(NamedTuple):
    """Aliases and directives."""

    aliases: int = 0
    directives: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(min(_MOST, self.aliases + other.aliases), min(_MOST, self.directives + other.directives))


class _Definition(NamedTuple):
    """What a definition has of its own, and the fragments it spreads, each as often as it does."""

    own: Tally
    spreads: list[str]


def _directives(node: Node) -> int:
    return len(getattr(node, "directives", None) or ())


def _walk(definition: OperationDefinitionNode | FragmentDefinitionNode) -> _Definition:
    aliases, directives = 0, _directives(definition)
    spreads: list[str] = []
    waiting = [definition.selection_set]
    while waiting:
        for node in waiting.pop().selections:
            directives += _directives(node)
            if isinstance(node, FragmentSpreadNode):
                spreads.append(node.name.value)
                continue
            if isinstance(node, FieldNode) and node.alias is not None:
                aliases += 1
            inner: SelectionSetNode | None = getattr(node, "selection_set", None)
            if inner is not None:
                waiting.append(inner)
    return _Definition(Tally(aliases, directives), spreads)


def _total(definition: _Definition, known: Mapping[str, Tally]) -> Tally:
    total = definition.own
    for name in definition.spreads:
        total = total.plus(known.get(name, Tally()))
    return total


def _fragments(fragments: Mapping[str, _Definition]) -> dict[str, Tally]:
    """Return the tally of each fragment; a spread that closes a circle counts nothing, another rule refuses it."""
    known: dict[str, Tally] = {}
    for start in fragments:
        if start in known:
            continue
        path = [(start, iter(fragments[start].spreads))]
        on_path = {start}
        while path:
            name, spreads = path[-1]
            for spread in spreads:
                if spread in fragments and spread not in known and spread not in on_path:
                    path.append((spread, iter(fragments[spread].spreads)))
                    on_path.add(spread)
                    break
            else:
                known[name] = _total(fragments[name], known)
                path.pop()
                on_path.remove(name)
    return known


def operation_tallies(document: DocumentNode) -> dict[OperationDefinitionNode, Tally]:
    """Return the aliases and directives of each operation, those of its fragments included."""
    fragments = {d.name.value: _walk(d) for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    known = _fragments(fragments)
    return {d: _total(_walk(d), known) for d in document.definitions if isinstance(d, OperationDefinitionNode)}


def max_size(aliases: int, directives: int, operations: int) -> type[ASTValidationRule]:
    """Return the rule that refuses more aliases or directives in an operation, or operations in a document."""

    class MaxSize(ASTValidationRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)

        def enter_document(self, document: DocumentNode, *_: Any) -> None:
            tallies = operation_tallies(document)
            if len(tallies) > operations:
                cause = TooManyOperations(
                    f"the document has {len(tallies)} operations and {operations} is the most; send fewer at a time",
                    limit=operations,
                    requested=len(tallies),
                )
                self.report_error(GraphQLError(cause.message, original_error=cause))
            for node, tally in tallies.items():
                for limit, found, error, what in (
                    (aliases, tally.aliases, TooManyAliases, "aliases"),
                    (directives, tally.directives, TooManyDirectives, "directives"),
                ):
                    if found > limit:
                        message = f"the operation has {found} {what} and {limit} is the most; use several requests"
                        told = error(message, limit=limit, requested=found)
                        self.report_error(GraphQLError(message, node, original_error=told))

    return MaxSize
