"""A document as the sets of fields that it selects: each definition is walked once.

Inline fragments belong to the set they stand in; spreads are kept by name, for `measures` to put
in what each fragment comes to, which is settled once however often it is spread.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)

from schema.validation.sizes import Size, is_list, size_of

Definition = OperationDefinitionNode | FragmentDefinitionNode


class Inner(NamedTuple):
    """A field with fields of its own.

    Attributes:
        place: of its set among those of its definition; greater than that of the set it stands in.
        size: of the page, where it has an argument for that.
        is_list: whether it gives a list.
        weight: what it costs beside the objects it gives.
        is_free: introspection: it counts neither for depth nor for cost.
    """

    place: int
    size: Size | None
    is_list: bool
    weight: int
    is_free: bool


@dataclass(slots=True)
class FieldSet:
    """The fields selected of one object."""

    fields: int = 0
    aliases: int = 0
    directives: int = 0
    is_deep: bool = False
    """Whether one of its fields counts for depth."""
    inner: list[Inner] = field(default_factory=list)
    spreads: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Types:
    """What the walk wants to know of a schema; without a schema there are no costs.

    Attributes:
        weights: what fields of the query root cost beside the objects they give.
    """

    schema: GraphQLSchema | None = None
    max_page_size: int = 100
    weights: Mapping[str, int] = field(default_factory=dict)

    def root(self, node: Definition) -> GraphQLNamedType | None:
        """Return the type a definition selects from."""
        if self.schema is None:
            return None
        if isinstance(node, FragmentDefinitionNode):
            return self.schema.get_type(node.type_condition.name.value)
        return self.schema.get_root_type(node.operation)

    def narrowed(self, node: InlineFragmentNode, parent: GraphQLNamedType | None) -> GraphQLNamedType | None:
        """Return the type an inline fragment selects from."""
        if self.schema is None or node.type_condition is None:
            return parent
        return self.schema.get_type(node.type_condition.name.value)

    def inner(self, node: FieldNode, parent: GraphQLNamedType | None, place: int) -> tuple[Inner, Any]:
        """Return how a field with fields of its own counts, and its type."""
        name = node.name.value
        known = parent.fields.get(name) if isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType)) else None
        if known is None:
            return Inner(place, None, False, 0, name.startswith("__")), None
        weight = self.weights.get(name, 0) if self.schema and parent is self.schema.query_type else 0
        size = size_of(node, known, self.max_page_size)
        return Inner(place, size, is_list(known.type), weight, False), get_named_type(known.type)


def walk(node: Definition, types: Types) -> list[FieldSet]:
    """Return the sets of a definition, the outermost first, each before those of its fields."""
    sets = [FieldSet(directives=len(node.directives or ()))]
    waiting: list[tuple[SelectionSetNode, GraphQLNamedType | None, int]] = [(node.selection_set, types.root(node), 0)]
    while waiting:
        selections, parent, place = waiting.pop()
        found = sets[place]
        for each in selections.selections:
            found.directives += len(each.directives or ())
            if isinstance(each, FragmentSpreadNode):
                found.spreads.append(each.name.value)
            elif isinstance(each, InlineFragmentNode):
                waiting.append((each.selection_set, types.narrowed(each, parent), place))
            elif isinstance(each, FieldNode):
                found.fields += 1
                found.aliases += each.alias is not None
                found.is_deep = found.is_deep or not each.name.value.startswith("__")
                if each.selection_set is not None:
                    inner, kind = types.inner(each, parent, len(sets))
                    found.inner.append(inner)
                    waiting.append((each.selection_set, kind, len(sets)))
                    sets.append(FieldSet())
    return sets


def fragments_first(walked: Mapping[str, list[FieldSet]]) -> Iterator[str]:
    """Yield the names of fragments, each after those it spreads; one that closes a circle may come before."""
    spreads = {name: [spread for each in sets for spread in each.spreads] for name, sets in walked.items()}
    seen: set[str] = set()
    for start in walked:
        if start in seen:
            continue
        seen.add(start)
        path = [(start, iter(spreads[start]))]
        while path:
            name, left = path[-1]
            for spread in left:
                if spread in walked and spread not in seen:
                    seen.add(spread)
                    path.append((spread, iter(spreads[spread])))
                    break
            else:
                yield name
                path.pop()


def definitions(document: DocumentNode) -> Iterator[Definition]:
    """Yield operations and fragments."""
    return (d for d in document.definitions if isinstance(d, (OperationDefinitionNode, FragmentDefinitionNode)))
