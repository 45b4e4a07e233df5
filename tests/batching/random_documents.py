"""Random documents for any schema: fragments, aliases, conditions, repeated fields."""

from collections.abc import Callable
from random import Random

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_required_argument,
)

Arguments = Callable[[Random, GraphQLField, str], str]


class Writer:
    """Writes documents.

    Args:
        arguments: returns the arguments of a field, in brackets, or nothing.
    """

    def __init__(self, schema: GraphQLSchema, random: Random, arguments: Arguments, depth: int = 4) -> None:
        self._schema = schema
        self._random = random
        self._arguments = arguments
        self._depth = depth
        self._fragments: list[str] = []

    def document(self, operation: str = "query", fields: int = 3) -> str:
        """Return a document of one operation; its variables are `yes` and `no`."""
        self._fragments = []
        root = self._schema.query_type if operation == "query" else self._schema.mutation_type
        assert root is not None
        # Both variables are used, wherever else they are.
        body = self._selection(root, self._depth, fields, last="__typename @include(if: $yes) @skip(if: $no)")
        return f"{operation}($yes: Boolean!, $no: Boolean = false) {body}" + "".join(self._fragments)

    def below(self, field: GraphQLField, depth: int) -> str:
        """Return a selection for a field; its fragments are among `fragments`."""
        of = get_named_type(field.type)
        return self._selection(of, depth, 3) if is_composite_type(of) else ""

    @property
    def fragments(self) -> str:
        """The fragments of what was written since the last document."""
        return "".join(self._fragments)

    def _selection(self, type_: GraphQLNamedType, depth: int, fields: int, last: str = "__typename") -> str:
        parts = [self._part(type_, depth) for _ in range(self._random.randint(1, fields))]
        return f"{{ {' '.join(parts)} {last} }}"

    def _part(self, type_: GraphQLNamedType, depth: int) -> str:
        drawn = self._random.random()
        if drawn < 0.25 and depth > 1:
            return self._fragment(type_, depth)
        return self._field(type_, depth)

    def _fragment(self, type_: GraphQLNamedType, depth: int) -> str:
        on = type_
        if is_abstract_type(type_) and self._random.random() < 0.8:
            on = self._random.choice(self._schema.get_possible_types(type_))
        elif isinstance(type_, GraphQLObjectType) and type_.interfaces and self._random.random() < 0.5:
            on = self._random.choice(type_.interfaces)
        body = self._selection(on, depth - 1, 3)
        condition = self._condition()
        if self._random.random() < 0.5:
            return f"... on {on.name}{condition} {body}"
        name = f"f{len(self._fragments)}"
        self._fragments.append(f" fragment {name} on {on.name} {body}")
        return f"...{name}{condition}"

    def _condition(self) -> str:
        if self._random.random() > 0.15:
            return ""
        word = self._random.choice(("skip", "include"))
        return f" @{word}(if: {self._random.choice(('$yes', '$no', 'true', 'false'))})"

    def _field(self, type_: GraphQLNamedType, depth: int) -> str:
        fields = getattr(type_, "fields", {})
        possible = [
            (name, field)
            for name, field in fields.items()
            if (depth > 1 or not is_composite_type(get_named_type(field.type))) and self._can_ask(name, field)
        ]
        if not possible:
            return "__typename"
        name, field = self._random.choice(possible)
        alias = f"{self._random.choice('abc')}_{name}: " if self._random.random() < 0.2 else ""
        of = get_named_type(field.type)
        body = f" {self._selection(of, depth - 1, 3)}" if is_composite_type(of) else ""
        return f"{alias}{name}{self._arguments(self._random, field, name)}{self._condition()}{body}"

    def _can_ask(self, name: str, field: GraphQLField) -> bool:
        needed = any(is_required_argument(argument) for argument in field.args.values())
        return not needed or bool(self._arguments(self._random, field, name))
