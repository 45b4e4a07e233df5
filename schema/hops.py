"""What fields of entities are mostly made of: relationships, as pages, lists or single entities."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from graph_api.batching.columns import Column
from graph_api.domain.catalogue import ClaimRank
from graph_api.domain.paging import BARE_LIST_LIMIT, PageRequest, order_mark
from graph_api.domain.query import HopQuery
from graph_api.domain.records import Entity, Hop
from schema.connections import ConnectionRow, wanted_page
from schema.context import Info


def the_entity(hop: Hop) -> Entity:
    """The node of a list of entities."""
    return hop.entity


def the_relationship(hop: Hop) -> Any:
    """The node of a list of relationships."""
    return hop.relationship


async def hop_pages(
    parents: Column[Any],
    info: Info,
    query: HopQuery,
    view: Callable[[Hop], Any],
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> list[ConnectionRow]:
    """Return for each parent a connection over its relationships; `view` makes a node of one."""
    mark = order_mark(
        "hops", info.field_name, query.relations, query.direction, [(o.by, o.descending) for o in query.order]
    )
    page = wanted_page(info, mark, len(query.order) + 2, first, after, last, before)
    pages = await info.context.store.hops(parents.col("id"), replace(query, page=page))
    for found in pages:
        info.context.entities.prime_entities(hop.entity for hop in found.items)
    return [ConnectionRow(found, mark, view) for found in pages]


async def hop_lists(parents: Column[Any], info: Info, query: HopQuery) -> list[Sequence[Hop]]:
    """Return the relationships of each parent, at most a hundred."""
    pages = await info.context.store.hops(parents.col("id"), replace(query, page=PageRequest(BARE_LIST_LIMIT)))
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
