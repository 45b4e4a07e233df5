"""Documents made from the schema by the thousand, on a real server: whatever is asked, the answer is one of those
that are promised, and the graph stays sound.

FILMGRAPH_TEST_DOCUMENTS says how many are made for each store."""

import asyncio
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from graph_api import errors
from graph_api.domain.access import Scope
from graph_api.http.tokens import Tokens
from graph_api.store.factory import open_store
from tests.builtin import ON_NEO4J
from tests.http.junk import Junk
from tests.http.test_server import running
from tests.http.test_sockets import wait
from tests.schema.asking import the_schema
from tests.store.neo4j.cleaning import clean

pytestmark = pytest.mark.slow
STATUSES = {200, 400, 401, 403, 404, 405, 409, 413, 422, 429, 503, 504}
LEAKS = re.compile(
    r"Traceback|File \"|\.py\b|sqlite|SELECT |INSERT |MATCH \(|/home|/tmp|site-packages|object at 0x", re.IGNORECASE
)


def codes(kind: type[errors.FilmGraphError] = errors.FilmGraphError) -> set[str]:
    return {kind.code}.union(*(codes(each) for each in kind.__subclasses__()))


DOCUMENTS = int(os.environ.get("FILMGRAPH_TEST_DOCUMENTS", "1000"))
CODES = codes() - {"INTERNAL"}
seen: Counter[str] = Counter()


@pytest.fixture(scope="module", params=["embedded", pytest.param("neo4j", marks=ON_NEO4J)])
def client(
    request: pytest.FixtureRequest, loaded: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("made")
    database: str | Path = folder / "graph.db"
    if request.param == "neo4j":
        database = str(request.getfixturevalue("neo4j_url"))
        clean(database)
    else:
        shutil.copyfile(loaded, database)
    _, text = Tokens(folder / "tokens.db").create("hypothesis", Scope.ADMIN, None)
    limits = {"token_rate": "0", "tokens": str(folder / "tokens.db"), "log_level": "error"}
    with running(database, **limits) as (_, address):
        for _ in range(3):  # a first load of Neo4j takes its time
            wait(address)
        with httpx.Client(base_url=address, timeout=30, headers={"authorization": f"Bearer {text}"}) as made:
            yield made

    async def check() -> list[str]:
        store = await open_store(str(database))
        try:
            return await store.check_integrity()
        finally:
            await store.close()

    assert asyncio.run(check()) == []


def check_answer(answer: httpx.Response) -> None:
    """What holds of every answer."""
    assert answer.status_code in STATUSES, (answer.status_code, answer.text[:500])
    assert answer.headers["x-request-id"]
    body = answer.json()
    assert set(body) <= {"data", "errors", "extensions"}
    assert "data" in body or body["errors"]
    if answer.status_code != 200:
        assert body["errors"]
        assert "data" not in body
    for error in body.get("errors", ()):
        seen[error["extensions"]["code"]] += 1
        check_error(error, "data" in body)
    if "data" in body:
        seen["answered"] += 1
        cost, limit = re.fullmatch(r"(\d+);limit=(\d+)", answer.headers["graphql-cost"]).groups()  # type: ignore[union-attr]
        assert int(cost) <= int(limit)


def check_error(error: dict[str, Any], was_executed: bool) -> None:
    """What holds of every error."""
    assert set(error) <= {"message", "locations", "path", "extensions"}
    assert error["extensions"]["code"] in CODES, error
    assert isinstance(error["extensions"]["retryable"], bool)
    assert error["message"]
    assert "\n" not in error["message"]
    assert len(error["message"]) < 2_000
    assert not LEAKS.search(error["message"]), error
    assert was_executed or "path" not in error


@example(seed=8823)  # a value printed over several lines
@example(seed=7235)  # an escape that is none, before the end of a line
@settings(
    max_examples=DOCUMENTS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(seed=st.integers(0, 2**63))
def test_any_document(client: httpx.Client, seed: int) -> None:
    random = Random(seed)
    body = Junk(the_schema()._schema, random).request()
    if random.random() < 0.1:
        parameters = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
        answer = client.get("/graphql", params=parameters)
    else:
        accept = random.choice(("application/json", "application/graphql-response+json", "*/*"))
        answer = client.post(
            "/graphql", content=json.dumps(body), headers={"content-type": "application/json", "accept": accept}
        )
    check_answer(answer)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["query", "variables", "operationName", "extensions", "x"]), inner, max_size=4),
    max_leaves=12,
))  # fmt: skip
def test_any_body(client: httpx.Client, body: object) -> None:
    answer = client.post("/graphql", content=json.dumps(body), headers={"content-type": "application/json"})
    check_answer(answer)


def test_what_was_seen() -> None:
    if not seen:
        pytest.skip("no document was made in this process")
    assert seen["answered"] > 100
    assert {"GRAPHQL_PARSE", "GRAPHQL_VALIDATION", "BAD_INPUT"} <= set(seen)
