"""People, and the pages in which their films and collaborators come."""

from functools import lru_cache
from typing import Annotated

import strawberry

from graph_api.analytics import requests
from graph_api.batching.adapter import by_id, read
from graph_api.batching.columns import Answers, Column
from graph_api.batching.selection import once, selected
from graph_api.domain import records
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.paging import BARE_LIST_LIMIT, PageRead, order_mark
from graph_api.domain.query import BY_NAME, Direction, HopQuery, Order
from schema import enums, refs
from schema.analyses import CentralityMeasure, scores_of
from schema.arguments import After, Before, First, Last
from schema.connections import Connection, Connections, PageInfo, page_read, wanted_page
from schema.context import Info
from schema.entity import Entity, is_a
from schema.fields import COUNTRIES, entities, honours, outward, pages, relationships, statement_pages, value
from schema.filter_inputs import FilmFilter
from schema.filters import compile_filter
from schema.hops import hop_pages
from schema.inputs import ProjectionInput, YearRange, projection_spec, year_span
from schema.lookahead import ITEMS, NOTHING, are_whole, entity_columns
from schema.orders import FilmOrder, compile_order

Rows = Column[records.Entity]
Roles = Annotated[list[enums.CreditRole] | None, strawberry.argument(description="Only credits in these roles.")]
CREDIT_ORDER = (Order("rel:order"), *BY_NAME)


@strawberry.type(description="A film of a person, with what the person did on it.")
class PersonFilmEdge:
    """Stands for an edge row over `records.PersonFilm`."""

    cursor: str = strawberry.field(description="Where in the list this is.")
    node: refs.Film = strawberry.field(description="The film.")
    credits: list[refs.Credit] = read(
        "item.credits", "All credits of the person on it.", then=lambda found: found[:BARE_LIST_LIMIT]
    )


@strawberry.type(description="A page of a person's films, each once.")
class PersonFilmConnection:
    """Stands for a connection row over `records.PersonFilm`."""

    edges: list[PersonFilmEdge] = strawberry.field(description="The films with cursors and credits.")
    nodes: list[refs.Film] = strawberry.field(description="The films alone.")
    page_info: PageInfo = strawberry.field(description="What lies around this page.")
    total_count: int | None = strawberry.field(description="How many films there are in all.")


@strawberry.type(description="Somebody who worked on the same films.")
class CollaboratorEdge:
    """Stands for an edge row over `records.Collaborator`."""

    cursor: str = strawberry.field(description="Where in the list this is.")
    node: refs.Person = strawberry.field(description="The person.")
    weight: float = read("item.weight", "How many films they share.")

    @by_id
    async def films(parents: Column, info: Info) -> Answers[list[refs.Film]]:  # type: ignore[type-arg]
        """The films they share, by id; at most a hundred."""
        keys = [edge.item.films[:100] for edge in parents]
        found = iter(await info.context.entities.load_many([key for own in keys for key in own]))
        return [[next(found) for _ in own] for own in keys]


@strawberry.type(description="A page of collaborators, those with most films first.")
class CollaboratorConnection:
    """Stands for a connection row over `records.Collaborator`."""

    edges: list[CollaboratorEdge] = strawberry.field(description="The people with cursors, weights and films.")
    nodes: list[refs.Person] = strawberry.field(description="The people alone.")
    page_info: PageInfo = strawberry.field(description="What lies around this page.")
    total_count: int | None = strawberry.field(description="How many collaborators there are in all.")


@lru_cache(maxsize=256)
def _mark(order: tuple[Order, ...]) -> str:
    return order_mark("person films", [(o.by, o.descending) for o in order])


def _read_of_films(info: Info) -> PageRead:
    own = None if "credits" in selected(info, "edges") else NOTHING
    return page_read(info, entity_columns(info, ITEMS), own)


@strawberry.type(description="A human being: filmmaker, speaker, juror, performer, executive.")
class Person(Entity):
    """Stands for `records.Entity` of the kind PERSON."""

    is_type_of = is_a(Kind.PERSON)

    occupations: list[str] = value("occupations", "What the person does.")
    countries = entities(
        refs.Place, outward(Relation.FROM, where=COUNTRIES), "The countries the person is from or based in."
    )

    @by_id
    async def films(
        parents: Rows,
        info: Info,
        filter: Annotated[FilmFilter | None, strawberry.argument(description="Only films that match.")] = None,
        order_by: Annotated[
            list[FilmOrder] | None, strawberry.argument(description="Keys of the order; by title where left out.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Answers[PersonFilmConnection]:
        """The films the person is credited on, each once."""
        order = compile_order(order_by)
        mark = _mark(order)
        page = wanted_page(
            info, mark, len(order) + 1, first, after, last, before, once(info, "films", _read_of_films, info)
        )
        pages = await info.context.store.person_films(parents.col("id"), compile_filter(filter), order, page)
        if are_whole(pages, page.fields):
            for found in pages:
                info.context.entities.prime_entities(item.film for item in found.items)
        return Connections(pages, mark, "film")

    @by_id
    async def credits(
        parents: Rows,
        info: Info,
        roles: Roles = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Answers[Connection[refs.Credit]]:
        """What the person did on films, by the film's title."""
        wanted = {"role": tuple(roles)} if roles else {}
        query = HopQuery((Relation.CREDITED_ON,), Direction.OUT, properties=wanted)
        return await hop_pages(parents, info, query, "relationship", first, after, last, before)

    participations = pages(
        refs.Participation,
        outward(Relation.PARTICIPATED_IN),
        "Events spoken at, moderated, judged, by the event's name.",
        "relationship",
    )
    affiliations = relationships(
        refs.Affiliation, outward(Relation.AFFILIATED_WITH), "Roles at organisations, festivals, platforms and places."
    )
    recognitions = honours(
        outward(Relation.RECIPIENT_OF), "Prizes, mentions and selections received by the person, by name."
    )
    statements = statement_pages(refs.Statement, outward(Relation.SAID), "What the person said.")

    @by_id
    async def collaborators(
        parents: Rows,
        info: Info,
        roles: Annotated[
            list[enums.CreditRole] | None,
            strawberry.argument(description="Only credits in these roles; all but FEATURED where left out."),
        ] = None,
        years: Annotated[YearRange | None, strawberry.argument(description="Only films of these years.")] = None,
        first: First = None,
        after: After = None,
    ) -> Answers[CollaboratorConnection]:
        """Those who worked on the same films, most films first."""
        mark = order_mark("collaborators")
        page = wanted_page(info, mark, 2, first, after)
        wanted = tuple(role.value for role in roles or ())
        pages = await info.context.store.collaborators(parents.col("id"), wanted, year_span(years), page)
        for found in pages:
            info.context.entities.prime_entities(item.person for item in found.items)
        return Connections(pages, mark, "person")

    @by_id
    async def centrality(
        parents: Rows,
        info: Info,
        measure: Annotated[CentralityMeasure, strawberry.argument(description="How central by which measure.")],
        projection: Annotated[
            ProjectionInput | None, strawberry.argument(description="In which graph; collaborations where left out.")
        ] = None,
    ) -> Answers[refs.CentralityScore | None]:
        """How central the person is; null where the person is not in the graph, or a long run is under way."""
        request = requests.centrality(measure, projection_spec(projection))
        outcome = await info.context.analyses.ask(request, info.context.client, info.context.patience)
        ids = parents.col("id")
        return scores_of(outcome.result, ids) if outcome.result is not None else [None] * len(ids)


__all__ = ["Person", "Roles"]
