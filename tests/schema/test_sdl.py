"""The printed schema: in step with the code, and readable by somebody who sees only the IDE."""

from collections.abc import Iterator
from pathlib import Path

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from tests.schema.asking import the_schema

ROOT = Path(__file__).parent.parent.parent


def test_schema_graphql_is_the_printed_schema() -> None:
    printed = (ROOT / "schema.graphql").read_text(encoding="utf-8")
    assert printed == the_schema().as_str() + "\n", "run: filmgraph schema > schema.graphql"


def described() -> Iterator[tuple[str, str | None]]:
    """Everything that can have a description, with the one it has."""
    for name, of_type in the_schema()._schema.type_map.items():
        if name.startswith("__"):
            continue
        yield name, of_type.description
        if isinstance(of_type, GraphQLEnumType):
            for value, member in of_type.values.items():
                yield f"{name}.{value}", member.description
        if isinstance(of_type, GraphQLInputObjectType):
            for field, slot in of_type.fields.items():
                yield f"{name}.{field}", slot.description
        if isinstance(of_type, (GraphQLObjectType, GraphQLInterfaceType)):
            for field, definition in of_type.fields.items():
                yield f"{name}.{field}", definition.description
                for argument, taken in definition.args.items():
                    yield f"{name}.{field}({argument}:)", taken.description


def test_everything_has_a_description() -> None:
    assert [place for place, text in described() if not (text or "").strip()] == []


def test_descriptions_are_for_users_of_the_api() -> None:
    """They name no class or module of the code."""
    assert [place for place, text in described() if "records." in (text or "") or "Stands for" in (text or "")] == []
