"""Removal: of what is asked for by id, and of what a dataset no longer brings.

A relationship or claim goes with its last citation. An entity goes with its last row, unless
something still refers to it: then it keeps the rows it had, so that nothing is ever without a
name or a source. A source goes when nothing cites it and no dataset brings it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from graph_api.domain import ids
from graph_api.domain.catalogue import QUALIFIERS, RELATIONS, Relation, ValueType
from graph_api.domain.changes import Operation
from graph_api.errors import Conflict
from graph_api.store.neo4j.citing import from_lists
from graph_api.store.neo4j.foreign import refuse_linked
from graph_api.store.neo4j.link import present_types
from graph_api.store.neo4j.schema import ANY_TYPE
from graph_api.store.neo4j.session import Place, Session
from graph_api.store.neo4j.write_claims import read_stored as read_claims
from graph_api.store.neo4j.write_claims import replace_claims
from graph_api.store.neo4j.write_facts import Stored
from graph_api.store.neo4j.write_relationships import UPDATE_RELATIONSHIP, to_properties

_CHUNK = 1_000
_PAGE = 10_000

_ENTITY_PROPERTIES = tuple(
    (relation, prop.name)
    for relation, record in RELATIONS.items()
    for prop in record.properties
    if prop.type is ValueType.ENTITY
)
_ENTITY_QUALIFIERS = tuple(name for name, prop in QUALIFIERS.items() if prop.type is ValueType.ENTITY)

CITED_SLUGS = """
UNWIND $ids AS id MATCH (s:FilmGraph:Source {generation: $g, id: id})
WHERE EXISTS { (s)<-[:MENTIONED_IN|CITES]-() } RETURN s.slug"""
_RELATIONSHIP_CITES = {
    relation: f"""
MATCH ()-[r:{relation.value}]->() WHERE r.generation = $g AND r.id >= ''
UNWIND r.citations AS place WITH DISTINCT split(place, '#')[0] AS slug WHERE slug IN $slugs RETURN slug"""
    for relation in Relation
}
_FOUND = {
    relation: f"UNWIND $ids AS id MATCH ()-[r:{relation.value} {{generation: $g, id: id}}]->() RETURN id"
    for relation in Relation
}
DELETE_RELATIONSHIPS = {
    relation: f"UNWIND $rows AS row MATCH ()-[r:{relation.value} {{generation: $g, id: row}}]->() DELETE r"
    for relation in Relation
}
ENDS = {
    relation: f"UNWIND $ids AS id MATCH (a)-[r:{relation.value} {{generation: $g, id: id}}]->(b) RETURN id, a.id, b.id"
    for relation in Relation
}
_BROUGHT_RELATIONSHIPS = {
    relation: f"""
MATCH ()-[r:{relation.value}]->() WHERE r.generation = $g AND r.id > $last
WITH r ORDER BY r.id LIMIT $limit
RETURN r.id, properties(r)"""
    for relation in Relation
}
CLAIM_SUBJECTS = """
UNWIND $ids AS id MATCH (c:FilmGraph:Claim {generation: $g, id: id})-[:ABOUT_SUBJECT]->(n) RETURN id, n.id"""
_BROUGHT_CLAIMS = """
MATCH (c:FilmGraph:Claim)-[x:CITES]->() WHERE c.generation = $g AND $dataset IN x.datasets RETURN DISTINCT c.id"""
DELETE_NODES = "UNWIND $rows AS row MATCH (n:FilmGraph {generation: $g, id: row}) DETACH DELETE n"
LINKS = f"""
UNWIND $ids AS id MATCH (n:FilmGraph {{generation: $g, id: id}})-[r:{ANY_TYPE}]-() RETURN DISTINCT type(r), r.id"""
ABOUT = """
UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id})<-[:ABOUT_SUBJECT|HAS_VALUE]-(c:Claim)
RETURN DISTINCT c.id"""
_REFERRED_TO = f"""
UNWIND $ids AS id MATCH (n:FilmGraph {{generation: $g, id: id}})
WHERE EXISTS {{ (n)-[:{ANY_TYPE}|ABOUT_SUBJECT|HAS_VALUE]-() }} RETURN id"""
NAMED_BY_CLAIMS = (
    "MATCH (c:FilmGraph:Claim) WHERE c.generation = $g UNWIND ["
    + ", ".join(f"c.{name}" for name in _ENTITY_QUALIFIERS)
    + "] AS id WITH c, id WHERE id IS NOT NULL RETURN id, c.id"
)
NAMED_BY_RELATIONSHIPS = {
    (relation, name): f"""
