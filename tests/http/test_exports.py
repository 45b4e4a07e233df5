"""Exports by address: read back by the programs that researchers use."""

import io
import json
import zipfile

import httpx
import networkx as nx
import pytest


async def graph_of(client: httpx.AsyncClient, address: str) -> "nx.Graph[str]":
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return nx.node_link_graph(answer.json(), edges="edges" if "edges" in answer.json() else "links")


@pytest.mark.parametrize(
    "projection", ["collaboration", "co_participation", "co-recognition", "person_film", "festival_film", "everything"]
)
async def test_every_projection_is_there(client: httpx.AsyncClient, projection: str) -> None:
    answer = await client.get(f"/export/{projection}.graphml")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/graphml+xml"
    assert answer.headers["content-disposition"] == f'attachment; filename="{projection.replace("-", "_")}.graphml"'
    graph = nx.read_graphml(io.BytesIO(answer.content))
    assert graph.number_of_edges() > 5
    assert all(data["name"] for _, data in graph.nodes(data=True))


@pytest.mark.parametrize("ending", ["graphml", "gexf", "net", "json", "zip"])
async def test_every_format_says_the_same(client: httpx.AsyncClient, ending: str) -> None:
    expected = await graph_of(client, "/export/collaboration.json")
    answer = await client.get(f"/export/collaboration.{ending}")
    assert answer.status_code == 200
    if ending == "zip":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
            sizes = sorted(
                len(files.read(name).decode().splitlines()) - 1 for name in files.namelist() if name.endswith(".csv")
            )
        assert sizes == sorted([len(expected), expected.number_of_edges()])
        return
    graph = {
        "graphml": lambda: nx.read_graphml(io.BytesIO(answer.content)),
        "gexf": lambda: nx.read_gexf(io.BytesIO(answer.content)),  # type: ignore[no-untyped-call]
        "net": lambda: nx.parse_pajek(answer.text),
        "json": lambda: expected,
    }[ending]()
    assert (len(graph), graph.number_of_edges()) == (len(expected), expected.number_of_edges())
    assert "Barsotti" in answer.text


async def test_parameters_narrow_the_graph(client: httpx.AsyncClient) -> None:
    whole = await graph_of(client, "/export/collaboration.json")
    directors = await graph_of(
        client, "/export/collaboration.json?roles=DIRECTOR,writer&years=2020..2025&citedOnly=true&weight=newman"
    )
    assert 0 < directors.number_of_edges() < whole.number_of_edges()
    again = await graph_of(client, "/export/collaboration.json?roles=DIRECTOR&roles=WRITER&years=2020..2025")
    assert set(again.edges) == set(directors.edges)


@pytest.mark.parametrize(
    ("address", "status", "code", "says"),
    [
        ("nothing.json", 404, "NOT_FOUND", "collaboration"),
        ("collaboration.pdf", 404, "NOT_FOUND", "graphml, gexf, net, json, zip"),
        ("collaboration", 404, "NOT_FOUND", "format"),
        ("collaboration.json?role=DIRECTOR", 400, "BAD_INPUT", "roles"),
        ("collaboration.json?roles=BOSS", 400, "BAD_INPUT", "DIRECTOR"),
        ("collaboration.json?years=next", 400, "BAD_INPUT", "2020..2025"),
        ("collaboration.json?years=2025..2020", 400, "BAD_INPUT", "earlier"),
        ("collaboration.json?citedOnly=perhaps", 400, "BAD_INPUT", "true or false"),
        ("collaboration.json?weight=heavy", 400, "BAD_INPUT", "NEWMAN"),
        ("person_film.json?weight=NEWMAN", 400, "BAD_INPUT", "NEWMAN"),
        ("co_participation.json?roles=DIRECTOR", 400, "BAD_INPUT", "roles"),
    ],
)
async def test_what_cannot_be_exported(
    client: httpx.AsyncClient, address: str, status: int, code: str, says: str
) -> None:
    answer = await client.get(f"/export/{address}")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (status, code)
    assert says in error["message"]


@pytest.mark.parametrize("years", ["2025", "2020..2025", "2020..", "..2025"])
async def test_years(client: httpx.AsyncClient, years: str) -> None:
    graph = await graph_of(client, f"/export/person_film.json?years={years}")
    assert json.dumps(sorted(graph.nodes))
