"""Opening the store that an address names."""

import asyncio
from pathlib import Path

from graph_api.errors import BadInput
from graph_api.store.base import Store
from graph_api.store.embedded.store import EmbeddedStore

_SCHEME = "sqlite://"


async def open_store(url: str, *, create: bool = True, readers: int = 4) -> Store:
    """Open a store.

    Args:
        url: the path of a database file, also as `sqlite:///relative.db` or `sqlite:////absolute.db`.
        create: make an empty graph where there is none.
        readers: how many reads may run at once.

    Raises:
        BadInput: the address is of no store that there is.
        StoreError: the store can't be opened; see `graph_api.errors`.
    """
    scheme, separator, _ = url.partition("://")
    if separator and f"{scheme.lower()}://" != _SCHEME:
        raise BadInput(
            f"no store has addresses that begin with {scheme[:20]}://; give the path of a database file or sqlite:///PATH"
        )
    path = url[len(_SCHEME) + 1 :] if separator else url
    if not path:
        raise BadInput("the database's path is empty; give the path of a file")
    return await EmbeddedStore.open(await asyncio.to_thread(Path(path).expanduser), create=create, readers=readers)
