"""Random documents on a schema full of odd values: the executor agrees with graphql-core's."""

import gc
import logging
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from graphql import GraphQLField, parse, validate

from graph_api.batching import running
from graph_api.batching.executor import BreadthFirst
from tests.batching.agreement import nulled
from tests.batching.odd_schema import Log, make_schema
from tests.batching.random_documents import Writer

# graphql-core leaves coroutines behind where a field beside them has failed already; ours does not.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:coroutine .* was never awaited:RuntimeWarning"
)


class PutAway:
    """A finished part of a long answer."""

    def __init__(self, part: Any) -> None:
        self.part = part


class InParts(BreadthFirst):
    """Answers lists a few parents at a time."""

    encode = PutAway


OURS, THEIRS, PARTED = make_schema(BreadthFirst), make_schema(None), make_schema(InParts)


@pytest.fixture(autouse=True)
def no_log() -> Iterator[None]:
    """Errors are not logged: records would keep alive what graphql-core left behind."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def arguments(random: Random, field: GraphQLField, name: str) -> str:
    if not field.args or random.random() < 0.5:
        return ""
    argument = random.choice(list(field.args))
    return f"({argument}: {random.choice((0, 1, 2, 3, 5, 8, 40))})"


def whole(data: Any, seen: list[Any]) -> Any:
    """An answer with its parts put back."""
    match data:
        case PutAway():
            seen.append(data)
            return whole(data.part, seen)
        case dict():
            return {key: whole(value, seen) for key, value in data.items()}
        case list():
            return [whole(value, seen) for value in data]
        case _:
            return data


async def answers(
    text: str, yes: bool, schemas: tuple[Any, ...], parts: list[Any]
) -> list[tuple[Any, set[Any], list[str]]]:
    found = []
    for schema in schemas:
        log = Log()
        result = await schema.execute(text, {"yes": yes}, context_value=log)
        errors: Any = result.errors
        data: Any = whole(result.data, parts)
        found.append((data, nulled(data, errors), log.done))
    return found


async def compared(count: int, seed: int) -> dict[str, int]:
    """Compare so many valid documents; return how many there were of which sort."""
    random = Random(seed)
    writer = Writer(OURS._schema, random, arguments)
    seen = {"valid": 0, "with errors": 0, "mutations": 0, "invalid": 0}
    while seen["valid"] < count:
        operation = "mutation" if random.random() < 0.15 else "query"
        text = writer.document(operation)
        if validate(OURS._schema, parse(text)):
            seen["invalid"] += 1
            continue
        ours, theirs = await answers(text, random.random() < 0.5, (OURS, THEIRS), [])
        assert repr(ours[0]) == repr(theirs[0]), text
        assert ours[1:] == theirs[1:], text
        seen["valid"] += 1
        seen["with errors"] += bool(ours[1])
        seen["mutations"] += operation == "mutation"
    gc.collect()  # what graphql-core left behind is told here, and not in another test
    return seen


async def test_some_random_documents() -> None:
    seen = await compared(150, seed=1)
    assert seen["with errors"] > 30, seen


async def test_answers_in_parts_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_AT_ONCE", 3)
    parts: list[Any] = []
    errors = 0
    for start in range(0, 200, 2):
        apple = "... on Apple { heirs(first: 2) { __typename number ... on Apple { heirs(first: 2) { number } } } }"
        text = f"{{ fruits(first: 9, start: {start}) {{ number {apple} }} }}"
        ours, theirs = await answers(text, True, (PARTED, THEIRS), parts)
        assert ours == theirs, text
        errors += bool(ours[1])
    assert len(parts) > 20
    assert errors > 20


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
async def test_five_thousand_random_documents(seed: int) -> None:
    seen = await compared(500, seed)
    assert seen["with errors"] > 100, seen
    assert seen["mutations"] > 20, seen
