"""Places."""

import strawberry

from graph_api.domain.catalogue import Kind, Relation
from schema import refs
from schema.entity import Entity, is_a
from schema.fields import entities, entity, inward, outward, value


@strawberry.type(description="A venue, city, region or country.")
class Place(Entity):
    """Stands for `records.Entity` of the kind PLACE."""

    is_type_of = is_a(Kind.PLACE)

    place_kind: str = value("placeKind", "venue, city, region, country; unknown where no source says.", "unknown")
    country_code: str | None = value("countryCode", "ISO 3166-1 alpha-2 code of a country.")
    within = entity(refs.Place | None, outward(Relation.LOCATED_IN), "The larger place it lies in.")
    contains = entities(refs.Place, inward(Relation.LOCATED_IN), "Places that lie directly in it.")
