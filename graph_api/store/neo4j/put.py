"""Records put in place as images say, whatever the graph held of them: how merges and undos are written."""

from collections.abc import Iterable, Sequence

from graph_api.domain.catalogue import Relation
from graph_api.domain.changes import Operation
from graph_api.domain.checks import RELATION_PLANS
from graph_api.domain.derive import KIND_PLANS, from_cells, unpack
from graph_api.domain.ids import decode
from graph_api.domain.images import ClaimImage, EntityImage, Image, Images, Place, RelationshipImage, SourceImage
from graph_api.errors import Conflict
from graph_api.store.neo4j.images import images, referring
from graph_api.store.neo4j.session import Session
from graph_api.store.neo4j.sweep import (
    CITED_SLUGS,
    DELETE_NODES,
    DELETE_RELATIONSHIPS,
    cited_by_relationships,
    remove_claims,
    remove_entities,
    remove_relationships,
    remove_sources,
)
from graph_api.store.neo4j.write_claims import CREATE_CITATION, CREATE_CLAIM, CREATE_VALUE
from graph_api.store.neo4j.write_entities import CREATE, CREATE_MENTION, CREATE_MERGED, count_texts, properties
from graph_api.store.neo4j.write_facts import Stored, without_missing
from graph_api.store.neo4j.write_relationships import CREATE_RELATIONSHIP, to_properties
from graph_api.store.neo4j.write_sources import SUBJECTS, source_node

_DELETE_MERGED = "UNWIND $rows AS row MATCH (:FilmGraph {generation: $g, id: row})<-[:MERGED_INTO]-(k) DETACH DELETE k"
_DELETE_MENTIONS = "UNWIND $rows AS row MATCH (:FilmGraph {generation: $g, id: row})-[m:MENTIONED_IN]->() DELETE m"
_PUT_SOURCE = """
UNWIND $rows AS row MERGE (s:FilmGraph {generation: $g, id: row.id}) SET s:Source, s = row, s.generation = $g"""


def put(s: Session, wanted: Images) -> None:
    """Make records be as their images say; those whose image is None are removed.

    Raises:
        Conflict: something else still names what is to be removed, or what an image names is not there.
    """
    before = images(s.work, wanted)
    _check_free(s, wanted)
    gone = [id_ for id_, image in wanted.items() if image is None and id_ in before]
    _delete_relationships(s, before.values(), set(gone))
    _delete_claims(s, before.values(), set(gone))
    entities = [id_ for id_ in wanted if decode(id_).kind]
    s.work.write(_DELETE_MERGED, entities)
    s.entities.forget(entities)
    remove_entities(s, [id_ for id_ in gone if decode(id_).kind])
    _put_sources(s, [image for image in wanted.values() if isinstance(image, SourceImage)], before)
    _put_entities(s, [image for image in wanted.values() if isinstance(image, EntityImage)], before)
    _put_relationships(s, [image for image in wanted.values() if isinstance(image, RelationshipImage)])
    _put_claims(s, [image for image in wanted.values() if isinstance(image, ClaimImage)])
    told = [image.id for image in wanted.values() if image is not None and not isinstance(image, EntityImage)]
    s.feed.add(Operation.CREATED, [id_ for id_ in told if id_ not in before])
    s.feed.add(Operation.UPDATED, [id_ for id_ in told if id_ in before])
    _remove_sources(s, [id_ for id_ in gone if isinstance(before[id_], SourceImage)])


def _check_free(s: Session, wanted: Images) -> None:
    for id_, image in wanted.items():
        if image is None and decode(id_).kind:
            others = [other for other in referring(s.work, id_) if other not in wanted]
            if others:
                raise Conflict("something said later names what would be removed; remove that first", id=others[0])


def _delete_relationships(s: Session, before: Iterable[Image], gone: set[str]) -> None:
    """Delete relationships: those that stay gone are told of, the others are written anew."""
    groups: dict[Relation, list[str]] = {}
    for image in before:
        if isinstance(image, RelationshipImage):
            groups.setdefault(image.relationship.type, []).append(image.id)
            s.ends.update((image.relationship.source, image.relationship.target))
    for relation, ids in groups.items():
        remove_relationships(s, relation, [id_ for id_ in ids if id_ in gone])
        s.work.write(DELETE_RELATIONSHIPS[relation], [id_ for id_ in ids if id_ not in gone])


def _delete_claims(s: Session, before: Iterable[Image], gone: set[str]) -> None:
    claims = [image for image in before if isinstance(image, ClaimImage)]
    s.dirty.update(image.claim.subject for image in claims)
    remove_claims(s, [image.id for image in claims if image.id in gone])
    s.work.write(DELETE_NODES, [image.id for image in claims if image.id not in gone])


