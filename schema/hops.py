"""What fields of entities are mostly made of: relationships, as pages, lists or single entities."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from graph_api.batching.columns import Column
from graph_api.batching.selection import once
from graph_api.domain.catalogue import ClaimRank, Relation
from graph_api.domain.paging import BARE_LIST_LIMIT, PageRead, PageRequest, order_mark
from graph_api.domain.query import Direction, HopQuery, Order
from graph_api.domain.records import Entity, Hop
from schema.connections import Connections, page_read, wanted_page
from schema.context import Info
from schema.lookahead import are_whole, hop_columns

_FAR = {Direction.OUT: "target", Direction.IN: "source"}


async def hop_pages(
    parents: Column[Any],
    info: Info,
    query: HopQuery,
    view: str = "",
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Connections:
    """Return for each parent a connection over its relationships.

    Args:
        view: what of a hop is a node: its entity, its relationship, or the hop itself (empty).
    """
    mark = _mark(info.field_name, query.relations, query.direction, query.order)
    read = once(info, ("hops", view), _read, info, view, query.direction)
    page = wanted_page(info, mark, len(query.order) + 2, first, after, last, before, read)
    pages = await info.context.store.hops(parents.col("id"), query.of_page(page))
    if are_whole(pages, page.fields):
        for found in pages:
            info.context.entities.prime_entities(hop.entity for hop in found.items)
    return Connections(pages, mark, view)


@lru_cache(maxsize=512)
def _mark(field: str, relations: tuple[Relation, ...], direction: Direction, order: tuple[Order, ...]) -> str:
    return order_mark("hops", field, relations, direction, [(o.by, o.descending) for o in order])


def _read(info: Info, view: str, direction: Direction) -> PageRead:
    return page_read(info, *hop_columns(info, view, _FAR.get(direction)))


async def hop_lists(parents: Column[Any], info: Info, query: HopQuery) -> list[Sequence[Hop]]:
    """Return the relationships of each parent, at most a hundred."""
    pages = await info.context.store.hops(parents.col("id"), query.of_page(PageRequest(BARE_LIST_LIMIT)))
    for page in pages:
        info.context.entities.prime_entities(hop.entity for hop in page.items)
    return [page.items for page in pages]


def believed(hops: Iterable[Hop]) -> list[Hop]:
    """Return the relationships that are not deprecated, the preferred ones first."""
    kept = [hop for hop in hops if hop.relationship.rank is not ClaimRank.DEPRECATED]
    return sorted(kept, key=lambda hop: hop.relationship.rank is not ClaimRank.PREFERRED)


async def hop_entities(parents: Column[Any], info: Info, query: HopQuery) -> list[list[Entity]]:
    """Return the entities at the other ends, each once, without those of deprecated relationships."""
    lists = await hop_lists(parents, info, query)
    live = ((hop.entity for hop in hops if hop.relationship.rank is not ClaimRank.DEPRECATED) for hops in lists)
    return [list({entity.id: entity for entity in entities}.values()) for entities in live]


async def hop_entity(parents: Column[Any], info: Info, query: HopQuery) -> list[Entity | None]:
    """Return the one entity at the other end, or the first of the best believed."""
    lists = await hop_lists(parents, info, query)
    return [next((hop.entity for hop in believed(hops)), None) for hops in lists]


async def hop_relationships(parents: Column[Any], info: Info, query: HopQuery) -> list[list[Any]]:
    """Return the relationships themselves."""
    return [[hop.relationship for hop in hops] for hops in await hop_lists(parents, info, query)]
