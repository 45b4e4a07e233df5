"""Every command and query that the documentation shows does what it says."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from graph_api.cli.program import app
from tests.documents import ROOT, Block, blocks, documents

DOCUMENTS = documents()
QUERIES = [block for path in DOCUMENTS for block in blocks(path) if block.language == "graphql"]
ADDRESS = "127.0.0.1:8000"
"""The address that documents name; a test's own server stands in for it."""


@pytest.fixture(scope="session")
def built_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the built-in dataset, to be copied."""
    from seed.builtin import builtin_folder

    path = tmp_path_factory.mktemp("built-in") / "graph.db"
    ended = CliRunner().invoke(app, ["load", str(builtin_folder()), "--database", str(path)])
    assert ended.exit_code == 0, ended.stderr
    return path


@pytest.fixture(scope="module")
def service(built_in: Path) -> Iterator["Server"]:
    with Server(built_in) as server:
        server.start([])
        yield server


@pytest.mark.slow
@pytest.mark.skipif(not QUERIES, reason="no document has a query")
@pytest.mark.parametrize("block", QUERIES, ids=lambda block: block.place)
def test_queries_return_what_the_document_says(service: "Server", block: Block) -> None:
    found = service.ask(block)
    assert "errors" not in found or (block.answer and "errors" in json.loads(block.answer)), found
    if block.answer:
        assert found == json.loads(block.answer)


@pytest.mark.slow
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_commands_run(path: Path, built_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of a document's commands run in order in one folder, on a copy of the built-in graph."""
    database = Path(shutil.copy(built_in, tmp_path / "graph.db"))
    monkeypatch.setenv("FILMGRAPH_DATABASE", str(database))
    monkeypatch.setenv("FILMGRAPH_TOKENS", str(tmp_path / "tokens.db"))
    monkeypatch.chdir(tmp_path)
    with Server(database) as server:
        for block in blocks(path):
            for command in block.commands if block.language == "console" else []:
                run_line(block.place, command, server)


class Server:
    """`filmgraph serve` on a port of its own, started when a document first needs it."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._process: subprocess.Popen[bytes] | None = None
        self.address = ""

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=30)

    def start(self, words: list[str]) -> None:
        """Serve with the options of a command line, unless that is being done."""
        if self._process:
            return
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = [word for i, word in enumerate(words) if "--port" not in (word, words[i - 1] if i else "")]
        place = [] if "--database" in options else ["--database", str(self._database)]
        command = [sys.executable, "-m", "graph_api.cli", "serve", *options, *place, "--port", str(port)]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
        )
        self.address = f"127.0.0.1:{port}"
        for _ in range(600):
            assert self._process.poll() is None, f"{shlex.join(command)} ended"
            try:
                with urllib.request.urlopen(f"http://{self.address}/readyz"):
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        raise AssertionError(f"{shlex.join(command)} is not ready")

    def ask(self, block: Block) -> dict[str, Any]:
        """Return the whole answer to a query."""
        body = json.dumps({"query": block.text, "variables": block.variables}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"http://{self.address}/graphql", body, headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            with error:
                return dict(json.load(error))


def environment() -> dict[str, str]:
    """Return the environment of a process in another folder: the project is found also where it is not installed."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def run_line(place: str, command: str, server: Server) -> None:
    """Run one line of a console block."""
    command = command.replace(".venv/bin/filmgraph", "filmgraph")
    words = shlex.split(command, comments=True)
    script = re.fullmatch(r"(?:\./)?scripts/([\w-]+)", words[0])
    if words[:2] == ["filmgraph", "serve"] or (script and script[1] == "serve"):
        server.start(words[2:] if words[0] == "filmgraph" else words[1:])
    elif script:
        assert (ROOT / "scripts" / script[1]).stat().st_mode & 0o100, f"{place}: {command}"
    elif words[0] in ("git", "cd"):
        pass  # getting a clone
    elif words[0] == "filmgraph" and "|" not in words and ">" not in words:
        ended = CliRunner().invoke(app, words[1:])
        assert ended.exit_code == 0, f"{place}: {command}: {ended.stderr}"
        assert "nothing is tied" not in ended.stderr, f"{place}: {command}: an example that shows nothing"
    else:
        if ADDRESS in command:
            server.start([])
            command = command.replace(ADDRESS, server.address)
        line = command.replace("filmgraph ", f"{shlex.quote(sys.executable)} -m graph_api.cli ")
        ended_ = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=environment(),
        )
        assert ended_.returncode == 0, f"{place}: {command}: {ended_.stderr}"


def test_blocks_are_found(tmp_path: Path) -> None:
    query_text = '# variables: {"a": 1}\nquery Q($a: Int) { x }\n'
    text = f'a\n```graphql\n{query_text}```\n\n```json\n{{"data": {{}}}}\n```\n```console\n$ a \\\n  b\nout\n$ c\n```\n'
    query, answer, console = blocks(tmp_path / "x.md", text)
    assert (query.place, query.answer, query.variables) == ("x.md:2", '{"data": {}}\n', {"a": 1})
    assert answer.language == "json"
    assert console.commands == ["a b", "c"]
