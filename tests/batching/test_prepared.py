"""A document executed again answers, and refuses, as graphql-core does each time."""

import itertools
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, execute, parse

from graph_api.batching.executor import BreadthFirst
from graph_api.batching.prepared import PreparedOperations

_LEFT_OUT = object()
_VALUES: tuple[Any, ...] = (_LEFT_OUT, None, "a", "", 1, True, 2**31, -(2**31), 1.0, 1.5, ["a"], [None], {"a": 1})
_TYPES = ("String", "String!", "ID", "ID!", "Int", "Int!", "Boolean", "Boolean!", "Float", "[String!]", 'String = "d"')


@strawberry.type
class Query:
    @strawberry.field
    def said(
        self,
        s: str | None = strawberry.UNSET,
        i: int | None = strawberry.UNSET,
        b: bool | None = strawberry.UNSET,
        d: strawberry.ID | None = strawberry.UNSET,
        f: float | None = strawberry.UNSET,
        many: list[str] | None = strawberry.UNSET,
    ) -> str:
        return repr([s, i, b, d, f, many])


_SCHEMA = strawberry.Schema(Query, execution_context_class=BreadthFirst)._schema
_ARGUMENT = {"String": "s", "ID": "d", "Int": "i", "Boolean": "b", "Float": "f", "[String": "many"}


def _outcome(result: Any) -> tuple[Any, list[str]]:
    assert isinstance(result, ExecutionResult)
    return result.data, [str(error) for error in result.errors or ()]


@pytest.mark.parametrize("type_", _TYPES)
def test_values_of_variables_are_coerced_alike_whatever_came_before(type_: str) -> None:
    argument = _ARGUMENT[type_.split(maxsplit=1)[0].rstrip("!]")]
    document = parse(f"query ($v: {type_}) {{ said({argument}: $v) }}")
    outcomes = []
    for value in (*_VALUES, *reversed(_VALUES)):
        variables = {} if value is _LEFT_OUT else {"v": value}
        core = execute(_SCHEMA, document, variable_values=dict(variables))
        ours = execute(_SCHEMA, document, variable_values=dict(variables), executor_class=BreadthFirst)
        assert _outcome(ours) == _outcome(core), (type_, value)
        outcomes.append(_outcome(ours))
    assert any(data for data, _ in outcomes)
    assert any(errors for _, errors in outcomes)


def test_each_operation_and_each_document_is_its_own() -> None:
    text = 'query A { said(s: "a") } query B { ...P } fragment P on Query { said(s: "b") }'
    for document, name in itertools.product(
        (parse(text), parse(text.replace('"a"', '"c"'))), ("A", "B", "A", None, "X")
    ):
        ours = execute(_SCHEMA, document, operation_name=name, executor_class=BreadthFirst)
        assert _outcome(ours) == _outcome(execute(_SCHEMA, document, operation_name=name))


def test_only_the_last_ones_are_kept() -> None:
    kept = PreparedOperations(kept=2)
    documents = [parse("{ said }") for _ in range(3)]
    for document in documents:
        executor = BreadthFirst.build(_SCHEMA, document)
        assert not isinstance(executor, list)
        kept.learn(document, None, executor)
    assert [kept.get(_SCHEMA, document, None) is None for document in documents] == [True, False, False]
