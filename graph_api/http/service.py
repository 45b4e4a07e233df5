"""What the pages and endpoints answer from: settings, schema, and the graph with its state."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import strawberry
from starlette.requests import HTTPConnection

from graph_api.domain.access import Access
from graph_api.errors import FilmGraphError, NotReady
from graph_api.http.documents import Document, Documents
from graph_api.http.parameters import Parameters
from graph_api.http.rates import Buckets, Rates
from graph_api.http.statuses import PROFILES, Audit
from graph_api.http.tokens import Tokens
from graph_api.http.trusted import TrustedDocuments
from graph_api.http.turns import Turns
from graph_api.metrics import Metrics
from graph_api.observability import request_id
from graph_api.settings import Settings
from graph_api.tracing import Tracing
from loaders.following import Following
from schema.context import Context

if TYPE_CHECKING:
    from graph_api.analytics.service import Analyses
    from graph_api.store.base import Store


_PATIENCE = 0.8
"""Share of a request's time for which it waits for an analysis, before it answers that one is under way."""
_NETWORK_BITS = 64
"""Of an IPv6 address: a client is given all that begin alike (RFC 6177), so they count as one."""
_LONGEST_HOST = 300
"""No name is longer, its port included (RFC 1035)."""


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
        trusted: documents that requests may name by their hash.
        statuses: which statuses answers have.
        following: what tells those who follow the graph of changes, once somebody does.
        tokens: who may do more than read.
        writes: how often each of them has done so.
        requests: how often each address has asked.
        turns: when a query may begin.
        stopping: set when the server is about to stop; streams of events, which have no end of their own, end then.
        metrics, tracing: what they are told to, where that is wanted.
        subscriptions: how many are followed.
        graph: the store and its analyses, as soon as the store is open.
        failure: why the graph can't be served, where `state` is FAILED.
        buckets: of `requests` and of `writes`, where other processes count with this one.
    """

    settings: Settings
    schema: strawberry.Schema
    state: State = State.STARTING
    graph: "tuple[Store, Analyses] | None" = None
    failure: FilmGraphError | None = None
    buckets: tuple[Buckets, Buckets] | None = None
    documents: Documents = field(init=False)
    trusted: TrustedDocuments = field(init=False)
    statuses: Audit = field(init=False)
    following: Following | None = None
    tokens: Tokens = field(init=False)
    writes: Rates = field(init=False)
    requests: Rates = field(init=False)
    turns: Turns = field(default_factory=Turns)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    metrics: Metrics | None = None
    tracing: Tracing | None = None
    subscriptions: int = 0
    _moment: tuple[int, str] = (-1, "")

    def __post_init__(self) -> None:
        self.tokens = Tokens(Path(self.settings.tokens))
        requests, writes = self.buckets or (None, None)
        self.requests = Rates(self.settings.client_rate, buckets=requests)
        self.writes = Rates(self.settings.token_rate, buckets=writes)
        self.documents = Documents(self.schema._schema, self.settings)
        self.trusted = TrustedDocuments.read(self.settings)
        if self.settings.metrics != "off":
            self.metrics = Metrics()
        if self.settings.tracing:
            logs = (self.settings.log_level, self.settings.log_format)
            self.tracing = Tracing(self.settings.tracing, by_request=self.settings.trace_by_request, logs=logs)
        self.statuses = PROFILES[self.settings.status_codes]

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

    def context(self, connection: HTTPConnection, access: Access) -> Context:
        """Return what the resolvers of one request have at hand.

        Raises:
            NotReady, FilmGraphError: see `ready_graph`.
        """
        store, analyses = self.ready_graph()
        self.following = self.following or Following(store)
        return Context(
            store=store,
            analyses=analyses,
            max_page_size=self.settings.max_page_size,
            request_id=request_id.get(),
            access=access,
            client=access.actor or client_of(connection),
            is_local=is_local(connection),
            patience=_PATIENCE * self.settings.request_deadline,
            follow=self.following,
        )

    def ration(self, connection: HTTPConnection) -> dict[str, str]:
        """Count a request of an address; return the headers that tell how many more it may send, if not from here.

        Raises:
            TooManyRequests: it has sent too many.
        """
        if is_local(connection):
            return {}
        return self.requests.take(client_of(connection), "requests")

    def document(self, parameters: Parameters) -> Document:
        """Return the document that a request asks with.

        Raises:
            BadInput: it is not there, not trusted, or over a limit.
            Refused: it is no GraphQL, or does not fit the schema.
        """
        if parameters.document_hash is None and not self.trusted.only:
            return self.documents.get(parameters.query)
        return self.documents.get(self.trusted.text(parameters))

    async def state_of_graph(self) -> tuple[int, str]:
        """Return the graph's revision and when it came to be, which tells apart graphs with equal revisions."""
        store, _ = self.ready_graph()
        revision = await store.revision()
        if self._moment[0] != revision:
            changes = await store.changes(revision - 1, 1)
            self._moment = revision, changes[0].at if changes else ""
        return self._moment

    def measure(self) -> None:
        """Tell the metrics how things stand."""
        if self.metrics is None or self.graph is None:
            return
        store, analyses = self.graph
        size, busy = store.connections()
        running, waiting = analyses.load()
        cache_bytes, hits, misses = analyses.cached()
        gauges = {
            "analyses_running": running,
            "analyses_waiting": waiting,
            "cache_bytes": cache_bytes,
            "documents": len(self.documents),
            "store_connections": size,
            "store_connections_busy": busy,
            "subscriptions": self.subscriptions,
        }
        counts = {
            "cache_hits": hits,
            "cache_misses": misses,
            "document_hits": self.documents.hits,
            "document_misses": self.documents.misses,
        }
        self.metrics.measure(gauges, counts)

    async def close(self) -> None:
        """Let go of what the service itself has begun."""
        if self.following is not None:
            await self.following.close()

    def not_ready(self) -> NotReady:
        """Return the error that says to come again."""
        return NotReady("the graph is being loaded; /readyz says when it is there", state=self.state.value)


def service_of(connection: HTTPConnection) -> Service:
    """Return the service that a request came to."""
    service = connection.app.state.service
    assert isinstance(service, Service)
    return service


def client_of(connection: HTTPConnection) -> str:
    """Return as whom a connection's client counts: as its address, with IPv6 as the network it is in."""
    return _counted(connection.client.host) if connection.client else ""


@lru_cache(maxsize=1024)
def _counted(client: str) -> str:
    address = _address(client)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Network((address.packed, _NETWORK_BITS), strict=False))
    return client


def is_local(connection: HTTPConnection) -> bool:
    """Tell whether a request comes from this machine, and was sent to it by an address or as localhost.

    A page elsewhere can have its own name lead here (DNS rebinding); a browser then sends that name as the host.
    """
    client = connection.scope.get("client")
    host = next((value for name, value in connection.scope["headers"] if name == b"host"), b"")
    return client is not None and len(host) <= _LONGEST_HOST and _is_here(client[0], host)


@lru_cache(maxsize=1024)
def _is_here(client: str, host: bytes) -> bool:
    address = _address(client)
    return address is not None and address.is_loopback and _is_no_name(host.decode("latin-1"))


def _is_no_name(host: str) -> bool:
    """Tell whether a Host header holds an IP address, or localhost, which nobody can lead elsewhere."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or name.endswith(".localhost") or _address(name) is not None


@lru_cache(maxsize=256)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
