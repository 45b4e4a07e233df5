"""What is told to the operator when an operation has ended: whether it was slow, and what metrics count."""

import logging
from collections.abc import Mapping
from typing import Any

from graph_api.http.service import Service
from graph_api.http.trusted import hash_of
from graph_api.observability import log

OK = "OK"
_SHOWN = 1_000
_ROUTES = ("/graphql", "/metrics", "/healthz", "/readyz", "/schema.graphql", "/")


def ended(service: Service, seen: Mapping[str, Any], seconds: float | None) -> None:
    """Tell of an operation.

    Args:
        service: it ran in.
        seen: what is known of it: `operation` (its name), `document`, `cost`, `code`.
        seconds: how long it took; None of a subscription, which lasts as long as its client likes.
    """
    document, code = seen.get("document"), seen.get("code", OK)
    name, cost = seen.get("operation"), seen.get("cost")
    if document is not None and seconds is not None and seconds >= service.settings.slow_query_seconds:
        log(
            logging.WARNING, "slow query", ms=round(seconds * 1000, 2), operation=name, cost=cost,
            code=None if code == OK else code, document=hash_of(document.text),
            query=" ".join(document.text.split())[:_SHOWN],
        )  # fmt: skip
    if service.metrics is not None:
        is_known = None if not service.trusted else document is not None and service.trusted.holds(document.text)
        service.metrics.operation(name, code, seconds, cost, is_known=is_known)


def route_of(path: str) -> str:
    """Return which of few routes a path is of."""
    if path in _ROUTES:
        return path
    first = path.split("/", 2)[1] if "/" in path else ""
    return f"/{first}/" if first in ("static", "export") else "other"
