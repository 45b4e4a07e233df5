"""Topics and statements."""

import strawberry

from graph_api.domain.catalogue import Kind, Relation
from schema import enums, refs
from schema.entity import Entity, is_a
from schema.fields import entities, entity, film_pages, inward, outward, statement_pages, value


@strawberry.type(description="A subject that statements, events and films are about.")
class Topic(Entity):
    """Stands for `records.Entity` of the kind TOPIC."""

    is_type_of = is_a(Kind.TOPIC)

    statements = statement_pages(
        refs.Statement, inward(Relation.ABOUT, kinds=(Kind.STATEMENT,)), "What was said about it, by name."
    )
    films = film_pages(refs.Film, inward(Relation.ABOUT, kinds=(Kind.FILM,)), "Films about it, by title.")


@strawberry.type(description="A paraphrase of what somebody said, never a quotation.")
class Statement(Entity):
    """Stands for `records.Entity` of the kind STATEMENT."""

    is_type_of = is_a(Kind.STATEMENT)

    summary: str = strawberry.field(
        description="What was said, in a short paraphrase.", resolver=lambda root: root.values.get("summary", root.name)
    )
    statement_kind: enums.StatementKind = value("statementKind", "What it does.", "VIEWPOINT")
    stance: str | None = value("stance", "How it stands to AI in film: hopeful, cautious, critical, neutral, mixed.")
    horizon: str | None = value("horizon", "The time a forecast is about.")
    speaker_text: str | None = value("speakerText", "Who said it, where no person is named.")
    speaker = entity(refs.Person | None, inward(Relation.SAID), "Who said it.")
    event = entity(refs.Event | None, outward(Relation.SAID_AT), "Where it was said.")
    topics = entities(refs.Topic, outward(Relation.ABOUT), "What it is about.")