def _put_sources(s: Session, wanted: Sequence[SourceImage], before: Images) -> None:
    s.work.write(_PUT_SOURCE, [source_node(image.source, sorted(image.datasets)) for image in wanted])
    for image in wanted:
        s.sources.put(image.id)
        if image.id in before:
            s.dirty.update(row[0] for row in s.work.read(SUBJECTS, id=image.id))


def _put_entities(s: Session, wanted: Sequence[EntityImage], before: Images) -> None:
    new = [image for image in wanted if image.id not in before]
    for image in new:
        plan = KIND_PLANS[image.kind]
        stored = unpack(image.mentions[0].cells)
        node = properties(plan, from_cells(plan, stored), count_texts(stored))
        s.work.write(CREATE[image.kind], [{"id": image.id, "slug": image.slug, "degree": 0, **node}])
        s.entities.put(image.id)
    s.entity.created.update(image.id for image in new)
    s.feed.add(Operation.CREATED, [image.id for image in new])
    s.work.write(_DELETE_MENTIONS, [image.id for image in wanted if image.id in before])
    s.sources.load(row.place.source for image in wanted for row in image.mentions)
    rows = [(image.id, row.place, row.cells) for image in wanted for row in image.mentions]
    for _, place, _ in rows:
        _check_source(s, place)
    s.work.write(CREATE_MENTION, [[id_, p.source, p.locator, p.dataset, cells] for id_, p, cells in rows])
    s.work.write(CREATE_MERGED, [[merged, image.id] for image in wanted for merged in image.merged])
    ids = [image.id for image in wanted]
    s.entities.forget([id_ for id_ in ids if id_ in before])
    s.dirty.update(ids)
    s.restated.update(ids)
    s.ends.update(ids)


def _put_relationships(s: Session, wanted: Sequence[RelationshipImage]) -> None:
    rows: list[list[object]] = []
    s.sources.load(place.source for image in wanted for place in image.places)
    for image in wanted:
        r = image.relationship
        named = [str(r.properties[p.name]) for p in RELATION_PLANS[r.type].entities if p.name in r.properties]
        _check_entities(s, (r.source, r.target, *named))
        common = (("reason", r.reason), ("assertedBy", r.asserted_by), *r.properties.items())
        facts = without_missing((("rank", r.rank.value), ("certainty", r.certainty.value), *common))
        rows.append([r.source, r.target, r.type.value, to_properties(r.id, Stored(facts, _cited(s, image.places)))])
        s.ends.update((r.source, r.target))
    s.work.write(CREATE_RELATIONSHIP, rows)


def _put_claims(s: Session, wanted: Sequence[ClaimImage]) -> None:
    s.sources.load(place.source for image in wanted for place in image.places)
    claims: list[list[object]] = []
    cited: list[list[object]] = []
    for image in wanted:
        c = image.claim
        _check_entities(s, (c.subject, *([c.entity] if c.entity else ())))
        facts = without_missing(
            (
                *(("property", c.property), ("value", c.value), ("number", c.number), ("unit", c.unit)),
                *(("bound", c.bound and c.bound.value), ("rank", c.rank.value), ("certainty", c.certainty.value)),
                *(("reason", c.reason), ("assertedBy", c.asserted_by)),
                *c.qualifiers.items(),
            )
        )
        claims.append([c.subject, {"id": c.id, **facts}])
        cited += [[c.id, *place, sorted(names)] for place, names in _cited(s, image.places).items()]
        s.dirty.add(c.subject)
    s.work.write(CREATE_CLAIM, claims)
    s.work.write(CREATE_VALUE, [[image.id, image.claim.entity] for image in wanted if image.claim.entity])
    s.work.write(CREATE_CITATION, cited)


def _cited(s: Session, places: Iterable[Place]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for place in places:
        _check_source(s, place)
        found.setdefault((place.source, place.locator), set()).add(place.dataset)
    return found


def _check_source(s: Session, place: Place) -> None:
    if s.sources.get(place.source) is None:
        raise Conflict("a source that this cites has been removed since; bring it back first", id=place.source)


def _check_entities(s: Session, ids: Sequence[str]) -> None:
    s.entities.load(ids)
    for id_ in ids:
        if s.entities.get(id_) is None:
            raise Conflict("an entity that this names has been removed since; bring it back first", id=id_)


def _remove_sources(s: Session, gone: Sequence[str]) -> None:
    if not gone:
        return
    slugs = [decode(id_).key for id_ in gone]
    cited = {row[0] for row in s.work.read(CITED_SLUGS, ids=gone)} | cited_by_relationships(s, slugs)
    if cited:
        raise Conflict(f"the source {min(cited)!r} is cited by now; remove what cites it first")
    remove_sources(s, gone)
