"""Small graphs to apply, and the ways to write them down in few words."""

from collections.abc import Iterable, Mapping, Sequence

from graph_api.domain.catalogue import PROPERTIES, Certainty, ClaimRank, Kind, NumberBound, Relation
from graph_api.domain.ids import claim_id, entity_id, relationship_id, source_id
from graph_api.domain.records import (
    ChangeItem,
    Citation,
    Claim,
    EntityRow,
    Relationship,
    RelationshipRow,
    Scalar,
    Source,
)
from graph_api.domain.values import parse
from graph_api.store.base import Store


def source(slug: str, published_on: str | None = None, title: str | None = None) -> Source:
    return Source(source_id(slug), slug, title or slug.title(), "article", published_on=published_on)


def cited(*places: str) -> tuple[Citation, ...]:
    """Citations from "source#locator"."""
    return tuple(Citation(source_id(p.partition("#")[0]), p.partition("#")[2]) for p in places)


def person(
    slug: str, name: str, *places: str, aliases: Sequence[str] = (), **cells: str | tuple[str, ...]
) -> EntityRow:
    return EntityRow(Kind.PERSON, slug, name, tuple(aliases), cells=cells, citations=cited(*places))


def film(slug: str, title: str, *places: str, aliases: Sequence[str] = (), **cells: str | tuple[str, ...]) -> EntityRow:
    return EntityRow(Kind.FILM, slug, title, tuple(aliases), cells=cells, citations=cited(*places))


def entity(kind: Kind, slug: str, name: str, *places: str) -> EntityRow:
    return EntityRow(kind, slug, name, citations=cited(*places))


def related(
    relation: Relation,
    start: str,
    goal: str,
    *places: str,
    rank: ClaimRank = ClaimRank.NORMAL,
    key: Sequence[str] = (),
    **properties: Scalar,
) -> RelationshipRow:
    """A relationship between two ids; `key` names its distinguishing properties."""
    distinguishing = [(name, str(properties[name])) for name in key]
    id_ = relationship_id(relation, start, goal, distinguishing)
    return RelationshipRow(Relationship(id_, relation, start, goal, properties, rank), cited(*places))


def credit(
    who: str, what: str, *places: str, role: str = "DIRECTOR", rank: ClaimRank = ClaimRank.NORMAL, **properties: Scalar
) -> RelationshipRow:
    start, goal = entity_id(Kind.PERSON, who), entity_id(Kind.FILM, what)
    return related(Relation.CREDITED_ON, start, goal, *places, key=("role",), rank=rank, role=role, **properties)


def claim(
    subject: str,
    name: str,
    value: str,
    *places: str,
    unit: str | None = None,
    rank: ClaimRank = ClaimRank.NORMAL,
    certainty: Certainty = Certainty.STATED,
    qualifiers: Mapping[str, str] | None = None,
) -> Claim:
    literal = parse(PROPERTIES[name], value, unit)
    given = dict(qualifiers or {})
    return Claim(
        claim_id(subject, name, literal.text, literal.unit, None, given),
        subject,
        name,
        literal.text,
        literal.number,
        literal.unit,
        bound=NumberBound.EXACT if literal.number is not None else None,
        qualifiers=given,
        rank=rank,
        certainty=certainty,
        citations=cited(*places),
    )


IMPERIA = entity_id(Kind.FILM, "imperia")
MARCEL = entity_id(Kind.PERSON, "marcel-barsotti")


def imperia() -> list[ChangeItem]:
    """One director, one film, one credit, from one row of one source."""
    return [
        source("list", "2025-06-01"),
        person("marcel-barsotti", "Marcel Barsotti", "list#row 1"),
        film("imperia", "Imperia", "list#row 1", year="2025", runtime="36 min", genres=("drama", "science fiction")),
        credit("marcel-barsotti", "imperia", "list#row 1"),
    ]


async def load(
    store: Store, items: Iterable[ChangeItem], *, dataset: str = "films", replace: bool = False, size: int = 1_000
) -> tuple[int, int, int, int]:
    """Apply items as a dataset; return the revision and how many were created, updated and removed."""
    batch = list(items)
    batches = [batch[i : i + size] for i in range(0, len(batch), size)]
    done = await store.apply(batches, actor="test", dataset=dataset, replace=replace)
    return done.revision, done.created, done.updated, done.removed
