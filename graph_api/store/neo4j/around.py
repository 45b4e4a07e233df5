"""Reads that follow relationships further than one step: what encloses, and what lies around."""

from collections.abc import Sequence

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.records import Entity, Subgraph
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.cypher import BY_ID, all_of, collected, of_kinds, rows, types
from graph_api.store.neo4j.nodes import read_by_id
from graph_api.store.neo4j.schema import LABELS
from graph_api.store.neo4j.shapes import entity_shape, relationship_shape

_DEEPEST = 32
_RELATIONSHIPS_A_NODE = 10


async def enclosing(graph: Snapshot, ids: Sequence[str], relation: Relation, kind: Kind) -> list[Entity | None]:
    """Return the nearest entity of a kind reached by following a relation forwards, once or more often.

    Of several equally near the first by id; at most 32 steps are followed.
    """
    shape = entity_shape((kind,))
    query = f"""
{BY_ID}
CALL (n) {{
  MATCH p = (n)-[:{relation.value}*1..{_DEEPEST}]->(o:{LABELS[kind]})
  WITH o, min(length(p)) AS distance ORDER BY distance, o.id LIMIT 1
  RETURN collect(o) AS nearest
}}
RETURN {collected(("i", *(f"[o IN nearest | {cell}]" for cell in shape.cells("o"))))}"""
    row = await read_by_id(graph, query, ids)
    found: list[Entity | None] = [None] * len(ids)
    for position, *columns in rows(row, shape.width + 1):
        if columns[0]:
            found[position] = shape.read([column[0] for column in columns])
    return found


async def neighborhood(
    graph: Snapshot,
    ids: Sequence[str],
    depth: int,
    relations: Sequence[Relation],
    kinds: Sequence[Kind],
    limit: int,
) -> Subgraph:
    """Return what lies within `depth` steps of any of the entities.

    At most `limit` nodes, those asked for among them: nearest first, then by degree (highest
    first), then id; and the relationships of the given types among them, by id, at most ten times
    `limit`. `kinds` restricts which nodes are reached and gone through.
    """
    entity, relationship = entity_shape(), relationship_shape(relations)
    most = _RELATIONSHIPS_A_NODE * limit
    step = f"""
CALL (level, chosen, truncated) {{
  UNWIND CASE WHEN truncated THEN [] ELSE level END AS n
  MATCH (n)-[:{types(relations)}]-(o) WHERE {all_of(("NOT o IN chosen", of_kinds("o", kinds)))}
  WITH DISTINCT o ORDER BY o.degree DESC, o.id LIMIT $limit + 1
  RETURN collect(o) AS level_
}}
WITH positions, level_ AS level, (chosen + level_)[..$limit] AS chosen,
  truncated OR size(chosen) + size(level_) > $limit AS truncated"""
    query = f"""
CALL () {{ {BY_ID} RETURN collect(i) AS positions, collect(DISTINCT n) AS starts }}
CALL (starts) {{
  UNWIND starts AS n WITH n WHERE n.degree IS NOT NULL WITH n ORDER BY n.degree DESC, n.id
  RETURN collect(n) AS level_
}}
WITH positions, level_[..$limit] AS level, level_[..$limit] AS chosen, size(level_) > $limit AS truncated
{step * depth}
CALL (chosen) {{
  UNWIND chosen AS a MATCH (a)-[r:{types(relations)}]->(b) WHERE b IN chosen
  WITH a, r, b ORDER BY r.id LIMIT $most + 1
  RETURN {collected(("a.id", "b.id", *relationship.cells("r")), "r")}
}}
CALL (chosen) {{ UNWIND chosen AS n RETURN {collected(entity.cells("n"), "n")} }}
RETURN *, positions AS c0"""
    row = await read_by_id(graph, query, ids, limit=limit, most=most)
    nodes = tuple(entity.read(cells) for cells in rows(row, entity.width, "n"))
    among = [relationship.read(cells, 2, cells[0], cells[1]) for cells in rows(row, relationship.width + 2, "r")]
    return Subgraph(nodes, tuple(among[:most]), row["truncated"] or len(among) > most)
