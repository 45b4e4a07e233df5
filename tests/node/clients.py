"""Clients of others, for Node: fetched once into .cache/node-clients; tests skip where they can't be had."""

import os
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache" / "node-clients"


@lru_cache(maxsize=1)
def _installed() -> str:
    """Install the clients; return why they can't be had, or nothing."""
    if not shutil.which("node") or not shutil.which("npm"):
        return "there is no Node"
    wanted = (HERE / "package.json").read_bytes()
    done = CACHE / "done"
    if not done.exists() or done.read_bytes() != wanted:
        CACHE.mkdir(parents=True, exist_ok=True)
        (CACHE / "package.json").write_bytes(wanted)
        command = ["npm", "install", "--no-fund", "--no-audit", "--ignore-scripts"]
        try:
            subprocess.run(command, cwd=CACHE, check=True, capture_output=True, timeout=120)
        except (subprocess.SubprocessError, OSError) as error:
            return f"the clients can't be fetched: {error}"
        done.write_bytes(wanted)
    for script in HERE.glob("*.mjs"):
        shutil.copy(script, CACHE)
    return ""


def run_script(name: str, *arguments: str, timeout: float = 60) -> str:
    """Run one of the scripts beside this file; return what it prints. Skips where it can't be."""
    if reason := _installed():
        pytest.skip(reason)
    ended = subprocess.run(
        ["node", name, *arguments],
        cwd=CACHE,
        text=True,
        capture_output=True,
        timeout=timeout,
        check=False,
        env={**os.environ, "NODE_NO_WARNINGS": "1"},
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
