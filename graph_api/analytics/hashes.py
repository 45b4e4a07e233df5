"""The hash of the graph that analyses are recorded with: computed once a revision, that of a large graph elsewhere."""

from graph_api.analytics.jobs.jobs import Jobs
from graph_api.analytics.jobs.process import WorkerBroke
from graph_api.analytics.notes import broken
from graph_api.analytics.records import Records
from graph_api.analytics.underway import Underway
from graph_api.errors import NotReady
from graph_api.store.base import Store

SMALL_ROWS = 20_000
"""A graph of no more relationships is hashed, and a projection read from no more built, in this process: some 50 ms."""


class GraphHashes:
    """Hashes of one store's graph.

    Args:
        store: where the graph is.
        jobs: computes that of a large graph (None: the store computes all).
        records: remember them.
        underway: where the work is begun once for all who ask.
    """

    def __init__(self, store: Store, jobs: Jobs | None, records: Records, underway: Underway) -> None:
        self._store = store
        self._jobs = jobs
        self._records = records
        self._underway = underway

    async def prepare(self) -> None:
        """Compute what every analysis of a large graph as it is now needs: its hash."""
        if not await self._is_small():
            await self.of(await self._store.revision(), None)

    async def _is_small(self) -> bool:
        """Tell whether the store computes it as quickly as another process."""
        return self._jobs is None or sum((await self._store.counts()).relations.values()) <= SMALL_ROWS

    async def of(self, revision: int, patience: float | None) -> str:
        """Return the graph's hash; that of a large graph is computed in another process, and kept.

        Raises:
            NotReady: it takes longer than `patience` seconds; it is there some time later.
        """
        if await self._is_small():
            return await self._store.graph_hash()
        changes = await self._store.changes(revision - 1, 1)
        name = f"{revision} {changes[0].at if changes else ''}"
        known = await self._records.hash(name)
        if known is not None:
            return known
        piece = self._underway.begin(("hash", name), lambda _: self._hashed(name, revision))
        piece.kept = True
        if not await piece.wait(patience):
            raise NotReady(
                "the graph has changed and is being read for the first time since; ask again in some seconds"
            )
        return str(piece.outcome())

    async def _hashed(self, name: str, revision: int) -> str:
        assert self._jobs is not None
        try:
            found = await self._jobs.graph_hash(revision)
        except WorkerBroke as error:
            raise broken(error) from None
        self._records.keep_hash(name, found)
        return found
