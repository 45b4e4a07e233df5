"""`scripts/neo4j`: a Neo4j server for tests, as long as this command runs."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from tests.neo4j_server.engines import Address
from tests.neo4j_server.jars import LTS, NEWEST, Unavailable, jars, java
from tests.neo4j_server.supervise import own, server


def main() -> int:
    """Start a server and run a command with it, or wait for Ctrl-C."""
    parser = argparse.ArgumentParser(prog="scripts/neo4j", description="A Neo4j server for tests.")
    parser.add_argument("--version", default="lts", help=f"lts ({LTS}), newest ({NEWEST}) or a number")
    parser.add_argument("--fetch", action="store_true", help="only fetch the server's jars")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="run while it is up, with FILMGRAPH_TEST_NEO4J set")
    given = parser.parse_args()
    version = {"lts": LTS, "newest": NEWEST}.get(given.version, given.version)
    try:
        if given.fetch:
            print(f"Java: {java(version)}\njars: {jars(version)}")
            return 0
        return _serve(version, given.command)
    except Unavailable as error:
        print(f"There is no Neo4j {version} to be had: {error}", file=sys.stderr)
        return 1


def _serve(version: str, command: list[str]) -> int:
    signal.signal(signal.SIGTERM, _interrupt)
    with tempfile.TemporaryDirectory(prefix="filmgraph-run-") as name:
        number = own(Path(name))
        try:
            return _with(_address(Path(name), version), command)
        except KeyboardInterrupt:
            return 0
        finally:
            os.close(number)


def _address(folder: Path, version: str) -> Address:
    if url := os.environ.get("FILMGRAPH_TEST_NEO4J"):
        return Address(url, os.environ.get("FILMGRAPH_NEO4J_PASSWORD", ""), version, "given")
    begin = time.monotonic()
    address = server(folder, version)
    print(f"Neo4j {version} ({address.way}) is up after {time.monotonic() - begin:.1f} s.", file=sys.stderr)
    return address


def _with(address: Address, command: list[str]) -> int:
    variables = {"FILMGRAPH_TEST_NEO4J": address.url, "FILMGRAPH_NEO4J_PASSWORD": address.password}
    if command:
        arguments = command[1:] if command[0] == "--" else command
        return subprocess.run(arguments, env={**os.environ, **variables}, check=False).returncode
    for name, value in variables.items():
        print(f"export {name}={value}", flush=True)
    print("Ctrl-C ends it.", file=sys.stderr)
    signal.pause()
    return 0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
