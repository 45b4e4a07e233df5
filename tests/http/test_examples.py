"""The example queries, each answered by the built-in dataset."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from graph_api.http.example_queries import Example, examples

PER_NAME = {example.name: example for example in examples()}


def leaves(value: object) -> Iterator[object]:
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from leaves(item)
    if not isinstance(value, (dict, list)):
        yield value


async def answer(client: httpx.AsyncClient, name: str) -> Any:
    example = PER_NAME[name]
    found = (await client.post("/graphql", json={"query": example.query, "variables": example.variables})).json()
    assert "errors" not in found, found["errors"]
    return found["data"]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
async def test_every_example_finds_something(client: httpx.AsyncClient, example: Example) -> None:
    assert example.query.startswith("# ")
    data = await answer(client, example.name)
    assert sum(leaf is not None for leaf in leaves(data)) > 5


async def test_who_connects_two_people(client: httpx.AsyncClient) -> None:
    paths = (await answer(client, "who-connects-two-people"))["paths"]
    assert [node["name"] for node in paths[0]["nodes"]] == [
        "Marcel Barsotti",
        "The Future of Filmmaking with AI",
        "Hussein Dembel Sow",
    ]
    assert all(hop["citations"] for path in paths for hop in path["hops"])


async def test_what_an_edition_honoured(client: httpx.AsyncClient) -> None:
    nodes = (await answer(client, "what-an-edition-honoured"))["festivalEdition"]["recognitions"]["nodes"]
    assert ("WON", "Get Me Out", "Daniel Antebi") in [
        (n["outcome"], n["film"]["title"], n["recipients"][0]["name"]) for n in nodes if n["film"] and n["recipients"]
    ]
    assert all(node["citations"] for node in nodes)


async def test_the_share_of_ai_films(client: httpx.AsyncClient) -> None:
    editions = (await answer(client, "ai-share-over-the-years"))["festival"]["editions"]["nodes"]
    shares = {
        e["year"]: (s["bound"], s["number"], s["unit"])
        for e in editions
        for s in e["statistics"]
        if s["property"] == "aiShare"
    }
    assert shares == {2024: ("ABOUT", 2.0, "%"), 2025: ("ABOUT", 6.0, "%")}


async def test_spellings(client: httpx.AsyncClient) -> None:
    film = (await answer(client, "spellings-of-a-title"))["film"]
    assert film["title"] == "Imperia"
    assert {claim["value"] for claim in film["spellings"]} == {"IMPERIA", "Imperia", "Imperial"}
    assert film["aliases"] == ["IMPERIA", "Imperial"]


async def test_speakers_with_a_film_shown(client: httpx.AsyncClient) -> None:
    event = (await answer(client, "speakers-with-a-film-shown"))["event"]
    speakers = {p["person"]["name"] for p in event["participations"]["nodes"]}
    makers = {c["person"]["name"] for s in event["screenings"]["nodes"] for c in s["film"]["credits"]["nodes"]}
    assert {"Marcel Barsotti", "Gundula Barsotti-Bast", "Hussein Dembel Sow"} <= speakers & makers


async def test_search_forgives_a_typo(client: httpx.AsyncClient) -> None:
    edges = (await answer(client, "search"))["search"]["edges"]
    assert "Marcel Barsotti" in {edge["node"]["name"] for edge in edges}


async def test_central_people_by_three_measures(client: httpx.AsyncClient) -> None:
    data = await answer(client, "most-central-people")
    for measure in ("mostTies", "mostInBetween", "closestToAll"):
        scores = [node["score"] for node in data[measure]["scores"]["nodes"]]
        assert len(scores) == 10
        assert scores == sorted(scores, reverse=True)
