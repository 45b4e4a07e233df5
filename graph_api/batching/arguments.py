"""The arguments of a field: what can be known of them beforehand is worked out once for a plan."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

from graphql import GraphQLField, VariableNode, Visitor, is_non_null_type, is_required_argument, visit
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.values import get_argument_values
from graphql.pyutils import Undefined
from strawberry.relay.types import GlobalID
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryList, StrawberryMaybe, StrawberryOptional

_PLAIN = frozenset((str, int, float, bool, type(None)))
_NO_ARGUMENTS: Mapping[str, Any] = {}


def variables_in(node: Any) -> set[str]:
    """Return the names of the variables in a field's arguments, or in a directive."""
    found = _Variables()
    visit(node, found)
    return found.names


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.names.add(node.name.value)

    def enter_selection_set(self, *_: Any) -> Any:
        return self.SKIP


class _Given(NamedTuple):
    """An argument that is a variable and nothing else."""

    name: str
    variable: str
    may_be_null: bool
    may_be_left_out: bool


class Arguments:
    """The arguments of one field of a plan.

    Constants that nobody could change are kept, copies are given of lists of such, and a whole
    variable is handed on as it was coerced. Anything else is graphql-core's to coerce, in each
    request anew.
    """

    __slots__ = ("_constants", "_definition", "_details", "_given", "_is_known", "_is_learnt", "_lists")

    def __init__(self, definition: GraphQLField, details: FieldDetails) -> None:
        self._definition = definition
        self._details = details
        self._constants: Mapping[str, Any] = _NO_ARGUMENTS
        self._lists: dict[str, list[Any]] = {}
        self._given: list[_Given] = []
        self._is_learnt = False
        self._is_known = not definition.args and not details.node.arguments

    def values(self, executor: Executor[Any]) -> Mapping[str, Any]:
        """Return the values for a request; nobody may change the mapping.

        Raises:
            GraphQLError: one can't be coerced.
        """
        if self._is_known:
            if not (self._given or self._lists):
                return self._constants
            found = self._put_in(executor.variable_values.coerced)
            if found is not None:
                return found
        values = get_argument_values(
            self._definition,
            self._details.node,
            executor.variable_values,
            self._details.fragment_variable_values,
            executor.hide_suggestions,
        )
        if not (self._is_known or self._is_learnt):
            self._is_learnt = True
            self._learn(values)
        return values

    def _put_in(self, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        found = dict(self._constants)
        for name, items in self._lists.items():
            found[name] = items.copy()
        for argument in self._given:
            value = variables.get(argument.variable, Undefined)
            if value is Undefined:
                if not argument.may_be_left_out:
                    return None
            elif value is None and not argument.may_be_null:
                return None
            else:
                found[argument.name] = value
        return found

    def _learn(self, values: Mapping[str, Any]) -> None:
        """Remember what will be the same in each request, if the rest is whole variables."""
        nodes = {node.name.value: node.value for node in self._details.node.arguments or ()}
        constants: dict[str, Any] = {}
        lists: dict[str, list[Any]] = {}
        given: list[_Given] = []
        for name, definition in self._definition.args.items():
            key = definition.out_name or name
            node = nodes.get(name)
            if isinstance(node, VariableNode):
                left_out = not is_required_argument(definition) and not _has_default(definition)
                given.append(_Given(key, node.name.value, not is_non_null_type(definition.type), left_out))
            elif node is not None and variables_in(node):
                return
            elif key in values:
                value = values[key]
                if _is_plain(value):
                    constants[key] = value
                elif type(value) is list and all(map(_is_plain, value)):
                    lists[key] = value.copy()
                else:
                    return
        self._constants, self._lists, self._given, self._is_known = constants, lists, given, True


def _is_plain(value: Any) -> bool:
    return type(value) in _PLAIN or isinstance(value, Enum)


def _has_default(definition: Any) -> bool:
    return definition.default is not None or definition.default_value is not Undefined


class Conversion:
    """What Strawberry makes of GraphQL's arguments: their Python names, and objects of input types."""

    __slots__ = ("_config", "_rows", "_scalars")

    def __init__(self, field: Any, schema: Any) -> None:
        self._config = schema.config
        self._scalars = schema.schema_converter.scalar_registry
        name = schema.config.name_converter.from_argument
        self._rows = [(name(a), a.python_name, a.type, _is_simple(a.type)) for a in field.arguments]

    def convert(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments as the resolver takes them."""
        found = {}
        for name, python_name, type_, is_simple in self._rows:
            value = values.get(name, Undefined)
            if value is Undefined:
                continue
            if type(value) is list and is_simple and all(map(_is_plain, value)):
                value = value.copy()
            elif not (is_simple and _is_plain(value)):
                value = convert_argument(value, type_, self._scalars, self._config, path=(name,))
            found[python_name] = value
        return found


def _is_simple(type_: Any) -> bool:
    """Whether text, numbers and enums of a type, or of lists of it, are handed on as they are."""
    while isinstance(type_, (StrawberryOptional, StrawberryList)) and not isinstance(type_, StrawberryMaybe):
        type_ = type_.of_type
    return type_ is not GlobalID and not isinstance(type_, StrawberryMaybe)
