"""What every resolver has at hand for the length of one request."""

from dataclasses import InitVar, dataclass, field
from typing import TypeAlias

import strawberry

from graph_api.analytics.service import Analyses
from graph_api.domain.access import NOBODY, Access
from graph_api.store.base import Store
from loaders.following import Following
from loaders.keyed import EntityByIdLoader, SourceByIdLoader


@dataclass(slots=True)
class Context:
    """The store, the analyses, who asks, and this request's loaders.

    Attributes:
        max_page_size: the most items a page may ask for.
        client: who asks, so that clients take turns.
        is_local: whether the request comes from this machine.
        patience: seconds that a request waits for an analysis, before it is told to come again for it.
        following: what tells of changes; all requests of a service share one.
    """

    store: Store
    analyses: Analyses
    max_page_size: int = 100
    request_id: str = ""
    access: Access = NOBODY
    client: str = ""
    is_local: bool = False
    patience: float = 8.0
    follow: InitVar[Following | None] = None
    following: Following = field(init=False)
    _entities: EntityByIdLoader | None = field(init=False, default=None)
    _sources: SourceByIdLoader | None = field(init=False, default=None)

    def __post_init__(self, follow: Following | None) -> None:
        self.following = follow or Following(self.store)

    @property
    def entities(self) -> EntityByIdLoader:
        """What is asked for by id from many fields."""
        if self._entities is None:
            self._entities = EntityByIdLoader(self.store)
        return self._entities

    @property
    def sources(self) -> SourceByIdLoader:
        """Likewise for sources."""
        if self._sources is None:
            self._sources = SourceByIdLoader(self.store)
        return self._sources

    def forget(self) -> None:
        """Begin with empty loaders, since the graph has changed."""
        self._entities = self._sources = None


Info: TypeAlias = strawberry.Info[Context, None]
