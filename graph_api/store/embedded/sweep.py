"""Removal: of what is asked for by id, and of what a dataset no longer brings.

A relationship or claim goes with its last citation. An entity goes with its last row, unless
something still refers to it: then it keeps the rows it had, so that nothing is ever without a
name or a source. A source goes when nothing cites it and no dataset brings it.
"""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

from collections.abc import Sequence

from graph_api.domain import ids
from graph_api.domain.catalogue import RELATIONS, ValueType
from graph_api.domain.changes import Operation
from graph_api.errors import Conflict
from graph_api.store.embedded.marks import Marks
from graph_api.store.embedded.rederive import CHUNK, drop_derived
from graph_api.store.embedded.session import Session, as_list

_AMONG = "IN (SELECT value FROM json_each(?))"
_ENTITY_PROPERTIES = tuple(
    f"p_{prop.column}" for record in RELATIONS.values() for prop in record.properties if prop.type is ValueType.ENTITY
)
_CITED_SOURCES = f"""
SELECT slug FROM source WHERE key {_AMONG} AND (
  EXISTS (SELECT 1 FROM mention WHERE source_key = source.key)
  OR EXISTS (SELECT 1 FROM relationship_citation WHERE source_key = source.key)
  OR EXISTS (SELECT 1 FROM claim_citation WHERE source_key = source.key)) ORDER BY slug"""
_IDLE_SOURCES = """
SELECT key FROM source WHERE NOT EXISTS (SELECT 1 FROM source_origin WHERE source_key = source.key)
  AND NOT EXISTS (SELECT 1 FROM mention WHERE source_key = source.key)
  AND NOT EXISTS (SELECT 1 FROM relationship_citation WHERE source_key = source.key)
  AND NOT EXISTS (SELECT 1 FROM claim_citation WHERE source_key = source.key)"""


def remove(s: Session, wanted: Sequence[str]) -> None:
    """Remove records by id; ids of nothing are passed over.

    Raises:
        BadId: an id is none.
        Conflict: a source is still cited.
    """
    groups: dict[str, list[str]] = {"relationship": [], "claim": [], "entity": [], "source": []}
    for id_ in wanted:
        node = ids.decode(id_)
        tables = {ids.RELATIONSHIP: "relationship", ids.CLAIM: "claim", ids.SOURCE: "source"}
        groups[tables.get(node.type, "entity")].append(id_)
    keys = {
        table: [row[0] for row in s.db.execute(f"SELECT key FROM {table} WHERE id {_AMONG}", (as_list(group),))]
        for table, group in groups.items()
    }
    remove_relationships(s, keys["relationship"])
    remove_claims(s, keys["claim"])
    remove_entities(s, keys["entity"])
    cited = [row[0] for row in s.db.execute(_CITED_SOURCES, (as_list(keys["source"]),))]
    if cited:
        raise Conflict(f"the source {cited[0]!r} is still cited; remove what cites it first", sources=cited)
    remove_sources(s, keys["source"])


def sweep(s: Session) -> None:
    """Remove what the dataset brought before and not in this change."""
    for table, remove_keys in (("relationship", remove_relationships), ("claim", remove_claims)):
        affected = _withdraw(s, table)
        for keys in affected.chunks(CHUNK):
            kept = {
                row[0]
                for row in s.db.execute(
                    f"SELECT DISTINCT {table}_key FROM {table}_citation WHERE {table}_key {_AMONG}", (as_list(keys),)
                )
            }
            remove_keys(s, [key for key in keys if key not in kept])
            _tell_withdrawn(s, table, sorted(kept))
    _sweep_entities(s)
    s.db.execute("DELETE FROM source_origin WHERE dataset_key = ? AND seen < ?", (s.dataset_key, s.load_number))
    s.is_written = s.is_written or s.db.execute("SELECT changes()").fetchone()[0] > 0
    remove_sources(s, [row[0] for row in s.db.execute(_IDLE_SOURCES)])


def _withdraw(s: Session, table: str) -> Marks:
    """Delete the dataset's old citations; return the records that lose a place by it."""
    key = f"{table}_key"
    stale = f"FROM {table}_citation AS x WHERE dataset_key = ? AND seen < ?"
    lost = f"""SELECT {key} {stale} AND NOT EXISTS (
  SELECT 1 FROM {table}_citation o WHERE o.{key} = x.{key} AND o.source_key = x.source_key
  AND o.locator = x.locator AND o.dataset_key <> x.dataset_key)"""
    affected = Marks(row[0] for row in s.db.execute(lost, (s.dataset_key, s.load_number)))
    deleted = s.db.execute(f"DELETE {stale}", (s.dataset_key, s.load_number))
    s.is_written = s.is_written or deleted.rowcount > 0
    return affected


def _tell_withdrawn(s: Session, table: str, keys: Sequence[int]) -> None:
    if table == "claim":
        rows = s.query(f"SELECT key, id, subject_key FROM claim WHERE key {_AMONG}", keys)
        s.dirty.update(int(str(row[2])) for row in rows)
        s.feed.add(Operation.UPDATED, [str(row[1]) for row in rows if s.claim.tell(int(str(row[0])))])
    else:
        rows = s.query(f"SELECT key, id FROM relationship WHERE key {_AMONG}", keys)
        s.feed.add(Operation.UPDATED, [str(row[1]) for row in rows if s.relationship.tell(int(str(row[0])))])


