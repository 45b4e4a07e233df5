"""A Neo4j server that runs: in a container, or from its jars."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

from tests.neo4j_server.jars import Unavailable, jars, java, main_class

USER = "neo4j"
_START_SECONDS = 120
_STOP_SECONDS = 20
_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES = 2 * 2**30
# Each test empties and fills the database, whereupon the server would soon plan every statement anew.
_CONFIG = """server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.memory.pagecache.size=256m
db.tx_log.rotation.retention_policy=keep_none
db.tx_log.preallocate=false
dbms.usage_report.enabled=false
client.allow_telemetry=false
dbms.cypher.min_replan_interval=1h
"""
_PLUGINS = """server.directories.plugins={folder}
dbms.security.procedures.unrestricted=gds.*
"""
_ENCRYPTED = """server.bolt.tls_level=REQUIRED
dbms.ssl.policy.bolt.enabled=true
dbms.ssl.policy.bolt.base_directory={folder}
dbms.ssl.policy.bolt.private_key=private.key
dbms.ssl.policy.bolt.public_certificate=public.crt
dbms.ssl.policy.bolt.client_auth=NONE
"""
_JAVA_FLAGS = (
    *("-XX:+UseParallelGC", "-XX:-UsePerfData", "-Dfile.encoding=UTF-8", "-Dlog4j2.disable.jmx=true"),
    *("-Dio.netty.tryReflectionSetAccessible=true", "-XX:+IgnoreUnrecognizedVMOptions"),
    *("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"),
    *(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in ("java.nio", "java.io", "sun.nio.ch", "java.lang")),
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server answers; the address names the user, and the password is kept apart."""

    url: str
    password: str
    version: str
    way: str


class Engine(Protocol):
    """A server under our control."""

    address: Address

    def start(self) -> None:
        """Start it, or start it again with the same data on the same port."""
        ...

    def kill(self) -> None:
        """End it at once, as a power cut would; its data stay."""
        ...

    def close(self) -> None:
        """End it, and remove its data."""
        ...


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _scratch() -> Path | None:
    """Return where a server's data go: into memory where there is plenty, since each commit waits for its disk."""
    has_room = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES
    return _MEMORY if has_room else None


