"""A NetworkX graph as kernels take it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from graph_api.analytics.kernels.csr import Csr
from graph_api.domain.arrays import FloatArray, IntArray, LongArray, np


class DispatchedGraph:
    """A converted graph: nodes by number in their order, arcs without loops, of parallel ones the shortest.

    Attributes:
        source: the NetworkX graph.
        nodes: its nodes, in order.
        has_loops: whether loops were left out.
    """

    __networkx_backend__ = "filmgraph"

    def __init__(self, source: Any, attributes: Mapping[str, Any] | None) -> None:
        self.source = source
        self.nodes = list(source)
        self._attributes = dict(attributes or {})
        number = {node: i for i, node in enumerate(self.nodes)}
        arcs = [(number[s], number[t], data) for s, t, data in source.edges(data=True)]
        self.has_loops = any(s == t for s, t, _ in arcs)
        self._arcs = [arc for arc in arcs if arc[0] != arc[1]]

    def __len__(self) -> int:
        return len(self.nodes)

    def is_directed(self) -> bool:
        """Tell whether arcs have a direction."""
        return bool(self.source.is_directed())

    def is_multigraph(self) -> bool:
        """Tell whether arcs may be parallel."""
        return bool(self.source.is_multigraph())

    @cached_property
    def ends(self) -> "tuple[IntArray, IntArray]":
        """The ends of each arc, as numbers; an undirected one once."""
        return (
            np.array([s for s, _, _ in self._arcs], np.int32),
            np.array([t for _, t, _ in self._arcs], np.int32),
        )

    def values(self, attribute: str) -> FloatArray:
        """Return an attribute of each arc, its default where it has none.

        Raises:
            TypeError, ValueError: one is no number.
        """
        default = self._attributes.get(attribute, 1)
        return np.array([data.get(attribute, default) for _, _, data in self._arcs], np.float64)

    def csr(self, lengths: FloatArray | None = None) -> Csr:
        """Return the graph as kernels take it."""
        s, t = (end.astype(np.int64) for end in self.ends)
        lengths_ = np.zeros(len(s)) if lengths is None else lengths
        if not self.is_directed():
            s, t, lengths_ = np.concatenate((s, t)), np.concatenate((t, s)), np.concatenate((lengths_, lengths_))
        n = max(len(self), 1)
        order = np.lexsort((lengths_, s * n + t))
        keys: LongArray = (s * n + t)[order]
        first = np.ones(len(keys), np.bool_)
        first[1:] = keys[1:] != keys[:-1]
        keys, kept = keys[first], lengths_[order][first]
        starts = np.searchsorted(keys, np.arange(len(self) + 1) * n).astype(np.int64)
        return Csr(starts, (keys % n).astype(np.int32), None if lengths is None else kept, self.is_directed())

    @cached_property
    def plain(self) -> Csr:
        """The graph without lengths."""
        return self.csr()
