"""Rough estimates of the memory an analysis takes beside its projection, so that it can be refused before it starts.

They are good to a factor of about two.
"""

from graph_api.analytics.projection import ProjectedGraph

_BLOCKS = 200e6
"""Blocks of rows that measures work in, and the libraries themselves."""
_ROW = 700.0
"""A relationship as it is read, before it is a number."""


def arrays(graph: ProjectedGraph) -> float:
    """Work on matrices, or igraph's graph: a few copies of the ties."""
    return _BLOCKS + 3.0 * 24 * graph.ties + 200.0 * len(graph)


def reading(rows: int) -> float:
    """Reading so many relationships."""
    return _BLOCKS + _ROW * rows
