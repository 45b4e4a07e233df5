"""Encrypted connections, to a real server with a certificate that nobody but us has signed."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from graph_api.errors import StoreUnavailable
from graph_api.store.neo4j.store import Neo4jStore
from tests.neo4j_server.engines import Address, JavaEngine
from tests.neo4j_server.jars import Unavailable
from tests.neo4j_server.plugin import wanted_version
from tests.store.items import IMPERIA, imperia, load

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]

TYPED = 2.0


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key and the certificate for it, which no authority has signed."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate")
    folder = tmp_path_factory.mktemp("certificates")
    command = [
        *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
        *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
        *("-keyout", str(folder / "private.key"), "-out", str(folder / "public.crt")),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def encrypted(pytestconfig: pytest.Config, certificates: Path) -> Iterator[Address]:
    """A server that takes encrypted connections alone."""
    try:
        engine = JavaEngine(wanted_version(pytestconfig.getoption("--neo4j")), certificates=certificates)
    except Unavailable as error:
        pytest.skip(str(error))
    with closing(engine), pytest.MonkeyPatch.context() as patch:
        engine.start()
        patch.setenv("FILMGRAPH_NEO4J_PASSWORD", engine.address.password)
        yield engine.address


def by(scheme: str, address: Address) -> str:
    return f"{scheme}://{address.url.partition('://')[2]}"


@pytest.mark.parametrize("scheme", ["neo4j+ssc", "bolt+ssc"])
async def test_a_certificate_of_its_own_making_will_do_where_one_says_so(encrypted: Address, scheme: str) -> None:
    store = await Neo4jStore.open(by(scheme, encrypted))
    try:
        await load(store, imperia())
        assert [entity.name for entity in await store.entities([IMPERIA]) if entity] == ["Imperia"]
        assert await store.check_integrity() == []
    finally:
        await store.close()


@pytest.mark.parametrize("scheme", ["neo4j+s", "bolt+s"])
async def test_else_somebody_trusted_must_have_signed_it(
    encrypted: Address, certificates: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    store = await Neo4jStore.open(by(scheme, encrypted))
    begin = time.monotonic()
    with pytest.raises(StoreUnavailable, match="certificates"):
        await store.ready()
    assert time.monotonic() - begin < TYPED
    await store.close()

    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "public.crt"))
    store = await Neo4jStore.open(by(scheme, encrypted))
    try:
        await load(store, imperia())
        assert await store.ready()
    finally:
        await store.close()


@pytest.mark.parametrize("scheme", ["neo4j", "bolt"])
async def test_a_connection_that_is_not_encrypted_is_not_taken(encrypted: Address, scheme: str) -> None:
    store = await Neo4jStore.open(by(scheme, encrypted))
    begin = time.monotonic()
    with pytest.raises(StoreUnavailable):
        await store.ready()
    assert time.monotonic() - begin < TYPED
    await store.close()
