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
    entities: EntityByIdLoader = field(init=False)
    sources: SourceByIdLoader = field(init=False)

    def __post_init__(self, follow: Following | None) -> None:
        self.following = follow or Following(self.store)
        self.forget()

    def forget(self) -> None:
        """Begin with empty loaders, since the graph has changed."""
        self.entities = EntityByIdLoader(self.store)
        self.sources = SourceByIdLoader(self.store)


Info: TypeAlias = strawberry.Info[Context, None]
