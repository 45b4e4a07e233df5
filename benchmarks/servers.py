"""Servers as processes, and a client that adds as little as can be to what it measures."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_ROOT = Path(__file__).parent.parent
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address and its process."""

    address: str
    pid: int


@contextmanager
def started(command: Sequence[str], environ: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run a server that prints its address; it is ended when the block is left."""
    process = subprocess.Popen(
        command, cwd=_ROOT, env={**os.environ, **(environ or {})}, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        address = next((found[0] for line in process.stdout if (found := re.search(r"http://\S+", line))), None)
        if address is None:
            raise RuntimeError(f"{command[:4]} gave no address and left {process.wait()}")
        yield Server(address, process.pid)
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def ours(database: str, **settings: object) -> Iterator[Server]:
    """Run `filmgraph serve`; settings by name."""
    environ = {f"FILMGRAPH_{name.upper()}": str(value) for name, value in settings.items()}
    environ |= {"FILMGRAPH_DATABASE": database, "FILMGRAPH_PORT": "0", "FILMGRAPH_LOG_LEVEL": "warning"}
    with started([sys.executable, "-m", "graph_api.cli", "serve"], environ) as server:
        yield server


@contextmanager
def plain(database: Path) -> Iterator[Server]:
    """Run the comparator."""
    with started([sys.executable, "-m", "benchmarks.plain.app", str(database)]) as server:
        yield server


class Client:
    """One connection that is kept; it waits for each answer."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 80))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, path: str, body: bytes) -> bytes:
        """Send JSON and return the body of the answer, which has to be 200."""
        head = (
            f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: application/json\r\n"
        )
        self._socket.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._receive()
        start, _, rest = got.partition(b"\r\n\r\n")
        found = _LENGTH.search(start + b"\r\n")
        if not start.startswith(b"HTTP/1.1 200") or not found:
            raise RuntimeError(f"{path}: {got[:400]!r}")
        parts, missing = [rest], int(found[1]) - len(rest)
        while missing > 0:
            parts.append(self._receive())
            missing -= len(parts[-1])
        return b"".join(parts)

    def _receive(self) -> bytes:
        got = self._socket.recv(1 << 20)
        if not got:
            raise RuntimeError("the server closed the connection")
        return got

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


def cpu_seconds(pid: int) -> float | None:
    """Return how long the threads of a process have computed; None where the system does not say."""
    try:
        files = Path(f"/proc/{pid}/task").glob("*/schedstat")
        return sum(int(file.read_text().split()[0]) for file in files) / 1e9
    except (OSError, IndexError, ValueError):
        return None
