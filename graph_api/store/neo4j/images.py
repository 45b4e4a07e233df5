"""Records as images (`graph_api.domain.images`): read by id, and found by what they name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from graph_api.domain.catalogue import Certainty, ClaimRank, Kind, Relation
from graph_api.domain.ids import decode
from graph_api.domain.images import ClaimImage, EntityImage, Image, MentionImage, Place, RelationshipImage, SourceImage
from graph_api.domain.records import Relationship, Source
from graph_api.store.neo4j.citing import from_lists
from graph_api.store.neo4j.link import Link, Values, present_types
from graph_api.store.neo4j.rederive import to_claim
from graph_api.store.neo4j.sweep import ABOUT, LINKS, NAMED_BY_CLAIMS, NAMED_BY_RELATIONSHIPS

_SOURCES = """
UNWIND $ids AS id MATCH (s:FilmGraph:Source {generation: $g, id: id})
RETURN [s.id, s.slug, s.title, s.kind, s.url, s.publisher, s.publishedOn, s.retrievedOn, s.licence], s.datasets"""
_ENTITIES = """
UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id}) WHERE NOT n:MergedId AND NOT n:Source AND NOT n:Claim
RETURN n.id, n.slug, [(n)-[m:MENTIONED_IN]->(s) | [s.id, m.locator, m.dataset, m.cells]],
  [(n)<-[:MERGED_INTO]-(k) | k.id]"""
_RELATIONSHIPS = {
    relation: f"""
UNWIND $ids AS id MATCH (a)-[r:{relation.value} {{generation: $g, id: id}}]->(b)
RETURN a.id, b.id, properties(r)"""
    for relation in Relation
}
_CLAIMS = """
UNWIND $ids AS id MATCH (c:FilmGraph:Claim {generation: $g, id: id})-[:ABOUT_SUBJECT]->(n)
RETURN properties(c), n.id, head([(c)-[:HAS_VALUE]->(v) | v.id]),
  [(c)-[x:CITES]->(s) | [s.id, x.locator, x.datasets]]"""
_COMMON = frozenset({"id", "generation", "citations", "datasets", "rank", "certainty", "reason", "assertedBy"})


class Reading(Protocol):
    """What rows are read with: a change that is under way, or a `Past`."""

    def read(self, query: str, /, **parameters: object) -> list[Values]:
        """Return the rows of a query; $g is the generation."""
        ...


class Past:
    """The graph as everybody else still sees it while a change is under way."""

    def __init__(self, link: Link, generation: int) -> None:
        self._link = link
        self._generation = generation

    def read(self, query: str, /, **parameters: object) -> list[Values]:
        """Return the rows of a query."""
        return self._link.read(query, g=self._generation, **parameters)


def images(work: Reading, ids: Iterable[str]) -> dict[str, Image]:
    """Return the images of those of some ids that are of records in the graph; merged ids are not."""
    groups: dict[str, list[str]] = {}
    for id_ in dict.fromkeys(ids):
        node = decode(id_)
        groups.setdefault("Entity" if node.kind else node.type, []).append(id_)
    found: dict[str, Image] = {}
    for type_, read in (("Source", _sources), ("Entity", _entities), ("R", _relationships), ("Claim", _claims)):
        if type_ in groups:
            found.update((image.id, image) for image in read(work, groups[type_]))
    return found


def referring(work: Reading, entity: str) -> list[str]:
    """Return the ids of the relationships and claims that name an entity, at an end or inside."""
    found = {str(id_) for _, id_ in work.read(LINKS, ids=[entity])}
    found.update(str(row[0]) for row in work.read(ABOUT, ids=[entity]))
    for query in (NAMED_BY_CLAIMS, *NAMED_BY_RELATIONSHIPS.values()):
        found.update(str(id_) for named, id_ in work.read(query) if named == entity)
    return sorted(found)


def _sources(work: Reading, ids: Sequence[str]) -> Iterator[Image]:
    for facts, datasets in work.read(_SOURCES, ids=ids):
        yield SourceImage(Source(*facts), tuple(sorted(datasets)))


def _entities(work: Reading, ids: Sequence[str]) -> Iterator[Image]:
    for id_, slug, mentions, merged in work.read(_ENTITIES, ids=ids):
        kind = decode(id_).kind
        assert kind is not None
        rows = (MentionImage(Place(*place), cells) for *place, cells in mentions)
        yield EntityImage(id_, Kind(kind), slug, tuple(sorted(rows)), tuple(sorted(merged)))


def _relationships(work: Reading, ids: Sequence[str]) -> Iterator[Image]:
    for relation in present_types(work.read):
        for source, target, found in work.read(_RELATIONSHIPS[relation], ids=ids):
            places = from_lists(found["citations"], found["datasets"])
            record = Relationship(
                found["id"],
                relation,
                source,
                target,
                {name: value for name, value in found.items() if name not in _COMMON},
                ClaimRank(found["rank"]),
                Certainty(found["certainty"]),
                found.get("reason"),
                found.get("assertedBy"),
            )
            yield RelationshipImage(record, _places(places))


def _claims(work: Reading, ids: Sequence[str]) -> Iterator[Image]:
    for found, subject, entity, places in work.read(_CLAIMS, ids=ids):
        cited: dict[tuple[str, str], Any] = {(source, locator): names for source, locator, names in places}
        yield ClaimImage(to_claim(found, subject, entity, []), _places(cited))


def _places(cited: Mapping[tuple[str, str], Iterable[str]]) -> tuple[Place, ...]:
    return tuple(sorted(Place(*place, name) for place, names in cited.items() for name in names))