class JavaEngine:
    """A server run from its jars, its data in a temporary folder.

    Args:
        version: of Neo4j.
        plugins: a folder of jars whose procedures it offers.
        certificates: the folder of private.key and public.crt of a server that takes encrypted connections alone.

    Raises:
        Unavailable: there is no Java for it, or no jars can be had.
    """

    def __init__(self, version: str, plugins: Path | None = None, certificates: Path | None = None) -> None:
        self._java, self._jars = java(version), jars(version)
        self._classes = f"{self._jars}/*" if plugins is None else f"{self._jars}/*{os.pathsep}{plugins}/*"
        self._home = Path(tempfile.mkdtemp(prefix="filmgraph-neo4j-", dir=_scratch()))
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._fresh = True
        self._security = "+ssc" if certificates else ""
        url = f"neo4j{self._security}://{USER}@127.0.0.1:{self._port}/neo4j"
        self.address = Address(url, secrets.token_urlsafe(18), version, "java")
        (self._home / "conf").mkdir()
        settings = _CONFIG.format(port=self._port)
        settings += "" if plugins is None else _PLUGINS.format(folder=plugins)
        settings += "" if certificates is None else _ENCRYPTED.format(folder=certificates)
        (self._home / "conf/neo4j.conf").write_text(settings, "utf-8")

    def start(self) -> None:
        log = self._home / "logs/neo4j.log"
        log.unlink(missing_ok=True)
        heap = os.environ.get("FILMGRAPH_TEST_NEO4J_HEAP") or "1g"
        command = [
            *(self._java, "-Xms256m", f"-Xmx{heap}", *_JAVA_FLAGS, "-cp", self._classes),
            *(main_class(self.address.version), f"--home-dir={self._home}", f"--config-dir={self._home / 'conf'}"),
        ]
        with (self._home / "console.log").open("wb") as console:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        limit = time.monotonic() + _START_SECONDS
        while not (log.exists() and "Started." in log.read_text("utf-8", "replace")):
            if self._process.poll() is not None or time.monotonic() > limit:
                console_text = (self._home / "console.log").read_text("utf-8", "replace")
                raise Unavailable(f"Neo4j {self.address.version} did not start: {console_text.strip()[-500:]}")
            time.sleep(0.05)
        if self._fresh:
            _set_password(f"bolt{self._security}://127.0.0.1:{self._port}", self.address.password)
            self._fresh = False

    @property
    def process(self) -> int:
        """The number of its process, while it runs."""
        assert self._process is not None
        return self._process.pid

    def admin(self, arguments: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        """Run neo4j-admin on the server's files, while it is not running."""
        command = [self._java, "-Xmx512m", *_JAVA_FLAGS, "-cp", f"{self._jars}/*", "org.neo4j.cli.AdminTool"]
        places = {"NEO4J_HOME": str(self._home), "NEO4J_CONF": str(self._home / "conf")}
        return subprocess.run(
            [*command, *arguments],
            env={**os.environ, **places},
            capture_output=True,
            text=True,
            timeout=_START_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End it as an operator would; its data stay."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def pause(self) -> None:
        """Let it hang without an answer, connections open."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self.kill()  # the data go with it, so it need not be asked
        shutil.rmtree(self._home, ignore_errors=True)


class DockerEngine:
    """A server in a container of the official image.

    Raises:
        Unavailable: no Docker engine answers, or it can't run the image.
    """

    def __init__(self, version: str) -> None:
        if shutil.which("docker") is None or _docker("info", seconds=10).returncode:
            raise Unavailable("no Docker engine answers")
        self._name = f"filmgraph-neo4j-{secrets.token_hex(6)}"
        self._port = free_port()
        self._made = False
        self.address = Address(
            f"neo4j://{USER}@127.0.0.1:{self._port}/neo4j", secrets.token_urlsafe(18), version, "docker"
        )

    def start(self) -> None:
        done = _docker("start", self._name) if self._made else self._run()
        if done.returncode:
            raise Unavailable(f"Docker can't run neo4j:{self.address.version}-community: {done.stderr.strip()[-300:]}")
        self._made = True
        limit = time.monotonic() + _START_SECONDS
        while not _answers(f"bolt://127.0.0.1:{self._port}", self.address.password):
            if time.monotonic() > limit:
                raise Unavailable(f"Neo4j {self.address.version} did not start in its container")
            time.sleep(0.2)

    def _run(self) -> "subprocess.CompletedProcess[str]":
        variables = {
            "NEO4J_AUTH": f"{USER}/{self.address.password}",
            "NEO4J_server_bolt_advertised__address": f"127.0.0.1:{self._port}",
            "NEO4J_server_memory_heap_max__size": os.environ.get("FILMGRAPH_TEST_NEO4J_HEAP") or "1g",
            "NEO4J_server_memory_pagecache_size": "256m",
            "NEO4J_dbms_usage__report_enabled": "false",
            "NEO4J_dbms_cypher_min__replan__interval": "1h",
        }
        names = [part for name in variables for part in ("--env", name)]  # by name: values would show in `ps`
        where = ("--name", self._name, "--publish", f"127.0.0.1:{self._port}:7687")
        image = f"neo4j:{self.address.version}-community"
        return _docker("run", "--detach", *where, *names, image, seconds=600, variables=variables)

    def kill(self) -> None:
        _docker("kill", self._name)

    def close(self) -> None:
        _docker("rm", "--force", "--volumes", self._name)


def _docker(
    *arguments: str, seconds: float = 60, variables: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    command = ("docker", *arguments)
    environment = {**os.environ, **(variables or {})}
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", "it took too long")


def _set_password(url: str, password: str) -> None:
    """Replace the password that a new server starts with, which allows nothing else."""
    with GraphDatabase.driver(url, auth=(USER, "neo4j")) as driver:
        driver.execute_query(
            "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password", password=password, database_="system"
        )


def _answers(url: str, password: str) -> bool:
    try:
        with GraphDatabase.driver(url, auth=(USER, password), connection_timeout=2) as driver:
            driver.verify_connectivity()
    except (DriverError, Neo4jError):
        return False
    return True


def open_engine(version: str) -> Engine:
    """Return a started server, in a container where Docker answers, else from its jars.

    Raises:
        Unavailable: neither is possible; says why.
    """
    reasons = []
    for make in (DockerEngine, JavaEngine):
        engine: Engine | None = None
        try:
            engine = make(version)
            engine.start()
            return engine
        except Unavailable as error:
            reasons.append(str(error))
            if engine is not None:
                engine.close()
    raise Unavailable("; ".join(reasons))
