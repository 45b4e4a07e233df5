"""What `docker compose up` starts."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

_ROOT = Path(__file__).parent.parent
_PASSWORD = "FILMGRAPH_NEO4J_PASSWORD"


def _compose(password: str | None) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name != _PASSWORD}
    if password:
        environment[_PASSWORD] = password
    command = ("docker", "compose", "config", "--format", "json")
    return subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def config() -> dict[str, Any]:
    """What the file means, as Docker reads it."""
    if (
        shutil.which("docker") is None
        or subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode
    ):
        pytest.skip("`docker compose` does not answer here")
    done = _compose("a-password-of-tests")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_service_waits_for_a_healthy_neo4j_and_reads_its_password_from_the_environment(
    config: dict[str, Any],
) -> None:
    service, neo4j = config["services"]["filmgraph"], config["services"]["neo4j"]
    assert service["command"] == ["serve", "--host", "0.0.0.0", "--database", "neo4j://neo4j@neo4j:7687/neo4j"]
    assert service["environment"] == {_PASSWORD: "a-password-of-tests"}
    assert service["depends_on"]["neo4j"]["condition"] == "service_healthy"
    assert service["read_only"] is True
    assert neo4j["environment"]["NEO4J_AUTH"] == "neo4j/a-password-of-tests"
    assert neo4j["volumes"][0]["target"] == "/data"
    assert neo4j["healthcheck"]["test"][0] == "CMD-SHELL"


def test_without_a_password_nothing_starts(config: dict[str, Any]) -> None:
    done = _compose(None)
    assert done.returncode != 0
    assert _PASSWORD in done.stderr


# Of https://github.com/compose-spec/compose-spec/blob/main/spec.md: the keys we use, and what may stand under them.
_TOP: dict[str, type | tuple[type, ...]] = {"name": str, "services": dict, "volumes": dict}
_SERVICE: dict[str, type | tuple[type, ...]] = {
    "build": (str, dict),
    "cap_drop": list,
    "command": (str, list),
    "depends_on": (list, dict),
    "environment": (list, dict),
    "healthcheck": dict,
    "image": str,
    "ports": list,
    "read_only": bool,
    "restart": str,
    "security_opt": list,
    "stop_grace_period": str,
    "tmpfs": (str, list),
    "volumes": list,
}
_HEALTH: dict[str, type | tuple[type, ...]] = {
    "test": (str, list),
    "interval": str,
    "timeout": str,
    "start_period": str,
    "retries": int,
}
_DURATION = re.compile(r"(\d+(us|ms|s|m|h))+")
_PORT = re.compile(r"127\.0\.0\.1:(\d+|\$\{[A-Z_]+:-\d+\}):\d+")


def test_each_key_is_one_of_the_compose_specification() -> None:
    text = (_ROOT / "docker-compose.yml").read_text("utf-8")
    found = yaml.safe_load(text)
    for name, value in found.items():
        assert isinstance(value, _TOP[name]), name
    assert set(found["services"]) == {"filmgraph", "neo4j"}
    for service in found["services"].values():
        assert ("image" in service) != ("build" in service)
        for name, value in service.items():
            assert isinstance(value, _SERVICE[name]), name
        assert service["restart"] in {"no", "always", "on-failure", "unless-stopped"}
        assert _DURATION.fullmatch(service["stop_grace_period"])
        assert all(isinstance(value, str) for value in service["environment"].values())
        assert all(_PORT.fullmatch(port) for port in service["ports"])  # open to this machine alone
        for name, value in service.get("healthcheck", {}).items():
            assert isinstance(value, _HEALTH[name]), name
            assert name not in {"interval", "timeout", "start_period"} or _DURATION.fullmatch(str(value))
        for other, how in service.get("depends_on", {}).items():
            assert other in found["services"]
            assert how == {"condition": "service_healthy"}
            assert "healthcheck" in found["services"][other]
        for volume in service.get("volumes", ()):
            assert volume.partition(":")[0] in found["volumes"]
    # Nothing starts without a password, and none stands in the file.
    given = re.findall(r"\$\{FILMGRAPH_NEO4J_PASSWORD(.*?)\}", text)
    assert len(given) == 2
    assert all(rest.startswith(":?") for rest in given)


def test_the_image_runs_as_nobody_in_particular_and_tells_its_health() -> None:
    text = (_ROOT / "Dockerfile").read_text("utf-8")
    last = text.rpartition("\nFROM ")[2]
    assert "USER 10001:10001" in last
    assert "/readyz" in last.partition("HEALTHCHECK")[2]


def test_the_builder_gets_no_more_than_the_image_is_made_of() -> None:
    lines = (_ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert lines[1] == "*"
    copied = [
        line.split()[1:-1]
        for line in (_ROOT / "Dockerfile").read_text("utf-8").splitlines()
        if line.startswith("COPY ")
    ]
    names = {name for words in copied for name in words if not any(word.startswith("--from") for word in words)}
    allowed = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert {name for name in names if not any(name == a or name.startswith(f"{a}/") for a in allowed)} == set()