MATCH ()-[r:{relation.value}]->() WHERE r.generation = $g AND r.{name} IS NOT NULL RETURN r.{name}, r.id"""
    for relation, name in _ENTITY_PROPERTIES
}
_UNNAME = {
    (relation, name): f"""
UNWIND $rows AS row MATCH ()-[r:{relation.value} {{generation: $g, id: row}}]->() REMOVE r.{name}"""
    for relation, name in _ENTITY_PROPERTIES
}
_MERGED = "UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id})<-[:MERGED_INTO]-(m) RETURN m.id"
_BROUGHT_MENTIONS = """
MATCH (n:FilmGraph)-[m:MENTIONED_IN {dataset: $dataset}]->(s) WHERE n.generation = $g AND n.id >= ''
RETURN n.id, s.id, m.locator"""
_MENTIONS = """
UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id})-[m:MENTIONED_IN]->(s)
RETURN n.id, s.id, m.locator, m.dataset, m.cells"""
_DELETE_MENTIONS = """
UNWIND $rows AS row
MATCH (n:FilmGraph {generation: $g, id: row[0]})-[m:MENTIONED_IN {locator: row[2], dataset: row[3]}]->(s {id: row[1]})
DELETE m"""
_SOURCES = "MATCH (s:FilmGraph:Source) WHERE s.generation = $g RETURN s.id, s.slug, s.datasets"
_SET_DATASETS = "UNWIND $rows AS row MATCH (s:FilmGraph {generation: $g, id: row[0]}) SET s.datasets = row[1]"


def remove(s: Session, wanted: Sequence[str]) -> None:
    """Remove records by id; ids of nothing are passed over.

    Raises:
        BadId: an id is none.
        Conflict: a source is still cited.
    """
    groups: dict[str, list[str]] = {"R": [], "Claim": [], "Source": [], "entity": []}
    for id_ in wanted:
        type_ = ids.decode(id_).type
        groups[type_ if type_ in groups else "entity"].append(id_)
    for relation in present_types(s.work.read) if groups["R"] else ():
        remove_relationships(s, relation, [row[0] for row in s.work.read(_FOUND[relation], ids=groups["R"])])
    remove_claims(s, groups["Claim"])
    s.entities.load(groups["entity"])
    remove_entities(s, [id_ for id_ in groups["entity"] if s.entities.get(id_) == id_])
    if groups["Source"]:
        slugs = [ids.decode(id_).key for id_ in groups["Source"]]
        cited = {row[0] for row in s.work.read(CITED_SLUGS, ids=groups["Source"])} | cited_by_relationships(s, slugs)
        if cited:
            raise Conflict(
                f"the source {min(cited)!r} is still cited; remove what cites it first", sources=sorted(cited)
            )
        s.sources.load(groups["Source"])
        remove_sources(s, [id_ for id_ in groups["Source"] if s.sources.get(id_)])


def sweep(s: Session) -> None:
    """Remove what the dataset brought before and not in this change."""
    for relation in present_types(s.work.read):
        for page in _pages(s, relation):
            _sweep_relationships(s, relation, page)
    brought = (row[0] for row in s.work.read(_BROUGHT_CLAIMS, dataset=s.dataset))
    for chunk in _chunks(brought):
        _sweep_claims(s, chunk)
    _sweep_entities(s)
    _sweep_sources(s)


def _chunks(items: Iterable[str], size: int = _CHUNK) -> Iterator[list[str]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def _pages(s: Session, relation: Relation) -> Iterator[dict[str, Stored]]:
    """Yield the relationships of a type that the dataset brought, with their citations."""
    last = ""
    is_full = True
    while is_full:
        rows = s.work.read(_BROUGHT_RELATIONSHIPS[relation], last=last, limit=_PAGE)
        is_full = len(rows) == _PAGE
        last = rows[-1][0] if rows else ""
        found = {
            id_: Stored(
                {k: v for k, v in p.items() if k not in ("id", "generation", "citations", "datasets")},
                from_lists(p["citations"], p["datasets"]),
            )
            for id_, p in rows
        }
        yield {id_: kept for id_, kept in found.items() if any(s.dataset in d for d in kept.cited.values())}


def _withdraw(s: Session, stored: dict[str, Stored]) -> tuple[list[str], dict[str, Stored], list[str]]:
    """Take the dataset's old citations away.

    Returns:
        The ids of records that lost their last citation, the others that are to be written, and
        the ids of those of them that lost a place.
    """
    gone: list[str] = []
    kept: dict[str, Stored] = {}
    lost: list[str] = []
    for id_, record in stored.items():
        stale = [
            place for place, datasets in record.cited.items() if s.dataset in datasets and (id_, *place) not in s.places
        ]
        if not stale:
            continue
        s.is_written = True
        before = len(record.cited)
        for place in stale:
            record.cited[place].discard(s.dataset)
            if not record.cited[place]:
                del record.cited[place]
        if not record.cited:
            gone.append(id_)
            continue
        kept[id_] = record
        if len(record.cited) < before:
            lost.append(id_)
    return gone, kept, lost


def _sweep_relationships(s: Session, relation: Relation, stored: dict[str, Stored]) -> None:
    gone, kept, lost = _withdraw(s, stored)
    remove_relationships(s, relation, gone)
    s.work.write(UPDATE_RELATIONSHIP[relation], [to_properties(id_, record) for id_, record in kept.items()])
    s.feed.add(Operation.UPDATED, [id_ for id_ in lost if s.relationship.tell(id_)])


def _sweep_claims(s: Session, wanted: Sequence[str]) -> None:
    gone, kept, lost = _withdraw(s, read_claims(s, wanted))
    remove_claims(s, gone)
    replace_claims(s, kept)
    if lost:
        s.dirty.update(row[1] for row in s.work.read(CLAIM_SUBJECTS, ids=lost))
        s.feed.add(Operation.UPDATED, [id_ for id_ in lost if s.claim.tell(id_)])


def _sweep_entities(s: Session) -> None:
    stale: dict[str, set[Place]] = {}
    for id_, source, locator in s.work.read(_BROUGHT_MENTIONS, dataset=s.dataset):
        if (id_, source, locator) not in s.places:
            stale.setdefault(id_, set()).add((id_, source, locator))
    if not stale:
        return
    named = {str(id_) for id_, _ in s.work.read(NAMED_BY_CLAIMS)}
    for query in NAMED_BY_RELATIONSHIPS.values():
        named.update(str(id_) for id_, _ in s.work.read(query))
    for chunk in _chunks(stale):
        kept = {row[0] for row in s.work.read(_REFERRED_TO, ids=chunk)} | named
        rest: dict[str, set[tuple[str, str, str]]] = {}
        old: list[tuple[Place, str]] = []
        for id_, source, locator, dataset, cells in s.work.read(_MENTIONS, ids=chunk):
            place = (id_, source, locator)
            if dataset == s.dataset and place in stale[id_]:
                old.append((place, cells))
            else:
                rest.setdefault(id_, set()).add((source, locator, cells))
        withdrawn = [(place, cells) for place, cells in old if place[0] in rest]
        lost = {place[0] for place, cells in withdrawn if (*place[1:], cells) not in rest[place[0]]}
        s.dirty.update(lost)
        s.restated.update(lost)
        s.is_written = s.is_written or bool(withdrawn)
        s.work.write(_DELETE_MENTIONS, [[*place, s.dataset] for place, _ in withdrawn])
        remove_entities(s, [id_ for id_ in chunk if id_ not in rest and id_ not in kept])


def _sweep_sources(s: Session) -> None:
    idle: list[tuple[str, str]] = []
    rows: list[list[object]] = []
    for id_, slug, datasets in s.work.read(_SOURCES):
        left = [name for name in datasets if name != s.dataset or id_ in s.source.brought]
        if left != datasets:
            s.is_written = True
            rows.append([id_, left])
        if not left:
            idle.append((id_, slug))
    s.work.write(_SET_DATASETS, rows)
    if not idle:
        return
    slugs = [slug for _, slug in idle]
    cited = {row[0] for row in s.work.read(CITED_SLUGS, ids=[id_ for id_, _ in idle])}
    cited |= cited_by_relationships(s, [slug for slug in slugs if slug not in cited])
    remove_sources(s, [id_ for id_, slug in idle if slug not in cited])


def cited_by_relationships(s: Session, slugs: Sequence[str]) -> set[str]:
    """Return those of some sources' slugs that relationships cite."""
    found: set[str] = set()
    for relation in present_types(s.work.read) if slugs else ():
        found.update(row[0] for row in s.work.read(_RELATIONSHIP_CITES[relation], slugs=slugs))
    return found


