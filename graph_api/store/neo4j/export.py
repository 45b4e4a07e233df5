"""The whole graph as the items of a change, read page by page."""

import heapq
from collections.abc import Callable, Iterator
from typing import Any

from graph_api.domain.catalogue import Certainty, ClaimRank, Relation
from graph_api.domain.derive import rows_of
from graph_api.domain.ids import decode
from graph_api.domain.records import ChangeItem, Citation, Claim, EntityRow, Relationship, RelationshipRow, Source
from graph_api.errors import Conflict
from graph_api.store.neo4j import generations
from graph_api.store.neo4j.citing import split
from graph_api.store.neo4j.failures import failures
from graph_api.store.neo4j.generations import Now
from graph_api.store.neo4j.link import Link, Values, present_types
from graph_api.store.neo4j.rederive import to_claim

_PAGE = 2_000
_SOURCES = """
MATCH (s:FilmGraph:Source) WHERE s.generation = $g
RETURN s.id, s.slug, s.title, s.kind, s.url, s.publisher, s.publishedOn, s.retrievedOn, s.licence ORDER BY s.id"""
_IDS = """
MATCH (n:FilmGraph) WHERE n.generation = $g AND n.id > $last
WITH n ORDER BY n.generation, n.id LIMIT $limit RETURN n.id"""
_ENTITIES = """
UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id})-[m:MENTIONED_IN]->(s)
RETURN DISTINCT n.id, n.slug, s.id, m.locator, m.cells"""
_MERGED = """
UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id})<-[:MERGED_INTO]-(k) RETURN k.id, n.id ORDER BY k.id"""
_CLAIMS = """
UNWIND $ids AS id MATCH (c:FilmGraph:Claim {generation: $g, id: id})-[:ABOUT_SUBJECT]->(n)
RETURN properties(c), n.id, head([(c)-[:HAS_VALUE]->(v) | v.id]), [(c)-[x:CITES]->(s) | [s.id, x.locator]]"""
_RELATIONSHIPS = {
    relation: f"""
MATCH (a)-[r:{relation.value}]->(b) WHERE r.generation = $g AND r.id > $last
WITH a, r, b ORDER BY r.generation, r.id LIMIT $limit
RETURN r.id, a.id, b.id, properties(r)"""
    for relation in Relation
}
_FACTS = frozenset(
    {"id", "generation", "citations", "datasets", "rank", "certainty", "reason", "assertedBy"},
)


def export(link: Link) -> Iterator[ChangeItem]:
    """Yield the graph at one revision; see `graph_api.store.base.Store.export`.

    Raises:
        Conflict: the graph was changed meanwhile; what was yielded is of no use then.
    """
    with failures():
        begin = generations.now(link)
        if begin is not None:
            yield from _Export(link, begin).items()


class _Export:
    """One walk through the graph."""

    def __init__(self, link: Link, begin: Now) -> None:
        self._link = link
        self._begin = begin

    def _read(self, query: str, **parameters: object) -> list[Values]:
        return self._link.read(query, g=self._begin.generation, **parameters)

    def _check(self) -> None:
        found = generations.now(self._link)
        if found != self._begin or self._begin.is_pending:
            raise Conflict("the graph was changed while it was being read; start again")

    def items(self) -> Iterator[ChangeItem]:
        for row in self._read(_SOURCES):
            yield Source(*row)
        yield from self._in_pages(lambda type_: type_ not in ("Claim", "Source"), self._entities)
        types = present_types(self._link.read)
        yield from heapq.merge(*(self._relationships(relation) for relation in types), key=_relationship_id)
        yield from self._in_pages(lambda type_: type_ == "Claim", self._claims)
        self._check()

    def _in_pages(
        self, is_wanted: Callable[[str], bool], read: Callable[[list[str]], Iterator[ChangeItem]]
    ) -> Iterator[ChangeItem]:
        last = ""
        is_full = True
        while is_full:
            ids = [row[0] for row in self._read(_IDS, last=last, limit=_PAGE)]
            wanted = [id_ for id_ in ids if id_ != "graph" and is_wanted(decode(id_).type)]
            if wanted:
                yield from read(wanted)
            is_full = len(ids) == _PAGE
            last = ids[-1] if ids else ""

    def _entities(self, ids: list[str]) -> Iterator[EntityRow]:
        former: dict[str, list[str]] = {}
        for merged, id_ in self._read(_MERGED, ids=ids):
            former.setdefault(id_, []).append(decode(merged).key)
        for id_, slug, source, locator, cells in sorted(
            self._read(_ENTITIES, ids=ids), key=lambda row: (row[0], *row[2:])
        ):
            kind = decode(id_).kind
            assert kind is not None
            slugs = tuple(former.pop(id_, ()))  # with the first row alone
            yield from rows_of(kind, slug, Citation(source, locator), cells, slugs)

    def _claims(self, ids: list[str]) -> Iterator[Claim]:
        for found, subject, entity, places in sorted(self._read(_CLAIMS, ids=ids), key=lambda row: str(row[0]["id"])):
            yield to_claim(found, subject, entity, [Citation(*place) for place in places])

    def _relationships(self, relation: Relation) -> Iterator[RelationshipRow]:
        last = ""
        is_full = True
        while is_full:
            rows = self._read(_RELATIONSHIPS[relation], last=last, limit=_PAGE)
            is_full = len(rows) == _PAGE
            last = rows[-1][0] if rows else ""
            for id_, source, target, found in rows:
                yield _relationship(relation, id_, source, target, found)


def _relationship_id(row: RelationshipRow) -> str:
    return row.relationship.id


def _relationship(relation: Relation, id_: str, source: str, target: str, found: dict[str, Any]) -> RelationshipRow:
    record = Relationship(
        id_,
        relation,
        source,
        target,
        {name: value for name, value in found.items() if name not in _FACTS},
        ClaimRank(found["rank"]),
        Certainty(found["certainty"]),
        found.get("reason"),
        found.get("assertedBy"),
    )
    return RelationshipRow(record, tuple(sorted(map(split, found["citations"]))))
