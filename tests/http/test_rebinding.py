"""A page elsewhere that has its own name lead to this machine is not taken for this machine."""

import httpx
import pytest

from tests.http.conftest import Serve


@pytest.mark.parametrize(("host", "is_here"), [
    ("localhost:8000", True), ("127.0.0.1:8000", True), ("[::1]:8000", True), ("a.localhost", True),
    ("evil.example:8000", False), ("localhost.evil.example", False), ("127.0.0.1.evil.example", False), ("", False),
    ("[", False),
])  # fmt: skip
async def test_rates_hold_for_names_that_lead_here(serve_toy: Serve, host: str, is_here: bool) -> None:
    async with serve_toy(client_rate=1) as client:
        answers = [await _hello(client, host) for _ in range(3)]
        assert [answer.status_code for answer in answers] == ([200] * 3 if is_here else [200, 429, 429])


async def _hello(client: httpx.AsyncClient, host: str) -> httpx.Response:
    return await client.post("/graphql", json={"query": "{ __typename }"}, headers={"host": host})
