"""Trusted documents as they are listed and checked, and then served under the very ids that were listed."""

from hashlib import sha256
from pathlib import Path

from tests.cli.conftest import Run

FILM = 'query Film { film(slug: "imperia") { title } }'


def test_documents_are_listed_with_their_ids(run: Run, tmp_path: Path) -> None:
    (tmp_path / "film.graphql").write_text(FILM + "\n")
    (tmp_path / "two.graphql").write_text("query A { graph { revision } } query B { graph { hash } }")
    ended = run("documents", str(tmp_path))
    assert ended.code == 0
    assert ended.json == [
        {
            "documentId": f"sha256:{sha256(FILM.encode()).hexdigest()}",
            "operations": "Film",
            "file": "film.graphql",
            "problem": None,
        },
        {**ended.json[1], "operations": "A, B", "file": "two.graphql", "problem": None},
    ]


def test_what_the_service_would_refuse_is_a_problem(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.graphql").write_text("{ nothing }")
    (tmp_path / "b.graphql").write_text("{")
    (tmp_path / "c.graphql").write_text("{ films { nodes { credits { nodes { film { title } } } } } }" + " " * 15_000)
    ended = run("documents", str(tmp_path))
    assert ended.code == 3
    problems = [row["problem"] for row in ended.json]
    assert "nothing" in problems[0]
    assert problems[1].startswith("Syntax Error")
    assert "characters" in problems[2]


def test_a_folder_that_is_none(run: Run, tmp_path: Path) -> None:
    ended = run("documents", str(tmp_path / "none"))
    assert (ended.code, ended.out) == (1, "")
    assert "is no folder" in ended.err
