"""Derived data made anew from the facts, for entities that a change touched or for all."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.changes import Operation
from graph_api.domain.derive import (
    KIND_PLANS,
    Derived,
    KindPlan,
    StoredCells,
    from_cells,
    from_facts,
    is_plain,
    unpack,
)
from graph_api.domain.folding import fold
from graph_api.domain.records import Citation, Claim
from graph_api.store.embedded.facts import CLAIM_COLUMNS, CLAIM_TABLES, citations_of, to_claim
from graph_api.store.embedded.session import Session, as_list
from graph_api.store.embedded.tables import FIELD_COLUMNS
from graph_api.store.embedded.write_entities import DerivedRows, from_columns, to_columns

CHUNK = 500

_AMONG = "IN (SELECT value FROM json_each(?))"
_ENTITIES = {
    kind: f"""
SELECT {", ".join(("key", "id", "name", *FIELD_COLUMNS[kind]))} FROM entity
WHERE kind = '{kind.value}' AND key {_AMONG}"""
    for kind in Kind
}
_KINDS = f"SELECT DISTINCT kind FROM entity WHERE key {_AMONG}"
_MENTIONS = f"""
SELECT m.entity_key, s.id, m.locator, m.cells, s.published_on FROM mention m JOIN source s ON s.key = m.source_key
WHERE m.entity_key {_AMONG} ORDER BY 1, 2, 3"""
_CLAIMS = f"SELECT c.subject_key, {CLAIM_COLUMNS} FROM {CLAIM_TABLES} WHERE c.subject_key {_AMONG}"
_NAMES = f"SELECT entity_key, text FROM name WHERE best = 0 AND entity_key {_AMONG} ORDER BY text"
_EXTERNAL_IDS = f"SELECT entity_key, scheme, value FROM external_id WHERE entity_key {_AMONG} ORDER BY 1, 2, 3"
_TAGS = f"SELECT entity_key, property, value FROM tag WHERE entity_key {_AMONG} ORDER BY 1, 2, 3"
_CONFLICTS = f"SELECT entity_key, property FROM conflict WHERE entity_key {_AMONG} ORDER BY 1, 2"
_PUBLISHED = f"SELECT id, published_on FROM source WHERE id {_AMONG}"
_UPDATE = {
    kind: f"UPDATE entity SET {', '.join(f'{c} = ?' for c in ('name', 'name_key', *FIELD_COLUMNS[kind]))} WHERE key = ?"
    for kind in Kind
}
UNINDEX_NAMES = f"""
INSERT INTO name_words (name_words, rowid, words)
SELECT 'delete', key, words FROM name WHERE key <= ? AND entity_key {_AMONG}"""
INDEX_NAMES = "INSERT INTO name_words (rowid, words) SELECT key, words FROM name WHERE key > ?"
DERIVED_TABLES = ("name", "tag", "external_id", "conflict")
DELETE_DERIVED = tuple(f"DELETE FROM {table} WHERE entity_key {_AMONG}" for table in DERIVED_TABLES)
UPDATE_DEGREES = f"""
UPDATE entity SET degree =
  (SELECT count(*) FROM relationship WHERE source_key = entity.key)
  + (SELECT count(*) FROM relationship WHERE target_key = entity.key AND source_key <> entity.key)
WHERE key {_AMONG}"""
_UPDATE_PLACES = f"""
UPDATE relationship SET place = ordered.place FROM (
  SELECT r.key, row_number() OVER (
    PARTITION BY r.target_key ORDER BY r.p_order IS NULL, r.p_order, o.name_key, o.id, r.id) AS place
  FROM {{}} CROSS JOIN entity AS o ON o.key = r.source_key WHERE r.type = '{Relation.CREDITED_ON.value}') AS ordered
WHERE relationship.key = ordered.key AND relationship.place IS NOT ordered.place"""
PLACES = _UPDATE_PLACES.format("relationship AS r")
"""Gives every credit its place: what `graph_api.store.embedded.hops` orders a film's credits by."""
PLACES_OF = _UPDATE_PLACES.format("json_each(?) AS j CROSS JOIN relationship AS r ON r.target_key = j.value")
_FILMS_OF = f"""
SELECT target_key FROM relationship WHERE type = '{Relation.CREDITED_ON.value}' AND source_key {_AMONG}"""


class Outcome(NamedTuple):
    """What is derived of an entity: as it is stored and as it should be."""

    key: int
    id: str
    plan: KindPlan
    stored: Derived
    wanted: Derived


