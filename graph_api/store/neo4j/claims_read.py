"""What belongs to an entity beside its fields: other names, external ids, claims and their places."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from typing import Any

from graph_api.domain.catalogue import PROPERTIES, QUALIFIERS
from graph_api.domain.claims import best_first, by_property, united_claims
from graph_api.domain.derive import unpack
from graph_api.domain.ids import source_id
from graph_api.domain.query import ClaimQuery
from graph_api.domain.records import Citation, Claim, Mention
from graph_api.store.neo4j.connection import Row, Snapshot
from graph_api.store.neo4j.cypher import BY_ID, BY_RELATIONSHIP_ID, collected, rows
from graph_api.store.neo4j.nodes import read_by_id, scattered
from graph_api.store.neo4j.shapes import BOUND_OF, CERTAINTY_OF, RANK_OF, kind_and_slug


async def aliases(graph: Snapshot, ids: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the other names of the entities, by code point."""
    row = await read_by_id(graph, f"{BY_ID} RETURN {collected(('i', 'coalesce(n.aliases, [])'))}", ids)
    return scattered(ids, ((position, tuple(sorted(names))) for position, names in rows(row, 2)), ())


async def external_ids(graph: Snapshot, ids: Sequence[str]) -> list[tuple[tuple[str, str], ...]]:
    """Return (scheme, value) pairs of the entities, in order."""
    row = await read_by_id(graph, f"{BY_ID} RETURN {collected(('i', 'coalesce(n.externalIds, [])'))}", ids)
    return scattered(ids, ((position, _pairs(texts)) for position, texts in rows(row, 2)), ())


def _pairs(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    parts = (text.partition(":") for text in texts)
    return tuple(sorted((scheme, value) for scheme, _, value in parts))


# --------------------------------------------------------------------------- claims
_CLAIM = ("id", "property", "rank", "certainty", "value", "number", "unit", "bound", "reason", "assertedBy")
_COLUMNS = ", ".join(f"c.{name}" for name in (*_CLAIM, *QUALIFIERS))
_CLAIMS = f"""
{BY_ID}
WITH i, n, [(n)-[m:MENTIONED_IN]->(s) WHERE $property IS NULL OR m.cells CONTAINS $property |
    [s.id, s.publishedOn, m.locator, m.cells]] AS mentions,
  [(n)<-[:ABOUT_SUBJECT]-(c) WHERE $name IS NULL OR c.property = $name |
    [[(c)-[:HAS_VALUE]->(v) | v.id], [(c)-[x:CITES]->(s) | [s.id, s.publishedOn, x.locator]], {_COLUMNS}]] AS stored
RETURN {collected(("i", "n.id", "mentions", "stored"))}"""


async def claims(graph: Snapshot, ids: Sequence[str], query: ClaimQuery = ClaimQuery()) -> list[list[Claim]]:
    """Return the claims about the entities, by property, then best first, with their citations."""
    name = query.property if query.property is None or query.property in PROPERTIES else "none"
    text = None if name is None else f'"{name}":'
    row = await read_by_id(graph, _CLAIMS, ids, property=text, name=name)
    found: list[list[Claim]] = [[] for _ in ids]
    for position, subject, mentions, stored in rows(row, 4):
        about = _claims(subject, name, mentions, stored)
        found[position] = [claim for claim in about if query.rank is None or claim.rank is query.rank]
    return found


def _claims(subject: str, name: str | None, mentions: Sequence[Any], stored: Sequence[Any]) -> list[Claim]:
    kind, _ = kind_and_slug(subject)
    if kind is None:
        return []
    published: dict[str, str | None] = {source: date for source, date, _, _ in mentions}
    for _, places, *_ in stored:
        published |= {source: date for source, date, _ in places}
    rows_ = [_mention(source, locator, cells, name) for source, _, locator, cells in mentions]
    groups = by_property(united_claims(subject, kind, rows_, (_claim(subject, each) for each in stored)))
    return [claim for group in groups.values() for claim in best_first(group, published)]


def _mention(source: str, locator: str, cells: str, name: str | None) -> Mention:
    wanted = {
        property_: texts if isinstance(texts, str) else tuple(texts)
        for property_, texts in unpack(cells).cells.items()
        if name is None or property_ == name
    }
    return Mention(Citation(source, locator), wanted)


def _claim(subject: str, columns: Sequence[Any]) -> Claim:
    entities, places, *facts = columns
    own = len(_CLAIM)
    id_, property_, rank, certainty, value, number, unit, bound, reason, asserted_by = facts[:own]
    return Claim(
        id_,
        subject,
        property_,
        value,
        number,
        unit,
        entities[0] if entities else None,
        None if bound is None else BOUND_OF[bound],
        {name: text for name, text in zip(QUALIFIERS, facts[own:], strict=True) if text is not None},
        RANK_OF[rank],
        CERTAINTY_OF[certainty],
        reason,
        asserted_by,
        tuple(sorted({Citation(source, locator) for source, _, locator in places})),
    )


# --------------------------------------------------------------------------- places
_RELATIONSHIPS = {urlsafe_b64encode(b"R:" + bytes((byte,)))[:3].decode() for byte in range(256)}
"""What ids of relationships begin with, three bytes being four letters of an id."""

_OF_ENTITIES = f"""
{BY_ID}
RETURN collect(i) AS c0, collect([(n)-[m:MENTIONED_IN]->(s) | [s.slug, m.locator]]) AS mentions,
  collect([(n)<-[:ABOUT_SUBJECT]-()-[x:CITES]->(s) | [s.slug, x.locator]]) AS claimed"""
_OF_RELATIONSHIPS = f"""
{BY_RELATIONSHIP_ID}
RETURN collect(i) AS c0, collect(r.citations) AS citations"""


async def citations(graph: Snapshot, ids: Sequence[str]) -> list[tuple[Citation, ...]]:
    """Return every place that mentions the entities or states the relationships, by source slug, then locator.

    A place that makes a claim about an entity mentions it too. Ids of both sorts are two queries.
    """
    found: list[tuple[Citation, ...]] = [()] * len(ids)
    for is_relationship, query in ((False, _OF_ENTITIES), (True, _OF_RELATIONSHIPS)):
        positions = [i for i, id_ in enumerate(ids) if (id_[:3] in _RELATIONSHIPS) is is_relationship]
        if not positions:
            continue
        row = await read_by_id(graph, query, [ids[i] for i in positions])
        for at, places in _places(row):
            found[positions[at]] = tuple(Citation(source_id(slug), locator) for slug, locator in sorted(places))
    return found


def _places(row: Row) -> Iterator[tuple[int, set[tuple[str, str]]]]:
    """Yield positions with the (source slug, locator) of what stands there."""
    if "citations" in row:
        for at, texts in zip(row["c0"], row["citations"], strict=True):
            parts = (text.partition("#") for text in texts)
            yield at, {(slug, locator) for slug, _, locator in parts}
    else:
        for at, mentions, claimed in zip(row["c0"], row["mentions"], row["claimed"], strict=True):
            yield at, {(slug, locator) for slug, locator in (*mentions, *claimed)}
