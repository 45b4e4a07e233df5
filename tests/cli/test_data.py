"""load, dump, check, backup, restore."""

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import FILES, Run, write_dataset


def test_load_twice_changes_nothing(run: Run, dataset: Path) -> None:
    before = run("stats").json["hash"]
    found = run("load", dataset).json
    assert found == {"revision": 1, "changed": False, "created": 0, "updated": 0, "removed": 0}
    assert run("stats").json["hash"] == before


def test_load_replace_removes_what_is_gone(run: Run, dataset: Path) -> None:
    file = dataset / "relations/participated_in.csv"
    file.unlink()
    assert run("load", dataset).json["changed"] is False
    found = run("load", dataset, "--replace").json
    assert (found["changed"], found["removed"]) == (True, 1)


def test_load_makes_a_database_that_is_named(run: Run, dataset: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.db"
    assert run("load", dataset, "--database", fresh).json["revision"] == 1
    assert run("stats", "--database", fresh).json["kinds"]["PERSON"] == 4


def test_load_of_a_broken_dataset_says_where_and_keeps_the_graph(run: Run, dataset: Path) -> None:
    write_dataset(dataset, {"entities/film.csv": FILES["entities/film.csv"].replace("2025,36", "2025,long")})
    before = run("stats").json
    ended = run("load", dataset)
    assert ended.code == 1
    assert "entities/film.csv:2:runtime" in ended.err
    assert ended.err.count("\n") == 1
    assert run("stats").json == before


def test_load_of_no_folder(run: Run, tmp_path: Path) -> None:
    ended = run("load", tmp_path / "nowhere")
    assert ended.code == 1
    assert "is not there" in ended.err


def test_dump_gives_the_same_graph(run: Run, tmp_path: Path) -> None:
    assert run("dump", tmp_path / "out").code == 0
    assert run("load", tmp_path / "out", "--database", tmp_path / "again.db").code == 0
    assert run("stats", "--database", tmp_path / "again.db").json["hash"] == run("stats").json["hash"]


def test_dump_overwrites_nothing(run: Run, dataset: Path) -> None:
    assert run("dump", dataset).code == 1
    assert (dataset / "claims.csv").read_text(encoding="utf-8") == FILES["claims.csv"]


def test_check_of_a_sound_dataset(run: Run, dataset: Path) -> None:
    ended = run("check", dataset)
    assert (ended.code, ended.json) == (0, {"problems": [], "total": 0})


def test_check_of_a_broken_dataset_leaves_3(run: Run, dataset: Path) -> None:
    write_dataset(
        dataset,
        {"claims.csv": "subject,property,value,citations\nfilm/none,year,2025,list#row 1\nfilm/cube,year,1e9x,\n"},
    )
    ended = run("check", dataset)
    assert ended.code == 3
    assert {(p["file"], p["line"]) for p in ended.json["problems"]} == {("claims.csv", 2), ("claims.csv", 3)}
    table = run("check", dataset, "--format", "table", "--limit", "1")
    assert table.code == 3
    assert "claims.csv" in table.out


def test_check_without_a_folder_checks_the_graph(run: Run, database: Path) -> None:
    assert run("check").code == 0
    with sqlite3.connect(database) as db:
        db.execute("UPDATE entity SET degree = degree + 1 WHERE slug = 'cube'")
    db.close()
    ended = run("check")
    assert ended.code == 3
    assert "degree" in ended.json["problems"][0]["problem"]
    assert run("stats", "--check").code == 3


def test_check_takes_a_folder_or_a_database(run: Run, dataset: Path, database: Path) -> None:
    assert run("check", dataset, "--database", database).code == 2


def test_a_named_database_that_is_not_there_is_an_error(run: Run, tmp_path: Path) -> None:
    ended = run("stats", "--database", tmp_path / "typo.db")
    assert ended.code == 1
    assert "filmgraph load DIR" in ended.err
    assert not (tmp_path / "typo.db").exists()


def test_backup_and_restore(run: Run, dataset: Path, tmp_path: Path) -> None:
    before = run("stats").json
    assert run("backup", tmp_path / "b.db").code == 0
    assert run("backup", tmp_path / "b.db").code == 1
    (dataset / "relations/participated_in.csv").unlink()
    run("load", dataset, "--replace")
    assert run("stats").json["revision"] == 2
    assert run("restore", tmp_path / "b.db").code == 0
    assert run("stats").json == before
    assert run("check").code == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_restore_makes_a_database_where_there_is_none(run: Run, database: Path, tmp_path: Path) -> None:
    assert run("restore", database, "--database", tmp_path / "sub" / "new.db").code == 0
    assert run("stats", "--database", tmp_path / "sub" / "new.db").json["revision"] == 1


@pytest.mark.parametrize("damage", ["text", "short", "foreign", "missing", "itself"])
def test_restore_of_what_is_no_backup_changes_nothing(run: Run, database: Path, tmp_path: Path, damage: str) -> None:
    before, file = run("stats").json, tmp_path / "b.db"
    if damage == "text":
        file.write_text("not a database")
    elif damage == "short":
        file.write_bytes(database.read_bytes()[: database.stat().st_size // 2])
    elif damage == "foreign":
        with sqlite3.connect(file) as db:
            db.execute("CREATE TABLE t (x)")
        db.close()
    ended = run("restore", database if damage == "itself" else file)
    assert ended.code == 1
    assert ended.err.count("\n") == 1
    assert run("stats").json == before


@pytest.mark.parametrize("what", ["text", "foreign"])
def test_restore_never_replaces_what_is_no_graph(run: Run, database: Path, tmp_path: Path, what: str) -> None:
    file = tmp_path / "thesis.db"
    if what == "text":
        file.write_text("three years of work")
    else:
        with sqlite3.connect(file) as db:
            db.execute("CREATE TABLE t (x)")
        db.close()
    before = file.read_bytes()
    ended = run("restore", database, "--database", file)
    assert ended.code == 1
    assert "move it away" in ended.err
    assert file.read_bytes() == before


def test_restore_refuses_while_the_database_is_open(run: Run, database: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "b.db")
    with sqlite3.connect(database) as reader:
        reader.execute("SELECT count(*) FROM entity").fetchone()
        ended = run("restore", tmp_path / "b.db")
        assert ended.code == 1
        assert "in use" in ended.err
        assert reader.execute("SELECT count(*) FROM entity").fetchone()[0] > 0
    reader.close()
    assert run("restore", tmp_path / "b.db").code == 0


def test_restore_puts_a_sound_database_in_place_of_a_damaged_one(run: Run, database: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "b.db")
    database.write_bytes(database.read_bytes()[:9000])
    assert run("stats").code == 1
    assert run("restore", tmp_path / "b.db").code == 0
    assert run("check").code == 0
