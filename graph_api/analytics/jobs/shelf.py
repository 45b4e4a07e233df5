"""A folder in which worker processes find projections that one of them has built."""

import os
import pickle
import tempfile
from contextlib import suppress
from pathlib import Path

from graph_api.analytics.projection import ProjectedGraph

SHELF_BYTES = 1_000_000_000
"""Of files; the least recently used go first."""


class Shelf:
    """Projections as files, written whole or not at all.

    They are pickles: the folder has to be one that only the service's user can write.
    """

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def _path(self, revision: int, name: str) -> Path:
        return self._folder / f"{revision}-{name}"

    def get(self, revision: int, name: str) -> ProjectedGraph | None:
        """Return the projection with this hash at this revision, None where there is none."""
        path = self._path(revision, name)
        try:
            with path.open("rb") as file:
                graph = pickle.load(file)  # noqa: S301 - written by `put` in a folder of our own
            os.utime(path)
        except (OSError, EOFError, pickle.UnpicklingError):
            return None
        return graph if isinstance(graph, ProjectedGraph) else None

    def put(self, graph: ProjectedGraph) -> None:
        """Keep a projection; a disk that is full keeps none."""
        if graph.nbytes > SHELF_BYTES:
            return
        with suppress(OSError):
            handle, name = tempfile.mkstemp(dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    pickle.dump(graph, file, protocol=5)
                Path(name).replace(self._path(graph.revision, graph.spec.hash))
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            self._make_room()

    def _make_room(self) -> None:
        files = sorted(((path.stat(), path) for path in self._folder.iterdir()), key=lambda item: item[0].st_mtime)
        held = sum(about.st_size for about, _ in files)
        for about, path in files[:-1]:
            if held <= SHELF_BYTES:
                return
            path.unlink(missing_ok=True)
            held -= about.st_size
