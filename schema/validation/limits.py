"""The rule that refuses documents of too much depth, or too many fields, aliases, directives or operations."""

from typing import Any, NamedTuple

from graphql import ASTValidationRule, DocumentNode, GraphQLError, IntValueNode, Node, ValidationContext

from graph_api.errors import (
    LimitExceeded,
    TooDeep,
    TooManyAliases,
    TooManyDirectives,
    TooManyFields,
    TooManyOperations,
)
from schema.validation.measures import Counts, Measured
from schema.validation.walk import Types

ANALYSIS_COSTS = {
    "centrality": 200,
    "communities": 200,
    "similar": 100,
    "collaborationPaths": 100,
    "distances": 100,
    "centralityOverTime": 500,
    "compareCentrality": 500,
    "robustness": 500,
    "significance": 500,
    "mixing": 200,
    "explainCentrality": 200,
}
"""What analyses cost beside the objects they give: relative to each other. Their time on the graph as it is, is
estimated before they run, and refused or queued by that (`graph_api.analytics.jobs`)."""
_DIGITS = 400
"""No number that is of use is longer; Python refuses to read whole numbers of more than 4,300 digits."""


class Limits(NamedTuple):
    """The most that an operation may have, and operations that a document may."""

    depth: int
    fields: int
    aliases: int
    directives: int
    operations: int


def within_limits(limits: Limits, types: Types, found: list[Measured]) -> type[ASTValidationRule]:
    """Return the rule; it leaves what it measured in `found`."""

    class WithinLimits(ASTValidationRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)

        def enter_document(self, document: DocumentNode, *_: Any) -> None:
            measured = Measured(document, types)
            found.append(measured)
            count = len(measured.counts)
            if count > limits.operations:
                text = f"the document has {count} operations and {limits.operations} is the most; send fewer at a time"
                self._refuse(None, TooManyOperations(text, limit=limits.operations, requested=count))
            excesses: list[tuple[Node | None, LimitExceeded]] = []
            for operation, counts in measured.counts.items():
                excesses += [(operation, error) for error in _excesses(counts, limits)]
            # The rules of the language take their time also over fragments that no operation spreads.
            for place, error in excesses or [(None, error) for error in _excesses(measured.largest, limits)]:
                self._refuse(place, error)

        def enter_int_value(self, node: IntValueNode, *_: Any) -> None:
            if len(node.value) > _DIGITS:
                text = f"a number of {len(node.value)} characters is out of range; {_DIGITS} are the most"
                self.report_error(GraphQLError(text, node))

        def _refuse(self, node: Node | None, error: LimitExceeded) -> None:
            self.report_error(GraphQLError(error.message, node, original_error=error))

    return WithinLimits


def _excesses(counts: Counts, limits: Limits) -> list[LimitExceeded]:
    found: list[LimitExceeded] = []
    if counts.depth > limits.depth:
        text = f"fields are nested {counts.depth} deep and {limits.depth} is the most; ask in several queries"
        found.append(TooDeep(text, limit=limits.depth, requested=counts.depth))
    for limit, count, error, what in (
        (limits.aliases, counts.aliases, TooManyAliases, "aliases"),
        (limits.directives, counts.directives, TooManyDirectives, "directives"),
        (limits.fields, counts.fields, TooManyFields, "fields"),
    ):
        if count > limit:
            text = f"the operation has {count} {what} and {limit} is the most; use several requests"
            found.append(error(text, limit=limit, requested=count))
    return found
