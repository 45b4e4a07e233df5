"""Awards, and the recognitions that films and people got."""

import strawberry

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.query import BY_NAME, Order
from schema import enums, refs
from schema.entity import Entity, is_a
from schema.fields import entities, entity, honours, inward, outward, value


@strawberry.type(description="A prize that recurs.")
class Award(Entity):
    """Stands for `records.Entity` of the kind AWARD."""

    is_type_of = is_a(Kind.AWARD)

    name_known: bool = value(
        "nameKnown", "False where no source gives its proper name, and its name is a description.", True
    )
    given_by = entity(refs.Entity | None, outward(Relation.GIVEN_BY), "Who gives it.")
    recognitions = honours(
        inward(Relation.OF_AWARD, order=(Order("year"), *BY_NAME)),
        "When, how and to whom it was given, by year, then by name.",
    )


@strawberry.type(description="One award, outcome and year, with its film and recipients.")
class Recognition(Entity):
    """Stands for `records.Entity` of the kind RECOGNITION."""

    is_type_of = is_a(Kind.RECOGNITION)

    outcome: enums.Outcome = value("outcome", "How the film or person fared.", "UNKNOWN")
    year: int | None = value("year", "Its year.")
    category: str | None = value("category", "Category or grade.")
    prize: str | None = value("prize", "What came with it.")
    award = entity(Award, outward(Relation.OF_AWARD), "The award that was given.")
    edition = entity(refs.FestivalEdition | None, outward(Relation.AT_EDITION), "The edition it was given at.")
    film = entity(refs.Film | None, outward(Relation.RECOGNIZED_FOR), "The film it is for.")
    recipients = entities(refs.Entity, inward(Relation.RECIPIENT_OF), "Who received it.")
