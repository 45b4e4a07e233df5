"""Opening the store that an address names."""

import asyncio
from pathlib import Path

from graph_api.errors import BadInput
from graph_api.store.base import Store
from graph_api.store.embedded.store import EmbeddedStore

_SQLITE = "sqlite"
_NEO4J = ("neo4j", "bolt")


async def open_store(url: str, *, create: bool = True, readers: int | None = None) -> Store:
    """Open a store.

    Args:
        url: the path of a database file, also as `sqlite:///relative.db` or `sqlite:////absolute.db`; or
            the address of a Neo4j database, such as `neo4j://user@host:7687/name`.
        create: make an empty graph where there is none.
        readers: how many reads may run at once; None for as many as suit the store.

    Raises:
        BadInput: the address is of no store that there is.
        StoreError: the store can't be opened; see `graph_api.errors`. A Neo4j database is not
            reached out to before the first call.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme.lower().partition("+")[0] in _NEO4J:
        # The driver takes long to import, and most graphs are files.
        from graph_api.store.neo4j.connection import CONNECTIONS
        from graph_api.store.neo4j.store import Neo4jStore

        return await Neo4jStore.open(url, create=create, connections=readers or CONNECTIONS)
    if separator and scheme.lower() != _SQLITE:
        raise BadInput(
            f"no store has addresses that begin with {scheme[:20]}://; give the path of a database file, "
            "sqlite:///PATH or neo4j://user@host:7687/name"
        )
    path = rest[1:] if separator else url
    if not path:
        raise BadInput("the database's path is empty; give the path of a file")
    place = await asyncio.to_thread(Path(path).expanduser)
    return await EmbeddedStore.open(place, create=create, readers=readers or 4)
