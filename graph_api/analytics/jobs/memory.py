"""Rough estimates of the memory an analysis takes beside its projection, so that it can be refused before it starts.

They are good to a factor of about two; the numbers are bytes for a node or a tie, measured with NetworkX 3.4.
"""

from graph_api.analytics.projection import ProjectedGraph

_BLOCKS = 200e6
"""Blocks of rows that measures work in, and the libraries themselves."""
_OBJECT_TIE, _OBJECT_NODE = 450.0, 600.0
_ROW = 700.0
"""A relationship as it is read, before it is a number."""


def arrays(graph: ProjectedGraph) -> float:
    """Work on matrices: a few copies of them."""
    return _BLOCKS + 3.0 * 24 * graph.ties + 200.0 * len(graph)


def objects(graph: ProjectedGraph) -> float:
    """Work on a NetworkX graph, in which each tie is a Python object."""
    return _BLOCKS + _OBJECT_TIE * graph.ties + _OBJECT_NODE * len(graph)


def reading(rows: int) -> float:
    """Reading so many relationships."""
    return _BLOCKS + _ROW * rows
