"""Paths between two entities: the queries behind `graph_api.domain.paths`."""

from collections.abc import Sequence

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.paths import Edge, FoundPath, path_search
from graph_api.domain.query import PathQuery
from graph_api.domain.records import Path
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.cypher import BY_ID, TRUE, Values, all_of, among, any_of, of_kinds, types
from graph_api.store.neo4j.nodes import entities, read_by_id, relationships

_YEARLY = of_kinds("o", (Kind.FILM, Kind.FESTIVAL_EDITION, Kind.RECOGNITION))
_AT_FESTIVALS = of_kinds("o", (Kind.FILM, Kind.FESTIVAL_EDITION, Kind.EVENT, Kind.RECOGNITION))

# What is of festivals: their editions, events that are part of them, recognitions given there, and films shown or
# recognised there.
_OF_FESTIVALS = f"""
{BY_ID}
CALL (n) {{
  MATCH (n)<-[:{Relation.EDITION_OF.value}]-(edition) WITH DISTINCT edition
  CALL (edition) {{
    MATCH (edition)<-[:{Relation.PART_OF.value}*0..]-(place) WITH DISTINCT place
    CALL (place) {{
      RETURN place.id AS id
      UNION ALL
      MATCH (place)<-[:{Relation.SCREENED_AT.value}]-(film) RETURN film.id AS id
    }}
    RETURN id
    UNION ALL
    MATCH (edition)<-[:{Relation.AT_EDITION.value}]-(recognition)
    CALL (recognition) {{
      RETURN recognition.id AS id
      UNION ALL
      MATCH (recognition)-[:{Relation.RECOGNIZED_FOR.value}]->(film) RETURN film.id AS id
    }}
    RETURN id
  }}
  RETURN collect(DISTINCT id) AS ids
}}
RETURN collect(i) AS c0, collect(ids) AS ids"""


async def paths(graph: Snapshot, start: str, goal: str, query: PathQuery, max_length: int, limit: int) -> list[Path]:
    """Return the `limit` shortest loopless paths by hops, ties by the node ids along them, then relationship ids.

    From an entity to itself there is one path, without hops. Each step of the search is a query,
    at most `max_length` of them; the order of ties is the domain's, which SHORTEST does not keep.
    """
    one, two = await entities(graph, (start, goal))
    if one is None or two is None:
        return []
    values = Values()
    rule = await _rule(graph, query, (one.id, two.id), values)
    text = f"""
UNWIND $ids AS id
MATCH (n:FilmGraph {{generation: $g, id: id}})-[r:{types(query.relations)}]-(o) WHERE {rule}
RETURN collect(r.id) AS hops, collect(id) AS near, collect(o.id) AS far"""
    search = path_search(one.id, two.id, max_length, limit)
    edges: list[Edge] | None = None
    try:
        while True:
            asked = next(search) if edges is None else search.send(edges)
            row = await graph.read(text, ids=list(asked), **values.named)
            edges = list(zip(row["hops"], row["near"], row["far"], strict=True))
    except StopIteration as done:
        return await _records(graph, done.value)


async def _records(graph: Snapshot, found: Sequence[FoundPath]) -> list[Path]:
    if not found:
        return []
    nodes = iter(await entities(graph, [id_ for path in found for id_ in path.nodes]))
    hops = iter(await relationships(graph, [id_ for path in found for id_ in path.relationships]))
    paths_ = []
    for path in found:
        along = tuple(node for _, node in zip(path.nodes, nodes, strict=False) if node)
        paths_.append(Path(along, tuple(hop for _, hop in zip(path.relationships, hops, strict=False) if hop)))
    return paths_


async def _rule(graph: Snapshot, query: PathQuery, ends: Sequence[str], values: Values) -> str:
    """Return what a relationship `r` and the entity `o` it leads to have to meet; the ends always may be reached."""
    used = []
    if query.roles:
        role = among("r.role", query.roles, values)
        used.append(any_of((f"NOT r:{Relation.CREDITED_ON.value}", role)))
    if query.cited_only:
        used.append("size(r.citations) > 0")
    through = await _through(graph, query, values)
    if through != TRUE:
        used.append(any_of((among("o.id", list(ends), values), through)))
    return all_of(used)


async def _through(graph: Snapshot, query: PathQuery, values: Values) -> str:
    """Return what an entity `o` between the ends has to meet."""
    parts = [of_kinds("o", query.kinds)]
    for sign, year in ((">=", query.years.first), ("<=", query.years.last)):
        if year is not None:
            parts.append(any_of((f"NOT {_YEARLY}", f"coalesce(o.year {sign} {values.add(year)}, false)")))
    if query.festivals:
        row = await read_by_id(graph, _OF_FESTIVALS, query.festivals)
        of_them = sorted({id_ for ids in row["ids"] for id_ in ids})
        parts.append(any_of((f"NOT {_AT_FESTIVALS}", f"o.id IN {values.add(of_them)}")))
    if query.exclude:
        row = await read_by_id(graph, f"{BY_ID} RETURN collect(i) AS c0, collect(n.id) AS ids", query.exclude)
        parts.append(f"NOT o.id IN {values.add(row['ids'])}")
    return all_of(parts)
