"""A server is there, one for all, and goes with its owner."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import AuthError

from tests.neo4j_server.engines import Address

_ROOT = Path(__file__).parents[2]


def test_it_answers_with_its_password_alone(neo4j_server: Address) -> None:
    auth = ("neo4j", neo4j_server.password)
    with GraphDatabase.driver(_driver_address(neo4j_server), auth=auth) as driver:
        records, _, _ = driver.execute_query("CALL dbms.components() YIELD edition, versions RETURN edition, versions")
        assert records[0]["edition"] == "community"
        assert neo4j_server.version in {"", records[0]["versions"][0]}
    with (
        GraphDatabase.driver(_driver_address(neo4j_server), auth=("neo4j", "wrong-password")) as driver,
        pytest.raises(AuthError),
    ):
        driver.verify_connectivity()


@pytest.mark.slow
def test_it_ends_though_its_owner_is_killed(neo4j_server: Address) -> None:
    if neo4j_server.way != "java":
        pytest.skip("only a server of our own can be lost")
    outside = {k: v for k, v in os.environ.items() if not k.startswith("FILMGRAPH_TEST_NEO4J")}
    command = [sys.executable, "-m", "tests.neo4j_server"]
    owner = subprocess.Popen(command, cwd=_ROOT, env=outside, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    url = owner.stdout.readline().strip().partition("=")[2]
    port = url.rpartition(":")[2].partition("/")[0]
    assert _listens(port)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    limit = time.monotonic() + 10
    while _listens(port) and time.monotonic() < limit:
        time.sleep(0.1)
    assert not _listens(port)


def _listens(port: str) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


def _driver_address(server: Address) -> str:
    """The address as the driver takes it: without user and database."""
    return server.url.replace("neo4j@", "").rpartition("/")[0]
