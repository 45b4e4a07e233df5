"""TMDB's films as a graph, made once and kept in .cache."""

import asyncio
import tempfile
from pathlib import Path

from graph_api.store.embedded.tables import VERSION
from graph_api.store.factory import open_store
from seed.loading import load
from tests.data import data_folder, describe, large_dataset

_CACHE = Path(__file__).parent.parent / ".cache" / "benchmarks"


def tmdb_database() -> tuple[Path, str]:
    """Return the file of the graph and what is in it."""
    what = describe()
    path = _CACHE / f"{'tmdb' if data_folder('tmdb5000') else 'stand-in'}-{VERSION}.db"
    if not path.exists():
        _CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_CACHE) as name:
            folder = Path(name)
            large_dataset(folder / "films")
            asyncio.run(_fill(folder / "graph.db", folder / "films"))
            (folder / "graph.db").rename(path)
    return path, what


async def _fill(path: Path, dataset: Path) -> None:
    store = await open_store(str(path))
    await load(store, dataset)
    await store.close()
