"""rank, communities, path, export: by hand on a path of three people and one apart."""

from pathlib import Path

import networkx as nx
import pytest

from graph_api.analytics.communities import CommunityAlgorithm
from graph_api.analytics.measures.catalogue import CentralityMeasure
from graph_api.analytics.spec import Projection
from tests.cli.conftest import Run

PNG = b"\x89PNG\r\n\x1a\n"


def test_rank_by_degree(run: Run) -> None:
    found = run("rank", "degree").json
    assert [(row["rank"], row["entity"]) for row in found["scores"]] == [
        (1, "person/bo-lee"),
        (2, "person/ada-stein"),
        (2, "person/cy-moss"),
        (4, "person/dee-ray"),
    ]
    assert [row["score"] for row in found["scores"]] == pytest.approx([2 / 3, 1 / 3, 1 / 3, 0.0])
    assert found["run"]["nodes"] == 4
    assert found["run"]["exact"] is True
    assert "seconds" not in found["run"]


def test_a_graph_without_nodes_is_told(run: Run) -> None:
    ended = run("rank", "degree", "--years", "1900")
    assert ended.json["scores"] == []
    assert "nothing is tied" in ended.err
    assert "nothing is tied" in run("communities", "--years", "1900").err
    assert run("rank", "degree").err == ""


def test_rank_is_the_same_each_time(run: Run) -> None:
    assert run("rank", "pagerank").out == run("rank", "pagerank").out


def test_rank_takes_years_roles_and_parameters(run: Run) -> None:
    found = run("rank", "betweenness", "--years", "2025..", "--top", "1", "--param", "weighted=true").json
    assert found["run"]["nodes"] == 2
    assert len(found["scores"]) == 1
    assert run("rank", "degree", "--roles", "director,writer").json["run"]["relationships"] == 0


def test_rank_of_people_named_as_parameters(run: Run) -> None:
    found = run("rank", "personalized-pagerank", "--param", "sources=person/dee-ray").json
    assert found["scores"][0]["entity"] == "person/dee-ray"
    assert found["scores"][0]["score"] == pytest.approx(1.0)


def test_an_approximation_is_answered_exactly(run: Run) -> None:
    found = run("rank", "betweenness", "--approximate", "0.01").json
    assert {row["error"] for row in found["scores"]} == {0.0}
    assert found["scores"][0]["score"] == pytest.approx(1 / 3)
    words = ("--approximate", "0.01", "--delta", "0.05", "--deadline", "5", "--highest", "2")
    asked = run("rank", "betweenness", *words).json["run"]["parameters"]["approximate"]
    assert (asked["epsilon"], asked["delta"], asked["seconds"], asked["top"]) == (0.01, 0.05, 5.0, 2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rank", "pagerang"], "did you mean pagerank?"),
        (["rank", "degree", "--years", "new"], "write 2020..2025"),
        (["rank", "degree", "--projection", "colaboration"], "did you mean collaboration?"),
        (["rank", "degree", "--param", "alpha"], "NAME=VALUE"),
        (["rank"], "Missing argument"),
        (["rank", "degree", "--top", "0"], "'--top' / '-n': it must be at least 1; see"),
        (["rank", "degree", "--top", "x"], "'--top' / '-n': it must be a whole number; see"),
        (["rank", "betweenness", "--approximate", "x"], "'--approximate': it must be a number; see"),
        (["rank", "betweenness", "--approximate", "1"], "'--approximate': it must be at most 0.99; see"),
        (["export", "collaboration", "--output", "x.xls"], "graphml"),
        (["rank", "betweenness", "--deadline", "3"], "--approximate"),
        (["path", "ada-stein", "cy-moss", "--undisputed"], "only with --collaboration"),
        (["path", "ada-stein", "cy-moss", "--revision", "1"], "only with --collaboration"),
        (["path", "ada-stein", "cy-moss", "--collaboration", "--festival", "x"], "leave"),
        (["similar", "ada-stein", "--by", "jacard"], "did you mean jaccard?"),
    ],
)
def test_a_wrong_command_line_leaves_2(run: Run, words: list[str], said: str) -> None:
    ended = run(*words)
    assert ended.code == 2
    assert said.lower() in ended.err.lower()
    assert ended.err.count("\n") == 1
    assert f"filmgraph {words[0]} --help" in ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rank", "degree", "--param", "alpha=1"], "has no parameter 'alpha'"),
        (["rank", "pagerank", "--param", "alpha=x"], "alpha must be a number"),
        (["rank", "degree", "--projection", "co_participation", "--roles", "cast"], "takes no roles"),
        (["rank", "degree", "--plot", "x.pdf"], ".png or .svg"),
    ],
)
def test_what_can_not_be_computed_leaves_1(run: Run, words: list[str], said: str) -> None:
    ended = run(*words)
    assert ended.code == 1
    assert said in ended.err


