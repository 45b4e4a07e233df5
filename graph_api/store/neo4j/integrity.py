"""Checks of a stored graph: its feed, its references, its citations, its values, and all that is derived."""

from collections.abc import Iterator, Sequence
from functools import partial

from graph_api.domain.catalogue import RELATIONS, Relation
from graph_api.domain.ids import decode
from graph_api.domain.stored import readable, value_faults
from graph_api.store.neo4j import generations
from graph_api.store.neo4j.failures import failures
from graph_api.store.neo4j.generations import Now
from graph_api.store.neo4j.images import Past, images
from graph_api.store.neo4j.link import InGeneration, Link, present_types
from graph_api.store.neo4j.rederive import CHUNK, compare
from graph_api.store.neo4j.schema import ANY_TYPE, LABELS

_IDS = {
    kind: f"""
MATCH (n:{label}:FilmGraph) WHERE n.generation = $g AND n.id > $last
WITH n ORDER BY n.id LIMIT {CHUNK} RETURN n.id"""
    for kind, label in LABELS.items()
}
_CLAIM_IDS, _SOURCE_IDS = (
    f"""
MATCH (n:{label}:FilmGraph) WHERE n.generation = $g AND n.id > $last
WITH n ORDER BY n.id LIMIT {CHUNK} RETURN n.id"""
    for label in ("Claim", "Source")
)
_LINK_IDS = {
    relation: f"MATCH ()-[r:{relation.value}]->() WHERE r.generation = $g RETURN r.id" for relation in Relation
}
_THERE = "UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id}) WHERE NOT n:MergedId RETURN n.id"
_UNCITED = {
    "entity": """
MATCH (n:FilmGraph) WHERE n.generation = $g AND n.id >= '' AND n.slug IS NOT NULL AND NOT n:Source
AND NOT EXISTS { (n)-[:MENTIONED_IN]->() } RETURN n.id LIMIT 10""",
    "claim": """
MATCH (n:FilmGraph:Claim) WHERE n.generation = $g
AND NOT EXISTS { (n)-[:CITES]->() } RETURN n.id LIMIT 10""",
    "claim without subject": """
MATCH (n:FilmGraph:Claim) WHERE n.generation = $g
AND NOT EXISTS { (n)-[:ABOUT_SUBJECT]->() } RETURN n.id LIMIT 10""",
}
_RELATIONSHIPS = {
    relation: f"""
MATCH (a)-[r:{relation.value}]->(b) WHERE r.generation = $g
UNWIND CASE r.citations WHEN [] THEN [null] ELSE r.citations END AS place
RETURN r.id, a.generation = $g AND b.generation = $g, a.id, b.id, split(place, '#')[0]"""
    for relation in Relation
}
_SOURCES = "MATCH (s:FilmGraph:Source) WHERE s.generation = $g RETURN s.slug"
_DEGREES = f"""
MATCH (n:FilmGraph) WHERE n.generation = $g AND n.id >= '' AND n.degree IS NOT NULL
AND n.degree <> COUNT {{ (n)-[:{ANY_TYPE}]-() }} RETURN n.id LIMIT 10"""
_FEED = """
MATCH (c:FilmGraph:Change) WHERE c.generation = 0 AND c.revision <= $revision RETURN count(c)"""


def check(link: Link) -> list[str]:
    """Return what is wrong with the graph, a line each."""
    with failures():
        found = generations.present(link)
        return [*_references(link, found), *_derived(link, found), *_values(link, found), *_feed(link, found)]


def _references(link: Link, found: Now) -> Iterator[str]:
    for what, query in _UNCITED.items():
        for (id_,) in link.read(query, g=found.generation):
            yield f"{what} {id_}: nothing is cited for it"
    slugs = {row[0] for row in link.read(_SOURCES, g=found.generation)}
    for relation in present_types(link.read):
        record = RELATIONS[relation]
        for id_, is_inside, source, target, slug in link.read(_RELATIONSHIPS[relation], g=found.generation):
            if not is_inside:
                yield f"relationship {id_}: an end of it is not in the graph"
            elif decode(source).kind not in record.sources or decode(target).kind not in record.targets:
                yield f"relationship {id_}: {relation.value} can't join these kinds"
            if slug is None:
                yield f"relationship {id_}: nothing is cited for it"
            elif slug not in slugs:
                yield f"relationship {id_}: it cites a source that is not there"


def _derived(link: Link, found: Now) -> Iterator[str]:
    with InGeneration(link, found.generation) as work:
        for query in _IDS.values():
            last = ""
            is_full = True
            while is_full:
                ids = [row[0] for row in work.read(query, last=last)]
                is_full = len(ids) == CHUNK
                last = ids[-1] if ids else ""
                for outcome in readable(partial(compare, work), ids):
                    if outcome.stored != outcome.wanted:
                        yield f"entity {outcome.id}: its fields are not those that its facts give"
    for (id_,) in link.read(_DEGREES, g=found.generation):
        yield f"entity {id_}: its degree is not the number of its relationships"


def _values(link: Link, found: Now) -> Iterator[str]:
    past = Past(link, found.generation)

    def chunks() -> Iterator[list[str]]:
        queries = [*_IDS.values(), _CLAIM_IDS, _SOURCE_IDS]
        for query in queries:
            last = ""
            while ids := [row[0] for row in past.read(query, last=last)]:
                yield ids
                last = ids[-1]
        for relation in present_types(link.read):
            ids = [row[0] for row in past.read(_LINK_IDS[relation])]
            yield from (ids[i : i + CHUNK] for i in range(0, len(ids), CHUNK))

    def kinds(ids: Sequence[str]) -> dict[str, str]:
        there = [row[0] for row in past.read(_THERE, ids=ids)] if ids else []
        return {id_: kind.value for id_ in there if (kind := decode(id_).kind)}

    yield from value_faults(chunks(), lambda ids: images(past, ids), kinds)


def _feed(link: Link, found: Now) -> Iterator[str]:
    if link.read(_FEED, revision=found.revision)[0][0] != found.revision:
        yield "changes: the feed has gaps"
    if generations.has_leftovers(link, found):
        yield "generations: something is left of a load that was stopped; opening the store removes it"
