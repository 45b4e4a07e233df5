"""The built-in dataset: where it lies, and how a graph is given it.

A graph remembers which state of it was loaded by the actor of that change in its feed:
`built-in@` and a digest of the dataset's files.
"""

from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path

from graph_api.domain.records import Applied
from graph_api.store.base import Store
from seed.loading import Progress, load

ACTOR = "built-in@"
_WINDOW = 20  # changes looked at in one read, newest first


def builtin_folder() -> Path:
    """Return the folder of the dataset that ships with the project."""
    with as_file(files("seed") / "dataset") as folder:
        return folder


def fingerprint(folder: Path) -> str:
    """Return a digest of a dataset's files, which changes with any of them."""
    digest = sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


async def ensure_loaded(
    store: Store, *, folder: Path | None = None, progress: Progress | None = None
) -> Applied | None:
    """Load the built-in dataset into an empty graph, or where the graph holds another state of it.

    A graph that was filled from elsewhere and never held it is left alone.

    Args:
        store: the graph.
        folder: the dataset; the one that ships with the project where not given.
        progress: as in `load`.

    Returns:
        What became of the load, or None where there was nothing to do.

    Raises:
        StoreError: it is needed, and the store can't be written.
    """
    folder = folder or builtin_folder()
    actor = ACTOR + fingerprint(folder)
    loaded = await _loaded_by(store)
    if loaded == actor or (loaded is None and await store.revision() > 0):
        return None
    return await load(store, folder, replace=loaded is not None, progress=progress, actor=actor)


async def _loaded_by(store: Store) -> str | None:
    """Return the actor of the last load of a built-in dataset."""
    end = await store.revision()
    while end > 0:
        start = max(0, end - _WINDOW)
        for change in reversed(await store.changes(start, end - start)):
            if change.actor.startswith(ACTOR):
                return change.actor
        end = start
    return None
