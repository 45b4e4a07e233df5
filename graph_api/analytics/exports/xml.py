"""GraphML and GEXF: read by Gephi, igraph (GraphML), NetworkX, Cytoscape, yEd, R."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from graph_api.analytics.exports.table import Attributes, Column, GraphTable, text_of

_ENTITIES = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;", '"': "&quot;"}
"""A reader turns bare line ends and tabs of attributes into blanks."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _xml(text: str) -> str:
    return escape(text, _ENTITIES)


def graphml(table: GraphTable) -> Iterator[str]:
    """Yield GraphML. Ids are nodes' `id`; the graph's own attributes are data of the graph."""
    node_keys = {c.name: (f"n{i}", c) for i, c in enumerate(table.node_columns)}
    edge_keys = {c.name: (f"e{i}", c) for i, c in enumerate(table.edge_columns) if c.name != "id"}
    about_keys = {name: (f"g{i}", Column(name, "string")) for i, name in enumerate(table.about)}
    yield _HEAD + '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for domain, keys in (("graph", about_keys), ("node", node_keys), ("edge", edge_keys)):
        for key, column in keys.values():
            yield f'<key id="{key}" for="{domain}" attr.name="{_xml(column.name)}" attr.type="{column.type}"/>\n'
    yield f'<graph edgedefault="{"directed" if table.directed else "undirected"}">\n{_data(table.about, about_keys)}\n'
    for node, attributes in table.nodes:
        yield f'<node id="{_xml(node)}">{_data(attributes, node_keys)}</node>\n'
    for source, target, attributes in table.edges:
        own = f' id="{_xml(text_of(attributes["id"]))}"' if "id" in attributes else ""
        yield f'<edge{own} source="{_xml(source)}" target="{_xml(target)}">{_data(attributes, edge_keys)}</edge>\n'
    yield "</graph>\n</graphml>\n"


def _data(attributes: Attributes, keys: dict[str, tuple[str, Column]]) -> str:
    return "".join(
        f'<data key="{keys[name][0]}">{_xml(text_of(value))}</data>'
        for name, value in attributes.items()
        if name in keys
    )


def gexf(table: GraphTable) -> Iterator[str]:
    """Yield GEXF 1.3. The name is the node's label, the weight the tie's own."""
    node_keys = {c.name: (str(i), c) for i, c in enumerate(table.node_columns)}
    edge_keys = {c.name: (str(i), c) for i, c in enumerate(table.edge_columns) if c.name not in ("id", "weight")}
    about = _xml(", ".join(f"{name} {text_of(value)}" for name, value in table.about.items()))
    yield _HEAD + '<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'
    yield f"<meta><creator>AI Film Graph</creator><description>{about}</description></meta>\n"
    yield f'<graph defaultedgetype="{"directed" if table.directed else "undirected"}" mode="static">\n'
    for domain, keys in (("node", node_keys), ("edge", edge_keys)):
        yield f'<attributes class="{domain}" mode="static">\n'
        for key, column in keys.values():
            yield f'<attribute id="{key}" title="{_xml(column.name)}" type="{column.type}"/>\n'
        yield "</attributes>\n"
    yield "<nodes>\n"
    for node, attributes in table.nodes:
        label = text_of(attributes.get("name", node))
        yield f'<node id="{_xml(node)}" label="{_xml(label)}">{_values(attributes, node_keys)}</node>\n'
    yield "</nodes>\n<edges>\n"
    for number, (source, target, attributes) in enumerate(table.edges):
        own = _xml(text_of(attributes.get("id", str(number))))
        weight = f' weight="{text_of(attributes["weight"])}"' if "weight" in attributes else ""
        values = _values(attributes, edge_keys)
        yield f'<edge id="{own}" source="{_xml(source)}" target="{_xml(target)}"{weight}>{values}</edge>\n'
    yield "</edges>\n</graph>\n</gexf>\n"


def _values(attributes: Attributes, keys: dict[str, tuple[str, Column]]) -> str:
    found = "".join(
        f'<attvalue for="{keys[name][0]}" value="{_xml(text_of(value))}"/>'
        for name, value in attributes.items()
        if name in keys
    )
    return f"<attvalues>{found}</attvalues>" if found else ""