def compare(db: sqlite3.Connection, keys: Sequence[int]) -> Iterator[Outcome]:
    """Yield what is derived of some entities, stored and anew."""
    among = (as_list(keys),)
    mentions, published = _mentions(db, among)
    claims = _claims(db, among, published)
    names = _grouped(db, _NAMES, among)
    external_ids = _grouped(db, _EXTERNAL_IDS, among)
    tags = _grouped(db, _TAGS, among)
    conflicts = _grouped(db, _CONFLICTS, among)
    for (kind,) in db.execute(_KINDS, among).fetchall():
        plan = KIND_PLANS[Kind(kind)]
        for key, id_, name, *values in db.execute(_ENTITIES[plan.kind], among).fetchall():
            stored = Derived(
                name,
                from_columns(plan, values),
                tuple(str(row[0]) for row in names.get(key, ())),
                tuple((str(row[0]), str(row[1])) for row in external_ids.get(key, ())),
                tuple((str(row[0]), str(row[1])) for row in tags.get(key, ())),
                tuple(str(row[0]) for row in conflicts.get(key, ())),
            )
            yield Outcome(
                key, id_, plan, stored, _derive(plan, id_, mentions.get(key, []), claims.get(key, []), published)
            )


def _derive(
    plan: KindPlan,
    id_: str,
    mentions: list[tuple[Citation, StoredCells]],
    claims: list[Claim],
    published: dict[str, str | None],
) -> Derived:
    if not claims and len(mentions) == 1 and is_plain(plan, mentions[0][1].cells):
        return from_cells(plan, mentions[0][1])
    return from_facts(plan, id_, mentions, claims, published)


def _mentions(
    db: sqlite3.Connection, among: tuple[str]
) -> tuple[dict[int, list[tuple[Citation, StoredCells]]], dict[str, str | None]]:
    mentions: dict[int, list[tuple[Citation, StoredCells]]] = {}
    published: dict[str, str | None] = {}
    for key, source, locator, cells, published_on in db.execute(_MENTIONS, among):
        published[source] = published_on
        mentions.setdefault(key, []).append((Citation(source, locator), unpack(cells)))
    return mentions, published


def _claims(db: sqlite3.Connection, among: tuple[str], published: dict[str, str | None]) -> dict[int, list[Claim]]:
    rows = db.execute(_CLAIMS, among).fetchall()
    citations = citations_of(db, "claim", (row[1] for row in rows)) if rows else {}
    claims: dict[int, list[Claim]] = {}
    for subject, *row in rows:
        claims.setdefault(subject, []).append(to_claim(row, citations.get(row[0], ())))
    missing = {c.source for places in citations.values() for c in places} - published.keys()
    published.update(db.execute(_PUBLISHED, (as_list(missing),)).fetchall())
    return claims


def _grouped(db: sqlite3.Connection, statement: str, among: tuple[str]) -> dict[int, list[tuple[object, ...]]]:
    groups: dict[int, list[tuple[object, ...]]] = {}
    for key, *row in db.execute(statement, among):
        groups.setdefault(key, []).append(tuple(row))
    return groups


def rederive(s: Session, *, silent: bool = False) -> None:
    """Derive anew what the change touched, write the differences and tell the feed (unless `silent`)."""
    for keys in s.dirty.chunks(CHUNK):
        changed: list[Outcome] = []
        news: list[str] = []
        for outcome in compare(s.db, keys):
            differs = outcome.stored != outcome.wanted
            if differs:
                changed.append(outcome)
            if not silent and (differs or outcome.key in s.restated) and s.entity.tell(outcome.key):
                news.append(outcome.id)
        write_outcomes(s, changed)
        s.feed.add(Operation.UPDATED, news)


def write_outcomes(s: Session, outcomes: Sequence[Outcome]) -> None:
    """Replace what is stored of entities by what is wanted."""
    if not outcomes:
        return
    drop_derived(s, [outcome.key for outcome in outcomes])
    rows = DerivedRows()
    for kind in {outcome.plan.kind for outcome in outcomes}:
        s.db.executemany(
            _UPDATE[kind],
            [
                (o.wanted.name, fold(o.wanted.name), *to_columns(o.wanted), o.key)
                for o in outcomes
                if o.plan.kind is kind
            ],
        )
    s.renamed.update(o.key for o in outcomes if o.wanted.name != o.stored.name)
    for outcome in outcomes:
        rows.add_parts(s.name.take, outcome.key, outcome.wanted)
    rows.write(s)


def drop_derived(s: Session, keys: Sequence[int]) -> None:
    """Delete what entities have outside of their own rows."""
    among = as_list(keys)
    # Names of this change are not in the full-text index yet.
    s.db.execute(UNINDEX_NAMES, (s.name.last_before, among))
    for statement in DELETE_DERIVED:
        s.db.execute(statement, (among,))


def update_degrees(s: Session) -> None:
    """Count the relationships of the entities at whose ends something changed."""
    for keys in s.ends.chunks(CHUNK * 10):
        s.db.execute(UPDATE_DEGREES, (as_list(keys),))


def update_places(s: Session) -> None:
    """Put the credits in order, of films where some changed or whose people have other names now."""
    for keys in s.renamed.chunks(CHUNK):
        s.unplaced.update(row[0] for row in s.db.execute(_FILMS_OF, (as_list(keys),)).fetchall())
    for keys in s.unplaced.chunks(CHUNK * 10):
        s.db.execute(PLACES_OF, (as_list(keys),))


def index_names(s: Session) -> None:
    """Put this change's names into the full-text index."""
    s.db.execute(INDEX_NAMES, (s.name.last_before,))
