"""Places."""

import strawberry

from graph_api.batching.adapter import batched
from graph_api.batching.columns import Answers, Column
from graph_api.domain import records
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.query import Direction, HopQuery
from schema import refs
from schema.context import Info
from schema.entity import Entity, is_a
from schema.hops import hop_entities, hop_entity

Rows = Column[records.Entity]


@strawberry.type(description="A venue, city, region or country.")
class Place(Entity):
    """Stands for `records.Entity` of the kind PLACE."""

    is_type_of = is_a(Kind.PLACE)

    place_kind: str = strawberry.field(
        description="venue, city, region, country; unknown where no source says.",
        resolver=lambda root: root.values.get("placeKind", "unknown"),
    )
    country_code: str | None = strawberry.field(
        description="ISO 3166-1 alpha-2 code of a country.", resolver=lambda root: root.values.get("countryCode")
    )

    @batched
    async def within(parents: Rows, info: Info) -> Answers[refs.Place | None]:
        """The larger place it lies in."""
        return await hop_entity(parents, info, HopQuery((Relation.LOCATED_IN,), Direction.OUT))

    @batched
    async def contains(parents: Rows, info: Info) -> Answers[list[refs.Place]]:
        """Places that lie directly in it."""
        return await hop_entities(parents, info, HopQuery((Relation.LOCATED_IN,), Direction.IN))
