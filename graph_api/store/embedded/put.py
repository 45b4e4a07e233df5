"""Records put in place as images say, whatever the graph held of them: how merges and undos are written."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

from collections.abc import Iterable, Sequence

import orjson

from graph_api.domain.catalogue import Relation
from graph_api.domain.changes import Operation
from graph_api.domain.checks import RELATION_PLANS
from graph_api.domain.derive import KIND_PLANS, from_cells, unpack
from graph_api.domain.folding import fold
from graph_api.domain.images import ClaimImage, EntityImage, Images, Place, RelationshipImage, SourceImage
from graph_api.errors import Conflict
from graph_api.store.embedded.images import images, referring
from graph_api.store.embedded.session import Session, as_list
from graph_api.store.embedded.sweep import remove_claims, remove_entities, remove_relationships, remove_sources
from graph_api.store.embedded.write_claims import CLAIMS
from graph_api.store.embedded.write_entities import DerivedRows
from graph_api.store.embedded.write_relationships import SHAPES

_AMONG = "IN (SELECT value FROM json_each(?))"
_CITED = """
SELECT slug FROM source WHERE id IN (SELECT value FROM json_each(?)) AND (
  EXISTS (SELECT 1 FROM mention WHERE source_key = source.key)
  OR EXISTS (SELECT 1 FROM relationship_citation WHERE source_key = source.key)
  OR EXISTS (SELECT 1 FROM claim_citation WHERE source_key = source.key)) ORDER BY slug LIMIT 1"""
_INSERT_SOURCE = """
INSERT INTO source (key, id, slug, title_key, title, kind, url, publisher, published_on, retrieved_on, licence)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET title_key = excluded.title_key, title = excluded.title, kind = excluded.kind,
  url = excluded.url, publisher = excluded.publisher, published_on = excluded.published_on,
  retrieved_on = excluded.retrieved_on, licence = excluded.licence"""
_CITING = """
SELECT entity_key FROM mention WHERE source_key = :key
UNION SELECT c.subject_key FROM claim_citation x JOIN claim c ON c.key = x.claim_key WHERE x.source_key = :key"""


def put(s: Session, wanted: Images, *, is_checked: bool = True) -> None:
    """Make records be as their images say; those whose image is None are removed.

    Args:
        s: the change that it is part of.
        wanted: records by id.
        is_checked: look whether something else names what is to be removed, which takes a look at everything.

    Raises:
        Conflict: something else still names what is to be removed, or what an image names is not there.
    """
    before = images(s.db, list(wanted))
    if is_checked:
        _check_free(s, wanted)
    gone = [id_ for id_, image in wanted.items() if image is None and id_ in before]
    _delete(s, "relationship", [id_ for id_ in before if isinstance(before[id_], RelationshipImage)], gone)
    _delete(s, "claim", [id_ for id_ in before if isinstance(before[id_], ClaimImage)], gone)
    s.db.execute(
        f"DELETE FROM merged WHERE entity_key IN (SELECT key FROM entity WHERE id {_AMONG})", (as_list(wanted),)
    )
    remove_entities(s, _keys(s, "entity", gone))
    for image in wanted.values():
        if isinstance(image, SourceImage):
            _put_source(s, image, is_new=image.id not in before)
    for image in wanted.values():
        if isinstance(image, EntityImage):
            _put_entity(s, image, is_new=image.id not in before)
    for image in wanted.values():
        if isinstance(image, RelationshipImage):
            _put_relationship(s, image, is_new=image.id not in before)
        elif isinstance(image, ClaimImage):
            _put_claim(s, image, is_new=image.id not in before)
    _remove_sources(s, gone)


def _check_free(s: Session, wanted: Images) -> None:
    for id_, image in wanted.items():
        if image is None:
            others = [other for other in referring(s.db, id_) if other not in wanted]
            if others:
                raise Conflict("something said later names what would be removed; remove that first", id=others[0])


def _keys(s: Session, table: str, ids: Iterable[str]) -> list[int]:
    return [row[0] for row in s.db.execute(f"SELECT key FROM {table} WHERE id {_AMONG}", (as_list(ids),))]


def _delete(s: Session, table: str, ids: Sequence[str], gone: Sequence[str]) -> None:
    """Delete records: those that stay gone are told of, the others are written anew."""
    keys = {row[0]: row[1] for row in s.db.execute(f"SELECT id, key FROM {table} WHERE id {_AMONG}", (as_list(ids),))}
    remove = remove_relationships if table == "relationship" else remove_claims
    lost = set(gone)
    remove(s, [key for id_, key in keys.items() if id_ in lost])
    for key in (key for id_, key in keys.items() if id_ not in lost):
        s.db.execute(f"DELETE FROM {table}_citation WHERE {table}_key = ?", (key,))
        ends = "source_key, target_key" if table == "relationship" else "subject_key, subject_key"
        touched = s.db.execute(f"DELETE FROM {table} WHERE key = ? RETURNING {ends}", (key,)).fetchone()
        s.relinked(touched) if table == "relationship" else s.dirty.update(touched)


def _tell(s: Session, id_: str, *, is_new: bool) -> None:
    s.feed.add(Operation.CREATED if is_new else Operation.UPDATED, (id_,))


def _dataset(s: Session, name: str) -> int:
    s.db.execute("INSERT OR IGNORE INTO dataset (name) VALUES (?)", (name,))
    key: int = s.db.execute("SELECT key FROM dataset WHERE name = ?", (name,)).fetchone()[0]
    return key


def _entity(s: Session, id_: str) -> int:
    s.entities.load([id_])
    if s.entities.kind(id_) is None:
        raise Conflict("an entity that this names has been removed since; bring it back first", id=id_)
    return s.entities.key(id_)


def _source(s: Session, id_: str) -> int:
    s.sources.load([id_])
    if s.sources.kind(id_) is None:
        raise Conflict("a source that this cites has been removed since; bring it back first", id=id_)
    return s.sources.key(id_)


def _put_source(s: Session, image: SourceImage, *, is_new: bool) -> None:
    item = image.source
    facts = (item.title, item.kind, item.url, item.publisher, item.published_on, item.retrieved_on, item.licence)
    s.db.execute(_INSERT_SOURCE, (s.source.take(), item.id, item.slug, fold(item.title), *facts))
    (key,) = _keys(s, "source", [item.id])
    s.db.execute("DELETE FROM source_origin WHERE source_key = ?", (key,))
    for name in image.datasets:
        row = (key, _dataset(s, name), s.load_number)
        s.db.execute("INSERT INTO source_origin (source_key, dataset_key, seen) VALUES (?, ?, ?)", row)
    s.dirty.update(row[0] for row in s.db.execute(_CITING, {"key": key}))
    s.sources.forget()
    _tell(s, item.id, is_new=is_new)


def _put_entity(s: Session, image: EntityImage, *, is_new: bool) -> None:
    plan = KIND_PLANS[image.kind]
    if is_new:
        key = s.entity.take()
        rows = DerivedRows()
        rows.add(s.name.take, plan, key, image.id, image.slug, from_cells(plan, unpack(image.mentions[0].cells)))
        rows.write(s)
        s.feed.add(Operation.CREATED, (image.id,))
    else:
        (key,) = _keys(s, "entity", [image.id])
        s.db.execute("DELETE FROM mention WHERE entity_key = ?", (key,))
    s.db.executemany("INSERT INTO merged (id, entity_key) VALUES (?, ?)", [(id_, key) for id_ in image.merged])
    for row in image.mentions:
        place = row.place
        values = (key, _source(s, place.source), place.locator, _dataset(s, place.dataset), s.load_number, row.cells)
        s.db.execute(
            "INSERT INTO mention (entity_key, source_key, locator, dataset_key, seen, cells) VALUES (?, ?, ?, ?, ?, ?)",
            values,
        )
    s.entities.forget()
    s.dirty.add(key)
    s.restated.add(key)


def _put_relationship(s: Session, image: RelationshipImage, *, is_new: bool) -> None:
    r = image.relationship
    plan = RELATION_PLANS[r.type]
    ends = (_entity(s, r.source), _entity(s, r.target))
    for prop in plan.entities:
        if prop.name in r.properties:
            _entity(s, str(r.properties[prop.name]))
    key = s.relationship.take()
    facts = (r.rank.value, r.certainty.value, r.reason, r.asserted_by, *map(r.properties.get, plan.names))
    s.db.execute(SHAPES[Relation(r.type)].insert, (key, r.id, r.type.value, *ends, *facts))
    _cite(s, SHAPES[Relation(r.type)].insert_citation, key, image.places)
    s.relinked(ends)
    _tell(s, r.id, is_new=is_new)


def _put_claim(s: Session, image: ClaimImage, *, is_new: bool) -> None:
    c = image.claim
    subject = _entity(s, c.subject)
    entity = None if c.entity is None else _entity(s, c.entity)
    key = s.claim.take()
    qualifiers = orjson.dumps(dict(c.qualifiers), option=orjson.OPT_SORT_KEYS).decode()
    fixed = (subject, c.property, c.value, c.number, c.unit, entity, qualifiers)
    facts = (c.bound and c.bound.value, c.rank.value, c.certainty.value, c.reason, c.asserted_by)
    s.db.execute(CLAIMS.insert, (key, c.id, *fixed, *facts))
    _cite(s, CLAIMS.insert_citation, key, image.places)
    s.dirty.add(subject)
    _tell(s, c.id, is_new=is_new)


def _cite(s: Session, statement: str, key: int, places: Iterable[Place]) -> None:
    rows = [(key, _source(s, p.source), p.locator, _dataset(s, p.dataset), s.load_number) for p in places]
    s.db.executemany(statement, rows)


def _remove_sources(s: Session, gone: Sequence[str]) -> None:
    cited = s.db.execute(_CITED, (as_list(gone),)).fetchone()
    if cited:
        raise Conflict(f"the source {cited[0]!r} is cited by now; remove what cites it first")
    remove_sources(s, _keys(s, "source", gone))
