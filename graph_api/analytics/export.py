"""Exports of projections and subgraphs, as streams of bytes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from graph_api.analytics.exports import text, xml
from graph_api.analytics.exports.table import GraphTable, projection_table, subgraph_table
from graph_api.analytics.projection import ProjectedGraph
from graph_api.domain.records import Subgraph
from graph_api.errors import BadInput

CHUNK = 65_536
"""Bytes gathered before they are handed on."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its ending, name, media type, who reads it, and what writes it."""

    ending: str
    title: str
    media_type: str
    readers: str
    write: Callable[[GraphTable], Iterator[str] | Iterator[bytes]]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        record.ending: record
        for record in (
            Format("graphml", "GraphML", "application/graphml+xml", "Gephi, igraph, NetworkX, Cytoscape", xml.graphml),
            Format("gexf", "GEXF 1.3", "application/gexf+xml", "Gephi, NetworkX", xml.gexf),
            Format("net", "Pajek", "text/plain; charset=utf-8", "Pajek, igraph, NetworkX, VOSviewer", text.pajek),
            Format("json", "node-link JSON", "application/json", "NetworkX, D3", text.node_link),
            Format("zip", "CSV pair", "application/zip", "Gephi, pandas, R, spreadsheets", text.csv_pair),
        )
    }
)


def export(
    graph: ProjectedGraph | Subgraph,
    ending: str,
    names: Mapping[str, str] | None = None,
    extra: Mapping[str, Mapping[str, object]] | None = None,
) -> Iterator[bytes]:
    """Return a graph in a format, in pieces of about 64 kB.

    Args:
        graph: a projection, or a piece of the graph.
        ending: one of `FORMATS`.
        names: names by id; a subgraph brings its own.
        extra: more attributes of a projection's nodes by id.

    Raises:
        BadInput: there is no such format.
    """
    if ending not in FORMATS:
        raise BadInput(f"no export format {ending[:20]!r}; choose one of {', '.join(FORMATS)}")
    table = subgraph_table(graph) if isinstance(graph, Subgraph) else projection_table(graph, names, extra)
    return _gathered(FORMATS[ending].write(table))


def _gathered(pieces: Iterator[str] | Iterator[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece.encode() if isinstance(piece, str) else piece
        if len(held) >= CHUNK:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
