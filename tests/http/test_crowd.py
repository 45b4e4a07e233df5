"""How many may ask at once, in all and from one address; and how a refusal tells itself."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.http.conftest import Serve


def slow(seconds: float) -> dict[str, str]:
    return {"query": f'{{ slow(name: "x", seconds: {seconds}) }}'}


@asynccontextmanager
async def far(near: httpx.AsyncClient, host: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the same service at another address."""
    transport = near._transport
    assert isinstance(transport, httpx.ASGITransport)
    elsewhere = httpx.ASGITransport(transport.app, client=(host, 1))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://localhost") as client:
        yield client


async def test_requests_of_one_address_at_once(serve_toy: Serve) -> None:
    async with serve_toy(max_concurrent_client=3) as near, far(near, "192.0.2.1") as one, far(near, "192.0.2.2") as two:
        work = [asyncio.ensure_future(one.post("/graphql", json=slow(0.2))) for _ in range(3)]
        await asyncio.sleep(0.05)
        begin = time.perf_counter()
        answer = await one.post("/graphql", json=slow(0))
        assert time.perf_counter() - begin < 0.1
        assert answer.status_code == 429
        extensions = {"code": "TOO_MANY_REQUESTS", "retryable": True, "limit": 3, "retryAfter": 1}
        assert answer.json()["errors"][0]["extensions"] == extensions
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["ratelimit-remaining"] == "0"
        assert (await two.post("/graphql", json=slow(0))).status_code == 200
        assert (await near.post("/graphql", json=slow(0))).status_code == 200
        assert (await one.get("/healthz")).status_code == 200
        assert [answer.status_code for answer in await asyncio.gather(*work)] == [200] * 3
        assert (await one.post("/graphql", json=slow(0))).status_code == 200


async def test_a_network_of_ipv6_counts_as_one_address(serve_toy: Serve) -> None:
    async with (
        serve_toy(client_rate=2) as near,
        far(near, "2001:db8:0:1::5") as one,
        far(near, "2001:db8:0:1:ffff::6") as neighbour,
        far(near, "2001:db8:0:2::5") as other,
        far(near, "::ffff:192.0.2.1") as old,
        far(near, "::ffff:192.0.2.2") as older,
    ):
        clients = (one, neighbour, one, other, old, old, older)
        answers = [await client.post("/graphql", json=slow(0)) for client in clients]
        assert [answer.status_code for answer in answers] == [200, 200, 429, 200, 200, 200, 200]


async def test_a_host_longer_than_names_are_is_not_this_machine(serve_toy: Serve) -> None:
    async with serve_toy(client_rate=1) as near:
        for host, status in (
            ("localhost", 200),
            ("localhost", 200),
            ("x" * 300 + ".localhost", 200),
            ("localhost", 200),
        ):
            assert (await near.post("/graphql", json=slow(0), headers={"host": host})).status_code == status
        host = "y" * 300 + ".localhost"
        assert (await near.post("/graphql", json=slow(0), headers={"host": host})).status_code == 429


async def test_requests_at_once_in_all(serve_toy: Serve) -> None:
    async with serve_toy(max_concurrent=4) as near:
        answers = await asyncio.gather(*(near.post("/graphql", json=slow(0.2)) for _ in range(50)))
        assert sorted(answer.status_code for answer in answers) == [200] * 4 + [503] * 46
        refused = next(answer for answer in answers if answer.status_code == 503)
        extensions = {"code": "OVERLOADED", "retryable": True, "limit": 4}
        assert refused.json()["errors"][0]["extensions"] == extensions
        assert refused.headers["retry-after"] == "1"
        assert (await near.get("/readyz")).status_code == 200
        assert (await near.post("/graphql", json=slow(0))).status_code == 200


async def test_every_refusal_for_asking_too_often_has_the_headers(serve_toy: Serve) -> None:
    async with serve_toy(client_rate=2) as near, far(near, "192.0.2.1") as one:
        for path in ("/", "/schema.graphql"):
            assert (await one.get(path)).status_code == 200
        for answer in (
            await one.get("/"),
            await one.post("/graphql", json=slow(0)),
            await one.post("/graphql", json=slow(0), headers={"accept": "text/event-stream"}),
            await one.get("/export/collaboration.json"),
            await one.get("/nowhere"),
        ):
            assert answer.status_code == 429
            assert (answer.headers["ratelimit-limit"], answer.headers["ratelimit-remaining"]) == ("2", "0")
            assert 1 <= int(answer.headers["retry-after"]) <= 30
            assert 1 <= int(answer.headers["ratelimit-reset"]) <= 30
