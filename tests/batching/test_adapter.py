"""Batched resolvers on plain Strawberry: which calls are made, and what becomes of faults."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

import pytest
import strawberry
from graphql import execute as execute_parsed
from graphql import parse
from strawberry.types import ExecutionResult, Info

from graph_api.batching.adapter import BATCH, Answers, Column, batched, single
from graph_api.errors import BadInput


@dataclass
class Calls:
    """What batch functions were called with in one request."""

    seen: list[tuple[str, list[int], Any]] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: bool = False

    def note(self, name: str, parents: Column["Shelf"], argument: Any = None) -> None:
        self.seen.append((name, parents.col("number"), argument))


@strawberry.type
class Shelf:
    number: int

    @batched
    async def books(parents: Column["Shelf"], info: Info[Calls, None], times: int = 1) -> Answers[int]:  # noqa: N805
        """How many books are on it."""
        info.context.note("books", parents, times)
        await asyncio.sleep(0)
        return [shelf.number * times for shelf in parents]

    @batched
    def label(parents: Column["Shelf"], info: Info[Calls, None]) -> Answers[str]:  # noqa: N805
        """A label, known at once."""
        info.context.note("label", parents)
        return [f"shelf {shelf.number}" for shelf in parents]

    @batched
    async def next_(parents: Column["Shelf"], info: Info[Calls, None]) -> Answers["Shelf"]:  # noqa: N805
        """The one beside it."""
        info.context.note("next", parents)
        return [Shelf(number=shelf.number + 1) for shelf in parents]

    @batched
    async def odd(parents: Column["Shelf"], info: Info[Calls, None]) -> Answers[int | None]:  # noqa: N805
        """An error for each even number."""
        return [shelf.number if shelf.number % 2 else BadInput(f"{shelf.number} is even") for shelf in parents]

    @batched
    async def broken(parents: Column["Shelf"], info: Info[Calls, None]) -> Answers[int | None]:  # noqa: N805
        """Raises for all."""
        raise BadInput("nothing works")

    @batched
    async def too_few(parents: Column["Shelf"], info: Info[Calls, None]) -> Answers[int | None]:  # noqa: N805
        """One answer too few."""
        return [0] * (len(parents) - 1)

    @batched
    async def forever(parents: Column["Shelf"], info: Info[Calls, None]) -> Answers[int | None]:  # noqa: N805
        """Never answers."""
        info.context.started.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            info.context.cancelled = True
            raise
        return [None] * len(parents)


@strawberry.type
class Query:
    @strawberry.field
    def shelves(self, first: int = 3) -> list[Shelf]:
        return [Shelf(number=number) for number in range(first)]

    @single
    async def shelf(info: Info[Calls, None], number: int) -> Shelf:  # noqa: N805
        """One of them."""
        return Shelf(number=number)


SCHEMA = strawberry.Schema(Query)


async def execute(query: str, calls: Calls | None = None, **variables: Any) -> tuple[ExecutionResult, Calls]:
    calls = calls or Calls()
    answer = await SCHEMA.execute(query, variables, context_value=calls)
    assert isinstance(answer, ExecutionResult)
    return answer, calls


async def ask(query: str, **variables: Any) -> tuple[Any, Sequence[tuple[str, list[int], Any]]]:
    answer, calls = await execute(query, **variables)
    assert not answer.errors
    return answer.data, calls.seen


async def test_a_level_is_one_call() -> None:
    data, seen = await ask("{ shelves { books } }")
    assert data == {"shelves": [{"books": 0}, {"books": 1}, {"books": 2}]}
    assert seen == [("books", [0, 1, 2], 1)]


async def test_each_level_is_one_call_however_deep() -> None:
    data, seen = await ask("{ shelves(first: 50) { next { next { books } } } }")
    assert [shelf["next"]["next"]["books"] for shelf in data["shelves"]] == list(range(2, 52))
    assert [(name, len(parents)) for name, parents, _ in seen] == [("next", 50), ("next", 50), ("books", 50)]


async def test_synchronous_batch_functions() -> None:
    data, seen = await ask("{ shelves { label } }")
    assert data["shelves"][2] == {"label": "shelf 2"}
    assert seen == [("label", [0, 1, 2], None)]


async def test_different_arguments_are_different_calls() -> None:
    data, seen = await ask("{ shelves { once: books twice: books(times: 2) } }")
    assert data["shelves"][2] == {"once": 2, "twice": 4}
    assert seen == [("books", [0, 1, 2], 1), ("books", [0, 1, 2], 2)]


async def test_variables_are_arguments_too() -> None:
    data, seen = await ask("query($n: Int!) { shelves { books(times: $n) } }", n=3)
    assert data["shelves"][2] == {"books": 6}
    assert seen == [("books", [0, 1, 2], 3)]


async def test_a_field_of_a_fragment_spread_twice_is_one_call() -> None:
    data, seen = await ask(
        "{ shelves { ...a ...b } } fragment a on Shelf { books } fragment b on Shelf { books label }"
    )
    assert data["shelves"][1] == {"books": 1, "label": "shelf 1"}
    assert sorted(name for name, _, _ in seen) == ["books", "label"]


async def test_two_lists_under_one_fragment_are_answered_each_for_itself() -> None:
    data, _ = await ask("{ a: shelves(first: 1) { ...n } b: shelves(first: 2) { ...n } } fragment n on Shelf { books }")
    assert data == {"a": [{"books": 0}], "b": [{"books": 0}, {"books": 1}]}


async def test_concurrent_requests_are_not_mixed() -> None:
    query = "query($n: Int!) { shelves { books(times: $n) next { books(times: $n) } } }"
    answers = await asyncio.gather(*(execute(query, n=n) for n in range(1, 6)))
    for n, (answer, calls) in enumerate(answers, start=1):
        assert answer.data is not None
        assert [shelf["books"] for shelf in answer.data["shelves"]] == [0, n, 2 * n]
        assert [(name, argument) for name, _, argument in calls.seen] == [("books", n), ("next", None), ("books", n)]


async def test_equal_concurrent_requests_without_variables_are_not_mixed() -> None:
    answers = await asyncio.gather(*(execute("{ shelves { books } }") for _ in range(5)))
    assert [calls.seen for _, calls in answers] == [[("books", [0, 1, 2], 1)]] * 5


async def test_concurrent_executions_of_one_parsed_document_are_not_mixed() -> None:
    document = parse("{ shelves { books } }")

    async def run() -> Calls:
        calls = Calls()
        answer = execute_parsed(SCHEMA._schema, document, context_value=calls)
        assert isawaitable(answer)
        assert (await answer).data == {"shelves": [{"books": 0}, {"books": 1}, {"books": 2}]}
        return calls

    for calls in await asyncio.gather(*(run() for _ in range(5))):
        assert calls.seen == [("books", [0, 1, 2], 1)]


async def test_an_exception_is_one_parents_answer() -> None:
    answer, _ = await execute("{ shelves { odd } }")
    assert answer.data == {"shelves": [{"odd": None}, {"odd": 1}, {"odd": None}]}
    assert [(error.path, error.message) for error in answer.errors or ()] == [
        (["shelves", 0, "odd"], "0 is even"),
        (["shelves", 2, "odd"], "2 is even"),
    ]
    assert all(isinstance(error.original_error, BadInput) for error in answer.errors or ())


async def test_a_batch_that_raises_fails_all_its_parents_and_nobody_else() -> None:
    answer, _ = await execute("{ shelves { broken books } }")
    assert answer.data == {"shelves": [{"broken": None, "books": n} for n in range(3)]}
    assert [error.message for error in answer.errors or ()] == ["nothing works"] * 3


async def test_a_wrong_number_of_answers_is_an_error_of_the_service() -> None:
    answer, _ = await execute("{ shelves { tooFew } }")
    assert answer.data == {"shelves": [{"tooFew": None}] * 3}
    assert {error.message for error in answer.errors or ()} == {"too_few gave 2 answers for 3 parents"}


async def test_a_client_that_goes_away_stops_the_work() -> None:
    calls = Calls()
    request = asyncio.create_task(execute("{ shelves { forever } }", calls))
    await asyncio.wait_for(calls.started.wait(), 5)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    await asyncio.sleep(0.01)
    assert calls.cancelled


async def test_a_client_that_goes_away_does_not_stop_others() -> None:
    leaving = asyncio.create_task(execute("{ shelves { forever } }", calls := Calls()))
    await asyncio.wait_for(calls.started.wait(), 5)
    staying = asyncio.create_task(execute("{ shelves { books next { books } } }"))
    leaving.cancel()
    answer, _ = await staying
    assert not answer.errors
    assert answer.data == {"shelves": [{"books": n, "next": {"books": n + 1}} for n in range(3)]}


async def test_single_fields_take_no_parent() -> None:
    data, _ = await ask("{ shelf(number: 7) { books } }")
    assert data == {"shelf": {"books": 7}}


async def test_names_that_python_cannot_spell() -> None:
    assert "next: Shelf!" in SCHEMA.as_str()


async def test_the_batch_form_is_at_hand_for_an_executor() -> None:
    (books,) = [f for f in Shelf.__strawberry_definition__.fields if f.python_name == "books"]  # type: ignore[attr-defined]
    calls = Calls()

    class FakeInfo:
        context = calls

    answers = await books.metadata[BATCH](Column([Shelf(number=2), Shelf(number=5)]), FakeInfo(), times=10)
    assert answers == [20, 50]
    assert books.description == "How many books are on it."


def test_a_resolver_says_what_it_answers() -> None:
    with pytest.raises(TypeError, match="needs a return annotation"):

        @batched
        async def nothing(parents, info):  # type: ignore[no-untyped-def]
            return []
