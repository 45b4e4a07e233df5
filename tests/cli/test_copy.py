"""copy: a whole graph from one store into another."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.store.neo4j.cleaning import clean


def test_a_copy_has_the_same_hash(run: Run, database: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    ended = run("copy", database, other)
    assert (ended.code, ended.out) == (0, "")
    assert "the hashes are equal" in ended.err
    assert run("stats", "--database", other).json["hash"] == run("stats").json["hash"]


def test_a_graph_that_is_there_is_replaced_only_when_that_is_said(run: Run, database: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    run("copy", database, other)
    ended = run("copy", database, other)
    assert ended.code == 1
    assert "--replace" in ended.err
    assert run("copy", database, other, "--replace").code == 0
    assert run("stats", "--database", other).json["hash"] == run("stats").json["hash"]


def test_a_graph_is_not_copied_onto_itself(run: Run, database: Path) -> None:
    assert run("copy", database, database).code == 1


def test_a_source_that_is_not_there(run: Run, tmp_path: Path) -> None:
    ended = run("copy", tmp_path / "missing.db", tmp_path / "other.db")
    assert ended.code == 1
    assert "missing.db" in ended.err
    assert not (tmp_path / "other.db").exists()


@pytest.fixture
def neo4j(neo4j_url: str, neo4j_password: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty Neo4j database; `run` has taken the environment away, so the password is put back."""
    clean(neo4j_url, neo4j_password)
    monkeypatch.setenv("FILMGRAPH_NEO4J_PASSWORD", neo4j_password)
    return neo4j_url


def test_to_neo4j_and_back(run: Run, database: Path, neo4j: str, neo4j_password: str, tmp_path: Path) -> None:
    back = tmp_path / "back.db"
    for ended in (run("copy", database, neo4j), run("copy", neo4j, back)):
        assert ended.code == 0, ended.err
        assert neo4j_password not in ended.err
    assert run("stats", "--database", back).json["hash"] == run("stats").json["hash"]
    assert run("stats", "--database", neo4j).json["hash"] == run("stats").json["hash"]


def test_reading_an_empty_neo4j_makes_no_graph_in_it(run: Run, neo4j: str) -> None:
    for _ in range(2):
        ended = run("stats", "--database", neo4j)
        assert (ended.code, "holds no film graph" in ended.err) == (1, True)
