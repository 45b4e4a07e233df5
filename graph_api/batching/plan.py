"""What an operation does, worked out once for all requests that ask it.

graphql-core collects the fields: merging, fragments, @skip and @include are its own code.
"""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any

from graphql import (
    GraphQLAbstractType,
    GraphQLField,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    OperationDefinitionNode,
    Visitor,
    is_abstract_type,
    is_leaf_type,
    visit,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails, collect_fields, collect_subfields

from graph_api.batching.arguments import Arguments, Conversion, variables_in
from graph_api.batching.building import RowBuilder
from graph_api.batching.columns import Column
from graph_api.batching.leaves import Quick, quick_check
from graph_api.batching.marks import BATCH, READ, SAME, Read
from graph_api.batching.positions import Step
from graph_api.batching.selection import Nodes

_DEFINITION = "strawberry-definition"


class How(Enum):
    """How the values of a field are got."""

    TYPENAME = auto()
    READ = auto()
    SAME = auto()
    BATCH = auto()
    EACH = auto()


class Output:
    """What is to become of the values of a field or of a list: its type, taken apart."""

    __slots__ = ("abstract", "is_nullable", "item", "leaf", "object", "quick", "type")

    def __init__(self, type_: GraphQLOutputType) -> None:
        self.is_nullable = not isinstance(type_, GraphQLNonNull)
        named = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        self.type = named
        self.item = Output(named.of_type) if isinstance(named, GraphQLList) else None
        self.leaf: GraphQLLeafType | None = named if is_leaf_type(named) else None
        self.abstract: GraphQLAbstractType | None = named if is_abstract_type(named) else None
        self.object: GraphQLObjectType | None = named if isinstance(named, GraphQLObjectType) else None
        self.quick: Quick | None = quick_check(self.leaf, is_nullable=self.is_nullable) if self.leaf else None


class FieldPlan:
    """One field of a selection.

    Attributes:
        how: where its values come from; `read`, `batch`, `resolve` are for READ, BATCH, EACH
            (None: the request's default resolver).
        get: reads the value off one parent, for READ.
        strawberry: the field as Strawberry knows it, for BATCH.
        arguments: the values of its arguments, and `conversion` what Strawberry makes of them, for BATCH.
    """

    __slots__ = (
        "arguments", "batch", "conversion", "definition", "details", "get", "how", "key", "name", "nodes", "output",
        "parent", "read", "resolve", "step", "strawberry", "under",
    )  # fmt: skip

    def __init__(
        self,
        executor: Executor[Any],
        parent: GraphQLObjectType,
        definition: GraphQLField,
        key: str,
        order: int,
        details: FieldDetailsList,
    ) -> None:
        self.parent = parent
        self.definition = definition
        self.key = key
        self.details = details
        self.nodes = Nodes(detail.node for detail in details)
        self.name = details[0].node.name.value
        self.output = Output(definition.type)
        self.step = Step(key, order, self.output.is_nullable)
        self.under: dict[GraphQLObjectType, SelectionPlan] = {}
        self.arguments = Arguments(definition, details[0])
        self.conversion: Conversion | None = None
        self.strawberry: Any = (definition.extensions or {}).get(_DEFINITION)
        self.read: Read | None = None
        self.batch: Callable[..., Any] | None = None
        self.resolve: Callable[..., Any] | None = definition.resolve
        self.how = self._how(executor)
        self.get = _getter(self.read)

    def _how(self, executor: Executor[Any]) -> How:
        if self.name == "__typename":
            return How.TYPENAME
        field = self.strawberry
        if field is None or field.extensions or _has_exception_handlers(executor):
            return How.EACH
        if BATCH in field.metadata:
            self.batch = field.metadata[BATCH]
            self.conversion = Conversion(field, executor.schema._strawberry_schema)  # type: ignore[attr-defined]
            return How.BATCH
        if SAME in field.metadata:
            return How.SAME
        self.read = field.metadata.get(READ)
        if self.read is None and field.is_basic_field and field.default_resolver is getattr:
            self.read = Read(field.python_name)
        return How.EACH if self.read is None else How.READ

    def selection(self, executor: Executor[Any], type_: GraphQLObjectType) -> "SelectionPlan":
        """Return what is selected of a value of this type."""
        found = self.under.get(type_)
        if found is None:
            collected = collect_subfields(
                executor.schema,
                executor.fragments,
                executor.variable_values,
                executor.operation,
                type_,
                self.details,
                executor.hide_suggestions,
            )
            found = self.under[type_] = SelectionPlan(executor, type_, collected.grouped_field_set)
        return found

    def read_all(self, parents: Column[Any]) -> Any:
        """Return the values that are read off parents, for READ."""
        read = self.read
        assert read is not None
        values = parents.col(read.name) if read.get is None else parents.read(read.name, read.get)
        return values if read.then is None else list(map(read.then, values))

    def answer(self, parents: Column[Any]) -> list[Any] | None:
        """Return the answers of a scalar that is read off parents; None where a closer look is needed."""
        quick, get = self.output.quick, self.get
        if get is None or quick is None:
            return None
        try:
            if type(parents) is Column and len(parents) == 1:
                return quick([get(parents[0])])
            values = self.read_all(parents)
        except Exception:  # noqa: BLE001 - some row has an error: it comes up again where rows are looked at
            return None
        return quick(values if type(values) is list else list(values))


def _getter(read: Read | None) -> Callable[[Any], Any] | None:
    return None if read is None else read.getter()


def _has_exception_handlers(executor: Executor[Any]) -> bool:
    return bool(getattr(getattr(executor.schema, "_strawberry_schema", None), "exception_handlers", ()))


class SelectionPlan:
    """The fields selected of objects of one type."""

    __slots__ = ("build", "fields", "type")

    def __init__(self, executor: Executor[Any], type_: GraphQLObjectType, grouped: Mapping[str, Any]) -> None:
        self.type = type_
        self.fields: list[FieldPlan] = []
        for key, details in grouped.items():
            definition = executor.schema.get_field(type_, details[0].node.name.value)
            if definition is not None:
                self.fields.append(FieldPlan(executor, type_, definition, key, len(self.fields), details))
        self.build = RowBuilder(tuple(field.key for field in self.fields))


class Conditions:
    """What a plan depends on besides its document: the variables of @skip and @include."""

    __slots__ = ("can_be_planned", "names")

    def __init__(self, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDetails]) -> None:
        found = _Directives()
        visit(operation, found)
        for fragment in fragments.values():
            visit(fragment.definition, found)
        self.names = tuple(sorted(found.variables))
        self.can_be_planned = not (
            found.is_incremental or any(fragment.variable_signatures for fragment in fragments.values())
        )


class _Directives(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()
        self.is_incremental = False

    def enter_directive(self, node: Any, *_: Any) -> None:
        if node.name.value in ("skip", "include"):
            self.variables.update(variables_in(node))
        elif node.name.value in ("defer", "stream"):
            self.is_incremental = True


def plan_root(executor: Executor[Any], root: GraphQLObjectType) -> SelectionPlan:
    """Return what an operation selects of the root.

    Raises:
        GraphQLError: a condition can't be read.
    """
    collected = collect_fields(
        executor.schema,
        executor.fragments,
        executor.variable_values,
        root,
        executor.operation,
        executor.hide_suggestions,
    )
    return SelectionPlan(executor, root, collected.grouped_field_set)
