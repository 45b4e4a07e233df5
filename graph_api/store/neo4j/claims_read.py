"""What belongs to an entity beside its fields: other names, external ids, claims and their places."""

from collections.abc import Sequence
from typing import Any

from graph_api.domain.catalogue import PROPERTIES, QUALIFIERS
from graph_api.domain.claims import best_first, by_property, united_claims
from graph_api.domain.derive import unpack
from graph_api.domain.ids import check_ascii, check_unknown, source_id
from graph_api.domain.query import ClaimQuery
from graph_api.domain.records import Citation, Claim, Mention
from graph_api.store.neo4j.connection import Snapshot
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
_CITATIONS = f"""
CALL () {{
  {BY_ID}
  RETURN {collected(("i", "[(n)-[m:MENTIONED_IN]->(s) | [s.slug, m.locator]]"), "e")},
    collect([(n)<-[:ABOUT_SUBJECT]-()-[x:CITES]->(s) | [s.slug, x.locator]]) AS e2
}}
CALL (e0) {{
  {BY_RELATIONSHIP_ID}
  RETURN {collected(("i", "r.citations"), "r")}
}}
RETURN e0, e1, e2, r0, r1"""


async def citations(graph: Snapshot, ids: Sequence[str]) -> list[tuple[Citation, ...]]:
    """Return every place that mentions the entities or states the relationships, by source slug, then locator.

    A place that makes a claim about an entity mentions it too.
    """
    check_ascii(ids)
    row = await graph.read(_CITATIONS, ids=list(ids))
    found: list[set[tuple[str, str]] | None] = [None] * len(ids)
    for position, mentions, claimed in zip(row["e0"], row["e1"], row["e2"], strict=True):
        found[position] = {(slug, locator) for slug, locator in (*mentions, *claimed)}
    for position, texts in zip(row["r0"], row["r1"], strict=True):
        parts = (text.partition("#") for text in texts)
        found[position] = {(slug, locator) for slug, _, locator in parts}
    check_unknown(ids, found)
    return [tuple(Citation(source_id(slug), locator) for slug, locator in sorted(places or ())) for places in found]
