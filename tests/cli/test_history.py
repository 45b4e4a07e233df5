"""log, undo and token, as somebody at a terminal uses them."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run, write_dataset

MORE = {
    "dataset.json": '{"name": "more", "title": "More"}\n',
    "sources.csv": "slug,title,kind\nwire,The wire,news\n",
    "entities/film.csv": "slug,title,citations\nnew,New film,wire#1\n",
}


@pytest.fixture
def more(run: Run, tmp_path: Path) -> None:
    files = {name: text.replace("slug,title,citations", "slug,name,citations") for name, text in MORE.items()}
    assert run("load", write_dataset(tmp_path / "more", files)).code == 0


@pytest.mark.usefixtures("more")
def test_the_log_names_changes_and_shows_one(run: Run) -> None:
    changes = run("log").json
    assert [(row["revision"], row["actor"], row["created"]) for row in changes][1:] == [(2, changes[1]["actor"], 2)]
    assert [row["revision"] for row in run("log", "--since", "1").json] == [2]
    assert [row["revision"] for row in run("log", "--limit", "1").json] == [2]
    one = run("log", "2").json
    assert [(row["done"], row["what"], row["before"]) for row in one["records"]] == [
        ("created", "entity", None),
        ("created", "source", None),
    ]
    film, source = (row["after"] for row in one["records"])
    assert [mention["cells"]["title"] for mention in film["mentions"]] == ["New film"]
    assert source["source"]["slug"]
    assert '"title' in run("log", "2", "--format", "csv").out
    first = run("log", "1").json
    assert {row["done"] for row in first["records"]} == {"created"}
    assert run("log", "9").code == 1
    for words in (("log", "9" * 20), ("log", "--since", "9" * 20), ("undo", "9" * 20)):
        refused = run(*words)
        assert (refused.code, "it must be at most 1000000000" in refused.err) == (2, True)
    assert "revision" in run("log", "--format", "table").out


@pytest.mark.usefixtures("more")
def test_undo(run: Run) -> None:
    assert run("undo", "2", "--dry-run").json == {
        "revision": 2, "applied": False, "created": 0, "updated": 0, "removed": 2
    }  # fmt: skip
    assert run("show", "film/new").code == 0
    assert run("undo", "2").json["revision"] == 3
    assert run("show", "film/new").code == 1
    assert run("log").json[-1]["actor"].startswith("undo of 2 by ")
    assert run("undo", "3").code == 0
    assert run("show", "film/new").code == 0
    refused = run("undo", "1")
    assert (refused.code, "too much to be undone" in refused.err) == (1, True)


def test_tokens(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILMGRAPH_TOKENS", str(tmp_path / "tokens.db"))
    assert run("token", "list").json == []
    made = run("token", "create", "--scope", "write", "--name", "ada", "--expires", "12h")
    assert (made.json["scope"], made.json["state"]) == ("write", "valid")
    assert made.json["token"].startswith(f"fg_{made.json['id']}_")
    listed = run("token", "list")
    assert made.json["token"].split("_", 2)[2] not in listed.out
    assert run("token", "revoke", made.json["id"]).code == 0
    assert [row["state"] for row in run("token", "list").json] == ["revoked"]
    assert run("token", "revoke", "nobody").code == 1
    assert run("token", "create", "--scope", "king").code == 2
    assert run("token", "create", "--scope", "write", "--expires", "soon").code == 1
