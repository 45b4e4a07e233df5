"""Organisations and platforms."""

import strawberry

from graph_api.domain.catalogue import Kind, Relation
from schema import refs
from schema.entity import Entity, is_a
from schema.fields import entities, entity, film_pages, inward, numbers, outward, pages, relationships, value
from schema.scalars import Date


@strawberry.type(description="A company, studio, institution, society, agency or community.")
class Organization(Entity):
    """Stands for `records.Entity` of the kind ORGANIZATION."""

    is_type_of = is_a(Kind.ORGANIZATION)

    organization_kind: str = value(
        "organizationKind", "company, studio, institution, agency, ...; unknown where no source says.", "unknown"
    )
    founded_on: Date | None = value("foundedOn", "When it was founded.")
    countries = entities(refs.Place, outward(Relation.FROM), "The places it is from or based in.")
    operates = entities(refs.Entity, outward(Relation.OPERATES), "The platforms and festivals it runs.")
    founders = entities(refs.Person, inward(Relation.FOUNDED), "Who founded it.")
    people = relationships(refs.Affiliation, inward(Relation.AFFILIATED_WITH), "Who leads or works for it, by name.")
    films = film_pages(
        refs.Film, inward(Relation.PRODUCED_BY, Relation.DISTRIBUTED_BY), "Films it produced or distributes, by title."
    )
    statistics = numbers("Numbers about it: revenue, funding, users, ...")


@strawberry.type(description="An AI tool, a streaming or social video service, a broadcaster.")
class Platform(Entity):
    """Stands for `records.Entity` of the kind PLATFORM."""

    is_type_of = is_a(Kind.PLATFORM)

    platform_kinds: list[str] = value(
        "platformKinds", "AI tool, AI model, streaming service, social video service, broadcaster."
    )
    launched_on: Date | None = value("launchedOn", "When it was launched.")
    operator = entity(refs.Entity | None, inward(Relation.OPERATES), "Who runs it.")
    films = film_pages(refs.Film, inward(Relation.MADE_WITH), "Films made with it, by title.")
    uses = pages(
        refs.Relationship,
        inward(Relation.MADE_WITH),
        "What it was used for: the MADE_WITH relationships, with purpose and citations, by the film's title.",
        "relationship",
    )
    statistics = numbers("Numbers about it: users, revenue, ...")
