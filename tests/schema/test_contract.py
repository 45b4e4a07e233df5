"""The contract: what clients and checks outside the repository rely on is in the schema as it is written there."""

from pathlib import Path
from typing import TypeAlias

import pytest
from graphql import (
    DefinitionNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    TypeDefinitionNode,
    parse,
    print_ast,
)

from tests.schema.asking import the_schema

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

KINDS = {
    "person": "people",
    "film": "films",
    "character": "characters",
    "organization": "organizations",
    "festival": "festivals",
    "festivalEdition": "festivalEditions",
    "event": "events",
    "award": "awards",
    "recognition": "recognitions",
    "platform": "platforms",
    "place": "places",
    "topic": "topics",
    "statement": "statements",
}
Fielded: TypeAlias = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode


def definitions(text: str) -> dict[str, TypeDefinitionNode]:
    return {node.name.value: node for node in parse(text).definitions if isinstance(node, TypeDefinitionNode)}


CONTRACT = definitions((HERE / "contract.graphql").read_text(encoding="utf-8"))
OURS = definitions(the_schema().as_str())
BOUND = sorted(CONTRACT)


def field_lines(node: DefinitionNode) -> dict[str, str]:
    """What is promised of each field: its type and default."""
    assert isinstance(node, (ObjectTypeDefinitionNode, InterfaceTypeDefinitionNode, InputObjectTypeDefinitionNode))
    fields: list[FieldDefinitionNode | InputValueDefinitionNode] = list(node.fields or ())
    return {field.name.value: promised(field) for field in fields}


def promised(field: FieldDefinitionNode | InputValueDefinitionNode) -> str:
    default = field.default_value if isinstance(field, InputValueDefinitionNode) else None
    return print_ast(field.type) + (f" = {print_ast(default)}" if default else "")


def argument_lines(node: Fielded) -> dict[str, str]:
    """What is promised of each argument of each field."""
    return {
        f"{field.name.value}({argument.name.value}:)": promised(argument)
        for field in node.fields or ()
        for argument in field.arguments or ()
    }


def missing(wanted: dict[str, str], found: dict[str, str]) -> dict[str, tuple[str, str | None]]:
    return {name: (line, found.get(name)) for name, line in wanted.items() if found.get(name) != line}


@pytest.mark.parametrize("name", BOUND)
def test_type_is_as_promised(name: str) -> None:
    wanted, found = CONTRACT[name], OURS.get(name)
    if isinstance(wanted, ScalarTypeDefinitionNode):
        assert isinstance(found, ScalarTypeDefinitionNode)
    elif isinstance(wanted, EnumTypeDefinitionNode):
        assert isinstance(found, EnumTypeDefinitionNode)
        assert {v.name.value for v in found.values or ()} == {v.name.value for v in wanted.values or ()}
    elif isinstance(wanted, InputObjectTypeDefinitionNode):
        assert isinstance(found, InputObjectTypeDefinitionNode)
        assert missing(field_lines(wanted), field_lines(found)) == {}
    else:
        assert isinstance(wanted, (ObjectTypeDefinitionNode, InterfaceTypeDefinitionNode))
        assert isinstance(found, type(wanted))
        assert {i.name.value for i in wanted.interfaces or ()} <= {i.name.value for i in found.interfaces or ()}
        assert missing(field_lines(wanted), field_lines(found)) == {}
        assert missing(argument_lines(wanted), argument_lines(found)) == {}


@pytest.mark.parametrize("name", [n for n in OURS if isinstance(OURS[n], ObjectTypeDefinitionNode)])
def test_entities_have_every_field_of_an_entity(name: str) -> None:
    """The contract writes "..." for the fields of Entity in each kind."""
    ours, entity = OURS[name], OURS["Entity"]
    assert isinstance(ours, ObjectTypeDefinitionNode)
    assert isinstance(entity, InterfaceTypeDefinitionNode)
    if "Entity" in {i.name.value for i in ours.interfaces or ()}:
        assert missing(field_lines(entity), field_lines(ours)) == {}
        assert missing(argument_lines(entity), argument_lines(ours)) == {}


@pytest.mark.parametrize(("one", "many"), KINDS.items())
def test_each_kind_has_a_root_by_slug_and_a_list_with_its_own_filter_and_order(one: str, many: str) -> None:
    query = OURS["Query"]
    assert isinstance(query, ObjectTypeDefinitionNode)
    type_name = one[0].upper() + one[1:]
    fields, arguments = field_lines(query), argument_lines(query)
    assert fields[one] == type_name
    assert arguments[f"{one}(slug:)"] == "String!"
    assert fields[many] == f"{type_name}Connection!"
    assert arguments[f"{many}(filter:)"] == f"{type_name}Filter"
    assert arguments[f"{many}(orderBy:)"] == f"[{type_name}Order!]"
    own_filter = field_lines(OURS[f"{type_name}Filter"])
    assert own_filter["and"] == own_filter["or"] == f"[{type_name}Filter!]"
    assert own_filter["not"] == f"{type_name}Filter"
    assert field_lines(OURS[f"{type_name}Order"]) == {
        "field": f"{type_name}OrderField!",
        "direction": "OrderDirection! = ASC",
    }


@pytest.mark.parametrize("name", [*KINDS.values(), "sources"])
def test_each_list_is_paged_both_ways(name: str) -> None:
    query = OURS["Query"]
    assert isinstance(query, ObjectTypeDefinitionNode)
    arguments = argument_lines(query)
    paging = {"first": "Int", "after": "String", "last": "Int", "before": "String"}
    assert {word: arguments[f"{name}({word}:)"] for word in paging} == paging


@pytest.mark.parametrize("name", [n for n in OURS if n.endswith("Connection")])
def test_connections_have_the_shape_that_relay_asks_for(name: str) -> None:
    fields = field_lines(OURS[name])
    edge = fields["edges"].strip("[]!")
    assert fields["edges"] == f"[{edge}!]!"
    assert fields["pageInfo"] == "PageInfo!"
    assert fields["totalCount"] == "Int"
    edge_fields = field_lines(OURS[edge])
    assert edge_fields["cursor"] == "String!"
    assert fields["nodes"] == f"[{edge_fields['node']}]!"
    assert edge_fields["node"].endswith("!")


@pytest.mark.parametrize(
    ("type_name", "field"),
    [
        (name, field)
        for name, node in OURS.items()
        if isinstance(node, ObjectTypeDefinitionNode)
        for field, kind in field_lines(node).items()
        if kind.rstrip("!").endswith("Connection")
    ],
)
def test_fields_that_give_pages_take_first_and_after(type_name: str, field: str) -> None:
    node = OURS[type_name]
    assert isinstance(node, ObjectTypeDefinitionNode)
    arguments = argument_lines(node)
    assert arguments[f"{field}(first:)"] == "Int"
    assert arguments[f"{field}(after:)"] == "String"
    assert (f"{field}(last:)" in arguments) == (f"{field}(before:)" in arguments)
