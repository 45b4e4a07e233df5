"""Promises of SECURITY.md that no other test holds: no XML is read, nothing builds code or paths from data."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
CODE = [path for name in ("graph_api", "schema", "loaders", "seed") for path in (ROOT / name).rglob("*.py")]
XML_READERS = ("xml.etree", "xml.dom", "xml.sax.expatreader", "xml.sax.handler", "xml.parsers", "lxml", "defusedxml")
BUILDERS = {"eval", "exec", "compile", "__import__"}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{node.module}.{node.names[0].name}"


def test_no_xml_is_read_and_nothing_is_unpickled_from_clients() -> None:
    for path in CODE:
        names = set(imported(ast.parse(path.read_text("utf-8"))))
        assert not [name for name in names if name.startswith(XML_READERS)], path
        if "http" in path.parts or "schema" in path.parts:
            assert not [name for name in names if name.startswith(("pickle", "marshal", "shelve", "yaml"))], path


def test_no_request_reaches_a_shell() -> None:
    for folder in ("graph_api/http", "schema", "loaders"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            assert not {"subprocess", "os.system"} & set(imported(tree)), path
            calls = {
                node.func.id
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            }
            assert not calls & BUILDERS, path


def test_the_audit_says_what_it_takes() -> None:
    ended = subprocess.run([ROOT / "scripts" / "audit", "--wrong"], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (2, "usage: scripts/audit [--bom FILE]\n")
