"""Citations of what is shown: looked up in one go, written as `source#locator` or as data."""

from collections.abc import Iterable, Mapping, Sequence

from graph_api.cli.output import Column, Table
from graph_api.domain.records import Citation, Source
from graph_api.store.base import Store

_SHOWN = 3


async def sources_of(store: Store, citations: Iterable[Citation]) -> dict[str, Source]:
    """Return the sources that are cited, by id."""
    ids = sorted({citation.source for citation in citations})
    return {source.id: source for source in await store.sources(ids) if source}


def short(citations: Sequence[Citation], sources: Mapping[str, Source], shown: int | None = _SHOWN) -> str:
    """Return citations as text, the first few of many."""
    texts = [f"{sources[c.source].slug}#{c.locator}" for c in citations if c.source in sources]
    more = len(texts) - shown if shown is not None else 0
    return "; ".join(texts if more <= 0 else [*texts[:shown], f"and {more} more"])


def as_data(citations: Sequence[Citation], sources: Mapping[str, Source]) -> list[dict[str, str | None]]:
    """Return citations as data."""
    found = [(sources[c.source], c.locator) for c in citations if c.source in sources]
    return [{"source": s.slug, "title": s.title, "url": s.url, "locator": locator} for s, locator in found]


def source_table(sources: Mapping[str, Source]) -> Table:
    """Return the sources as the table that ends a page."""
    rows = [
        {"slug": s.slug, "title": s.title, "publisher": s.publisher, "published_on": s.published_on, "url": s.url}
        for s in sorted(sources.values(), key=lambda s: s.slug)
    ]
    columns = [
        Column("slug", "source", "cyan"),
        Column("title", "title"),
        Column("publisher", "publisher"),
        Column("published_on", "published"),
        Column("url", "address", "dim"),
    ]
    return Table(columns, rows, "Sources")
