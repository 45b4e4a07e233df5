"""What a running service counts and measures, for Prometheus; made only where a setting asks for it.

With several workers each writes its own files in a folder of the supervisor's, and whichever of them is
asked adds them up (https://prometheus.github.io/client_python/multiprocess/).
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_SHARED = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_COSTS = (1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0)
_NAMES = 100
"""How many names of operations are told apart where anybody may choose them."""
OTHER = "other"
NAMELESS = "none"

GAUGES: Mapping[str, str] = {
    "analyses_running": "Analyses that run in processes of their own.",
    "analyses_waiting": "Analyses that wait for their turn.",
    "cache_bytes": "Bytes of projections and results of analyses that are kept in memory.",
    "documents": "Parsed and validated documents that are kept.",
    "store_connections": "Connections to the store for reads, opened when needed.",
    "store_connections_busy": "Those of them that are in use.",
    "subscriptions": "Subscriptions that are followed.",
}
COUNTS: Mapping[str, str] = {
    "cache_hits": "Projections and results of analyses that were found in memory.",
    "cache_misses": "Those that were not.",
    "document_hits": "Requests whose document had been parsed and validated before.",
    "document_misses": "Requests whose document had not.",
}


class Metrics:
    """Counters, histograms and gauges of one process.

    Labels have few values: an operation's name is one of trusted documents, or one of the first hundred
    that came; all others are `other`.
    """

    def __init__(self) -> None:
        # Takes 50 ms to import.
        from prometheus_client import (
            CollectorRegistry,
            Counter,
            Gauge,
            Histogram,
            ProcessCollector,
            disable_created_metrics,
        )

        # A series more for each counter and histogram, of which nothing is ever asked.
        disable_created_metrics()  # type: ignore[no-untyped-call]

        registry = self._registry = CollectorRegistry()
        self.is_shared = _SHARED in os.environ
        if not self.is_shared:
            ProcessCollector(registry=registry)
        self._names: set[str] = set()
        self._told = dict.fromkeys(COUNTS, 0.0)

        # To look up what has labels takes longer than to count; labels have few values.
        self._kept_operations: dict[tuple[str, str], tuple[Counter, Histogram]] = {}
        self._kept_responses: dict[tuple[str, int], Counter] = {}
        self._kept_calls: dict[str, tuple[Histogram, Counter]] = {}

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"filmgraph_{name}", text, labels, registry=registry)

        self._operations = counter("operations", "GraphQL operations, by name and code.", "operation", "code")
        self._responses = counter("http_responses", "HTTP answers, by route and status.", "route", "status")
        self._failures = counter("store_failures", "Calls of the store that failed, by code.", "call", "code")
        self._rows = counter("store_rows", "Rows that the store gave, by method.", "call")
        self._seconds = Histogram(
            "filmgraph_operation_seconds", "How long operations took.", ["operation"],
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._call_seconds = Histogram(
            "filmgraph_store_call_seconds", "How long calls of the store took.", ["call"],
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._costs = Histogram(
            "filmgraph_operation_cost", "What operations cost (docs/limits.md).", buckets=_COSTS, registry=registry
        )
        self._gauges = {
            name: Gauge(f"filmgraph_{name}", text, registry=registry, multiprocess_mode="livesum")
            for name, text in GAUGES.items()
        }
        self._counts = {name: counter(name, text) for name, text in COUNTS.items()}

    def operation(
        self, name: str | None, code: str, seconds: float | None, cost: int | None, *, is_known: bool | None
    ) -> None:
        """Count an operation.

        Args:
            name: its name; None where it has none, or never came to have one.
            code: OK, or that of its first error.
            seconds: how long it took; None where that means nothing.
            cost: what it costs, where that was found.
            is_known: whether it is of a trusted document; None where there are none.
        """
        label = self._label(name, is_known)
        kept = self._kept_operations.get((label, code))
        if kept is None:
            kept = self._operations.labels(label, code), self._seconds.labels(label)
            self._kept_operations[label, code] = kept
        count, times = kept
        count.inc()
        if seconds is not None:
            times.observe(seconds)
        if cost is not None:
            self._costs.observe(cost)

    def _label(self, name: str | None, is_known: bool | None) -> str:
        if name is None:
            return NAMELESS
        if is_known or name in self._names:
            return name
        if is_known is not None or len(self._names) >= _NAMES:
            return OTHER
        self._names.add(name)
        return name

    def response(self, route: str, status: int) -> None:
        """Count an HTTP answer."""
        count = self._kept_responses.get((route, status))
        if count is None:
            count = self._kept_responses[route, status] = self._responses.labels(route, str(status))
        count.inc()

    def store_call(self, call: str, seconds: float, rows: int) -> None:
        """Count a call of the store and its rows."""
        kept = self._kept_calls.get(call)
        if kept is None:
            kept = self._kept_calls[call] = self._call_seconds.labels(call), self._rows.labels(call)
        times, all_rows = kept
        times.observe(seconds)
        if rows:
            all_rows.inc(rows)

    def store_failure(self, call: str, code: str) -> None:
        """Count a call of the store that failed."""
        self._failures.labels(call, code).inc()

    def measure(self, gauges: Mapping[str, float], counts: Mapping[str, float]) -> None:
        """Take note of how things stand.

        Args:
            gauges: by the names of GAUGES.
            counts: what has been counted since the start, by the names of COUNTS.
        """
        for name, value in gauges.items():
            self._gauges[name].set(value)
        for name, value in counts.items():
            self._counts[name].inc(value - self._told[name])
            self._told[name] = value

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return all of it, of all workers, in the form that is asked for, and its media type."""
        from prometheus_client import CollectorRegistry
        from prometheus_client.exposition import choose_encoder
        from prometheus_client.multiprocess import MultiProcessCollector

        encoder, media = choose_encoder(accept)
        registry = self._registry
        if self.is_shared:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return encoder(registry), media


@contextmanager
def shared_metrics(*, wanted: bool) -> Iterator[None]:
    """Let the processes started meanwhile share their metrics, if that is wanted."""
    if not wanted:
        yield
        return
    folder = os.environ[_SHARED] = tempfile.mkdtemp(prefix="filmgraph-metrics-")
    try:
        yield
    finally:
        del os.environ[_SHARED]
        shutil.rmtree(folder, ignore_errors=True)


def forget_worker(pid: int) -> None:
    """Leave the gauges of a process that has ended out of the sums."""
    if _SHARED in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)  # type: ignore[no-untyped-call]
