"""The backend: functions with NetworkX's names, arguments and answers."""

from collections.abc import Callable
from typing import Any

import networkx as nx

from graph_api.analytics.dispatch.graph import DispatchedGraph
from graph_api.analytics.kernels.betweenness import pair_sums
from graph_api.analytics.kernels.compiler import is_available
from graph_api.analytics.kernels.csr import Csr
from graph_api.analytics.kernels.distances import all_distances
from graph_api.domain.arrays import FloatArray, np

Scores = dict[Any, float]

_PASSES = 10
"""Of Leiden's algorithm, as in the catalogue."""

LARGE = 20_000
"""Nodes times edges from which on NetworkX is told that this backend is worth while."""


def convert_from_nx(graph: Any, *, edge_attrs: dict[str, Any] | None = None, **_: Any) -> DispatchedGraph:
    """Return a NetworkX graph converted."""
    return DispatchedGraph(graph, edge_attrs)


def convert_to_nx(result: Any, **_: Any) -> Any:
    """Return a converted graph as it was; any other result as it is."""
    return result.source if isinstance(result, DispatchedGraph) else result


def betweenness_centrality(
    G: DispatchedGraph,  # noqa: N803 - NetworkX names it so
    k: int | None = None,
    normalized: bool = True,
    weight: str | None = None,
    endpoints: bool = False,
    seed: object = None,
) -> Scores:
    """Return networkx.betweenness_centrality."""
    graph = _measured(G, weight)
    if graph is None:
        return _left(nx.betweenness_centrality, G, normalized=normalized, weight=weight)
    n, sums = len(G), pair_sums(graph)
    if n > 2 and normalized:
        sums *= 1 / ((n - 1) * (n - 2))  # as NetworkX does, to the last digit
    elif not normalized and not G.is_directed():
        sums /= 2
    return _by_node(G, sums)


def closeness_centrality(
    G: DispatchedGraph,  # noqa: N803
    u: object = None,
    distance: str | None = None,
    wf_improved: bool = True,
) -> Scores:
    """Return networkx.closeness_centrality."""
    graph = _measured(G, distance)
    if graph is None:
        return _left(nx.closeness_centrality, G, distance=distance, wf_improved=wf_improved)
    found, n = all_distances(graph), len(G)
    reached = found.reached.astype(np.float64)
    scores = np.divide(reached, found.total, out=np.zeros(n), where=found.total > 0)
    return _by_node(G, scores * (reached / max(n - 1, 1)) if wf_improved else scores)


def harmonic_centrality(
    G: DispatchedGraph,  # noqa: N803
    nbunch: object = None,
    distance: str | None = None,
    sources: object = None,
) -> Scores:
    """Return networkx.harmonic_centrality."""
    graph = _measured(G, distance)
    if graph is None:
        return _left(nx.harmonic_centrality, G, distance=distance)
    return _by_node(G, all_distances(graph).inverse)


def eccentricity(G: DispatchedGraph, v: object = None, sp: object = None, weight: object = None) -> dict[Any, int]:  # noqa: N803
    """Return networkx.eccentricity.

    Raises:
        NetworkXError: not every node can be reached.
    """
    found = all_distances(G.plain)
    if (found.reached < len(G) - 1).any():
        raise nx.NetworkXError("Found infinite path length because the graph is not connected")
    return dict(zip(G.nodes, found.furthest.astype(int).tolist(), strict=True))


def core_number(G: DispatchedGraph) -> dict[Any, int]:  # noqa: N803
    """Return networkx.core_number.

    Raises:
        NetworkXNotImplemented: the graph has loops.
    """
    if G.has_loops:
        raise nx.NetworkXNotImplemented(
            "Input graph has self loops which is not permitted; "
            "Consider using G.remove_edges_from(nx.selfloop_edges(G))."
        )
    from graph_api.analytics.kernels.cohesion import cores

    return dict(zip(G.nodes, cores(G.plain).tolist(), strict=True))