def remove_relationships(s: Session, relation: Relation, gone: Sequence[str]) -> None:
    """Remove relationships of one type."""
    for chunk in _chunks(gone):
        rows = s.work.read(ENDS[relation], ids=chunk)
        for _, source, target in rows:
            s.ends.update((source, target))
        s.work.write(DELETE_RELATIONSHIPS[relation], [row[0] for row in rows])
        s.feed.add(Operation.REMOVED, [row[0] for row in rows])


def remove_claims(s: Session, gone: Sequence[str]) -> None:
    """Remove claims with their citations."""
    for chunk in _chunks(gone):
        rows = s.work.read(CLAIM_SUBJECTS, ids=chunk)
        s.dirty.update(row[1] for row in rows)
        refuse_linked(s.work, [row[0] for row in rows])
        s.work.write(DELETE_NODES, [row[0] for row in rows])
        s.feed.add(Operation.REMOVED, [row[0] for row in rows])


def remove_entities(s: Session, gone: Sequence[str]) -> None:
    """Remove entities with all that refers to them."""
    if not gone:
        return
    refuse_linked(s.work, gone)
    links: dict[Relation, list[str]] = {}
    for chunk in _chunks(gone):
        for type_, id_ in s.work.read(LINKS, ids=chunk):
            links.setdefault(Relation(type_), []).append(id_)
    for relation, linked in links.items():
        remove_relationships(s, relation, list(dict.fromkeys(linked)))
    for chunk in _chunks(gone):
        remove_claims(s, [row[0] for row in s.work.read(ABOUT, ids=chunk)])
    _remove_references(s, set(gone))
    for chunk in _chunks(gone):
        merged = [row[0] for row in s.work.read(_MERGED, ids=chunk)]
        s.work.write(DELETE_NODES, [*merged, *chunk])
    s.entities.forget(gone)
    s.dirty.difference_update(gone)
    s.restated.difference_update(gone)
    s.ends.difference_update(gone)
    s.feed.add(Operation.REMOVED, gone)


def _remove_references(s: Session, gone: set[str]) -> None:
    """Remove what names entities inside: claims by a qualifier; relationships only lose the property."""
    claims = {str(claim) for named, claim in s.work.read(NAMED_BY_CLAIMS) if named in gone}
    remove_claims(s, sorted(claims))
    for (relation, name), query in NAMED_BY_RELATIONSHIPS.items():
        rows = [str(id_) for named, id_ in s.work.read(query) if named in gone]
        s.work.write(_UNNAME[relation, name], rows)
        s.feed.add(Operation.UPDATED, [id_ for id_ in rows if s.relationship.tell(id_)])


def remove_sources(s: Session, gone: Sequence[str]) -> None:
    """Remove sources that nothing cites."""
    refuse_linked(s.work, gone)
    s.work.write(DELETE_NODES, gone)
    s.sources.forget(gone)
    s.feed.add(Operation.REMOVED, gone)
