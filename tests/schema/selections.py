"""Queries made from the schema itself: every field that a type has, some levels deep."""

from collections.abc import Iterator

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from tests.schema.asking import the_schema

REQUIRED = {"measure": "DEGREE", "ids": "[]"}
"""What is given for arguments that have to be."""

WRAPPERS = ("Connection", "Edge", "PageInfo")
"""Types that are a part of a page, and no level of their own."""


def types() -> dict[str, GraphQLObjectType | GraphQLInterfaceType]:
    """The types that have fields, without those of introspection."""
    return {
        name: found
        for name, found in the_schema()._schema.type_map.items()
        if isinstance(found, (GraphQLObjectType, GraphQLInterfaceType)) and not name.startswith("__")
    }


def _arguments(arguments: dict[str, GraphQLArgument]) -> str:
    given = [f"{name}: {REQUIRED[name]}" for name, argument in arguments.items() if is_required_argument(argument)]
    if "first" in arguments:
        given.append("first: 3")
    return f"({', '.join(given)})" if given else ""


def _field(owner: str, name: str, field: GraphQLField, depth: int) -> str | None:
    """One field under an alias that no other type shares, since equal names may have different types."""
    found = get_named_type(field.type)
    head = f"{owner}_{name}: {name}{_arguments(field.args)}"
    if is_leaf_type(found):
        return head
    is_wrapper = found.name.endswith(WRAPPERS)
    if depth == 0 and not is_wrapper:
        return None
    inner = everything(found, depth if is_wrapper else depth - 1)
    return f"{head} {{ {inner} }}"


def everything(of_type: GraphQLNamedType, depth: int) -> str:
    """A selection of every field of a type, and of what they lead to, `depth` levels further.

    Of an interface: its own fields, and all further ones of the types that implement it.
    """
    assert isinstance(of_type, (GraphQLObjectType, GraphQLInterfaceType))
    parts = ["__typename", *_fields(of_type, depth)]
    if isinstance(of_type, GraphQLInterfaceType):
        for member in the_schema()._schema.get_possible_types(of_type):
            own = " ".join(_fields(member, 0, set(of_type.fields)))
            if own:
                parts.append(f"... on {member.name} {{ {own} }}")
    return " ".join(parts)


def _fields(
    of_type: GraphQLObjectType | GraphQLInterfaceType, depth: int, without: set[str] | None = None
) -> Iterator[str]:
    for name, field in of_type.fields.items():
        if name not in (without or ()):
            text = _field(of_type.name, name, field, depth)
            if text:
                yield text
