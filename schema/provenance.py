"""Sources, citations and claims: where every fact comes from, and who says otherwise."""

from typing import Any

import strawberry

from graph_api.batching.adapter import batched
from graph_api.batching.columns import Answers, Column
from graph_api.domain import records
from graph_api.domain.catalogue import QUALIFIERS, RELATIONS, ValueType
from graph_api.domain.paging import BARE_LIST_LIMIT
from schema import enums, refs
from schema.context import Info
from schema.node import Node
from schema.scalars import Date


@strawberry.type(description="Where facts come from: an article, a press release, a page, a table.")
class Source(Node):
    """Stands for `records.Source`."""

    slug: str = strawberry.field(description="Unique among sources.")
    title: str = strawberry.field(description="Its headline, or what describes it.")
    publisher: str | None = strawberry.field(description="Who published it.")
    kind: str = strawberry.field(description="article, press_release, official, news, blog, encyclopedia, database.")
    url: str | None = strawberry.field(description="Its address.")
    published_on: Date | None = strawberry.field(description="When it was published.")
    retrieved_on: Date | None = strawberry.field(description="When it was read.")
    licence: str | None = strawberry.field(description="The licence it stands under.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether a row is a source."""
        return isinstance(obj, records.Source)


@strawberry.type(description="A place in a source.")
class Citation:
    """Stands for `records.Citation`."""

    locator: str = strawberry.field(description='Where in the source: "paragraph 12", "row 4711".')

    @batched
    async def source(parents: Column[records.Citation], info: Info) -> Answers[refs.Source]:
        """The source."""
        return await info.context.sources.load_many(parents.col("source"))


_ENTITIES = {
    record.name
    for records_ in (QUALIFIERS.values(), *(relation.properties for relation in RELATIONS.values()))
    for record in records_
    if record.type is ValueType.ENTITY
}
"""Qualifiers, of claims and of relations seen as claims, whose value is an entity."""


class _QualifierRow:
    __slots__ = ("entity_id", "property", "value")

    def __init__(self, name: str, text: str) -> None:
        self.property = name
        is_entity = name in _ENTITIES
        self.entity_id = text if is_entity else None
        self.value = None if is_entity else text


def _qualifiers(root: records.Claim) -> Any:
    return [_QualifierRow(*pair) for pair in sorted(root.qualifiers.items())]


@strawberry.type(description="What narrows a claim: the day it held, the edition it is about.")
class Qualifier:
    """Stands for a pair of a claim's qualifiers."""

    property: str = strawberry.field(description="asOf, edition, event, place, period, of, ...")
    value: str | None = strawberry.field(description="Its text, where it is no entity.")

    @batched
    async def entity(parents: Column[_QualifierRow], info: Info) -> Answers[refs.Entity | None]:
        """Its entity, where it is one."""
        return await _entities(parents.col("entity_id"), info)


async def _entities(ids: list[str | None], info: Info) -> list[records.Entity | None]:
    found = iter(await info.context.entities.load_many([i for i in ids if i is not None]))
    return [None if i is None else next(found) for i in ids]


@strawberry.type(description="What sources say of one property of one entity. Rival claims stand side by side.")
class Claim(Node):
    """Stands for `records.Claim`."""

    property: str = strawberry.field(
        description="What it is about: runtime, aiSubmissions, title, director, madeWith, ... (docs/model.md)."
    )
    value: str | None = strawberry.field(description="The value as text; null where it is an entity.")
    number: float | None = strawberry.field(description="The value as a number, where it is one.")
    unit: str | None = strawberry.field(
        description="min, % (2 is two per cent), an ISO 4217 code; null for counts and texts."
    )
    bound: enums.NumberBound | None = strawberry.field(
        description="How the source words the number; null where it is none."
    )
    rank: enums.ClaimRank = strawberry.field(description="How it stands among its rivals.")
    certainty: enums.Certainty = strawberry.field(description="Whether the source states it.")
    reason: str | None = strawberry.field(description="From what it was inferred, or why it is open.")
    asserted_by: str | None = strawberry.field(
        description="Whose word it is, where the source reports what somebody said."
    )
    citations: list[Citation] = strawberry.field(
        description="Where it is said.", resolver=lambda root: root.citations[:BARE_LIST_LIMIT]
    )
    qualifiers: list[Qualifier] = strawberry.field(
        description="What narrows it, by property.",
        resolver=_qualifiers,
    )

    @batched
    async def subject(parents: Column[records.Claim], info: Info) -> Answers[refs.Entity]:
        """What it is about."""
        return await info.context.entities.load_many(parents.col("subject"))

    @batched
    async def entity(parents: Column[records.Claim], info: Info) -> Answers[refs.Entity | None]:
        """The value, where it is an entity."""
        return await _entities(parents.col("entity"), info)

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether a row is a claim."""
        return isinstance(obj, records.Claim)


@strawberry.type(description="A property of which the live claims can't all be true.")
class ClaimConflict:
    """Stands for `records.ConflictRecord`."""

    subject: refs.Entity = strawberry.field(description="What the claims are about.")
    property: str = strawberry.field(description="The property.")
    claims: list[Claim] = strawberry.field(
        description="The rivals, the best first.", resolver=lambda root: root.claims[:BARE_LIST_LIMIT]
    )
    preferred: Claim | None = strawberry.field(
        description="The claim that the plain field shows.",
        resolver=lambda root: root.claims[0] if root.claims else None,
    )