def _sweep_entities(s: Session) -> None:
    stale = "SELECT DISTINCT entity_key FROM mention WHERE dataset_key = ? AND seen < ?"
    affected = Marks(row[0] for row in s.db.execute(stale, (s.dataset_key, s.load_number)))
    if not affected:
        return
    referred = _referred_inside(s)
    others = f"""
SELECT DISTINCT entity_key FROM mention
WHERE entity_key {_AMONG} AND NOT (dataset_key = ? AND seen < ?)"""
    linked = f"""
SELECT key FROM entity WHERE key {_AMONG} AND (
  EXISTS (SELECT 1 FROM relationship WHERE source_key = entity.key)
  OR EXISTS (SELECT 1 FROM relationship WHERE target_key = entity.key)
  OR EXISTS (SELECT 1 FROM claim WHERE subject_key = entity.key)
  OR EXISTS (SELECT 1 FROM claim WHERE entity_key = entity.key))"""
    lost = f"""
SELECT DISTINCT entity_key FROM mention AS m WHERE entity_key {_AMONG} AND dataset_key = ? AND seen < ? AND NOT EXISTS (
  SELECT 1 FROM mention o WHERE o.entity_key = m.entity_key AND o.source_key = m.source_key
  AND o.locator = m.locator AND o.cells = m.cells AND o.dataset_key <> m.dataset_key)"""
    for keys in affected.chunks(CHUNK):
        stated = {row[0] for row in s.db.execute(others, (as_list(keys), s.dataset_key, s.load_number))}
        kept = {row[0] for row in s.db.execute(linked, (as_list(keys),))} | {key for key in keys if key in referred}
        old = (as_list(stated), s.dataset_key, s.load_number)
        changed = [row[0] for row in s.db.execute(lost, old)]
        s.dirty.update(changed)
        s.restated.update(changed)
        s.db.execute(f"DELETE FROM mention WHERE entity_key {_AMONG} AND dataset_key = ? AND seen < ?", old)
        s.is_written = s.is_written or bool(stated)
        remove_entities(s, [key for key in keys if key not in stated and key not in kept])


def _referred_inside(s: Session) -> Marks:
    """Return the entities that qualifiers of claims and properties of relationships name."""
    found = Marks(
        row[0]
        for row in s.db.execute(
            """SELECT e.key FROM claim c, json_each(c.qualifiers) q JOIN entity e ON e.id = q.value
WHERE c.qualifiers <> '{}'"""
        )
    )
    for column in _ENTITY_PROPERTIES:
        rows = s.db.execute(
            f"SELECT e.key FROM relationship r JOIN entity e ON e.id = r.{column} WHERE r.{column} IS NOT NULL"
        )
        found.update(row[0] for row in rows)
    return found


def remove_relationships(s: Session, keys: Sequence[int]) -> None:
    """Remove relationships with their citations."""
    s.db.execute(f"DELETE FROM relationship_citation WHERE relationship_key {_AMONG}", (as_list(keys),))
    rows = s.db.execute(
        f"DELETE FROM relationship WHERE key {_AMONG} RETURNING id, source_key, target_key", (as_list(keys),)
    )
    gone = rows.fetchall()
    s.relinked(key for row in gone for key in row[1:])
    s.feed.add(Operation.REMOVED, [row[0] for row in gone])


def remove_claims(s: Session, keys: Sequence[int]) -> None:
    """Remove claims with their citations."""
    s.db.execute(f"DELETE FROM claim_citation WHERE claim_key {_AMONG}", (as_list(keys),))
    gone = s.db.execute(f"DELETE FROM claim WHERE key {_AMONG} RETURNING id, subject_key", (as_list(keys),)).fetchall()
    s.dirty.update(row[1] for row in gone)
    s.feed.add(Operation.REMOVED, [row[0] for row in gone])


def remove_entities(s: Session, keys: Sequence[int]) -> None:
    """Remove entities with all that refers to them."""
    if not keys:
        return
    among = as_list(keys)
    linked = f"SELECT key FROM relationship WHERE source_key {_AMONG} OR target_key {_AMONG}"
    remove_relationships(s, [row[0] for row in s.db.execute(linked, (among, among))])
    about = f"SELECT key FROM claim WHERE subject_key {_AMONG} OR entity_key {_AMONG}"
    remove_claims(s, [row[0] for row in s.db.execute(about, (among, among))])
    gone = [row[0] for row in s.db.execute(f"SELECT id FROM entity WHERE key {_AMONG}", (among,))]
    _remove_references(s, as_list(gone))
    drop_derived(s, keys)
    for table in ("mention", "merged"):
        s.db.execute(f"DELETE FROM {table} WHERE entity_key {_AMONG}", (among,))
    s.db.execute(f"DELETE FROM entity WHERE key {_AMONG}", (among,))
    s.entities.forget()
    s.feed.add(Operation.REMOVED, gone)


def _remove_references(s: Session, among: str) -> None:
    """Remove what names entities inside: claims by a qualifier; relationships only lose the property."""
    qualified = f"""
SELECT DISTINCT c.key FROM claim c, json_each(c.qualifiers) q WHERE c.qualifiers <> '{{}}' AND q.value {_AMONG}"""
    remove_claims(s, [row[0] for row in s.db.execute(qualified, (among,))])
    for column in _ENTITY_PROPERTIES:
        rows = s.db.execute(
            f"UPDATE relationship SET {column} = NULL WHERE {column} {_AMONG} RETURNING key, id",
            (among,),
        ).fetchall()
        s.feed.add(Operation.UPDATED, [id_ for key, id_ in rows if s.relationship.tell(key)])


def remove_sources(s: Session, keys: Sequence[int]) -> None:
    """Remove sources that nothing cites."""
    s.db.execute(f"DELETE FROM source_origin WHERE source_key {_AMONG}", (as_list(keys),))
    gone = s.db.execute(f"DELETE FROM source WHERE key {_AMONG} RETURNING id", (as_list(keys),)).fetchall()
    s.sources.forget()
    s.feed.add(Operation.REMOVED, [row[0] for row in gone])
