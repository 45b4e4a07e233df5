"""What is asked of a graph on Neo4j: of ours, of @neo4j/graphql, and by Cypher written by hand.

@neo4j/graphql is asked so that the indexes that serve ours serve it: by generation and lowest keys.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks.documents import Asked

_ALL = 'where: {generation: {eq: $g}, nameKey: {gte: ""}, id: {gte: ""}}, sort: [{nameKey: ASC}, {id: ASC}]'
_THEIRS = {
    "film": """query Film($g: Int!, $id: String!) {
  films(where: {generation: {eq: $g}, id: {eq: $id}}) {
    id nameKey title filmKind status year releasedOn runtime genres aiUse
  }
}""",
    "credits": f"""query Credits($g: Int!) {{
  films(limit: 50, {_ALL}) {{
    title year
    peopleConnection(first: 20, sort: [{{edge: {{order: ASC}}}}]) {{
      edges {{ properties {{ role character }} node {{ name }} }}
    }}
  }}
}}""",
    "people": f"query People($g: Int!) {{ people(limit: 1000, {_ALL}) {{ id nameKey name }} }}",
    "person": """query PersonFilmsCast($g: Int!, $id: String!) {
  people(where: {generation: {eq: $g}, id: {eq: $id}}) {
    name
    filmsConnection(first: 20, sort: [{node: {nameKey: ASC}}, {node: {id: ASC}}]) {
      edges {
        node {
          title year
          peopleConnection(first: 10, where: {edge: {role: {eq: "CAST"}}}, sort: [{edge: {order: ASC}}]) {
            edges { properties { character } node { name } }
          }
        }
      }
    }
  }
}""",
}
TARGETS: Mapping[str, float] = {"film": 1.5, "credits": 3, "people": 3, "person": 3}
"""How many times as many requests a second ours has to answer."""


def their_body(asked: Asked, generation: int, id_: str | None) -> bytes:
    """Return the request's body for @neo4j/graphql."""
    variables = {"g": generation, **({} if id_ is None else {"id": id_})}
    return orjson.dumps({"query": _THEIRS[asked.name], "variables": variables})


@dataclass(frozen=True, slots=True)
class ByHand:
    """One statement whose record holds the answer as columns, and what makes the answer of it."""

    cypher: str
    answer: Callable[[Any], Any]


_LOWEST = "{0}.generation = $g AND {0}.nameKey >= '' AND {0}.id >= ''"
_IN_ORDER = "{0}.generation, {0}.nameKey, {0}.id"
_FILM = ("id", "title", "filmKind", "status", "year", "releasedOn", "runtime", "genres", "aiUse", "nameKey")
_CREDITS = """
CALL (f) {{
  MATCH (f)<-[r:CREDITED_ON]-(p:Person) {} WITH r, p ORDER BY r.order, p.nameKey, p.id, r.id LIMIT {}
  RETURN collect(r.role) AS roles, collect(coalesce(r.character, '')) AS characters, collect(p.name) AS names
}}
RETURN {}collect(f.title), collect(f.year), collect(roles), collect(characters), collect(names)"""


def _nodes(row: Any, *, has_roles: bool) -> list[dict[str, Any]]:
    def people(roles: Any, characters: Any, names: Any) -> list[dict[str, Any]]:
        triples = zip(roles, characters, names, strict=True)
        if has_roles:
            return [{"role": r, "character": c or None, "person": {"name": n}} for r, c, n in triples]
        return [{"character": c or None, "person": {"name": n}} for _, c, n in triples]

    return [
        {"title": title, "year": year, "credits": {"nodes": people(*columns)}}
        for title, year, *columns in zip(*row, strict=True)
    ]


BY_HAND: Mapping[str, ByHand] = {
    "film": ByHand(
        f"MATCH (f:FilmGraph {{generation: $g, id: $id}}) RETURN {', '.join(f'f.{name}' for name in _FILM)}",
        lambda row: {"data": {"film": dict(zip(_FILM, row, strict=True))}},
    ),
    "credits": ByHand(
        f"MATCH (f:Film) WHERE {_LOWEST.format('f')} WITH f ORDER BY {_IN_ORDER.format('f')} LIMIT 50"
        + _CREDITS.format("", 20, ""),
        lambda row: {"data": {"films": {"nodes": _nodes(row, has_roles=True)}}},
    ),
    "people": ByHand(
        f"MATCH (p:Person) WHERE {_LOWEST.format('p')} WITH p ORDER BY {_IN_ORDER.format('p')} LIMIT 1000"
        " RETURN collect(p.id), collect(p.nameKey), collect(p.name)",
        lambda row: {
            "data": {"people": {"nodes": [{"id": i, "key": k, "name": n} for i, k, n in zip(*row, strict=True)]}}
        },
    ),
    "person": ByHand(
        "MATCH (n:FilmGraph {generation: $g, id: $id})-[:CREDITED_ON]->(f:Film)"
        " WITH DISTINCT n, f ORDER BY f.nameKey, f.id LIMIT 20"
        + _CREDITS.format("WHERE r.role = 'CAST'", 10, "n.name, "),
        lambda row: {"data": {"person": {"name": row[0], "films": {"nodes": _nodes(row[1:], has_roles=False)}}}},
    ),
}
