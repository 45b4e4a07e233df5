"""Every export is read back by the programs that know its format, names and types intact."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import igraph
import networkx as nx
import pytest

from graph_api.analytics.export import FORMATS, export
from graph_api.analytics.projection import ProjectedGraph
from graph_api.domain import ids
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.records import Entity, Relationship, Subgraph
from graph_api.errors import BadInput
from tests.analytics.samples import graph_of, person

GRAPH = graph_of([("c-one", "marcel", 2.0), ("c-one", "quote", 0.5)], ["alone"])
NAMES = {
    person("c-one"): "C·one",
    person("marcel"): "Marcel Barsotti",
    person("quote"): '<Ann & "Bo">\x00 小林',
    person("alone"): "=SUM(A1)",
}
EXTRA: Mapping[str, Mapping[str, object]] = {
    person("c-one"): {
        "degree": 2,
        "score": 0.25,
        "known": True,
        "occupations": ("director", "作家"),
        "born": "1990-05",
        "died": None,
    },
    person("alone"): {"degree": -1, "score": float("nan"), "known": False, "note": "'quoted"},
}
CLEAN = '<Ann & "Bo"> 小林'


def _bytes(graph: ProjectedGraph | Subgraph, ending: str) -> bytes:
    if isinstance(graph, Subgraph):
        return b"".join(export(graph, ending))
    return b"".join(export(graph, ending, NAMES, EXTRA))


def _check(found: "nx.Graph[str]", isolate_extra: bool = True) -> None:
    one = found.nodes[person("c-one")]
    assert (one["name"], one["kind"], one["slug"]) == ("C·one", "PERSON", "c-one")
    assert (one["degree"], one["score"], one["known"], one["born"]) == (2, 0.25, True, "1990-05")
    assert type(one["degree"]) is int
    assert one["known"] is True
    assert json.loads(one["occupations"]) == ["director", "作家"]
    assert "died" not in one
    assert found.nodes[person("quote")]["name"] == CLEAN
    alone = found.nodes[person("alone")]
    assert (alone["name"], alone["degree"], alone["known"], alone["note"]) == ("=SUM(A1)", -1, False, "'quoted")
    assert "score" not in alone
    assert found.edges[person("c-one"), person("marcel")]["weight"] == 2.0
    assert found.edges[person("c-one"), person("quote")]["weight"] == 0.5
    assert (len(found), found.number_of_edges(), found.is_directed()) == (4, 2, False)


def test_graphml_in_networkx_and_igraph(tmp_path: Path) -> None:
    path = tmp_path / "g.graphml"
    path.write_bytes(_bytes(GRAPH, "graphml"))
    _check(nx.read_graphml(path))
    native = igraph.Graph.Read_GraphML(str(path))
    assert native.vs["id"] == list(GRAPH.ids)
    assert sorted(native.vs["name"]) == sorted(["C·one", "Marcel Barsotti", CLEAN, "=SUM(A1)"])
    assert sorted(native.es["weight"]) == [0.5, 2.0]


def test_gexf_in_networkx(tmp_path: Path) -> None:
    path = tmp_path / "g.gexf"
    path.write_bytes(_bytes(GRAPH, "gexf"))
    found = nx.read_gexf(path, version="1.3")
    _check(found)
    assert found.nodes[person("c-one")]["label"] == "C·one"


def test_pajek_in_networkx_and_igraph(tmp_path: Path) -> None:
    path = tmp_path / "g.net"
    path.write_bytes(_bytes(GRAPH, "net"))
    found = nx.read_pajek(path)
    assert set(found) == {"C·one", "Marcel Barsotti", "<Ann & 'Bo'> 小林", "=SUM(A1)"}
    assert found.get_edge_data("C·one", "Marcel Barsotti")[0]["weight"] == 2.0
    native = igraph.Graph.Read_Pajek(str(path))
    assert "C·one" in native.vs["name"]
    assert sorted(native.es["weight"]) == [0.5, 2.0]


def test_pajek_labels_stay_apart() -> None:
    names = dict.fromkeys(NAMES, "Ann Smith")
    text = b"".join(export(GRAPH, "net", names)).decode()
    assert '"Ann Smith (PERSON c-one)"' in text
    assert len(set(text.splitlines()[1:5])) == 4


def test_node_link_in_networkx() -> None:
    data = json.loads(_bytes(GRAPH, "json"))
    assert data["graph"]["projection"] == "COLLABORATION"
    _check(nx.node_link_graph(data, edges="edges"))


def _tables(raw: bytes) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.testzip() is None
        nodes, edges = (
            list(csv.DictReader(io.StringIO(archive.read(n).decode(), newline=""))) for n in ("nodes.csv", "edges.csv")
        )
    return nodes, edges


def test_csv_pair_in_networkx_and_igraph() -> None:
    nodes, edges = _tables(_bytes(GRAPH, "zip"))
    by_slug = {row["slug"]: row for row in nodes}
    assert by_slug["c-one"]["name"] == "C·one"
    assert by_slug["c-one"]["known"] == "true"
    assert by_slug["alone"]["name"] == "'=SUM(A1)"
    assert by_slug["alone"]["note"] == "''quoted"
    assert by_slug["alone"]["degree"] == "-1"
    assert by_slug["marcel"]["occupations"] == ""
    undone = {row["name"].removeprefix("'") for row in nodes}
    assert undone == {"C·one", "Marcel Barsotti", CLEAN, "=SUM(A1)"}
    found: nx.Graph[str] = nx.Graph()
    found.add_nodes_from((row["id"], {"name": row["name"]}) for row in nodes)
    found.add_weighted_edges_from((row["source"], row["target"], float(row["weight"])) for row in edges)
    assert (len(found), found[person("c-one")][person("marcel")]["weight"]) == (4, 2.0)
    native = igraph.Graph.DictList(vertices=nodes, edges=edges, vertex_name_attr="id")
    assert (native.vcount(), native.ecount()) == (4, 2)


@pytest.mark.parametrize("ending", list(FORMATS))
def test_equal_graphs_are_equal_files_and_come_in_pieces(ending: str) -> None:
    assert _bytes(GRAPH, ending) == _bytes(GRAPH, ending)
    wide = graph_of([(f"p-{i}", f"q-{i}") for i in range(3_000)])
    pieces = list(export(wide, ending))
    assert len(pieces) > 1
    assert max(map(len, pieces)) < 200_000


def test_unknown_formats_are_named() -> None:
    with pytest.raises(BadInput, match="choose one of graphml, gexf, net, json, zip"):
        export(GRAPH, "xlsx")


def _piece() -> Subgraph:
    who = Entity(person("ann"), Kind.PERSON, "ann", "Ann\r\nO'Hara", {"occupations": ("director",)})
    what = Entity(
        ids.entity_id(Kind.FILM, "imperia"),
        Kind.FILM,
        "imperia",
        "Imperia",
        {"title": "Imperia", "year": 2025, "runtime": 36.0},
    )

    def credit(role: str) -> Relationship:
        own = ids.relationship_id(Relation.CREDITED_ON, who.id, what.id, [("role", role)])
        return Relationship(own, Relation.CREDITED_ON, who.id, what.id, {"role": role, "order": 0})

    return Subgraph((who, what), (credit("DIRECTOR"), credit("WRITER")), False)


@pytest.mark.parametrize("ending", ["graphml", "gexf", "json"])
def test_a_piece_of_the_graph_keeps_parallel_relationships(ending: str, tmp_path: Path) -> None:
    path = tmp_path / "piece"
    path.write_bytes(_bytes(_piece(), ending))
    found = {
        "graphml": lambda: nx.read_graphml(path, force_multigraph=True),
        "gexf": lambda: nx.read_gexf(path, version="1.3"),
        "json": lambda: nx.node_link_graph(json.loads(path.read_text()), edges="edges"),
    }[ending]()
    node = ids.entity_id(Kind.FILM, "imperia")
    assert (found.nodes[node]["year"], found.nodes[node]["runtime"]) == (2025, 36.0)
    assert found.nodes[person("ann")]["name"] == "Ann\r\nO'Hara"
    roles = {data["role"] for _, _, data in found.edges(data=True)}
    assert found.is_directed()
    assert (found.number_of_edges(), roles) == (2, {"DIRECTOR", "WRITER"})
    assert {data["order"] for _, _, data in found.edges(data=True)} == {0}
