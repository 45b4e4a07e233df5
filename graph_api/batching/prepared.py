"""What graphql-core works out of a document for each request, worked out once.

Which operation is meant, its fragments and the types of its variables are the same for all
requests with a document. Values of variables that are text, whole numbers or booleans as their
types want them are taken as they are; any others, and all errors, are graphql-core's.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLBoolean,
    GraphQLID,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.pyutils import Undefined

_KEPT = 512
_MAX_INT, _MIN_INT = 2**31 - 1, -(2**31)
_SIMPLE: Mapping[Any, Callable[[Any], bool]] = {
    GraphQLString: lambda value: type(value) is str,
    GraphQLID: lambda value: type(value) is str,
    GraphQLBoolean: lambda value: type(value) is bool,
    GraphQLInt: lambda value: type(value) is int and _MIN_INT <= value <= _MAX_INT,
}
"""Types, and whether a value is one that its type leaves as it is."""


class _Variable(NamedTuple):
    """A variable: its signature, which values need no coercion, and whether it may be null, or be left out."""

    signature: GraphQLVariableSignature
    is_simple: Callable[[Any], bool]
    may_be_null: bool
    may_be_left_out: bool


class Prepared:
    """One operation of a document that was executed before. It holds the document, so that no other has its identity.

    Attributes:
        fragment_definitions, fragments: of the document; nobody may change them.
    """

    __slots__ = ("_variables", "document", "fragment_definitions", "fragments", "operation", "schema")

    def __init__(self, document: DocumentNode, executor: Executor[Any]) -> None:
        self.document = document
        self.schema: GraphQLSchema = executor.schema
        self.operation: OperationDefinitionNode = executor.operation
        self.fragment_definitions: dict[str, FragmentDefinitionNode] = executor.fragment_definitions
        self.fragments: dict[str, FragmentDetails] = executor.fragments
        self._variables = _variables(executor.schema, executor.operation)

    def values(self, given: Mapping[str, Any]) -> VariableValues | None:
        """Return the values of the variables; None where graphql-core has to coerce them."""
        if self._variables is None:
            return None
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for signature, is_simple, may_be_null, may_be_left_out in self._variables:
            name = signature.name
            value = given.get(name, Undefined)
            if value is Undefined:
                if not may_be_left_out:
                    return None
                sources[name] = VariableValueSource(signature)
                continue
            if not (is_simple(value) or (value is None and may_be_null)):
                return None
            sources[name] = VariableValueSource(signature, value)
            coerced[name] = value
        return VariableValues(sources, coerced)


def _variables(schema: GraphQLSchema, operation: OperationDefinitionNode) -> list[_Variable] | None:
    """Return an operation's variables; None where one of them may need coercion whatever its value."""
    found: list[_Variable] = []
    for node in operation.variable_definitions or ():
        signature = get_variable_signature(schema, node)
        if not isinstance(signature, GraphQLVariableSignature):
            return None
        may_be_null = not isinstance(signature.type, GraphQLNonNull)
        named = signature.type.of_type if isinstance(signature.type, GraphQLNonNull) else signature.type
        # A type that is none of these may still be left out, as most filters and orders are.
        is_simple = _SIMPLE.get(named, _never)
        found.append(_Variable(signature, is_simple, may_be_null, may_be_null and node.default_value is None))
    return found


def _never(_: Any) -> bool:
    return False


class PreparedOperations:
    """Operations that were executed before, at most `kept`; the least recently used is forgotten first."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._known: OrderedDict[tuple[int, str | None], Prepared] = OrderedDict()
        self._lock = Lock()

    def get(self, schema: GraphQLSchema, document: DocumentNode, operation_name: str | None) -> Prepared | None:
        """Return what is known of an operation."""
        key = (id(document), operation_name)
        with self._lock:
            known = self._known.get(key)
            if known is None or known.schema is not schema:
                return None
            self._known.move_to_end(key)
            return known

    def learn(self, document: DocumentNode, operation_name: str | None, executor: Executor[Any]) -> None:
        """Remember the operation of an executor that graphql-core has built."""
        with self._lock:
            self._known[id(document), operation_name] = Prepared(document, executor)
            if len(self._known) > self._kept:
                self._known.popitem(last=False)


PREPARED = PreparedOperations()
"""The operations of this process."""