def clustering(G: DispatchedGraph, nodes: object = None, weight: object = None) -> Scores:  # noqa: N803
    """Return networkx.clustering."""
    from graph_api.analytics.kernels.cohesion import closed_pairs

    return _by_node(G, closed_pairs(G.plain))


def leiden_communities(
    G: DispatchedGraph,  # noqa: N803
    weight: str | None = "weight",
    resolution: float = 1,
    max_level: int | None = None,
    seed: Any = None,
) -> list[set[Any]]:
    """Return networkx.community.leiden_communities, which NetworkX has no code of its own for.

    Raises:
        NetworkXError: a weight is below 0.
    """
    from scipy import sparse

    from graph_api.analytics.kernels.modularity import leiden

    weights = np.ones(len(G.ends[0])) if weight is None else G.values(weight)
    if (weights < 0).any():
        raise nx.NetworkXError("Leiden's algorithm takes no weights below 0")
    half = sparse.csr_array((weights, G.ends), shape=(len(G), len(G)))
    half.eliminate_zeros()
    full = sparse.csr_array(half + half.T)
    full.sort_indices()
    drawn, groups = nx.utils.create_py_random_state(seed).getrandbits(31), dict[int, set[Any]]()
    for node, label in zip(G.nodes, leiden(full, resolution, _PASSES, drawn).tolist(), strict=True):
        groups.setdefault(label, set()).add(node)
    return list(groups.values())


def can_run(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool | str:
    """Tell whether a call can be answered here, and if not, why."""
    asked = dict(zip(_ARGUMENTS[name], args, strict=False)) | kwargs
    graph = asked["G"]
    for argument, given in asked.items():
        if argument in _UNSET and given is not _UNSET[argument] and given != _UNSET[argument]:
            return f"{argument} is not served"
    if name in _UNWEIGHTED and asked.get("weight") is not None:
        return "weights are not served"
    if callable(asked.get("weight")) or callable(asked.get("distance")):
        return "functions of weights are not served"
    if name in _UNDIRECTED and (graph.is_directed() or graph.is_multigraph()):
        return "graphs with direction or parallel edges are not served"
    if len(graph) == 0:
        return "there is nothing to do"
    return is_available() or "Numba is not there"


def should_run(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Tell whether a call is worth the conversion."""
    graph = args[0] if args else kwargs["G"]
    return len(graph) * graph.number_of_edges() > LARGE if hasattr(graph, "number_of_edges") else True


_ARGUMENTS = {
    "betweenness_centrality": ("G", "k", "normalized", "weight", "endpoints", "seed"),
    "closeness_centrality": ("G", "u", "distance", "wf_improved"),
    "harmonic_centrality": ("G", "nbunch", "distance", "sources"),
    "eccentricity": ("G", "v", "sp", "weight"),
    "core_number": ("G",),
    "clustering": ("G", "nodes", "weight"),
    "leiden_communities": ("G", "weight", "resolution", "max_level", "seed"),
}
_UNSET: dict[str, object] = {
    "k": None,
    "endpoints": False,
    "u": None,
    "nbunch": None,
    "sources": None,
    "v": None,
    "sp": None,
    "nodes": None,
    "max_level": None,
}
_UNWEIGHTED = ("eccentricity", "clustering")
_UNDIRECTED = ("eccentricity", "core_number", "clustering", "leiden_communities")


def _measured(graph: DispatchedGraph, weight: str | None) -> Csr | None:
    """Return the graph with its lengths; None where some are not above 0, which kernels do not take."""
    if weight is None:
        return graph.plain
    lengths = graph.values(weight)
    return graph.csr(lengths) if bool(np.isfinite(lengths).all() and (lengths > 0).all()) else None


def _left(function: Callable[..., Any], graph: DispatchedGraph, **arguments: Any) -> Scores:
    """Leave a call to NetworkX."""
    scores: Scores = function(graph.source, backend="networkx", **arguments)
    return scores


def _by_node(graph: DispatchedGraph, scores: FloatArray) -> Scores:
    return dict(zip(graph.nodes, scores.tolist(), strict=True))
