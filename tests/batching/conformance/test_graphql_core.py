"""graphql-core's own tests of execution, run through the executor.

They are in graphql-core's source distribution, which is fetched from PyPI once, by its hash, and
kept in `.cache`.
"""

import os
import subprocess
import sys
import tarfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.batching.conformance.exclusions import EXCLUSIONS

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CACHE = ROOT / ".cache" / "graphql-core"
RELEASE = "graphql_core-3.3.2"
TESTS = (
    "tests/execution",
    "tests/test_star_wars_query.py",
    "tests/test_star_wars_introspection.py",
    "tests/type/test_introspection.py",
)
FEWEST = 750


def fetched() -> Path:
    """Return the folder of the source distribution."""
    folder = CACHE / RELEASE
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--no-binary", "graphql-core", "--require-hashes", "-r", HERE / "requirements.txt", "-d", CACHE],
            capture_output=True, text=True, check=False, timeout=200,
        )  # fmt: skip
        if done.returncode:
            why = f"graphql-core's source distribution can't be fetched from PyPI: {done.stderr.strip()[-300:]}"
            pytest.fail(why) if os.environ.get("CI") == "true" else pytest.skip(why)
        with tarfile.open(CACHE / f"{RELEASE}.tar.gz") as packed:
            packed.extractall(CACHE, filter="data")
    return folder


def outcomes(folder: Path, report: Path) -> dict[str, bool]:
    """Return which tests hold, by the end of their ids."""
    path = os.pathsep.join((str(HERE), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", HERE / "core_tests.ini", "--rootdir", folder,
         "-p", "breadth_first_plugin", "-p", "no:cacheprovider", "-q", f"--junit-xml={report}", *TESTS],
        cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip
    assert report.exists(), done.stdout[-2000:] + done.stderr[-2000:]
    found = {}
    for case in ET.parse(report).iter("testcase"):
        *_, module = case.attrib["classname"].partition("tests.")
        name = module.rpartition("test_")[2].replace(".", "::")
        head, _, rest = name.partition("::")
        test = f"test_{head}.py::{rest + '::' if rest else ''}{case.attrib['name']}"
        found[test] = case.find("failure") is None and case.find("error") is None
    return found


@pytest.mark.slow
def test_all_of_them_hold_but_the_few_that_are_named(tmp_path: Path) -> None:
    pytest.importorskip("pytest_describe")
    found = outcomes(fetched(), tmp_path / "report.xml")
    assert len(found) >= FEWEST
    assert {test for test, holds in found.items() if not holds} == set(EXCLUSIONS)
    assert len(EXCLUSIONS) < 15
