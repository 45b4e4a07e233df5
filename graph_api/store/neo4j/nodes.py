"""Entities, sources and relationships by id or slug, and the numbers kept with them."""

from collections.abc import Iterable, Sequence
from typing import Any

from graph_api.domain.catalogue import KIND_BY_TYPE_NAME, Kind, Relation
from graph_api.domain.folding import SLUG
from graph_api.domain.ids import check_ascii, check_unknown, entity_id, possible_kinds
from graph_api.domain.records import Entity, NeighborCount, Relationship, Source
from graph_api.store.neo4j.connection import Row, Snapshot
from graph_api.store.neo4j.cypher import BY_ID, BY_RELATIONSHIP_ID, collected, rows, types
from graph_api.store.neo4j.schema import ANY_TYPE
from graph_api.store.neo4j.shapes import (
    RELATION_OF,
    SOURCE_WIDTH,
    entity_shape,
    kind_and_slug,
    read_source,
    relationship_shape,
    source_cells,
)

_MERGED = """
MATCH (k:MergedId)-[:MERGED_INTO]->(n) WHERE k.generation = $g RETURN collect([k.id, n.id]) AS merged"""
_SOURCES = f"""
UNWIND range(0, size($ids) - 1) AS i
MATCH (s:FilmGraph {{generation: $g, id: $ids[i]}}) USING INDEX SEEK s:FilmGraph(generation, id) WHERE s:Source
RETURN {collected(("i", *source_cells("s")))}"""
_RELATIONSHIPS = f"""
{BY_RELATIONSHIP_ID}
RETURN {collected(("i", "a.id", "b.id", *relationship_shape().cells("r")))}"""


async def unmerged(graph: Snapshot, ids: Sequence[str]) -> list[str]:
    """Return ids, those of what was merged into another replaced by the other's.

    Which were merged is kept for as long as the graph does not change: they are few, and to look at each node
    whether it is one doubled the time of reading by id.
    """

    async def load() -> dict[str, str]:
        return dict((await graph.read(_MERGED))["merged"])

    merged = await graph.kept("merged", load)
    return [merged.get(id_, id_) for id_ in ids] if merged else list(ids)


async def read_by_id(graph: Snapshot, query: str, ids: Sequence[str], /, **parameters: object) -> Row:
    """Return the row of a query that begins with BY_ID and gives the positions of what it found as `c0`.

    Raises:
        BadId: an id that was not found is none at all.
    """
    check_ascii(ids)
    row = await graph.read(query, ids=await unmerged(graph, ids), **parameters)
    found: list[bool | None] = [None] * len(ids)
    for position in row["c0"]:
        found[position] = True
    check_unknown(ids, found)
    return row


async def entities(graph: Snapshot, ids: Sequence[str]) -> list[Entity | None]:
    """Return the entities."""
    shape = entity_shape(possible_kinds(ids))
    row = await read_by_id(graph, f"{BY_ID} RETURN {collected(('i', *shape.cells('n')))}", ids)
    found: list[Entity | None] = [None] * len(ids)
    for cells in rows(row, shape.width + 1):
        if kind_and_slug(cells[1])[0] is not None:
            found[cells[0]] = shape.read(cells, 1)
    return found


async def entities_by_slug(graph: Snapshot, kind: Kind, slugs: Sequence[str]) -> list[Entity | None]:
    """Return the entities of one kind that have these slugs, or had them before a merge."""
    possible = [i for i, slug in enumerate(slugs) if SLUG.fullmatch(slug)]
    found: list[Entity | None] = [None] * len(slugs)
    for i, entity in zip(possible, await entities(graph, [entity_id(kind, slugs[i]) for i in possible]), strict=True):
        found[i] = entity
    return found


async def sources(graph: Snapshot, ids: Sequence[str]) -> list[Source | None]:
    """Return the sources."""
    check_ascii(ids)
    found: list[Source | None] = [None] * len(ids)
    for cells in rows(await graph.read(_SOURCES, ids=list(ids)), SOURCE_WIDTH + 1):
        found[cells[0]] = read_source(cells, 1)
    check_unknown(ids, found)
    return found


async def relationships(graph: Snapshot, ids: Sequence[str]) -> list[Relationship | None]:
    """Return the relationships."""
    check_ascii(ids)
    found: list[Relationship | None] = [None] * len(ids)
    shape = relationship_shape()
    for cells in rows(await graph.read(_RELATIONSHIPS, ids=list(ids)), shape.width + 3):
        found[cells[0]] = shape.read(cells, 3, cells[1], cells[2])
    check_unknown(ids, found)
    return found


# --------------------------------------------------------------------------- numbers
async def degrees(graph: Snapshot, ids: Sequence[str], relations: Sequence[Relation] = ()) -> list[int]:
    """Return how many relationships the entities have, of all types or of these; a loop is one."""
    degree = f"COUNT {{ (n)-[:{types(relations)}]-() }}" if relations else "coalesce(n.degree, 0)"
    row = await read_by_id(graph, f"{BY_ID} RETURN {collected(('i', degree))}", ids)
    return scattered(ids, rows(row, 2), 0)


def scattered(ids: Sequence[str], found: Iterable[tuple[Any, ...]], missing: Any) -> list[Any]:
    """Return for each id what was found, given as (position, it), or else what stands for nothing."""
    answers = [missing] * len(ids)
    for position, answer in found:
        answers[position] = answer
    return answers


_NEIGHBOR_COUNTS = f"""
{BY_ID}
CALL (n) {{
  MATCH (n)-[r:{ANY_TYPE}]-(o)
  WITH type(r) AS type, startNode(r) = n AS out, [label IN labels(o) WHERE label IN $labels][0] AS kind,
    count(*) AS number
  RETURN collect([type, out, kind, number]) AS found
}}
RETURN {collected(("i", "found"))}"""


async def neighbor_counts(graph: Snapshot, ids: Sequence[str]) -> list[list[NeighborCount]]:
    """Return the entities' neighbour edges counted by relation, direction (outgoing first) and kind.

    A loop is one, and goes out.
    """
    row = await read_by_id(graph, _NEIGHBOR_COUNTS, ids, labels=list(KIND_BY_TYPE_NAME))
    found: list[list[NeighborCount]] = [[] for _ in ids]
    for position, groups in rows(row, 2):
        counted = [(type_, not out, KIND_BY_TYPE_NAME[label].value, number) for type_, out, label, number in groups]
        found[position] = [NeighborCount(RELATION_OF[t], not is_in, Kind(k), n) for t, is_in, k, n in sorted(counted)]
    return found
