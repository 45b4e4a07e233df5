"""A small graph that is written to over GraphQL, on each store."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from strawberry.types import ExecutionResult

from graph_api.analytics.service import Analyses
from graph_api.domain.access import Access, Scope
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from schema.context import Context
from tests.builtin import ON_NEO4J
from tests.schema.asking import the_schema
from tests.store.items import imperia, load
from tests.store.neo4j.cleaning import clean

EDITOR = Access("ed", Scope.WRITE)
Write: TypeAlias = Callable[..., Awaitable[dict[str, Any]]]
Run: TypeAlias = Callable[..., Awaitable[ExecutionResult]]


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=ON_NEO4J)])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    address = str(tmp_path / "graph.db")
    if request.param == "neo4j":
        address = request.getfixturevalue("neo4j_url")
        clean(address)
    opened = await open_store(address)
    await load(opened, imperia())
    yield opened
    await opened.close()


@pytest.fixture
async def run(store: Store) -> AsyncIterator[Run]:
    """Executes a document as somebody, by default an editor."""
    analyses = Analyses(store)

    async def ask(
        document: str, variables: Mapping[str, Any] | None = None, access: Access = EDITOR
    ) -> ExecutionResult:
        context = Context(store, analyses, access=access)
        answer = await the_schema().execute(document, dict(variables or {}), context_value=context)
        assert isinstance(answer, ExecutionResult)
        return answer

    yield ask
    await analyses.close()


APPLY = """
mutation ($input: ChangeSetInput!) {
  applyChanges(input: $input) {
    applied revision created { __typename id } updated { __typename id } removed
    items { path ref id } errors { path code message } errorCount
  }
}"""


@pytest.fixture
def write(run: Run) -> Write:
    """Applies a change set and returns the payload."""

    async def apply(**wanted: Any) -> dict[str, Any]:
        answer = await run(APPLY, {"input": wanted})
        assert not answer.errors, answer.errors
        assert answer.data
        payload: dict[str, Any] = answer.data["applyChanges"]
        return payload

    return apply
