"""The process in which analyses run: `python -m graph_api.worker NICENESS`; the service starts it, people need not."""

import sys

from graph_api.analytics.jobs.desk import serve
from graph_api.store.base import Store


async def _open(address: str) -> Store:
    from graph_api.store.factory import open_store

    return await open_store(address, create=False, readers=1)


if __name__ == "__main__":
    serve(_open, int(sys.argv[1]))
