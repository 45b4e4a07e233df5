"""The graph as a whole: how much it holds."""

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.records import Counts
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.schema import LABELS

_KINDS = "\nUNION ALL\n".join(
    f"MATCH (n:{label}) WHERE n.generation = $g AND n.nameKey >= '' AND n.id >= '' "
    f"RETURN '{kind.value}' AS kind, count(n) AS number, coalesce(sum(n.claims), 0) AS claims"
    for kind, label in LABELS.items()
)
_TYPES = "\nUNION ALL\n".join(
    f"MATCH ()-[r:{relation.value}]->() WHERE r.generation = $g AND r.id >= '' "
    f"RETURN '{relation.value}' AS type, count(r) AS number"
    for relation in Relation
)
_COUNT = f"""
CALL () {{ CALL () {{ {_KINDS} }} RETURN collect([kind, number, claims]) AS kinds }}
CALL () {{ CALL () {{ {_TYPES} }} RETURN collect([type, number]) AS types }}
CALL () {{ MATCH (s:Source) WHERE s.generation = $g AND s.titleKey >= '' AND s.id >= '' RETURN count(s) AS sources }}
CALL () {{
  MATCH (n:Disputed) WHERE n.generation = $g AND n.nameKey >= '' AND n.id >= ''
  RETURN coalesce(sum(size(n.conflicts)), 0) AS conflicts
}}
RETURN kinds, types, sources, conflicts"""


async def counts(graph: Snapshot) -> Counts:
    """Return how much the graph holds."""
    row = await graph.read(_COUNT)
    return Counts(
        {Kind(kind): number for kind, number, _ in row["kinds"] if number},
        {Relation(type_): number for type_, number in row["types"] if number},
        row["sources"],
        sum(claims for _, _, claims in row["kinds"]),
        row["conflicts"],
    )
