"""The claims of an entity: those about its properties, and its relationships seen as claims."""

from collections.abc import Sequence

from graph_api.batching.columns import Column
from graph_api.domain.catalogue import RELATIONS, ClaimRank, CreditRole, Kind, Relation
from graph_api.domain.ids import claim_id, decode, decode_claim
from graph_api.domain.paging import BARE_LIST_LIMIT
from graph_api.domain.query import ClaimQuery, Direction, HopQuery
from graph_api.domain.records import Citation, Claim, Entity, Hop, Relationship
from schema.context import Info
from schema.hops import hop_lists

_BY_PROPERTY = {
    record.claim_property: relation for relation, record in RELATIONS.items() if relation is not Relation.CREDITED_ON
}
_NOT_OF_CREDITS = {"role", "order", "department"}
"""Properties of a credit that are no qualifiers of a claim: the role is its property."""


def credit_property(role: str) -> str:
    """Return the property as which a credit is claimed of its film: ART_DIRECTOR is "artDirector"."""
    head, *rest = role.lower().split("_")
    return head + "".join(word.capitalize() for word in rest)


_ROLES = {credit_property(role): role for role in CreditRole}


def _as_claim(subject: str, hop: Hop, citations: tuple[Citation, ...]) -> Claim:
    relationship = hop.relationship
    qualifiers = {key: str(value) for key, value in relationship.properties.items()}
    if relationship.type is Relation.CREDITED_ON:
        name = credit_property(qualifiers["role"])
        qualifiers = {key: value for key, value in qualifiers.items() if key not in _NOT_OF_CREDITS}
    else:
        name = RELATIONS[relationship.type].claim_property
    return Claim(
        claim_id(subject, name, None, None, hop.entity.id, qualifiers),
        subject,
        name,
        entity=hop.entity.id,
        qualifiers=qualifiers,
        rank=relationship.rank,
        certainty=relationship.certainty,
        reason=relationship.reason,
        asserted_by=relationship.asserted_by,
        citations=citations,
    )


async def relationship_of(info: Info, claim: Claim) -> Relationship | None:
    """Return the relationship that a claim is a view of; None for a claim about a property."""
    if not _has_relations(claim.property):
        return None
    (subject,) = await info.context.entities.load_many([claim.subject])
    if subject is None:
        return None
    (hops,) = await _hops_of(Column([subject]), info, claim.property)
    found = (hop.relationship for hop in hops if _as_claim(claim.subject, hop, ()).id == claim.id)
    return next(found, None)


async def _hops_of(parents: Column[Entity], info: Info, name: str | None) -> list[list[Hop]]:
    """Relationships that start at each entity, and credits on a film."""
    role = _ROLES.get(name or "")
    outgoing = HopQuery((_BY_PROPERTY[name],) if name in _BY_PROPERTY else tuple(_BY_PROPERTY.values()), Direction.OUT)
    credits_ = HopQuery((Relation.CREDITED_ON,), Direction.IN, properties={"role": (role,)} if role else {})
    hops: list[list[Hop]] = [[] for _ in parents]
    if name is None or name in _BY_PROPERTY:
        for own, found in zip(hops, await hop_lists(parents, info, outgoing), strict=True):
            own += found
    if (name is None or role) and any(parent.kind is Kind.FILM for parent in parents):
        for parent, own, found in zip(parents, hops, await hop_lists(parents, info, credits_), strict=True):
            own += found if parent.kind is Kind.FILM else ()
    return hops


async def _relation_claims(parents: Column[Entity], info: Info, name: str | None) -> list[list[Claim]]:
    """Relationships that start at an entity, and credits on a film, as claims about it."""
    hops = await _hops_of(parents, info, name)
    flat = [hop.relationship.id for own in hops for hop in own]
    cited = iter(await info.context.store.citations(flat) if flat else ())
    return [[_as_claim(parent.id, hop, next(cited)) for hop in own] for parent, own in zip(parents, hops, strict=True)]


def _has_relations(name: str | None) -> bool:
    return name is None or name in _BY_PROPERTY or name in _ROLES


async def claims_of(
    parents: Column[Entity], info: Info, name: str | None, rank: ClaimRank | None
) -> list[Sequence[Claim]]:
    """Return the claims about each entity: its properties', then its relations', by property; at most a hundred."""
    stored = await info.context.store.claims(parents.col("id"), ClaimQuery(name, rank))
    related = await _relation_claims(parents, info, name) if _has_relations(name) else [[] for _ in parents]
    answers: list[Sequence[Claim]] = []
    for own, others in zip(stored, related, strict=True):
        kept = [claim for claim in others if rank is None or claim.rank is rank]
        answers.append([*own, *sorted(kept, key=lambda claim: (claim.property, claim.id))][:BARE_LIST_LIMIT])
    return answers


async def claims_by_id(info: Info, wanted: Sequence[str]) -> list[Claim | None]:
    """Return the claims with these ids; only more relations among them, not more claims, make more store calls.

    Raises:
        BadId: one is no id of a claim.
    """
    keys = [decode_claim(decode(claim)) for claim in wanted]
    subject_ids = list(dict.fromkeys(key.subject for key in keys))
    subjects = {entity.id: entity for entity in await info.context.entities.load_many(subject_ids) if entity}
    found = {claim.id: claim for own in await info.context.store.claims(list(subjects)) for claim in own}
    related: dict[str, dict[str, Entity]] = {}
    for claim, key in zip(wanted, keys, strict=True):
        if claim not in found and key.subject in subjects and _has_relations(key.property):
            related.setdefault(key.property, {})[key.subject] = subjects[key.subject]
    for name, parents in related.items():
        for own in await _relation_claims(Column(list(parents.values())), info, name):
            found.update((claim.id, claim) for claim in own)
    return [found.get(claim) for claim in wanted]
