"""The mutations that change the graph."""

from dataclasses import replace
from typing import Annotated

import strawberry

from graph_api.batching.adapter import single
from graph_api.batching.columns import Row
from graph_api.domain import ids, records
from graph_api.domain.access import Scope
from graph_api.domain.records import ChangeItem, RelationshipRow
from graph_api.errors import BadInput, Conflict, NotFound
from schema import enums
from schema.change_inputs import ChangeSetInput, SourceInput
from schema.changes import ChangeSetPayload, apply_change_set, outcome
from schema.claims import claims_by_id, relationship_of
from schema.context import Info
from schema.provenance import Claim, Source
from schema.scalars import Date


@strawberry.type
class ChangeMutations:
    """Changes of the graph; all of them need a token with the scope write."""

    @single
    async def apply_changes(
        info: Info, input: Annotated[ChangeSetInput, strawberry.argument(description="The changes.")]
    ) -> Row[ChangeSetPayload]:
        """Apply changes, all together or not at all; what is wrong with them is in the answer's errors."""
        actor = info.context.access.require(Scope.WRITE)
        return await apply_change_set(info, input, actor)

    @single
    async def add_source(
        info: Info,
        title: Annotated[str, strawberry.argument(description="Its headline, or what describes it.")],
        kind: Annotated[
            str,
            strawberry.argument(description="article, press_release, official, news, blog, encyclopedia, database."),
        ],
        url: Annotated[str | None, strawberry.argument(description="Its address.")] = None,
        publisher: Annotated[str | None, strawberry.argument(description="Who published it.")] = None,
        published_on: Annotated[Date | None, strawberry.argument(description="When it was published.")] = None,
        licence: Annotated[str | None, strawberry.argument(description="The licence it stands under.")] = None,
    ) -> Row[Source]:
        """Add a source that facts can cite."""
        actor = info.context.access.require(Scope.WRITE)
        item = SourceInput(
            title=title, kind=kind, url=url, publisher=publisher, published_on=published_on, licence=licence
        )
        done = await apply_change_set(info, ChangeSetInput(sources=[item]), actor)
        for problem in done.errors:
            error = Conflict if problem.code.value == "CONFLICT" else BadInput
            raise error(problem.message, argument=problem.path[-1] if problem.path else None)
        return done.created[0]

    @single
    async def set_claim_rank(
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The claim.")],
        rank: Annotated[enums.ClaimRank, strawberry.argument(description="How it stands among its rivals.")],
    ) -> Row[Claim]:
        """Rank a claim among its rivals; one that a row or a relationship makes, too."""
        actor = info.context.access.require(Scope.WRITE)
        (claim,) = await claims_by_id(info, [id])
        if claim is None:
            raise NotFound("no claim has this id; the field claims of an entity lists its claims", id=id)
        await info.context.store.apply([[await _ranked(info, claim, rank)]], actor=actor)
        info.context.forget()
        (claim,) = await claims_by_id(info, [id])
        return claim

    @single
    async def merge_entities(
        info: Info,
        keep: Annotated[strawberry.ID, strawberry.argument(description="The entity that stays.")],
        merge: Annotated[strawberry.ID, strawberry.argument(description="The one that becomes it.")],
    ) -> Row[ChangeSetPayload]:
        """Make two entries of one thing one: names, claims and relationships move, and the merged id still resolves."""
        actor = info.context.access.require(Scope.WRITE)
        for entity_id in (keep, merge):
            if ids.decode(entity_id).kind is None:
                raise BadInput("the id of an entity is wanted here")
        there = await info.context.store.entities([keep, merge])
        if None in there:
            raise NotFound("no entity has this id; search finds entities by name", id=[keep, merge][there.index(None)])
        applied = await info.context.store.merge(keep, merge, actor=actor)
        return await outcome(info, applied, applied.revision)


async def _ranked(info: Info, claim: records.Claim, rank: enums.ClaimRank) -> ChangeItem:
    """Return what gives a claim another rank: itself, or the relationship that it is a view of."""
    relationship = await relationship_of(info, claim)
    if relationship is None:
        return replace(claim, rank=rank)
    (cited,) = await info.context.store.citations([relationship.id])
    return RelationshipRow(replace(relationship, rank=rank), cited)
