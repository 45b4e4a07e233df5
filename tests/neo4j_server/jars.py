"""The jars of a Neo4j server, fetched by Maven once, and a Java that runs them."""

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

LTS = "5.26.30"
"""The version that every test runs on."""

NEWEST = "2026.08.1"
"""The version that the tests run on as well, where its Java is found."""

GDS = "2.13.9"
"""The version of Graph Data Science for `LTS`, which benchmarks compare with."""

_ROOT = Path(__file__).parents[2]
_POM = Path(__file__).with_name("pom.xml")
_GDS_POM = Path(__file__).with_name("gds.xml")
_FETCH_SECONDS = 900


class Unavailable(Exception):
    """There is no server to be had this way; says why."""


def least_java(version: str) -> int:
    """Return the Java that a version of Neo4j asks for at least."""
    return 17 if version.startswith("5.") else 21


def most_java(version: str) -> int:
    """Return the newest Java that a version of Neo4j is known to run on."""
    return 21 if version.startswith("5.") else 25


def main_class(version: str) -> str:
    """Return the class that starts a version of Neo4j."""
    return f"org.neo4j.server.{'CommunityEntryPoint' if version.startswith('5.') else 'Neo4jCommunity'}"


def jars(version: str) -> Path:
    """Return the folder that holds the jars of a version, fetching them where they are not there yet.

    Raises:
        Unavailable: there is no Maven, or it fails.
    """
    return _kept(version, _POM, "neo4j-server-*.jar", f"-Dneo4j.version={version}")


def gds(version: str = GDS) -> Path:
    """Return the folder that holds the jars of Graph Data Science, without those that the server has itself.

    Raises:
        Unavailable: there is no Maven, or it fails.
    """
    folder = _kept(f"gds-{version}", _GDS_POM, "proc-*.jar", f"-Dgds.version={version}")
    own = {_artifact(jar) for jar in jars(LTS).glob("*.jar")}
    for jar in folder.glob("*.jar"):
        if _artifact(jar) in own and not jar.name.endswith(f"-{version}.jar"):
            jar.unlink(missing_ok=True)
    return folder


def _artifact(jar: Path) -> str:
    """Return the name of a jar without its version: neo4j-values of neo4j-values-5.26.30.jar."""
    return re.split(r"-\d", jar.name, maxsplit=1)[0]


def _kept(name: str, pom: Path, proof: str, *settings: str) -> Path:
    """Return a folder of jars, fetching them where they are not there yet.

    It lies in FILMGRAPH_CACHE, else in .cache beside the code. A folder comes into being in one
    move, so that a fetch that was cut off leaves none.
    """
    cache = Path(os.environ.get("FILMGRAPH_CACHE") or _ROOT / ".cache").absolute() / "neo4j"
    folder = cache / name
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            _fetch(folder, pom, proof, settings)
    return folder


def _fetch(folder: Path, pom: Path, proof: str, settings: Sequence[str]) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable("Maven is not installed")
    partial = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(partial, ignore_errors=True)
    command = [
        *(maven, "--batch-mode", "--quiet", "--file", str(pom), "dependency:copy-dependencies"),
        *settings,
        *(f"-DoutputDirectory={partial}", "-DincludeScope=runtime"),
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_FETCH_SECONDS, stdin=subprocess.DEVNULL, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"Maven took longer than {_FETCH_SECONDS} s") from None
    if done.returncode or not any(partial.glob(proof)):
        lines = (done.stdout + done.stderr).splitlines()
        reason = next((line for line in lines if "ERROR" in line), "it copied no jar that was wanted")
        raise Unavailable(f"Maven failed: {reason[:300]}")
    partial.rename(folder)


def java(version: str) -> str:
    """Return the oldest Java on this machine that runs a version of Neo4j.

    Raises:
        Unavailable: there is none.
    """
    least, most = least_java(version), most_java(version)
    found = {number: path for path in _javas() if (number := _number(path)) and least <= number <= most}
    if not found:
        raise Unavailable(f"no Java {least} to {most} was found for Neo4j {version}")
    return found[min(found)]


def _javas() -> Iterator[str]:
    """Yield all Java commands that are worth a look."""
    homes = [Path(value) for name, value in os.environ.items() if name.startswith("JAVA_HOME") and value]
    for parent in ("/usr/lib/jvm", "/opt", "/opt/java", "/Library/Java/JavaVirtualMachines"):
        homes += sorted(Path(parent).glob("*"))
    for home in homes:
        for path in (home / "bin/java", home / "Contents/Home/bin/java"):
            if path.is_file():
                yield str(path)
    if command := shutil.which("java"):
        yield command


def _number(path: str) -> int | None:
    """Return the number of a Java's version: 17."""
    try:
        done = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(\d+)', done.stderr)
    return int(found[1]) if found and found[1] != "1" else None
