"""Claims weighed against each other: which is shown, which are in conflict, which names are aliases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from graph_api.domain.catalogue import KINDS, PROPERTIES, ClaimRank, Kind, NumberBound, Property, ValueType
from graph_api.domain.ids import claim_id
from graph_api.domain.records import Claim, Mention, Value
from graph_api.domain.values import parse, to_scalar

_RANK_ORDER = {ClaimRank.PREFERRED: 0, ClaimRank.NORMAL: 1, ClaimRank.DEPRECATED: 2}
_NUMERIC = (ValueType.INTEGER, ValueType.NUMBER)


def mentioned_claims(subject: str, kind: Kind, mentions: Iterable[Mention]) -> list[Claim]:
    """Return the claims that the rows of an entity make, those that agree as one with all their citations."""
    found: dict[str, Claim] = {}
    for mention in mentions:
        for name, cell in mention.cells.items():
            prop = PROPERTIES[name]
            for text in (cell,) if isinstance(cell, str) else cell:
                literal = parse(prop, text)
                claim = Claim(
                    claim_id(subject, name, literal.text, literal.unit, None, {}),
                    subject,
                    name,
                    literal.text,
                    literal.number,
                    literal.unit,
                    bound=NumberBound.EXACT if prop.type in _NUMERIC else None,
                    citations=(mention.citation,),
                )
                known = found.get(claim.id)
                if known:
                    claim = replace(known, citations=tuple(sorted({*known.citations, mention.citation})))
                found[claim.id] = claim
    return list(found.values())


def united_claims(subject: str, kind: Kind, mentions: Iterable[Mention], stored: Iterable[Claim]) -> list[Claim]:
    """Return all claims about a subject, a claim that is both stored and in a row being one."""
    found = {claim.id: claim for claim in mentioned_claims(subject, kind, mentions)}
    for claim in stored:
        twin = found.get(claim.id)
        found[claim.id] = (
            replace(claim, citations=tuple(sorted({*claim.citations, *twin.citations}))) if twin else claim
        )
    return list(found.values())


def best_first(claims: Iterable[Claim], published: Mapping[str, str | None]) -> list[Claim]:
    """Return claims in the order in which they are believed.

    Preferred before normal before deprecated; then the more citations; then the later publication;
    then the claim id.

    Args:
        claims: rivals, of one subject and property.
        published: the publication date of each source id.
    """
    by_id = sorted(claims, key=lambda claim: claim.id)
    by_date = sorted(
        by_id, key=lambda claim: max((published.get(c.source) or "" for c in claim.citations), default=""), reverse=True
    )
    return sorted(by_date, key=lambda claim: (_RANK_ORDER[claim.rank], -len(claim.citations)))


def by_property(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    """Return claims grouped by property, properties in order of name."""
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(claim.property, []).append(claim)
    return dict(sorted(groups.items()))


def live(claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims that are not deprecated."""
    return [claim for claim in claims if claim.rank is not ClaimRank.DEPRECATED]


def in_conflict(prop: Property, kind: Kind, claims: Sequence[Claim]) -> bool:
    """Tell whether live claims of one property can't all be true.

    A property with one value has different values under the same qualifiers. Names never
    conflict: another name is an alias. Nor do dates of which one is only less precise.
    """
    if prop.many or prop.name == KINDS[kind].name_property:
        return False
    groups: dict[tuple[tuple[str, str], ...], set[tuple[str, str, str]]] = {}
    for claim in live(claims):
        value = (claim.value or "", claim.unit or "", claim.entity or "")
        groups.setdefault(tuple(sorted(claim.qualifiers.items())), set()).add(value)
    if prop.type is ValueType.DATE:
        return any(
            not longest.startswith(text)
            for g in groups.values()
            for longest in [max(v[0] for v in g)]
            for text, _, _ in g
        )
    return any(len(group) > 1 for group in groups.values())


def field_value(prop: Property, ordered: Sequence[Claim]) -> Value | None:
    """Return what the plain field of a property shows, given its claims best first."""
    texts = [claim.value for claim in live(ordered) if claim.value is not None]
    if not texts:
        return None
    if prop.many:
        return tuple(sorted(set(texts)))
    return to_scalar(prop, texts[0])


def aliases(name: str, given: Iterable[str], name_claims: Iterable[Claim]) -> tuple[str, ...]:
    """Return all names but the best, in order of code points: those given and those claimed."""
    claimed = (claim.value for claim in name_claims if claim.value)
    return tuple(sorted({*given, *claimed} - {name}))