def test_communities(run: Run) -> None:
    found = run("communities", "--algorithm", "connected_components").json
    assert [(c["index"], c["size"]) for c in found["communities"]] == [(0, 3), (1, 1)]
    assert found["communities"][0]["members"][0]["entity"] == "person/bo-lee"


def test_plots_are_drawn(run: Run, tmp_path: Path) -> None:
    bars, network, chain = tmp_path / "bars.svg", tmp_path / "network.png", tmp_path / "chain.png"
    assert run("rank", "degree", "--plot", bars).code == 0
    assert run("communities", "--plot", network).code == 0
    assert run("path", "ada-stein", "cy-moss", "--plot", chain).code == 0
    assert b"<svg" in bars.read_bytes()
    assert network.read_bytes().startswith(PNG)
    assert chain.read_bytes().startswith(PNG)
    first = bars.read_bytes()
    run("rank", "degree", "--plot", bars)
    assert bars.read_bytes() == first


def test_path_over_relations(run: Run) -> None:
    (found,) = run("path", "ada-stein", "cy-moss").json
    assert [node["entity"] for node in found["nodes"]] == [
        "person/ada-stein",
        "film/imperia",
        "person/bo-lee",
        "film/cube",
        "person/cy-moss",
    ]
    assert [hop["direction"] for hop in found["hops"]] == ["OUT", "IN", "OUT", "IN"]
    assert found["hops"][0]["citations"][0]["locator"] == "row 1"


def test_path_as_a_table_is_a_sentence_too(run: Run) -> None:
    out = run("path", "ada-stein", "bo-lee", "--format", "table").out
    assert "Ada Stein → credited on: director → Imperia ← credited on: cast ← Bo Lee" in out


def test_no_path_is_no_error(run: Run) -> None:
    ended = run("path", "ada-stein", "dee-ray")
    assert (ended.code, ended.json) == (0, [])
    assert "no path" in run("path", "ada-stein", "dee-ray", "-f", "table").out
    assert run("path", "ada-stein", "cy-moss", "--exclude", "film/cube").json == []
    wrong = run("path", "ada-stein", "cy-moss", "--festival", "film/cube")
    assert (wrong.code, "film/cube is no festival" in wrong.err) == (1, True)


def test_collaboration_path(run: Run) -> None:
    (found,) = run("path", "ada-stein", "cy-moss", "--collaboration").json
    assert [person["name"] for person in found["people"]] == ["Ada Stein", "Bo Lee", "Cy Moss"]
    assert found["cost"] == 2.0
    assert [[film["name"] for film in tie["films"]] for tie in found["ties"]] == [["Imperia"], ["Cube"]]
    assert found["ties"][0]["citations"][0]["source"] == "list"
    # sources disagree about how long Imperia is, so its credits are left out
    assert run("path", "ada-stein", "cy-moss", "--collaboration", "--undisputed").json == []
    assert run("path", "bo-lee", "cy-moss", "--collaboration", "--undisputed").json[0]["cost"] == 1.0
    early = run("path", "ada-stein", "cy-moss", "--collaboration", "--revision", "0")
    assert (early.code, "revision 0" in early.err) == (1, True)


def test_export_is_read_back(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.graphml"
    ended = run("export", "collaboration", "--output", file)
    assert ended.code == 0
    graph = nx.read_graphml(file)
    assert sorted(data["name"] for _, data in graph.nodes(data=True)) == ["Ada Stein", "Bo Lee", "Cy Moss", "Dee Ray"]
    assert graph.number_of_edges() == 2


def test_export_replaces_nothing_unasked(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "films.txt"
    file.write_text("mine")
    assert run("export", "person_film", "-o", file, "--as", "net").code == 1
    assert file.read_text() == "mine"
    assert run("export", "person_film", "-o", file, "--as", "net", "--force").code == 0
    assert "グランマレヴィト" in file.read_text(encoding="utf-8")
    assert list(tmp_path.glob(".*part")) == []


def test_help_and_documentation_name_every_measure_projection_and_algorithm(run: Run) -> None:
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
    for words, choices, is_documented in (
        (("rank", "--help"), CentralityMeasure, True),
        (("rank", "--help"), Projection, True),
        (("export", "--help"), Projection, True),
        (("communities", "--help"), CommunityAlgorithm, False),
    ):
        shown = " ".join(run(*words).out.split())
        assert [name for name in choices if name.lower() not in shown] == []
        assert [name for name in choices if is_documented and f"`{name.lower()}`" not in page] == []
