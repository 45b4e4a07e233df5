"""What the pages and endpoints answer from: settings, schema, and the graph with its state."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import strawberry
from starlette.requests import HTTPConnection

from graph_api.errors import FilmGraphError, NotReady
from graph_api.http.documents import Documents
from graph_api.http.rates import Rates
from graph_api.http.tokens import Tokens
from graph_api.settings import Settings

if TYPE_CHECKING:
    from graph_api.analytics.service import Analyses
    from graph_api.store.base import Store


class State(StrEnum):
    """How far the graph has come."""

    STARTING = "starting"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"
    CLOSED = "closed"


@dataclass(slots=True)
class Service:
    """One running service.

    Attributes:
        documents: parsed and validated documents by their text.
        tokens: who may do more than read.
        writes: how often each of them has done so.
        graph: the store and its analyses, as soon as the store is open.
        failure: why the graph can't be served, where `state` is FAILED.
    """

    settings: Settings
    schema: strawberry.Schema
    state: State = State.STARTING
    graph: "tuple[Store, Analyses] | None" = None
    failure: FilmGraphError | None = None
    documents: Documents = field(init=False)
    tokens: Tokens = field(init=False)
    writes: Rates = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(Path(self.settings.tokens))
        self.writes = Rates(self.settings.token_rate)
        self.documents = Documents(self.schema._schema, self.settings)

    def ready_graph(self) -> "tuple[Store, Analyses]":
        """Return store and analyses.

        Raises:
            NotReady: the graph is still being loaded, or the service stops.
            FilmGraphError: what stopped it from being loaded.
        """
        if self.failure is not None:
            raise self.failure
        if self.state is not State.READY or self.graph is None:
            raise self.not_ready()
        return self.graph

    def not_ready(self) -> NotReady:
        """Return the error that says to come again."""
        return NotReady("the graph is being loaded; /readyz says when it is there", state=self.state.value)


def service_of(connection: HTTPConnection) -> Service:
    """Return the service that a request came to."""
    service = connection.app.state.service
    assert isinstance(service, Service)
    return service
