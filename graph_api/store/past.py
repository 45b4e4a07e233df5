"""A graph as it was at an earlier revision: a copy of it in which the log's images are put back.

The log keeps each record from before a change (`graph_api.domain.images`), but not of loads of very many records. The
copy is a temporary embedded store, whichever store the graph lies in, and is read like any other.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

from graph_api.domain.images import Image
from graph_api.domain.records import ChangeItem
from graph_api.errors import BadInput, Conflict, NotFound
from graph_api.store.base import Store
from graph_api.store.embedded.store import EmbeddedStore

_ACTOR = "a copy of an earlier revision"
_BATCH = 5_000


@asynccontextmanager
async def at_revision(store: Store, revision: int) -> AsyncIterator[Store]:
    """Give a graph as it was at a revision; it is gone when the context is left.

    Raises:
        BadInput: there is no such revision.
        NotFound: the log does not reach back so far; `earliest` in the details is the first that can be had.
        Conflict: the graph changed while it was copied.
    """
    present = await store.revision()
    if not 0 <= revision <= present:
        raise BadInput(
            f"the graph has no revision {revision}; it is at {present}", argument="revision", requested=revision
        )
    before = await _before(store, revision, present)
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="filmgraph-past-"))
    try:
        past = await _copy(store, folder / "graph.db")
        try:
            if await store.revision() != present:
                raise Conflict("the graph changed while an earlier revision of it was made; try again")
            if before:
                await past.put_back(before, actor=_ACTOR)
            yield past
        finally:
            await past.close()
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _before(store: Store, revision: int, present: int) -> dict[str, Image | None]:
    """Return how each record lay at a revision that was touched after it."""
    found: dict[str, Image | None] = {}
    for number in range(present, revision, -1):
        entries = await store.audit(number)
        if not entries:
            raise NotFound(
                f"the log does not reach back to revision {revision}: revision {number} was a load of more than it "
                f"keeps; the earliest that can be had is {number}",
                requested=revision,
                earliest=number,
            )
        found.update((entry.id, entry.before) for entry in entries)
    return found


async def _copy(store: Store, path: Path) -> EmbeddedStore:
    if isinstance(store, EmbeddedStore):
        await store.backup(path)
        return await EmbeddedStore.open(path, create=False, readers=1)
    copy = await EmbeddedStore.open(path, readers=1)
    try:
        await copy.apply(_batches(store), actor=_ACTOR, dataset=_ACTOR)
    except BaseException:
        await copy.close()
        raise
    return copy


def _batches(store: Store) -> Iterator[Sequence[ChangeItem]]:
    items = iter(store.export())
    while batch := tuple(islice(items, _BATCH)):
        yield batch
