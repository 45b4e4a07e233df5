"""Sources as a change brings them."""

from collections.abc import Sequence

from graph_api.domain.changes import Operation
from graph_api.domain.folding import fold
from graph_api.domain.ids import source_id
from graph_api.domain.records import Source
from graph_api.store.neo4j.session import Session

_STORED = """
UNWIND $ids AS id MATCH (s:FilmGraph:Source {generation: $g, id: id})
RETURN s.id, [s.title, s.kind, s.url, s.publisher, s.publishedOn, s.retrievedOn, s.licence], s.datasets"""
_CREATE = "UNWIND $rows AS row CREATE (s:Source:FilmGraph) SET s = row, s.generation = $g"
_UPDATE = "UNWIND $rows AS row MATCH (s:FilmGraph:Source {generation: $g, id: row.id}) SET s = row, s.generation = $g"
SUBJECTS = """
MATCH (s:FilmGraph:Source {generation: $g, id: $id})<-[:MENTIONED_IN]-(n) RETURN n.id
UNION
MATCH (s:FilmGraph:Source {generation: $g, id: $id})<-[:CITES]-(:Claim)-[:ABOUT_SUBJECT]->(n) RETURN n.id"""
_PUBLISHED = 4


def write_sources(s: Session, items: Sequence[tuple[int, Source]]) -> None:
    """Write a batch's sources, given with their index in the batch."""
    stored = {
        id_: (facts, datasets)
        for id_, facts, datasets in s.work.read(_STORED, ids=s.stored(s.source, (item.id for _, item in items)))
    }
    batch: set[str] = set()
    created: dict[str, dict[str, object]] = {}
    updated: dict[str, dict[str, object]] = {}
    for index, item in items:
        if item.id != source_id(item.slug):
            s.problem(index, f"the source {item.slug!r} has the id of another")
            continue
        facts = [
            *(item.title, item.kind, item.url, item.publisher),
            *(item.published_on, item.retrieved_on, item.licence),
        ]
        known = stored.get(item.id)
        datasets = sorted({*(known[1] if known else ()), s.dataset})
        if known is None:
            s.sources.put(item.id)
            s.source.created.add(item.id)
            s.feed.add(Operation.CREATED, (item.id,))
            created[item.id] = source_node(item, datasets)
        elif known[0] != facts:
            if item.id in batch or item.id in s.source.created:
                s.problem(index, f"the source {item.slug!r} is given twice with different facts")
                continue
            s.updated(s.source, item.id)
            if known[0][_PUBLISHED] != item.published_on:  # the later publication is believed
                s.dirty.update(row[0] for row in s.work.read(SUBJECTS, id=item.id))
            updated[item.id] = source_node(item, datasets)
        elif known[1] != datasets:
            s.is_written = True
            updated[item.id] = source_node(item, datasets)
        stored[item.id] = (facts, datasets)
        batch.add(item.id)
        s.source.brought.add(item.id)
    s.work.write(_CREATE, list(created.values()))
    s.work.write(_UPDATE, list(updated.values()))


def source_node(item: Source, datasets: list[str]) -> dict[str, object]:
    """Return the properties of a source's node, but for its generation."""
    return {
        "id": item.id,
        "slug": item.slug,
        "title": item.title,
        "titleKey": fold(item.title),
        "kind": item.kind,
        "url": item.url,
        "publisher": item.publisher,
        "publisherKey": fold(item.publisher) if item.publisher else None,
        "publishedOn": item.published_on,
        "retrievedOn": item.retrieved_on,
        "licence": item.licence,
        "datasets": datasets,
    }
