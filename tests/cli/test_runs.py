"""Runs on the command line: listed, found again, with a bar on a terminal, stopped by Ctrl-C."""

import os
import sys
import time
from pathlib import Path

import pytest

from seed.builtin import builtin_folder
from tests.cli.conftest import Run, run_command


def test_runs_are_listed_newest_first(run: Run) -> None:
    assert run("runs").json == []
    run("rank", "degree")
    first = run("rank", "betweenness", "--years", "2025..").json
    run("communities")
    found = run("runs").json
    assert [(row["analysis"], row["status"]) for row in found] == [
        ("LEIDEN", "succeeded"),
        ("BETWEENNESS", "succeeded"),
        ("DEGREE", "succeeded"),
    ]
    assert found[1]["id"] == first["run"]["id"]
    assert found[1]["parameters"]["projection"]["years"] == [2025, None]
    assert [row["analysis"] for row in run("runs", "--top", "1").json] == ["LEIDEN"]
    assert "betweenness" in run("runs", "--format", "table").out


def test_an_equal_analysis_is_found_again(run: Run) -> None:
    first = run("rank", "pagerank")
    before = run("runs").json
    assert run("rank", "pagerank").out == first.out
    assert run("runs").json == before


_BUSY = ("influence_maximization", "-p", "everything", "--param", "runs=60000", "--param", "probability=0.5")


@pytest.mark.slow
def test_a_terminal_shows_a_bar_and_ctrl_c_stops_the_work(tmp_path: Path) -> None:
    import pty

    database = tmp_path / "graph.db"
    assert run_command("load", builtin_folder(), "--database", database).code == 0
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(FILMGRAPH_DATABASE=str(database), TERM="xterm", COLUMNS="100")
        os.execv(sys.executable, [sys.executable, "-m", "graph_api.cli", "rank", *_BUSY])
    seen = b""
    end = time.monotonic() + 60
    while b"%" not in seen and time.monotonic() < end:
        seen += os.read(terminal, 4096)
    assert "Influence maximisation" in seen.decode(errors="replace")
    begun = time.monotonic()
    os.write(terminal, b"\x03")
    try:
        while piece := os.read(terminal, 4096):
            seen += piece
    except OSError:
        pass
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert time.monotonic() - begun < 5
    assert os.waitstatus_to_exitcode(status) == 130
    assert "interrupted; a change that was under way" in seen.decode(errors="replace")
    (row,) = run_command("runs", "--database", database).json
    assert row["status"] == "cancelled"
