"""Rows of the embedded store as records of the domain."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import orjson

from graph_api.domain.catalogue import RELATIONS, Certainty, ClaimRank, NumberBound, Property, Relation, ValueType
from graph_api.domain.records import Citation, Claim, Relationship, Scalar, Source
from graph_api.store.embedded.session import as_list

SOURCE_COLUMNS = "id, slug, title, kind, url, publisher, published_on, retrieved_on, licence"
CLAIM_COLUMNS = (
    "c.key, c.id, s.id, c.property, c.value, c.number, c.unit, v.id, c.bound, c.qualifiers, c.rank, c.certainty, "
    "c.reason, c.asserted_by"
)
CLAIM_TABLES = "claim c JOIN entity s ON s.key = c.subject_key LEFT JOIN entity v ON v.key = c.entity_key"

_PROPERTIES: Mapping[Relation, Sequence[Property]] = {
    relation: record.properties for relation, record in RELATIONS.items()
}


def to_source(row: Sequence[str]) -> Source:
    """Return a source from its SOURCE_COLUMNS."""
    return Source(*row)


def to_claim(row: Sequence[object], citations: tuple[Citation, ...]) -> Claim:
    """Return a claim from its CLAIM_COLUMNS."""
    _, id_, subject, name, value, number, unit, entity, bound, qualifiers, rank, certainty, reason, asserted_by = row
    return Claim(
        str(id_),
        str(subject),
        str(name),
        None if value is None else str(value),
        number if isinstance(number, float) else None,
        None if unit is None else str(unit),
        None if entity is None else str(entity),
        None if bound is None else NumberBound(str(bound)),
        orjson.loads(str(qualifiers)),
        ClaimRank(str(rank)),
        Certainty(str(certainty)),
        None if reason is None else str(reason),
        None if asserted_by is None else str(asserted_by),
        citations,
    )


RELATIONSHIP_COLUMNS: Mapping[Relation, str] = {
    relation: ", ".join(
        (
            *("r.key", "r.id", "a.id", "b.id", "r.rank", "r.certainty", "r.reason", "r.asserted_by"),
            *(f"r.p_{p.column}" for p in properties),
        )
    )
    for relation, properties in _PROPERTIES.items()
}


def to_relationship(relation: Relation, row: Sequence[object]) -> Relationship:
    """Return a relationship from its RELATIONSHIP_COLUMNS."""
    _, id_, source, target, rank, certainty, reason, asserted_by, *values = row
    properties: dict[str, Scalar] = {}
    for prop, value in zip(_PROPERTIES[relation], values, strict=True):
        if isinstance(value, (str, int, float)):
            properties[prop.name] = bool(value) if prop.type is ValueType.BOOLEAN else value
    return Relationship(
        str(id_),
        relation,
        str(source),
        str(target),
        properties,
        ClaimRank(str(rank)),
        Certainty(str(certainty)),
        None if reason is None else str(reason),
        None if asserted_by is None else str(asserted_by),
    )


_CITATIONS = {
    table: f"""
SELECT DISTINCT x.{table}_key, s.id, x.locator FROM {table}_citation x JOIN source s ON s.key = x.source_key
WHERE x.{table}_key IN (SELECT value FROM json_each(?)) ORDER BY 1, 2, 3"""
    for table in ("relationship", "claim")
}


def citations_of(db: sqlite3.Connection, table: str, keys: Iterable[int]) -> dict[int, tuple[Citation, ...]]:
    """Return the citations of relationships or claims by key, by source id, then locator."""
    found: dict[int, list[Citation]] = {}
    for key, source, locator in db.execute(_CITATIONS[table], (as_list(keys),)):
        found.setdefault(key, []).append(Citation(source, locator))
    return {key: tuple(places) for key, places in found.items()}
