"""Facets and conflicts: what the entities of a kind have in common, and what sources disagree about."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Sequence

from graph_api.domain.catalogue import PROPERTIES, RELATIONS, Kind, Property, Relation, ValueType
from graph_api.domain.claims import live
from graph_api.domain.derive import TAGGED
from graph_api.domain.fields import usable_field
from graph_api.domain.paging import Page, PageRequest
from graph_api.domain.query import Filter
from graph_api.domain.records import ConflictRecord, FacetCount
from graph_api.domain.values import facet_text
from graph_api.errors import BadInput
from graph_api.store.embedded.claims_read import claims_by_key
from graph_api.store.embedded.filters import FIELD_COLUMNS, condition, needs_fold
from graph_api.store.embedded.functions import add_fold
from graph_api.store.embedded.keyset import Key
from graph_api.store.embedded.lists import Listing
from graph_api.store.embedded.packed import Cell
from graph_api.store.embedded.shapes import RELATION_OF, entity_shape
from graph_api.store.embedded.sql import Sql, all_of


def facets(
    conn: sqlite3.Connection, kind: Kind, by: Sequence[str], where: Filter, limit: int
) -> list[list[FacetCount]]:
    """Return for each field its values among the entities that match, most frequent first, then by value.

    A field is a field property, or a relation's name: the entities at its other end, by id. Texts
    that fold to the same are one value, written as the first of them by code point.

    Raises:
        BadInput: the kind has no such field or relation.
    """
    matching = all_of((Sql(f"e.kind = '{kind.value}'"), condition(where)))
    if needs_fold(where):
        add_fold(conn)
    found = []
    for name in by:
        query, prop = _facet(name, kind, matching.text)
        rows = [(facet_text(prop, value), count) for value, count in conn.execute(query, matching.params)]
        rows.sort(key=lambda row: (-row[1], row[0]))
        found.append([FacetCount(value, count) for value, count in rows[:limit]])
    return found


def _facet(name: str, kind: Kind, matching: str) -> tuple[str, Property | None]:
    """Return the statement that counts the values of a field, and the field's property."""
    entities = f"SELECT e.key FROM entity AS e WHERE {matching}"
    relation = RELATION_OF.get(name)
    if relation is not None:
        return _linked(relation, kind, entities), None
    prop = usable_field(name, kind)
    if prop is None or (prop.type is ValueType.TEXT and prop.name not in TAGGED):
        raise BadInput(f"{name} differs for nearly every entity and can't be a facet; use another field")
    if prop.name in TAGGED:
        counted = "SELECT min(value), count(DISTINCT entity_key) FROM tag"
        return f"{counted} WHERE property = '{name}' AND entity_key IN ({entities}) GROUP BY value_key", prop
    column = f"e.{FIELD_COLUMNS[name]}"
    return f"SELECT {column}, count(*) FROM entity AS e WHERE {matching} AND {column} IS NOT NULL GROUP BY 1", prop


def _linked(relation: Relation, kind: Kind, entities: str) -> str:
    record = RELATIONS[relation]
    outgoing, incoming = kind in record.sources, kind in record.targets
    if not (outgoing or incoming):
        raise BadInput(f"{relation.value} does not join {kind.value} with anything")
    pair = "SELECT {} AS near, {} AS far FROM relationship WHERE type = '" + relation.value + "'"
    pairs = [pair.format("source_key", "target_key")] * outgoing + [pair.format("target_key", "source_key")] * incoming
    return (
        f"SELECT o.id, count(DISTINCT p.near) FROM ({' UNION '.join(pairs)}) AS p"
        f" JOIN entity AS o ON o.key = p.far WHERE p.near IN ({entities}) GROUP BY p.far"
    )


def conflicts(
    conn: sqlite3.Connection, kind: Kind | None, property_name: str | None, page: PageRequest
) -> Page[ConflictRecord]:
    """Return what sources disagree about, by the subject's folded name, property, then subject id.

    Of the claims only those that are in conflict, which the deprecated ones aren't.
    """
    conditions = []
    if kind is not None:
        conditions.append(Sql(f"e.kind = '{kind.value}'"))
    if property_name is not None:
        conditions.append(Sql("c.property = ?", (property_name if property_name in PROPERTIES else "",)))
    shape = entity_shape((kind,) if kind else ())
    keys = (Key("e.name_key"), Key("c.property"), Key("e.id"))
    tables = "conflict AS c CROSS JOIN entity AS e ON e.key = c.entity_key"
    listing = Listing((Cell("e.key"), *shape.cells("e")), tables, all_of(conditions), keys)
    rows, has_next, has_previous = listing.cut(conn, page)
    claims = claims_by_key(conn, [row[3] for row in rows], property_name)
    items = [
        ConflictRecord(shape.read(row, 4), row[1], tuple(c for c in live(about) if c.property == row[1]))
        for row, about in zip(rows, claims, strict=True)
    ]
    total = listing.count(conn) if page.count else None
    return Page(items, [row[:3] for row in rows], has_next, has_previous, total)
