"""Keyed loaders: what is asked for by key from many fields of a request, fetched once.

Each lives for one request. `load_many` asks the store in one call for the keys it has not met;
`prime` hands it what another read brought along.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Generic, TypeVar

from graph_api.domain.records import Entity, Source
from graph_api.store.base import Store

K = TypeVar("K")
V = TypeVar("V")


class KeyedLoader(Generic[K, V]):
    """Values by key, each fetched at most once."""

    def __init__(self, fetch: Callable[[Sequence[K]], Awaitable[Sequence[V | None]]]) -> None:
        self._fetch = fetch
        self._known: dict[K, V | None] = {}

    def prime(self, items: Iterable[tuple[K, V]]) -> None:
        """Remember values that are already at hand."""
        self._known.update(items)

    async def load_many(self, keys: Sequence[K]) -> list[V | None]:
        """Return the value of each key, None where there is none."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._known]
        if missing:
            self._known.update(zip(missing, await self._fetch(missing), strict=True))
        return [self._known[key] for key in keys]

    async def load(self, key: K) -> V | None:
        """Return the value of one key."""
        return (await self.load_many([key]))[0]


class EntityByIdLoader(KeyedLoader[str, Entity]):
    """Entities by id."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.entities)

    def prime_entities(self, entities: Iterable[Entity]) -> None:
        """Remember entities that another read brought along."""
        self.prime((entity.id, entity) for entity in entities)


class SourceByIdLoader(KeyedLoader[str, Source]):
    """Sources by id."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.sources)
