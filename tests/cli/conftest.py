"""A small graph, and a way to run the command on it."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from typer.testing import CliRunner

from graph_api.cli.program import app

FILES = {
    "dataset.json": '{"name": "small", "title": "A small graph"}\n',
    "sources.csv": "slug,title,kind,url\nlist,The list,database,https://example.org/list\nnews,The news,article,\n",
    "entities/person.csv": (
        "slug,name,aliases,citations\n"
        "ada-stein,Ada Stein,A. Stein,list#row 1\n"
        "bo-lee,Bo Lee,,list#row 2\n"
        "cy-moss,Cy Moss,,list#row 3\n"
        "dee-ray,Dee Ray,,list#row 4\n"
    ),
    "entities/film.csv": (
        "slug,name,aliases,year,runtime,citations\n"
        "imperia,Imperia,,2025,36,list#row 1\n"
        "cube,Cube,,2021,90,list#row 2\n"
        "sum,=SUM(A1),,2020,5,list#row 3\n"
        "granmalevit,グランマレヴィト,Granmalevit,2024,15,list#row 4\n"
    ),
    "entities/event.csv": "slug,name,citations\nimperia,Imperia panel,news#paragraph 1\n",
    "relations/credited_on.csv": (
        "from,to,role,citations\n"
        "ada-stein,imperia,DIRECTOR,list#row 1\n"
        "bo-lee,imperia,CAST,list#row 1\n"
        "bo-lee,cube,DIRECTOR,list#row 2\n"
        "cy-moss,cube,CAST,list#row 2\n"
        "dee-ray,granmalevit,DIRECTOR,list#row 4\n"
    ),
    "relations/participated_in.csv": "from,to,role,citations\ndee-ray,imperia,SPEAKER,news#paragraph 2\n",
    "claims.csv": "subject,property,value,unit,bound,citations\nfilm/imperia,runtime,35,min,ABOUT,news#paragraph 3\n",
}


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run: TypeAlias = Callable[..., Ended]


def write_dataset(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def run_command(*words: str | Path, **env: str | None) -> Ended:
    result = CliRunner().invoke(app, [str(word) for word in words], env=env)
    return Ended(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """The small dataset's folder."""
    return write_dataset(tmp_path / "small")


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the small graph, to be copied."""
    folder = tmp_path_factory.mktemp("loaded")
    ended = run_command("load", write_dataset(folder / "small"), "--database", folder / "graph.db")
    assert ended.code == 0, ended.err
    return folder / "graph.db"


@pytest.fixture
def database(loaded: Path, tmp_path: Path) -> Path:
    """A database with the small graph."""
    return Path(shutil.copy(loaded, tmp_path / "graph.db"))


@pytest.fixture
def run(database: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command on the small graph."""
    for name in [name for name in os.environ if name.startswith("FILMGRAPH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FILMGRAPH_DATABASE", str(database))
    return run_command
