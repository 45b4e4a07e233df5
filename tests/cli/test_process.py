"""The command as a process: pipes, signals, exit codes, start-up."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Run, run_command

COMMAND = [sys.executable, "-m", "graph_api.cli"]
ROOT = Path(__file__).parents[2]
BUILT_IN = ROOT / "seed" / "dataset"


def _environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FILMGRAPH_", "COVERAGE"))}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def _run(*words: str | Path, **env: str) -> "subprocess.CompletedProcess[str]":
    command = [*COMMAND, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=_environment(**env), timeout=60, check=False)


def test_a_pipe_gets_json(database: Path) -> None:
    ended = _run("search", "imperia", "--database", database)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)[0]["name"] == "Imperia"
    assert ended.stderr == ""


def test_names_survive_a_terminal_without_unicode(database: Path) -> None:
    ended = _run("search", "granmalevit", "-d", database, PYTHONIOENCODING="ascii")
    assert json.loads(ended.stdout)[0]["name"] == "グランマレヴィト"


def test_an_error_is_one_line_and_debug_shows_where(database: Path) -> None:
    ended = _run("show", "film/none", "-d", database)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("error: ")
    assert ended.stderr.count("\n") == 1
    assert "Traceback" in _run("show", "film/none", "-d", database, FILMGRAPH_DEBUG="1").stderr


def _on_a_terminal(*words: str | Path, **env: str) -> str:
    """Run the command with a terminal as stdout and stderr, and return what is on it."""
    import pty

    ours, theirs = pty.openpty()
    settings = _environment(TERM="xterm-256color", COLUMNS="120", **env)
    process = subprocess.Popen([*COMMAND, *map(str, words)], stdout=theirs, stderr=theirs, env=settings)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:
        pass  # how a terminal says that nobody is left
    finally:
        os.close(ours)
    assert process.wait(timeout=30) == 0, shown
    return shown.decode()


def test_a_terminal_gets_a_coloured_table_and_a_bar(database: Path, dataset: Path) -> None:
    assert "\x1b[36m" in _on_a_terminal("search", "cube", "-d", database)
    plain = _on_a_terminal("search", "cube", "-d", database, NO_COLOR="1")
    assert "\x1b[3" not in plain
    assert "film/cube" in plain
    assert "loading small" in _on_a_terminal("load", dataset, "-d", database)
    assert "film/cube" in _on_a_terminal("show", "film/cube", "-d", database)


def test_a_reader_that_goes_away_is_no_error(database: Path) -> None:
    command = f"{' '.join(COMMAND)} schema | head -1"
    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, env=_environment(), check=False
    )
    assert ended.stderr == ""
    assert ended.returncode == 0
    assert len(ended.stdout.splitlines()) == 1


def test_the_default_database_is_made_with_the_built_in_dataset(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    ended = _run("search", "imperia", **home)
    assert ended.returncode == 0, ended.stderr
    assert "with the built-in dataset" in ended.stderr
    assert any(row["entity"] == "film/imperia" for row in json.loads(ended.stdout))
    again = _run("search", "imperia", **home)
    assert (again.stdout, again.stderr) == (ended.stdout, "")


@pytest.mark.slow
def test_a_served_database_can_be_copied_and_not_replaced(database: Path, tmp_path: Path) -> None:
    command = [*COMMAND, "serve", "--database", str(database), "--port", "0"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(), text=True
    )
    assert process.stdout
    assert "http://127.0.0.1:" in process.stdout.readline()
    assert _run("backup", tmp_path / "b.db", "-d", database).returncode == 0
    refused = _run("restore", tmp_path / "b.db", "-d", database)
    assert refused.returncode == 1
    assert "in use" in refused.stderr
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert _run("restore", tmp_path / "b.db", "-d", database).returncode == 0


@pytest.mark.slow
def test_an_interrupted_load_leaves_the_old_graph(run: Run, database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "big"
    (folder / "entities").mkdir(parents=True)
    (folder / "dataset.json").write_text('{"name": "big"}')
    (folder / "sources.csv").write_text("slug,title,kind\nbig,Big,database\n")
    rows = "".join(f"person-{n},Person {n},big#row {n}\n" for n in range(400_000))
    (folder / "entities" / "person.csv").write_text("slug,name,citations\n" + rows)
    before = run("stats").json
    process = subprocess.Popen(
        [*COMMAND, "load", str(folder), "-d", str(database)], stderr=subprocess.PIPE, env=_environment(), text=True
    )
    log = Path(f"{database}-wal")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not (log.exists() and log.stat().st_size > 100_000):
        time.sleep(0.02)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert error.startswith("error: interrupted")
    assert error.count("\n") == 1
    assert run("stats").json == before
    assert run("check").code == 0


_LONG = ("k=1000", "runs=50000", "probability=1")


@pytest.mark.slow
def test_an_interrupted_analysis_ends_at_once(tmp_path: Path) -> None:
    database = tmp_path / "graph.db"
    assert _run("load", BUILT_IN, "-d", database).returncode == 0
    words = [word for parameter in _LONG for word in ("--param", parameter)]
    process = subprocess.Popen(
        [*COMMAND, "rank", "influence_maximization", "-p", "everything", *words, "-d", str(database)],
        stderr=subprocess.PIPE, env=_environment(), text=True,
    )  # fmt: skip
    time.sleep(3)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=5)
    assert (process.returncode, error.count("\n")) == (130, 1)


@pytest.mark.slow
def test_a_service_that_computes_stops_when_told(tmp_path: Path) -> None:
    database = tmp_path / "graph.db"
    assert _run("load", BUILT_IN, "-d", database).returncode == 0
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--request-deadline", "5", "--database", str(database)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(), text=True,
    )  # fmt: skip
    query = (
        "{ centrality(measure: INFLUENCE_MAXIMIZATION, projection: {name: EVERYTHING}, "
        "parameters: {k: 1000, runs: 50000, probability: 1.0}) { run { status } } }"
    )
    with process:
        try:
            assert process.stdout
            address = process.stdout.readline().split()[-1]
            for _ in range(100):
                if httpx.get(f"{address}/readyz", timeout=30).status_code == 200:
                    break
                time.sleep(0.1)
            answer = httpx.post(f"{address}/graphql", json={"query": query}, timeout=30).json()
            assert answer.get("data"), answer
            assert answer["data"]["centrality"]["run"]["status"] in ("QUEUED", "RUNNING")
            process.terminate()
            assert process.wait(timeout=5) == 0
        finally:
            process.kill()


@pytest.mark.timing
def test_help_starts_quickly() -> None:
    times = []
    for _ in range(5):
        started = time.perf_counter()
        assert _run("--help").returncode == 0
        times.append(time.perf_counter() - started)
    assert min(times) < 0.3


def test_help_and_version_load_no_heavy_library() -> None:
    heavy = {"numpy", "networkx", "matplotlib", "strawberry", "igraph", "scipy"}
    code = f"import sys, graph_api.cli.program; print(sorted({heavy} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=_environment(), check=True)
    assert ended.stdout == "[]\n"


def test_completion_knows_measures_and_projections() -> None:
    def complete(line: str) -> list[str]:
        variables = {
            "_FILMGRAPH_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(line.split(" ")) - 1),
        }
        return _run(**variables).stdout.split()

    assert complete("filmgraph rank page") == ["pagerank"]
    assert complete("filmgraph rank degree --projection co_") == ["co_participation", "co_recognition"]
    assert complete("filmgraph rest") == ["restore"]


def test_version() -> None:
    ended = run_command("--version")
    assert ended.code == 0
    assert ended.out.startswith("filmgraph ")
