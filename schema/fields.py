"""Fields said in one line: values of an entity, and what it is related to, as lists, pages or one.

    year: int | None = value("year", "Its year.")
    organizers = entities(refs.Entity, outward(Relation.ORGANIZED_BY), "Who organises it.")
    events = event_pages(refs.Event, inward(Relation.PART_OF), "Its events, by name.")

Each makes the batched resolver that would else be written out. `of` is the GraphQL type of one
item, a reference of `schema.refs`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any

import strawberry

from graph_api.batching.adapter import by_id, read
from graph_api.batching.columns import Answers, Column
from graph_api.domain.catalogue import PROPERTIES, Relation
from graph_api.domain.paging import BARE_LIST_LIMIT
from graph_api.domain.query import EVERYTHING, Direction, HopQuery, Match, Op
from graph_api.domain.records import Entity
from schema import enums, orders, refs
from schema import filter_inputs as filters
from schema.arguments import After, Before, First, Last
from schema.connections import Connection
from schema.context import Info
from schema.filters import compile_filter
from schema.hops import hop_entities, hop_entity, hop_pages, hop_relationships
from schema.orders import compile_order

Rows = Column[Entity]
Outcomes = Annotated[list[enums.Outcome] | None, strawberry.argument(description="Only with these outcomes.")]
COUNTRIES = Match("placeKind", Op.EQ, "country")


def outward(*relations: Relation, **details: Any) -> HopQuery:
    """The relationships of these types that start at an entity; details as in `HopQuery`."""
    return HopQuery(relations, Direction.OUT, **details)


def inward(*relations: Relation, **details: Any) -> HopQuery:
    """The relationships of these types that end at an entity; details as in `HopQuery`."""
    return HopQuery(relations, Direction.IN, **details)


def value(name: str, description: str, default: Any = None) -> Any:
    """The best value of a field property; of one with many, at most a hundred."""
    if PROPERTIES[name].many:
        return read(name, description, of_values(name), lambda found: (found or ())[:BARE_LIST_LIMIT])
    if default is None:
        return read(name, description, of_values(name))
    return read(name, description, of_values(name), lambda found: default if found is None else found)


def of_values(name: str) -> Callable[[Entity], Any]:
    """Return what reads a field property off an entity, None where it is not known."""
    return lambda root: root.values.get(name)


def _field(resolver: Callable[..., Awaitable[Sequence[Any]]], answer: Any, description: str) -> Any:
    resolver.__annotations__["return"] = Answers[answer]
    resolver.__doc__ = description
    return by_id(resolver)


def entities(of: Any, query: HopQuery, description: str) -> Any:
    """The entities at the other ends, each once, without those of deprecated relationships; at most a hundred."""

    async def resolve(parents: Rows, info: Info) -> Any:
        return await hop_entities(parents, info, query)

    return _field(resolve, list[of], description)


def entity(of: Any, query: HopQuery, description: str) -> Any:
    """The one entity at the other end, or the first of the best believed; `of` says whether there may be none."""

    async def resolve(parents: Rows, info: Info) -> Any:
        return await hop_entity(parents, info, query)

    return _field(resolve, of, description)


def relationships(of: Any, query: HopQuery, description: str) -> Any:
    """The relationships themselves, at most a hundred; `of` is the view of them."""

    async def resolve(parents: Rows, info: Info) -> Any:
        return await hop_relationships(parents, info, query)

    return _field(resolve, list[of], description)


def pages(of: Any, query: HopQuery, description: str, view: str = "entity") -> Any:
    """A connection, forward and backward; `view` is what of a hop is a node."""

    async def resolve(
        parents: Rows, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Any:
        return await hop_pages(parents, info, query, view, first, after, last, before)

    return _field(resolve, Connection[of], description)


def _searchable(filter_type: Any, order_type: Any) -> Callable[[Any, HopQuery, str], Any]:
    """Return what makes connections over entities with the filter and the order of their kind's own list."""

    def make(of: Any, query: HopQuery, description: str) -> Any:
        async def resolve(
            parents: Rows,
            info: Info,
            filter: Any = None,
            order_by: Any = None,
            first: First = None,
            after: After = None,
            last: Last = None,
            before: Before = None,
        ) -> Any:
            order = compile_order(order_by) if order_by else query.order
            asked = replace(query, where=compile_filter(filter), order=order)
            return await hop_pages(parents, info, asked, "entity", first, after, last, before)

        given = {
            "filter": Annotated[filter_type | None, strawberry.argument(description="Only those that match.")],
            "order_by": Annotated[
                list[order_type] | None, strawberry.argument(description="Keys of the order, the first first.")
            ],
        }
        resolve.__annotations__.update(given)
        return _field(resolve, Connection[of], description)

    return make


edition_pages = _searchable(filters.FestivalEditionFilter, orders.FestivalEditionOrder)
event_pages = _searchable(filters.EventFilter, orders.EventOrder)
film_pages = _searchable(filters.FilmFilter, orders.FilmOrder)
statement_pages = _searchable(filters.StatementFilter, orders.StatementOrder)


def _with_outcomes(query: HopQuery, outcomes: list[enums.Outcome] | None) -> HopQuery:
    return replace(query, where=Match("outcome", Op.IN, tuple(outcomes)) if outcomes else EVERYTHING)


def honours(query: HopQuery, description: str) -> Any:
    """A connection over recognitions, by outcome where asked."""

    async def resolve(
        parents: Rows,
        info: Info,
        outcomes: Outcomes = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        return await hop_pages(parents, info, _with_outcomes(query, outcomes), "entity", first, after, last, before)

    return _field(resolve, Connection[refs.Recognition], description)


def numbers(description: str) -> Any:
    """The measured numbers claimed of an entity, by property, the best first; at most a hundred."""

    async def resolve(parents: Rows, info: Info) -> Any:
        found = await info.context.store.claims(parents.col("id"))
        return [[claim for claim in own if PROPERTIES[claim.property].statistic][:BARE_LIST_LIMIT] for own in found]

    return _field(resolve, list[refs.Claim], description)
