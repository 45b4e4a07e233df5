"""The address of a Neo4j database, and the password that goes with it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from graph_api.errors import BadInput

SCHEMES = frozenset(f"{base}{security}" for base in ("neo4j", "bolt") for security in ("", "+s", "+ssc"))
PASSWORD = "FILMGRAPH_NEO4J_PASSWORD"  # noqa: S105 - the name of a variable
_FILE = f"{PASSWORD}_FILE"
_FORM = "neo4j://user@host:7687/name"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is.

    Attributes:
        url: scheme, host and port, as the driver takes it.
        user: who reads and writes.
        database: its name; None for the user's home database.
    """

    url: str
    user: str
    database: str | None


def parse_address(text: str) -> Address:
    """Return what an address such as neo4j://user@host:7687/name says.

    The user is `neo4j` and the port 7687 where none is given.

    Raises:
        BadInput: it is none, or it holds a password, which does not belong there.
    """
    try:
        parts = urlsplit(text)
        host, port, has_password = parts.hostname, parts.port or 7687, parts.password is not None
    except ValueError:
        raise BadInput(f"the database's address can't be read; write it as {_FORM}") from None
    if has_password:
        raise BadInput(f"an address must not hold a password; set {PASSWORD} or {_FILE} instead")
    if parts.scheme not in SCHEMES or not host or parts.query or parts.fragment:
        raise BadInput(f"the database's address can't be read; write it as {_FORM}")
    name = parts.path.strip("/")
    if "/" in name:
        raise BadInput(f"the database's address names more than one database; write it as {_FORM}")
    where = f"[{host}]" if ":" in host else host
    return Address(f"{parts.scheme}://{where}:{port}", unquote(parts.username or "neo4j"), unquote(name) or None)


def read_password(environ: Mapping[str, str] | None = None) -> str | None:
    """Return the password that the environment or the file it names holds; None where neither is set.

    Raises:
        BadInput: the file can't be read.
    """
    values = os.environ if environ is None else environ
    if password := values.get(PASSWORD):
        return password
    name = values.get(_FILE)
    if not name:
        return None
    try:
        return Path(name).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"the file that {_FILE} names can't be read; check its path and permissions") from None
