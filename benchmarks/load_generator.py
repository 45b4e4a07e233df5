"""oha, a compiled load generator: https://crates.io/crates/oha.

    cargo install oha --locked --root .cache/tools

is done by itself where cargo is found; FILMGRAPH_OHA names another one.
"""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_TOOLS = Path(__file__).parent.parent / ".cache" / "tools"


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load: requests a second, and milliseconds until half of them and 99 % were answered."""

    rate: float
    p50: float
    p99: float


def find_generator() -> str | None:
    """Return the program, built into .cache/tools where it is missing; None where it can't be had."""
    own = _TOOLS / "bin" / "oha"
    found = os.environ.get("FILMGRAPH_OHA") or shutil.which("oha") or (str(own) if own.exists() else None)
    if found is None and (cargo := shutil.which("cargo")):
        print("building oha once, which takes minutes", flush=True)
        subprocess.run([cargo, "install", "oha", "--locked", "--quiet", "--root", str(_TOOLS)], check=True)
        found = str(own)
    return found


def put_load(program: str, address: str, body: bytes, connections: int, seconds: float) -> Load:
    """Send a request over and over on so many connections.

    Raises:
        RuntimeError: an answer was not 200.
    """
    command = [
        program, address, "-z", f"{seconds}s", "-c", str(connections), "-m", "POST", "-T", "application/json",
        "-H", "accept: application/json", "-d", body.decode(), "--no-tui", "--output-format", "json",
        "--wait-ongoing-requests-after-deadline",
    ]  # fmt: skip
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    answers = found["statusCodeDistribution"]
    if set(answers) != {"200"}:
        raise RuntimeError(f"{address}: {answers} {found['errorDistribution']}")
    times = found["latencyPercentiles"]
    return Load(found["summary"]["requestsPerSec"], times["p50"] * 1000, times["p99"] * 1000)
