"""Relationships that other programs have put on the graph's nodes: they are kept, or a change is refused."""

from collections.abc import Callable, Sequence

from graph_api.errors import Conflict
from graph_api.store.neo4j.link import ROWS, Link, Values, Work
from graph_api.store.neo4j.schema import ALL_TYPES

_TYPES = """
CALL db.relationshipTypes() YIELD relationshipType AS type WHERE NOT type IN $ours RETURN collect(type)"""
_LINKED = """
UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id})-[r]-() WHERE type(r) IN $types
RETURN type(r), coalesce(n.slug, n.id) LIMIT 1"""
_LOST = """
MATCH (n:FilmGraph)-[r]-() WHERE n.generation = $old AND n.id >= '' AND type(r) IN $types
AND NOT EXISTS { MATCH (x:FilmGraph) WHERE x.generation = $new AND x.id = n.id }
RETURN type(r), coalesce(n.slug, n.id) LIMIT 1"""
_COPY_FROM = f"""
MATCH (a:FilmGraph)-[r]->(b) WHERE a.generation = $old AND a.id >= '' AND type(r) IN $types
CALL (a, r, b) {{
  MATCH (x:FilmGraph {{generation: $new, id: a.id}})
  OPTIONAL MATCH (y:FilmGraph {{generation: $new, id: b.id}}) WHERE b:FilmGraph AND b.generation = $old
  WITH r, x, coalesce(y, b) AS end
  CREATE (x)-[c:$(type(r))]->(end) SET c = properties(r)
}} IN TRANSACTIONS OF {ROWS} ROWS"""
_COPY_TO = f"""
MATCH (a)-[r]->(b:FilmGraph) WHERE b.generation = $old AND b.id >= '' AND type(r) IN $types
AND NOT (a:FilmGraph AND a.generation IN [$old, $new])
CALL (a, r, b) {{
  MATCH (y:FilmGraph {{generation: $new, id: b.id}})
  CREATE (a)-[c:$(type(r))]->(y) SET c = properties(r)
}} IN TRANSACTIONS OF {ROWS} ROWS"""


def _foreign(read: Callable[..., list[Values]]) -> list[str]:
    types: list[str] = read(_TYPES, ours=list(ALL_TYPES))[0][0]
    return types


def _refuse(found: list[Values]) -> None:
    for type_, name in found:
        raise Conflict(
            f"{name} would be removed, but another program has linked it by {type_}; remove that relationship first"
        )


def refuse_linked(work: Work, ids: Sequence[str]) -> None:
    """Refuse to remove nodes that other programs have linked.

    Raises:
        Conflict: one is.
    """
    if ids and (types := _foreign(work.read)):
        _refuse(work.read(_LINKED, ids=list(ids), types=types))


def carry(link: Link, old: int, new: int) -> None:
    """Copy other programs' relationships from the nodes of one generation to those of another.

    Raises:
        Conflict: a node that has one is not in the other generation.
    """
    if types := _foreign(link.read):
        _refuse(link.read(_LOST, old=old, new=new, types=types))
        for query in (_COPY_FROM, _COPY_TO):
            link.run(query, old=old, new=new, types=types)
