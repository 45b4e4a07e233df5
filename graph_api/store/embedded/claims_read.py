"""What belongs to an entity beside its fields: other names, external ids, claims and their places."""

import sqlite3
from collections.abc import Sequence

import orjson

from graph_api.domain.catalogue import PROPERTIES, Kind
from graph_api.domain.claims import best_first, by_property, united_claims
from graph_api.domain.derive import unpack
from graph_api.domain.ids import check_unknown
from graph_api.domain.query import ClaimQuery
from graph_api.domain.records import Citation, Claim, Mention
from graph_api.store.embedded.keys import Key, entity_keys, id_array
from graph_api.store.embedded.shapes import BOUND_OF, CERTAINTY_OF, KIND_OF, RANK_OF
from graph_api.store.embedded.sql import array

_ALIASES = """
SELECT j.key, n.text FROM json_each(?) AS j CROSS JOIN name AS n ON n.entity_key = j.value AND n.best = 0
ORDER BY j.key, n.text"""
_EXTERNAL_IDS = """
SELECT j.key, x.scheme, x.value FROM json_each(?) AS j CROSS JOIN external_id AS x ON x.entity_key = j.value
ORDER BY j.key, x.scheme, x.value"""


def aliases(conn: sqlite3.Connection, ids: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the other names of the entities, by code point."""
    found: list[list[str]] = [[] for _ in ids]
    for position, text in conn.execute(_ALIASES, (array(entity_keys(conn, ids)),)):
        found[position].append(text)
    return [tuple(names) for names in found]


def external_ids(conn: sqlite3.Connection, ids: Sequence[str]) -> list[tuple[tuple[str, str], ...]]:
    """Return (scheme, value) pairs of the entities, in order."""
    found: list[list[tuple[str, str]]] = [[] for _ in ids]
    for position, scheme, value in conn.execute(_EXTERNAL_IDS, (array(entity_keys(conn, ids)),)):
        found[position].append((scheme, value))
    return [tuple(pairs) for pairs in found]


# --------------------------------------------------------------------------- claims
_SUBJECTS = "SELECT j.key, e.id, e.kind FROM json_each(?) AS j CROSS JOIN entity AS e ON e.key = j.value"
_MENTIONS = """
SELECT j.key, s.id, s.published_on, m.locator, m.cells FROM json_each(?) AS j
CROSS JOIN mention AS m ON m.entity_key = j.value CROSS JOIN source AS s ON s.key = m.source_key"""
_CLAIMS = """
SELECT j.key, c.key, c.id, c.property, c.value, c.number, c.unit, (SELECT id FROM entity WHERE key = c.entity_key),
  c.bound, c.qualifiers, c.rank, c.certainty, c.reason, c.asserted_by
FROM json_each(?) AS j CROSS JOIN claim AS c ON c.subject_key = j.value"""
_CLAIM_CITATIONS = """
SELECT DISTINCT j.key, s.id, x.locator, s.published_on FROM json_each(?) AS j
CROSS JOIN claim_citation AS x ON x.claim_key = j.value CROSS JOIN source AS s ON s.key = x.source_key"""


def claims(conn: sqlite3.Connection, ids: Sequence[str], query: ClaimQuery = ClaimQuery()) -> list[list[Claim]]:
    """Return the claims about the entities, by property, then best first, with their citations."""
    found = claims_by_key(conn, entity_keys(conn, ids), query.property)
    if query.rank is None:
        return found
    return [[claim for claim in each if claim.rank is query.rank] for each in found]


def claims_by_key(conn: sqlite3.Connection, keys: Sequence[Key], property_name: str | None = None) -> list[list[Claim]]:
    """Return the claims about the entities with these keys, of one property or of all."""
    if property_name is not None and property_name not in PROPERTIES:
        return [[] for _ in keys]
    parents = array(keys)
    subjects = {position: (id_, KIND_OF[kind]) for position, id_, kind in conn.execute(_SUBJECTS, (parents,))}
    published: dict[str, str | None] = {}
    mentions = _mentions(conn, len(keys), parents, property_name, published)
    stored = _stored_claims(conn, subjects, len(keys), parents, property_name, published)
    found: list[list[Claim]] = []
    for position in range(len(keys)):
        if position not in subjects:
            found.append([])
            continue
        subject, kind = subjects[position]
        groups = by_property(united_claims(subject, kind, mentions[position], stored[position]))
        found.append([claim for group in groups.values() for claim in best_first(group, published)])
    return found


def _mentions(
    conn: sqlite3.Connection, count: int, parents: str, property_name: str | None, published: dict[str, str | None]
) -> list[list[Mention]]:
    """Return what places say of the parents; fills in when their sources were published."""
    found: list[list[Mention]] = [[] for _ in range(count)]
    text = _MENTIONS
    params: tuple[str, ...] = (parents,)
    if property_name is not None:
        text, params = f"{_MENTIONS} WHERE json_type(m.cells, ?) IS NOT NULL", (parents, f'$."{property_name}"')
    for position, source, date, locator, packed in conn.execute(text, params):
        published[source] = date
        cells = {
            name: texts if isinstance(texts, str) else tuple(texts)
            for name, texts in unpack(packed).cells.items()
            if property_name is None or name == property_name
        }
        found[position].append(Mention(Citation(source, locator), cells))
    return found


def _stored_claims(
    conn: sqlite3.Connection,
    subjects: dict[int, tuple[str, Kind]],
    count: int,
    parents: str,
    property_name: str | None,
    published: dict[str, str | None],
) -> list[list[Claim]]:
    """Return the claims of the parents that have rows of their own; fills in when their sources were published."""
    if property_name is None:
        rows = conn.execute(_CLAIMS, (parents,)).fetchall()
    else:
        rows = conn.execute(f"{_CLAIMS} AND c.property = ?", (parents, property_name)).fetchall()
    places: list[list[Citation]] = [[] for _ in rows]
    for position, source, locator, date in conn.execute(_CLAIM_CITATIONS, (array(row[1] for row in rows),)):
        published[source] = date
        places[position].append(Citation(source, locator))
    found: list[list[Claim]] = [[] for _ in range(count)]
    for row, citations_of_it in zip(rows, places, strict=True):
        position, _, id_, name, value, number, unit, entity, bound, qualifiers, rank, certainty, reason, asserted_by = (
            row
        )
        found[position].append(
            Claim(
                id_,
                subjects[position][0],
                name,
                value,
                number,
                unit,
                entity,
                None if bound is None else BOUND_OF[bound],
                orjson.loads(qualifiers),
                RANK_OF[rank],
                CERTAINTY_OF[certainty],
                reason,
                asserted_by,
                tuple(sorted(citations_of_it)),
            )
        )
    return found


# --------------------------------------------------------------------------- places
_CITATIONS = """
WITH place (position, source_key, locator) AS (
  SELECT j.key, m.source_key, m.locator
  FROM json_each(?1) AS j CROSS JOIN mention AS m ON m.entity_key = j.value
  UNION
  SELECT j.key, x.source_key, x.locator
  FROM json_each(?1) AS j CROSS JOIN claim AS c ON c.subject_key = j.value
  CROSS JOIN claim_citation AS x ON x.claim_key = c.key
  UNION
  SELECT j.key, x.source_key, x.locator
  FROM json_each(?2) AS j CROSS JOIN relationship_citation AS x ON x.relationship_key = j.value
)
SELECT place.position, s.id, place.locator FROM place CROSS JOIN source AS s ON s.key = place.source_key
ORDER BY place.position, s.slug, place.locator"""
_KEYS = """
SELECT coalesce((SELECT key FROM entity WHERE id = j.value), (SELECT entity_key FROM merged WHERE id = j.value)),
  (SELECT key FROM relationship WHERE id = j.value) FROM json_each(?) AS j"""


def citations(conn: sqlite3.Connection, ids: Sequence[str]) -> list[tuple[Citation, ...]]:
    """Return every place that mentions the entities or states the relationships, by source slug, then locator.

    A place that makes a claim about an entity mentions it too.
    """
    keys = conn.execute(_KEYS, (id_array(ids),)).fetchall()
    check_unknown(ids, [entity or relationship for entity, relationship in keys])
    found: list[list[Citation]] = [[] for _ in ids]
    parents = (array(entity for entity, _ in keys), array(relationship for _, relationship in keys))
    for position, source, locator in conn.execute(_CITATIONS, parents):
        found[position].append(Citation(source, locator))
    return [tuple(places) for places in found]
