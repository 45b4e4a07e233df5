"""Two entries of one thing made one: what becomes of everything that names the entry that goes.

Ids of relationships and claims are made of the ids of what they join, so they get new ones; the
id of the entity that goes stands for the other from then on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from graph_api.domain.catalogue import KINDS, QUALIFIERS, RELATIONS, ClaimRank, Relation, ValueType
from graph_api.domain.derive import pack, united, unpack
from graph_api.domain.ids import claim_id, relationship_id
from graph_api.domain.images import ClaimImage, EntityImage, Image, MentionImage, Place, RelationshipImage
from graph_api.domain.records import Claim, Relationship, Scalar
from graph_api.domain.values import format_number
from graph_api.errors import BadInput, Conflict

_ENTITY_PROPERTIES = {
    relation: frozenset(p.name for p in record.properties if p.type is ValueType.ENTITY)
    for relation, record in RELATIONS.items()
}
_DISTINGUISHING = {
    relation: tuple(p.name for p in record.properties if p.distinguishing) for relation, record in RELATIONS.items()
}
_ENTITY_QUALIFIERS = frozenset(q.name for q in QUALIFIERS.values() if q.type is ValueType.ENTITY)


def distinguishing(relation: Relation, properties: Mapping[str, Scalar]) -> list[tuple[str, str]]:
    """Return what tells a relationship from others between the same ends, as its id is made of it."""
    return [(name, as_text(properties[name])) for name in _DISTINGUISHING[relation] if name in properties]


def as_text(value: Scalar) -> str:
    """Return a scalar as its canonical text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else format_number(value)


def renamed_relationship(r: Relationship, names: Mapping[str, str]) -> Relationship:
    """Return a relationship with ids replaced by those that stand for them now, and its id made of these."""
    source, target = names.get(r.source, r.source), names.get(r.target, r.target)
    changed = {
        name: names[str(r.properties[name])]
        for name in _ENTITY_PROPERTIES[r.type]
        if name in r.properties and r.properties[name] in names
    }
    if (source, target) == (r.source, r.target) and not changed:
        return r
    properties = {**r.properties, **changed}
    id_ = relationship_id(r.type, source, target, distinguishing(r.type, properties))
    return replace(r, id=id_, source=source, target=target, properties=properties)


def renamed_claim(c: Claim, names: Mapping[str, str]) -> Claim:
    """Return a claim with ids replaced by those that stand for them now, and its id made of these."""
    subject = names.get(c.subject, c.subject)
    entity = None if c.entity is None else names.get(c.entity, c.entity)
    changed = {name: names[text] for name, text in c.qualifiers.items() if name in _ENTITY_QUALIFIERS and text in names}
    if (subject, entity) == (c.subject, c.entity) and not changed:
        return c
    qualifiers = {**c.qualifiers, **changed}
    id_ = claim_id(subject, c.property, c.value, c.unit, entity, qualifiers)
    return replace(c, id=id_, subject=subject, entity=entity, qualifiers=qualifiers)


def renamed(image: Image, names: Mapping[str, str]) -> Image:
    """Return a relationship's or claim's image with ids replaced."""
    match image:
        case RelationshipImage():
            return replace(image, relationship=renamed_relationship(image.relationship, names))
        case ClaimImage():
            return replace(image, claim=renamed_claim(image.claim, names))
        case _:
            return image


def check_mergeable(keep: EntityImage | None, gone: EntityImage | None, referring: Iterable[Image]) -> None:
    """Make sure that two entities can be one.

    Args:
        keep: the entity that stays.
        gone: the one that becomes it.
        referring: the relationships and claims that name the one that goes.

    Raises:
        BadInput: they are the same already, or of different kinds.
        Conflict: the graph says that they are two.
    """
    if keep is None or gone is None:
        raise BadInput("only entities can be merged; give the ids of two")
    if keep.id == gone.id:
        raise BadInput("both ids stand for the same entity already")
    if keep.kind is not gone.kind:
        raise BadInput(f"a {gone.kind.value} can't become a {keep.kind.value}")
    both = {keep.id, gone.id}
    for image in referring:
        match image:
            case RelationshipImage(r, _) if {r.source, r.target} == both:
                raise Conflict(f"a {r.type.value} joins the two; remove it first", id=r.id)
            case ClaimImage(c, _) if c.property == "differentFrom" and {c.subject, c.entity} == both:
                raise Conflict("a claim says that the two are different; remove it first", id=c.id)
            case _:
                pass


def name_claim(keep: EntityImage, name: str) -> ClaimImage:
    """Return the claim that an entity is called by the name it has: a merge prefers it to those that come along."""
    prop = KINDS[keep.kind].name_property
    places = {
        replace(row.place, dataset="") for row in keep.mentions if name in _as_tuple(unpack(row.cells).cells[prop])
    }
    id_ = claim_id(keep.id, prop, name, None, None, {})
    return ClaimImage(Claim(id_, keep.id, prop, name, rank=ClaimRank.PREFERRED), tuple(sorted(places)))


def _as_tuple(texts: str | list[str]) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)


def merged(
    keep: EntityImage,
    gone: EntityImage,
    moved: Mapping[str, Image],
    present: Mapping[str, Image | None],
    name: ClaimImage,
) -> dict[str, Image | None]:
    """Return what the graph holds of the records that a merge touches.

    Args:
        keep: the entity that stays.
        gone: the one that becomes it.
        moved: the relationships and claims that named the one that goes, renamed, by their old ids.
        present: what the graph holds under their new ids, and of the claim of the name.
        name: the claim that the one that stays is called as it is.
    """
    found: dict[str, Image | None] = dict.fromkeys(moved)
    for old, image in moved.items():
        if isinstance(image, ClaimImage) and _says_same(image.claim, keep.id):
            continue  # what it claimed is so now
        # Where only a property that does not tell relationships apart was renamed, the id is the same.
        other = None if image.id == old else found.get(image.id) or present.get(image.id)
        found[image.id] = image if other is None else _united(other, image)
    called = found.get(name.id) or present.get(name.id)
    if isinstance(called, ClaimImage):
        found[name.id] = replace(called, claim=replace(called.claim, rank=ClaimRank.PREFERRED))
    elif name.places:
        found[name.id] = name
    found[gone.id] = None
    found[keep.id] = replace(
        keep,
        mentions=_mentions(keep, gone),
        merged=tuple(sorted({*keep.merged, *gone.merged, gone.id})),
    )
    return found


def _says_same(claim: Claim, id_: str) -> bool:
    return (claim.property, claim.subject, claim.entity) == ("sameAs", id_, id_)


def _united(one: Image, other: Image) -> Image:
    """Return two records that have become one: the facts of the first, the places of both."""
    match one, other:
        case RelationshipImage(a, here), RelationshipImage(b, there):
            both = replace(a, properties={**b.properties, **a.properties})
            return RelationshipImage(both, tuple(sorted({*here, *there})))
        case ClaimImage(c, here), ClaimImage(_, there):
            return ClaimImage(c, tuple(sorted({*here, *there})))
        case _:
            return one


def _mentions(keep: EntityImage, gone: EntityImage) -> tuple[MentionImage, ...]:
    rows: dict[Place, str] = {}
    for row in (*keep.mentions, *gone.mentions):
        before = rows.get(row.place)
        rows[row.place] = row.cells if before is None else pack(united(unpack(before), unpack(row.cells)))
    return tuple(sorted(MentionImage(place, cells) for place, cells in rows.items()))
