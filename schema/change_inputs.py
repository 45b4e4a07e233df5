"""The inputs of a change set."""

import strawberry

from schema import enums
from schema.scalars import JSON, Date

_CITATIONS = "Where it is said; at least one place."
_REF_OR_ID = 'An id, or "ref:NAME" of something made by the same change set.'


@strawberry.input(description="A place in a source.")
class CitationInput:
    """What makes a `records.Citation`."""

    source: strawberry.ID = strawberry.field(description=f"The source. {_REF_OR_ID}")
    locator: str = strawberry.field(description='Where in the source: "paragraph 12", "row 4711".')


@strawberry.input(description="An identifier of the entity elsewhere.")
class ExternalIdInput:
    """What makes an external id."""

    scheme: str = strawberry.field(description="imdb, tmdb, wikidata, ...")
    value: str = strawberry.field(description="The identifier there.")


@strawberry.input(description="A new source.")
class SourceInput:
    """What makes a `records.Source`."""

    title: str = strawberry.field(description="Its headline, or what describes it.")
    kind: str = strawberry.field(description="article, press_release, official, news, blog, encyclopedia, database.")
    ref: str | None = strawberry.field(
        default=strawberry.UNSET, description="A name by which this change set points at it."
    )
    slug: str | None = strawberry.field(
        default=strawberry.UNSET, description="Unique among sources; made of the title if left out."
    )
    url: str | None = strawberry.field(default=strawberry.UNSET, description="Its address.")
    publisher: str | None = strawberry.field(default=strawberry.UNSET, description="Who published it.")
    published_on: Date | None = strawberry.field(default=strawberry.UNSET, description="When it was published.")
    licence: str | None = strawberry.field(default=strawberry.UNSET, description="The licence it stands under.")


@strawberry.input(description="A new entity, or what a place says of one that is there.")
class EntityInput:
    """What makes a `records.EntityRow`."""

    kind: enums.EntityKind = strawberry.field(description="Its kind.")
    name: str = strawberry.field(description="Its name in the places cited; other names than the best are aliases.")
    citations: list[CitationInput] = strawberry.field(description=_CITATIONS)
    id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Of an entity that is there; left out for a new one."
    )
    ref: str | None = strawberry.field(
        default=strawberry.UNSET,
        description='A name by which this change set points at it, as "ref:NAME" where an id is asked.',
    )
    slug: str | None = strawberry.field(
        default=strawberry.UNSET, description="Of a new entity: unique in its kind; made of the name if left out."
    )
    aliases: list[str] | None = strawberry.field(default=strawberry.UNSET, description="Other names.")
    external_ids: list[ExternalIdInput] | None = strawberry.field(
        default=strawberry.UNSET, description="Identifiers elsewhere."
    )
    properties: JSON | None = strawberry.field(
        default=strawberry.UNSET,
        description='Values by property (docs/model.md): {"year": 2025, "runtime": "36 min", "genres": ["drama"]}.',
    )


@strawberry.input(description="A relationship, or what is new about one that is there.")
class RelationshipInput:
    """What makes a `records.RelationshipRow`."""

    type: enums.RelationType = strawberry.field(description="Its relation.")
    from_: strawberry.ID = strawberry.field(name="from", description=f"Where it starts. {_REF_OR_ID}")
    to: strawberry.ID = strawberry.field(description=f"Where it ends. {_REF_OR_ID}")
    citations: list[CitationInput] = strawberry.field(description=_CITATIONS)
    properties: JSON | None = strawberry.field(
        default=strawberry.UNSET, description='The relation\'s own properties: {"role": "DIRECTOR"}.'
    )
    rank: enums.ClaimRank | None = strawberry.field(
        default=enums.ClaimRank.NORMAL, description="How it stands among its rivals."
    )
    certainty: enums.Certainty | None = strawberry.field(
        default=enums.Certainty.STATED, description="Whether the source states it."
    )
    reason: str | None = strawberry.field(
        default=strawberry.UNSET, description="From what it is inferred, or why it is open."
    )
    asserted_by: str | None = strawberry.field(
        default=strawberry.UNSET, description="Whose word it is, where the source reports what somebody said."
    )


@strawberry.input(description="What a source says of one property of an entity.")
class ClaimInput:
    """What makes a `records.Claim`."""

    subject: strawberry.ID = strawberry.field(description=f"What it is about. {_REF_OR_ID}")
    property: str = strawberry.field(description="runtime, aiSubmissions, sameAs, ... (docs/model.md).")
    citations: list[CitationInput] = strawberry.field(description=_CITATIONS)
    value: str | None = strawberry.field(default=strawberry.UNSET, description="The value as text.")
    number: float | None = strawberry.field(default=strawberry.UNSET, description="The value, where it is a number.")
    unit: str | None = strawberry.field(
        default=strawberry.UNSET, description="The number's unit: min, %, an ISO 4217 code."
    )
    bound: enums.NumberBound | None = strawberry.field(
        default=strawberry.UNSET, description="How the source words the number; EXACT if left out."
    )
    entity: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description=f"The value, where it is an entity. {_REF_OR_ID}"
    )
    qualifiers: JSON | None = strawberry.field(
        default=strawberry.UNSET, description='What narrows it: {"asOf": "2025-10", "place": "ref:seoul"}.'
    )
    certainty: enums.Certainty | None = strawberry.field(
        default=enums.Certainty.STATED, description="Whether the source states it."
    )
    rank: enums.ClaimRank | None = strawberry.field(
        default=enums.ClaimRank.NORMAL, description="How it stands among its rivals."
    )
    reason: str | None = strawberry.field(
        default=strawberry.UNSET, description="From what it is inferred, or why it is open."
    )
    asserted_by: str | None = strawberry.field(
        default=strawberry.UNSET, description="Whose word it is, where the source reports what somebody said."
    )


@strawberry.input(description="Changes that are applied all together, or not at all.")
class ChangeSetInput:
    """One change set."""

    sources: list[SourceInput] | None = strawberry.field(default=strawberry.UNSET, description="New sources.")
    entities: list[EntityInput] | None = strawberry.field(
        default=strawberry.UNSET, description="New entities, and rows of old ones."
    )
    relationships: list[RelationshipInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Relationships; one that is there gets these facts, and the citations too.",
    )
    claims: list[ClaimInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Claims; one that is there gets this rank and certainty, and the citations too.",
    )
    remove: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="Ids of what is removed; an entity goes with all that names it."
    )
    expected_revision: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The revision that the changes were made for; at another, nothing is applied.",
    )
    dry_run: bool | None = strawberry.field(
        default=False, description="Check everything and tell what would become of it, and keep nothing."
    )
