"""The queries that read entities of each kind: one by slug, and all as a list with its own filter and order."""

from typing import Annotated, Any

import strawberry

from graph_api.batching.adapter import single
from graph_api.batching.columns import Row
from graph_api.batching.selection import once
from graph_api.domain.catalogue import KINDS, Kind
from graph_api.domain.folding import fold
from graph_api.domain.ids import source_id
from graph_api.domain.paging import PageRead, order_mark
from graph_api.domain.query import EntityQuery, list_mark
from graph_api.errors import NotFound
from schema import filter_inputs as filters
from schema import orders, refs
from schema.arguments import After, Before, First, Last
from schema.connections import Connection, ConnectionRow, page_read, wanted_page
from schema.context import Info
from schema.filters import compile_filter, given
from schema.lookahead import ITEMS, are_whole, entity_columns
from schema.orders import compile_order

Slug = Annotated[str, strawberry.argument(description="Its slug, as in its address: imperia, hussein-dembel-sow.")]


async def not_found(info: Info, kind: Kind | None, slug: str) -> NotFound:
    """Return the error for a slug that nothing has; it names the nearest."""
    nearest = await info.context.store.nearest_slugs(kind, slug[:200])
    what = KINDS[kind].type_name if kind else "Source"
    hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
    return NotFound(f"no {what} has the slug {slug[:200]!r}{hint}", nearest=nearest)


async def by_slug(info: Info, kind: Kind, slug: str) -> Any:
    """Return the entity of a kind that has a slug, now or before a merge.

    Raises:
        NotFound: nothing has it.
    """
    (found,) = await info.context.store.entities_by_slug(kind, [slug])
    if found is None:
        raise await not_found(info, kind, slug)
    return found


