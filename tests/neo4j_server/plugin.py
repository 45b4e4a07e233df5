"""Fixtures of a real Neo4j server, one for each process of a test run; loaded by tests/conftest.py.

Where FILMGRAPH_TEST_NEO4J names a server, it is that one, and one process has to run the tests, since
Neo4j Community has one database; else a server is started when a test first asks. Tests that use it
are marked `neo4j` and `slow`.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.neo4j_server.engines import Address
from tests.neo4j_server.jars import LTS, NEWEST, Unavailable
from tests.neo4j_server.supervise import own, server

_FOLDER = "FILMGRAPH_TEST_NEO4J_FOLDER"  # tells the workers of xdist where the run's servers are
_GIVEN = "FILMGRAPH_TEST_NEO4J"
_PASSWORD = "FILMGRAPH_NEO4J_PASSWORD"
_WORKER = "PYTEST_XDIST_WORKER"
_HOW = (
    f"To run them, set {_GIVEN}=neo4j://neo4j@HOST:7687/neo4j and {_PASSWORD}, or start Docker, "
    "or install Java 17 or 21 and Maven (scripts/neo4j tries them in this order)."
)
_owned = pytest.StashKey[tuple[Path, int]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --neo4j."""
    parser.addoption(
        "--neo4j",
        default="lts",
        metavar="VERSION",
        help=f"the Neo4j that tests run on: lts ({LTS}), newest ({NEWEST}, needs Java 21 or newer), or a number",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Take a folder for this run's servers; they live as long as the first process of the run."""
    if _FOLDER not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="filmgraph-run-"))
        config.stash[_owned] = folder, own(folder)
        os.environ[_FOLDER] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let the servers go."""
    if found := config.stash.get(_owned, None):
        folder, number = found
        os.close(number)
        shutil.rmtree(folder, ignore_errors=True)
        del os.environ[_FOLDER]


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server."""
    for item in items:
        if "neo4j_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.neo4j)
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say last that tests were skipped for want of a server, and how to get one."""
    if _owned not in config.stash:
        return
    answers = (json.loads(path.read_text("utf-8")) for path in config.stash[_owned][0].glob("*/address.json"))
    if reasons := {answer["reason"]: None for answer in answers if "reason" in answer}:
        terminalreporter.section("no Neo4j")
        for reason in reasons:
            terminalreporter.line(f"The tests that need it did not run: {reason}")
        terminalreporter.line(_HOW)


def wanted_version(option: str) -> str:
    """Return the number of the version that --neo4j asks for."""
    return {"lts": LTS, "newest": NEWEST}.get(option, option)


@pytest.fixture(scope="session")
def neo4j_server(pytestconfig: pytest.Config) -> Iterator[Address]:
    """Yield the server's address; its password is also in FILMGRAPH_NEO4J_PASSWORD meanwhile."""
    version = wanted_version(pytestconfig.getoption("--neo4j"))
    if url := os.environ.get(_GIVEN):
        yield Address(url, os.environ.get(_PASSWORD, ""), "", "given")
        return
    try:
        address = server(Path(os.environ[_FOLDER]), version, os.environ.get(_WORKER, ""))
    except Unavailable as error:
        if version == LTS and os.environ.get("CI", "").lower() in {"true", "1"}:
            pytest.fail(f"CI needs a Neo4j server: {error}. {_HOW}", pytrace=False)
        pytest.skip(f"no Neo4j {version}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(_PASSWORD, address.password)
        yield address


@pytest.fixture(scope="session")
def neo4j_url(neo4j_server: Address) -> str:
    """Return the server's address, as --database takes it."""
    return neo4j_server.url


@pytest.fixture(scope="session")
def neo4j_password(neo4j_server: Address) -> str:
    """Return the server's password, for tests that take the environment away."""
    return neo4j_server.password
