"""What every format writes: nodes and ties with typed attributes, whatever they came from.

Lists travel as JSON text, dates as ISO text, and what is missing is absent. Characters that XML can't hold are
removed from texts in every format, so that all of them say the same.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_api.analytics.projection import ProjectedGraph
from graph_api.domain.records import Subgraph

Cell = str | int | float | bool
Attributes = Mapping[str, Cell]

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
        nodes: ids and attributes, in order.
        edges: source, target and attributes, in order.
    """

    about: Attributes
    directed: bool
    multigraph: bool
    nodes: Sequence[tuple[str, Attributes]]
    edges: Sequence[tuple[str, str, Attributes]]

    def node_columns(self) -> list[Column]:
        """Return the attributes that nodes have."""
        return columns_of(attributes for _, attributes in self.nodes)

    def edge_columns(self) -> list[Column]:
        """Return the attributes that ties have."""
        return columns_of(attributes for _, _, attributes in self.edges)


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
    ends = zip(graph.sources.tolist(), graph.targets.tolist(), graph.weights.tolist(), strict=True)
    edges: list[tuple[str, str, Attributes]] = [(graph.ids[s], graph.ids[t], {"weight": w}) for s, t, w in ends]
    about: Attributes = {
        "projection": graph.spec.name.value,
        "revision": str(graph.revision),
        "hash": graph.spec.hash,
    }
    return GraphTable(about, graph.directed, False, nodes, edges)


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
    return GraphTable({"truncated": graph.truncated}, True, True, nodes, edges)


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
