"""What every format writes: nodes and ties with typed attributes, whatever they came from.

Lists travel as JSON text, dates as ISO text, and what is missing is absent. Characters that XML can't hold are
removed from texts in every format, so that all of them say the same.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph_api.analytics.projection import ProjectedGraph
from graph_api.domain.records import Subgraph

Cell = str | int | float | bool
Attributes = Mapping[str, Cell]

_SLICE = 50_000
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Column:
    """An attribute of nodes or of ties; `type` is "boolean", "long", "double" or "string"."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class GraphTable:
    """A graph to be written.

    Attributes:
        about: what the graph is: attributes of the whole.
        directed: whether ties have a direction.
        multigraph: whether two nodes may have several ties; each then has an `id`.
        node_columns, edge_columns: the attributes there are.
        nodes: ids and attributes, in order.
        edges: source, target and attributes, in order; made anew on each iteration where there may be millions.
    """

    about: Attributes
    directed: bool
    multigraph: bool
    node_columns: Sequence[Column]
    edge_columns: Sequence[Column]
    nodes: Sequence[tuple[str, Attributes]]
    edges: Iterable[tuple[str, str, Attributes]]


@dataclass(frozen=True, slots=True)
class _Ties:
    """A projection's ties as rows, a slice of the arrays at a time."""

    graph: ProjectedGraph

    def __iter__(self) -> Iterator[tuple[str, str, Attributes]]:
        graph = self.graph
        for low in range(0, graph.ties, _SLICE):
            part = slice(low, low + _SLICE)
            columns = (graph.sources[part].tolist(), graph.targets[part].tolist(), graph.weights[part].tolist())
            for source, target, weight in zip(*columns, strict=True):
                yield graph.ids[source], graph.ids[target], {"weight": weight}


def projection_table(
    graph: ProjectedGraph,
    names: Mapping[str, str] | None = None,
    extra: Mapping[str, Mapping[str, object]] | None = None,
) -> GraphTable:
    """Return a projection as a table.

    Args:
        graph: the projection.
        names: names by id.
        extra: more attributes of nodes by id, such as {id: {"betweenness": 0.5}}.
    """
    extra = extra or {}
    nodes = [(node, cells({**row, **extra.get(node, {})})) for node, row in graph.node_rows(names)]
    about: Attributes = {
        "projection": graph.spec.name.value,
        "revision": str(graph.revision),
        "hash": graph.spec.hash,
    }
    weight = [Column("weight", "double")]
    return GraphTable(about, graph.directed, False, columns_of(row for _, row in nodes), weight, nodes, _Ties(graph))


def subgraph_table(graph: Subgraph) -> GraphTable:
    """Return a piece of the graph, its entities with their fields and its relationships with their properties."""
    nodes = [
        (
            node.id,
            cells({"name": node.name, "kind": node.kind.value, "slug": node.slug, **_without(node.values, "name")}),
        )
        for node in graph.nodes
    ]
    edges = [
        (r.source, r.target, cells({"id": r.id, "type": r.type.value, **r.properties, "certainty": r.certainty.value}))
        for r in graph.relationships
    ]
    node_columns, edge_columns = columns_of(row for _, row in nodes), columns_of(row for _, _, row in edges)
    return GraphTable({"truncated": graph.truncated}, True, True, node_columns, edge_columns, nodes, edges)


def _without(values: Mapping[str, object], name: str) -> dict[str, object]:
    return {key: value for key, value in values.items() if key != name}


def cells(values: Mapping[str, object]) -> dict[str, Cell]:
    """Return attributes as they travel; None, empty texts and numbers that are none are left out."""
    found: dict[str, Cell] = {}
    for name, value in values.items():
        if isinstance(value, (tuple, list)):
            value = json.dumps(list(value), ensure_ascii=False)
        if isinstance(value, float) and not math.isfinite(value):
            continue
        if isinstance(value, str):
            value = _NOT_XML.sub("", value)
        if isinstance(value, (bool, int, float)) or (isinstance(value, str) and value):
            found[name] = value
    return found


def columns_of(rows: Iterable[Attributes]) -> list[Column]:
    """Return all attributes in the order of their first appearance, each with the narrowest type that fits."""
    types: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row.items():
            types.setdefault(name, set()).add(_type(value))
    return [Column(name, _widest(found)) for name, found in types.items()]


def _type(value: Cell) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "long"
    return "double" if isinstance(value, float) else "string"


def _widest(types: set[str]) -> str:
    if len(types) == 1:
        return next(iter(types))
    return "double" if types == {"long", "double"} else "string"


def text_of(value: Cell) -> str:
    """Return a value as text: true and false in lower case, numbers in their shortest form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)
