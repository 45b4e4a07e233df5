"""The graph as a whole: how much it holds."""

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.records import Counts
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.schema import ANY_TYPE, LABELS

_ALL = """MATCH (n:FilmGraph) USING INDEX SEEK n:FilmGraph(generation, id) WHERE n.generation = $g AND n.id >= ''"""
_COUNT = f"""
CALL () {{
  {_ALL} WITH labels(n) AS labels, count(*) AS number, sum(n.claims) AS claims, sum(size(n.conflicts)) AS conflicts
  RETURN collect([labels, number, claims, conflicts]) AS nodes
}}
CALL (nodes) {{
  {_ALL} MATCH (n)-[r:{ANY_TYPE}]->() WITH type(r) AS type, count(*) AS number
  RETURN collect([type, number]) AS types
}}
RETURN nodes, types"""
_KIND_OF = {label: kind for kind, label in LABELS.items()}


async def counts(graph: Snapshot) -> Counts:
    """Return how much the graph holds."""
    row = await graph.read(_COUNT)
    kinds: dict[Kind, int] = {}
    for labels, number, _, _ in row["nodes"]:
        for label in _KIND_OF.keys() & set(labels):
            kinds[_KIND_OF[label]] = kinds.get(_KIND_OF[label], 0) + number
    numbers = dict(row["types"])
    return Counts(
        {kind: kinds[kind] for kind in Kind if kind in kinds},
        {relation: numbers[relation.value] for relation in Relation if relation.value in numbers},
        sum(number for labels, number, _, _ in row["nodes"] if "Source" in labels),
        sum(claims for _, _, claims, _ in row["nodes"]),
        sum(conflicts for _, _, _, conflicts in row["nodes"]),
    )