async def listed(
    info: Info,
    kind: Kind,
    where: Any,
    order_by: Any,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> ConnectionRow:
    """Return a page of the entities of a kind."""
    order = compile_order(order_by)
    mark = list_mark(kind, order)
    page = wanted_page(info, mark, len(order) + 1, first, after, last, before, once(info, "list", _read, info))
    found = await info.context.store.find(EntityQuery(kind, page, compile_filter(where), order))
    if are_whole(found, page.fields):
        info.context.entities.prime_entities(found.items)
    return ConnectionRow(found, mark)


def _read(info: Info) -> PageRead:
    return page_read(info, entity_columns(info, ITEMS))


def _where(description: str = "Only those that match.") -> Any:
    return strawberry.argument(description=description)


def _order() -> Any:
    return strawberry.argument(description="Keys of the order, the first first; by name where left out.")


@strawberry.type
class EntityQueries:
    """One entity by slug, and lists, for each kind."""

    @single
    async def person(info: Info, slug: Slug) -> Row[refs.Person | None]:
        """A person by slug; null with the error NOT_FOUND and the nearest slugs where nothing has it."""
        return await by_slug(info, Kind.PERSON, slug)

    @single
    async def people(
        info: Info,
        filter: Annotated[filters.PersonFilter | None, _where()] = None,
        order_by: Annotated[list[orders.PersonOrder] | None, _order()] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Row[Connection[refs.Person]]:
        """People, by name where no order is given."""
        return await listed(info, Kind.PERSON, filter, order_by, first, after, last, before)

    @single
    async def film(info: Info, slug: Slug) -> Row[refs.Film | None]:
        """A film by slug; null with the error NOT_FOUND and the nearest slugs where nothing has it."""
        return await by_slug(info, Kind.FILM, slug)

    @single
    async def films(
        info: Info,
        filter: Annotated[filters.FilmFilter | None, _where()] = None,
        order_by: Annotated[list[orders.FilmOrder] | None, _order()] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Row[Connection[refs.Film]]:
        """Films, by name where no order is given."""
        return await listed(info, Kind.FILM, filter, order_by, first, after, last, before)

    @single
    async def character(info: Info, slug: Slug) -> Row[refs.Character | None]:
        """A character by slug; null with the error NOT_FOUND and the nearest slugs where nothing has it."""
        return await by_slug(info, Kind.CHARACTER, slug)

    @single
    async def characters(
        info: Info,
        filter: Annotated[filters.CharacterFilter | None, _where()] = None,
        order_by: Annotated[list[orders.CharacterOrder] | None, _order()] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Row[Connection[refs.Character]]:
        """Characters, by name where no order is given."""
        return await listed(info, Kind.CHARACTER, filter, order_by, first, after, last, before)

    @single
    async def organization(info: Info, slug: Slug) -> Row[refs.Organization | None]:
        """An organisation by slug; null with the error NOT_FOUND and the nearest slugs where nothing has it."""
        return await by_slug(info, Kind.ORGANIZATION, slug)

    @single
    async def organizations(
        info: Info,
        filter: Annotated[filters.OrganizationFilter | None, _where()] = None,
        order_by: Annotated[list[orders.OrganizationOrder] | None, _order()] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Row[Connection[refs.Organization]]:
        """Organisations, by name where no order is given."""
        return await listed(info, Kind.ORGANIZATION, filter, order_by, first, after, last, before)

    @single
    async def festival(info: Info, slug: Slug) -> Row[refs.Festival | None]:
        """A festival by slug; null with the error NOT_FOUND and the nearest slugs where nothing has it."""
        return await by_slug(info, Kind.FESTIVAL, slug)

    @single
    async def festivals(
        info: Info,
        filter: Annotated[filters.FestivalFilter | None, _where()] = None,
        order_by: Annotated[list[orders.FestivalOrder] | None, _order()] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Row[Connection[refs.Festival]]:
        """Festivals, by name where no order is given."""
        return await listed(info, Kind.FESTIVAL, filter, order_by, first, after, last, before)

    @single
    async def festival_edition(info: Info, slug: Slug) -> Row[refs.FestivalEdition | None]:
        """An edition by slug; null with the error NOT_FOUND and the nearest slugs where nothing has it."""
        return await by_slug(info, Kind.FESTIVAL_EDITION, slug)

    @single
    async def festival_editions(
        info: Info,
        filter: Annotated[filters.FestivalEditionFilter | None, _where()] = None,
        order_by: Annotated[list[orders.FestivalEditionOrder] | None, _order()] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Row[Connection[refs.FestivalEdition]]:
        """Festival editions, by name where no order is given."""
        return await listed(info, Kind.FESTIVAL_EDITION, filter, order_by, first, after, last, before)

    @single
    async def event(info: Info, slug: Slug) -> Row[refs.Event | None]:
        """An event by slug; null with the error NOT_FOUND and the nearest slugs where nothing has it."""
        return await by_slug(info, Kind.EVENT, slug)

    @single
    async def events(
        info: Info,
        filter: Annotated[filters.EventFilter | None, _where()] = None,
        order_by: Annotated[list[orders.EventOrder] | None, _order()] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Row[Connection[refs.Event]]:
        """Events, by name where no order is given."""
        return await listed(info, Kind.EVENT, filter, order_by, first, after, last, before)

    @single
    async def award(info: Info, slug: Slug) -> Row[refs.Award | None]:
        """An award by slug; null with the error NOT_FOUND and the nearest slugs where nothing has it."""
        return await by_slug(info, Kind.AWARD, slug)

    @single
    async def awards(
        info: Info,
        filter: Annotated[filters.AwardFilter | None, _where()] = None,
        order_by: Annotated[list[orders.AwardOrder] | None, _order()] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Row[Connection[refs.Award]]:
        """Awards, by name where no order is given."""
        return await listed(info, Kind.AWARD, filter, order_by, first, after, last, before)

    @single
    async def recognition(info: Info, slug: Slug) -> Row[refs.Recognition | None]:
        """A recognition by slug; null with the error NOT_FOUND and the nearest slugs where nothing has it."""
        return await by_slug(info, Kind.RECOGNITION, slug)

    @single
    async def recognitions(
        info: Info,
        filter: Annotated[filters.RecognitionFilter | None, _where()] = None,
        order_by: Annotated[list[orders.RecognitionOrder] | None, _order()] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Row[Connection[refs.Recognition]]:
        """Recognitions, by name where no order is given."""
        return await listed(info, Kind.RECOGNITION, filter, order_by, first, after, last, before)

    @single
    async def platform(info: Info, slug: Slug) -> Row[refs.Platform | None]:
        """A platform by slug; null with the error NOT_FOUND and the nearest slugs where nothing has it."""
        return await by_slug(info, Kind.PLATFORM, slug)

    @single
    async def platforms(
        info: Info,
        filter: Annotated[filters.PlatformFilter | None, _where()] = None,
        order_by: Annotated[list[orders.PlatformOrder] | None, _order()] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Row[Connection[refs.Platform]]:
        """Platforms, by name where no order is given."""
        return await listed(info, Kind.PLATFORM, filter, order_by, first, after, last, before)

    @single
    async def place(info: Info, slug: Slug) -> Row[refs.Place | None]:
        """A place by slug; null with the error NOT_FOUND and the nearest slugs where nothing has it."""
        return await by_slug(info, Kind.PLACE, slug)

    @single
    async def places(
        info: Info,
        filter: Annotated[filters.PlaceFilter | None, _where()] = None,
        order_by: Annotated[list[orders.PlaceOrder] | None, _order()] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Row[Connection[refs.Place]]:
        """Places, by name where no order is given."""
        return await listed(info, Kind.PLACE, filter, order_by, first, after, last, before)

    @single
    async def topic(info: Info, slug: Slug) -> Row[refs.Topic | None]:
        """A topic by slug; null with the error NOT_FOUND and the nearest slugs where nothing has it."""
        return await by_slug(info, Kind.TOPIC, slug)

    @single
    async def topics(
        info: Info,
        filter: Annotated[filters.TopicFilter | None, _where()] = None,
        order_by: Annotated[list[orders.TopicOrder] | None, _order()] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Row[Connection[refs.Topic]]:
        """Topics, by name where no order is given."""
        return await listed(info, Kind.TOPIC, filter, order_by, first, after, last, before)

    @single
    async def statement(info: Info, slug: Slug) -> Row[refs.Statement | None]:
        """A statement by slug; null with the error NOT_FOUND and the nearest slugs where nothing has it."""
        return await by_slug(info, Kind.STATEMENT, slug)

    @single
    async def statements(
        info: Info,
        filter: Annotated[filters.StatementFilter | None, _where()] = None,
        order_by: Annotated[list[orders.StatementOrder] | None, _order()] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Row[Connection[refs.Statement]]:
        """Statements, by name where no order is given."""
        return await listed(info, Kind.STATEMENT, filter, order_by, first, after, last, before)

    @single
    async def source(info: Info, slug: Slug) -> Row[refs.Source | None]:
        """A source by slug; null with the error NOT_FOUND and the nearest slugs where nothing has it."""
        (found,) = await info.context.store.sources([source_id(slug)])
        if found is None:
            raise await not_found(info, None, slug)
        return found

    @single
    async def sources(
        info: Info,
        filter: Annotated[filters.SourceFilter | None, _where()] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Row[Connection[refs.Source]]:
        """Sources, by title."""
        mark = order_mark("sources")
        page = wanted_page(info, mark, 2, first, after, last, before)
        text = fold(filter.text) if filter and given(filter.text) and filter.text else None
        kinds = tuple(filter.kinds) if filter and given(filter.kinds) and filter.kinds else ()
        return ConnectionRow(await info.context.store.list_sources(page, text, kinds), mark)
