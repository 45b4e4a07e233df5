"""GraphQL documents: parsed, held to the limits and validated once, then kept by their text."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    Lexer,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    Source,
    TokenKind,
    parse,
    recommended_rules,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from graph_api.errors import (
    BadInput,
    DocumentTooLong,
    GraphQLInvalid,
    GraphQLParseError,
    TooCostly,
    TooDeep,
    TooManyNodes,
    TooManyTokens,
)
from graph_api.http.caching import is_lasting, passing_fields
from graph_api.settings import Settings
from schema.validation.limits import ANALYSIS_COSTS, Limits, within_limits
from schema.validation.measures import Costing, Measured
from schema.validation.walk import Types

_KEPT = 512
_EVENTS = 10
"""A subscription costs so many times its selection: it may give so many events a second."""


class Refused(Exception):
    """A request that is not executed; errors without a cause of their own are of `kind`."""

    def __init__(self, errors: Sequence[GraphQLError], kind: type[BadInput]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors
        self.kind = kind


class Price(NamedTuple):
    """What a request was found to cost, and the most it may."""

    requested: int
    limit: int

    @property
    def header(self) -> str:
        """The value of the header `graphql-cost`."""
        return f"{self.requested};limit={self.limit}"


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document and its operations by name; one without a name has the name None.

    Attributes:
        is_lasting: its answers change only when the graph does.
        costs: what tells the cost of each operation, by name.
    """

    text: str
    is_lasting: bool
    node: DocumentNode
    operations: Mapping[str | None, OperationDefinitionNode]
    costs: Mapping[str | None, Costing]
    max_cost: int
    max_nodes: int

    def price(self, operation: OperationDefinitionNode, variables: Mapping[str, Any] | None) -> Price:
        """Return what an operation costs with these variables.

        Raises:
            TooCostly, TooManyNodes, BadPage: it is over a limit.
        """
        costing = self.costs[operation.name.value if operation.name else None]
        cost, nodes = costing.cost(variables)
        if operation.operation is OperationType.SUBSCRIPTION:
            cost *= _EVENTS
        if cost > self.max_cost:
            raise TooCostly(
                f"the operation costs {cost} and {self.max_cost} is the most; ask for smaller pages, or fewer in pages",
                limit=self.max_cost,
                requested=cost,
            )
        if nodes > self.max_nodes:
            raise TooManyNodes(
                f"the operation could give {nodes} objects and {self.max_nodes} is the most; nest fewer lists",
                limit=self.max_nodes,
                requested=nodes,
            )
        costing.check_pages(variables)
        return Price(cost, self.max_cost)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation that is asked for.

        Raises:
            BadInput: it is none of the document's, or several are and none was named.
        """
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        found = self.operations.get(name) if name is not None else None
        if found is not None:
            return found
        names = ", ".join(sorted(known for known in self.operations if known)) or "none that has a name"
        if name is None:
            raise BadInput(f"the document has several operations; give one as operationName: {names}")
        raise BadInput(f"the document has no operation {name[:80]!r}; it has: {names}")

    def root_fields(self, operation: OperationDefinitionNode) -> int:
        """Return how many fields an operation has at its root, those of fragments each time they are spread."""
        fragments = {
            node.name.value: node for node in self.node.definitions if isinstance(node, FragmentDefinitionNode)
        }

        def count(selections: SelectionSetNode) -> int:
            total = 0
            for node in selections.selections:
                if isinstance(node, FragmentSpreadNode):
                    total += count(fragments[node.name.value].selection_set)
                else:
                    total += count(node.selection_set) if isinstance(node, InlineFragmentNode) else 1
            return total

        return count(operation.selection_set)


def language_rules(settings: Settings) -> tuple[type[ASTValidationRule], ...]:
    """Return the rules that make a document valid."""
    own = () if settings.introspection else (NoSchemaIntrospectionCustomRule,)
    return (*specified_rules, *recommended_rules, MaybeNullValidationRule, OneOfInputValidationRule, *own)


class Documents:
    """Valid documents by their text, the least recently used forgotten first.

    Attributes:
        hits, misses: how often one was there, and was not.
    """

    def __init__(self, schema: GraphQLSchema, settings: Settings) -> None:
        self._schema = schema
        self._settings = settings
        self._limits = Limits(
            settings.max_depth,
            settings.max_fields,
            settings.max_aliases,
            settings.max_directives,
            settings.max_operations,
        )
        self._types = Types(schema, settings.max_page_size, ANALYSIS_COSTS)
        self._rules = language_rules(settings)
        self._passing = passing_fields(schema)
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self.hits = self.misses = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, text: str) -> Document:
        """Return a document.

        Raises:
            DocumentTooLong, TooManyTokens, TooDeep: it is over a limit.
            Refused: it is no GraphQL, or does not fit the schema.
        """
        document = self._kept.get(text)
        if document is None:
            self.misses += 1
            document = self._kept[text] = self._make(text)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self.hits += 1
            self._kept.move_to_end(text)
        return document

    def _make(self, text: str) -> Document:
        node = self._parse(text)
        measured: list[Measured] = []
        # Limits come before the rules of the language, some of which take more than linear time.
        for rules in ((within_limits(self._limits, self._types, measured),), self._rules):
            most, hides = self._settings.max_errors, not self._settings.suggestions
            errors = validate(self._schema, node, rules, max_errors=most, hide_suggestions=hides)
            if errors:
                # A limit says more than that validation was given up, which graphql-core adds.
                raise Refused([e for e in errors if e.original_error] or errors, GraphQLInvalid)
        operations = {o.name.value if o.name else None: o for o in measured[0].counts}
        costs = {name: measured[0].costing(operation) for name, operation in operations.items()}
        lasting = is_lasting(node, self._passing)
        return Document(text, lasting, node, operations, costs, self._settings.max_cost, self._settings.max_nodes)

    def _parse(self, text: str) -> DocumentNode:
        characters, tokens = self._settings.max_document_characters, self._settings.max_document_tokens
        if len(text) > characters:
            raise DocumentTooLong(
                f"the document has {len(text)} characters and {characters} is the most; use several requests",
                limit=characters,
                requested=len(text),
            )
        try:
            return parse(text, max_lexical_tokens=tokens, max_comments=tokens)
        except GraphQLSyntaxError as error:
            if "nested too deeply" in error.message:
                raise TooDeep(
                    "the document is nested too deeply to be parsed; ask in several queries",
                    limit=self._settings.max_depth,
                    requested=text.count("{") + text.count("["),
                ) from None
            if "Parsing aborted" in error.message:
                found = _count_tokens(text)
                raise TooManyTokens(
                    f"the document has {found} tokens and comments, {tokens} is the most of each; use several requests",
                    limit=tokens,
                    requested=found,
                ) from None
            raise Refused([error], GraphQLParseError) from None


def _count_tokens(text: str) -> int:
    """Return how many tokens and comments a document has, up to the first that is none."""
    lexer = Lexer(Source(text))
    count = 0
    try:
        while lexer.advance().kind is not TokenKind.EOF:
            count += 1
    except GraphQLSyntaxError:
        return count + text.count("#")
    return count + sum(1 for line in text.splitlines() if line.lstrip().startswith("#"))
