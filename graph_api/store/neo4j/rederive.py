"""Derived data made anew from the facts, for entities that a change touched or for all."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from graph_api.domain.catalogue import QUALIFIERS, Certainty, ClaimRank, Kind, NumberBound
from graph_api.domain.changes import Operation
from graph_api.domain.claims import united_claims
from graph_api.domain.derive import KIND_PLANS, StoredCells, from_cells, from_facts, is_plain, unpack
from graph_api.domain.ids import decode
from graph_api.domain.records import Citation, Claim, Mention
from graph_api.store.neo4j.link import Work
from graph_api.store.neo4j.schema import ANY_TYPE
from graph_api.store.neo4j.session import Session
from graph_api.store.neo4j.write_entities import count_texts, properties

CHUNK = 500

_ENTITIES = "UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id}) RETURN n.id, properties(n)"
_MENTIONS = """
UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id})-[m:MENTIONED_IN]->(s)
RETURN n.id, s.id, m.locator, m.cells, s.publishedOn"""
_CLAIMS = """
UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id})<-[:ABOUT_SUBJECT]-(c:Claim)
RETURN n.id, properties(c), head([(c)-[:HAS_VALUE]->(v) | v.id]),
  [(c)-[x:CITES]->(s) | [s.id, x.locator, s.publishedOn]]"""
_UPDATE = "UNWIND $rows AS row MATCH (n:FilmGraph {generation: $g, id: row[0]}) SET n += row[1]"
_MARK = "UNWIND $rows AS row MATCH (n:FilmGraph {generation: $g, id: row}) SET n:Disputed"
_UNMARK = "UNWIND $rows AS row MATCH (n:FilmGraph {generation: $g, id: row}) REMOVE n:Disputed"
_DEGREES = f"""
UNWIND $rows AS row MATCH (n:FilmGraph {{generation: $g, id: row}})
SET n.degree = COUNT {{ (n)-[:{ANY_TYPE}]-() }}"""
_DERIVED = {
    kind: frozenset(
        {plan.name_property, "nameKey", "words", "claims", "aliases", "externalIds", "conflicts"}
        | {f"{name}{end}" for name, *_ in plan.fields for end in ("", "Key", "Keys")}
    )
    for kind, plan in KIND_PLANS.items()
}
"""What `properties` may give; what else a node has is another program's."""


class Outcome(NamedTuple):
    """What is derived of an entity, as properties of its node: as they are stored and as they should be."""

    id: str
    stored: Mapping[str, object]
    wanted: Mapping[str, object]

    @property
    def differs(self) -> bool:
        """Whether a reader would see a difference; the number of claims is not read with an entity."""
        return {**self.stored, "claims": 0} != {**self.wanted, "claims": 0}


def to_claim(found: Mapping[str, Any], subject: str, entity: str | None, citations: Sequence[Citation]) -> Claim:
    """Return a claim from the properties of its node."""
    bound = found.get("bound")
    return Claim(
        found["id"],
        subject,
        found["property"],
        found.get("value"),
        found.get("number"),
        found.get("unit"),
        entity,
        NumberBound(bound) if bound else None,
        {name: found[name] for name in sorted(QUALIFIERS) if name in found},
        ClaimRank(found["rank"]),
        Certainty(found["certainty"]),
        found.get("reason"),
        found.get("assertedBy"),
        tuple(sorted(citations)),
    )


def compare(work: Work, ids: Sequence[str]) -> Iterator[Outcome]:
    """Yield what is derived of some entities, stored and anew."""
    published: dict[str, str | None] = {}
    mentions: dict[str, dict[tuple[Citation, str], StoredCells]] = {}
    for id_, source, locator, cells, date in work.read(_MENTIONS, ids=ids):
        published[source] = date
        mentions.setdefault(id_, {})[Citation(source, locator), cells] = unpack(cells)
    claims: dict[str, list[Claim]] = {}
    for id_, found, entity, places in work.read(_CLAIMS, ids=ids):
        published.update((source, date) for source, _, date in places)
        citations = [Citation(source, locator) for source, locator, _ in places]
        claims.setdefault(id_, []).append(to_claim(found, id_, entity, citations))
    for id_, stored in work.read(_ENTITIES, ids=ids):
        kind = decode(id_).kind
        assert kind is not None
        said = mentions.get(id_, {})
        rows = [(citation, said[citation, cells]) for citation, cells in sorted(said)]
        wanted = derive(kind, id_, rows, claims.get(id_, []), published)
        yield Outcome(id_, {name: value for name, value in stored.items() if name in _DERIVED[kind]}, wanted)


def derive(
    kind: Kind,
    id_: str,
    rows: Sequence[tuple[Citation, StoredCells]],
    claims: Sequence[Claim],
    published: Mapping[str, str | None],
) -> dict[str, object]:
    """Return the properties that an entity's node gets from its facts.

    Args:
        kind: of the entity.
        id_: of the entity.
        rows: what each place says of it, in order.
        claims: about it.
        published: when each source was, by id.
    """
    plan = KIND_PLANS[kind]
    if not claims and len(rows) == 1 and is_plain(plan, rows[0][1].cells):
        return properties(plan, from_cells(plan, rows[0][1]), count_texts(rows[0][1]))
    derived = from_facts(plan, id_, rows, claims, published)
    said = [
        Mention(place, {name: t if isinstance(t, str) else tuple(t) for name, t in stored.cells.items()})
        for place, stored in rows
    ]
    return properties(plan, derived, len(united_claims(id_, kind, said, claims)))


def rederive(s: Session, *, silent: bool = False) -> None:
    """Derive anew what the change touched, write the differences and tell the feed (unless `silent`)."""
    ids = iter(sorted(s.dirty))
    while chunk := list(islice(ids, CHUNK)):
        changed: list[Outcome] = []
        news: list[str] = []
        for outcome in compare(s.work, chunk):
            if outcome.stored != outcome.wanted:
                changed.append(outcome)
            if not silent and (outcome.differs or outcome.id in s.restated) and s.entity.tell(outcome.id):
                news.append(outcome.id)
        _write(s.work, changed)
        s.feed.add(Operation.UPDATED, news)


def _write(work: Work, outcomes: Sequence[Outcome]) -> None:
    work.write(_UPDATE, [[o.id, {**dict.fromkeys(o.stored), **o.wanted}] for o in outcomes])
    work.write(_MARK, [o.id for o in outcomes if "conflicts" in o.wanted and "conflicts" not in o.stored])
    work.write(_UNMARK, [o.id for o in outcomes if "conflicts" in o.stored and "conflicts" not in o.wanted])


def update_degrees(s: Session) -> None:
    """Count the relationships of the entities at whose ends something changed."""
    s.work.write(_DEGREES, sorted(s.ends))
