"""Ways to divide a projection into groups, and how good a division is."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from graph_api.analytics.engines import is_own
from graph_api.analytics.measures.cohesion import core_number
from graph_api.analytics.parameters import Parameters, flag, number, whole
from graph_api.analytics.projection import ProjectedGraph, native
from graph_api.analytics.ranking import SIGNIFICANT_DIGITS
from graph_api.domain.arrays import FlagArray, FloatArray, LongArray, np
from graph_api.errors import BadInput

Labels: TypeAlias = LongArray
"""A group number for each node; -1 for a node of no group."""

_igraph_random = threading.Lock()
"""igraph has one source of random numbers per process; whoever seeds it holds this."""


def inside_and_all(graph: ProjectedGraph, labels: Labels) -> tuple[FloatArray, FloatArray]:
    """Return the summed weights of each node's ties to others of its group, and of all of its ties."""
    if is_own("CONNECTED_COMPONENTS", len(graph), graph.ties):
        from graph_api.analytics.kernels.cohesion_code import inside

        return inside(graph.sources, graph.targets, graph.weights, labels)
    same = (labels[graph.sources] == labels[graph.targets]) & (labels[graph.sources] >= 0)
    return _sums(graph, same), _sums(graph, slice(None))


def _sums(graph: ProjectedGraph, chosen: FlagArray | slice) -> FloatArray:
    n, weights = len(graph), graph.weights[chosen]
    sums = np.bincount(graph.sources[chosen], weights, n) + np.bincount(graph.targets[chosen], weights, n)
    return sums.astype(np.float64)


def modularity(graph: ProjectedGraph, labels: Labels) -> float | None:
    """Return the modularity of a division of an undirected graph (resolution 1), None without ties.

    References
    ----------
    .. [1] M. Newman, Analysis of weighted networks (2004). https://doi.org/10.1103/PhysRevE.70.056131
    """
    return modularity_of(labels, *inside_and_all(graph, labels))


def modularity_of(labels: Labels, inside: FloatArray, strengths: FloatArray) -> float | None:
    """Return the modularity, given what `inside_and_all` does."""
    total = float(strengths.sum())
    if not total:
        return None
    alone = labels < 0
    squares = np.bincount(labels[~alone], strengths[~alone]) ** 2
    value = float(inside.sum()) / total - (float(squares.sum()) + float((strengths[alone] ** 2).sum())) / total**2
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let igraph draw its random numbers from the seed."""
    import igraph

    with _igraph_random:
        igraph.set_random_number_generator(random.Random(seed))
        try:
            yield
        finally:
            igraph.set_random_number_generator(random)


def leiden(graph: ProjectedGraph, parameters: Parameters) -> Labels:
    """Return Leiden's communities."""
    if is_own("LEIDEN", len(graph), graph.ties):
        from graph_api.analytics.kernels.modularity import leiden

        adjacency = graph.adjacency(flag(parameters, "weighted"))
        seed, iterations = whole(parameters, "seed"), whole(parameters, "iterations")
        return leiden(adjacency, number(parameters, "resolution"), iterations, seed)
    with seeded(whole(parameters, "seed")):
        found = native(graph).community_leiden(
            objective_function="modularity",
            weights=_weights(graph, parameters).tolist(),
            resolution=number(parameters, "resolution"),
            n_iterations=whole(parameters, "iterations"),
        )
    return np.array(found.membership, np.int64)


def louvain(graph: ProjectedGraph, parameters: Parameters) -> Labels:
    """Return Louvain's communities."""
    if is_own("LOUVAIN", len(graph), graph.ties):
        from graph_api.analytics.kernels.modularity import louvain

        adjacency = graph.adjacency(flag(parameters, "weighted"))
        return louvain(adjacency, number(parameters, "resolution"), whole(parameters, "seed"))
    weights = _weights(graph, parameters).tolist()
    with seeded(whole(parameters, "seed")):
        found = native(graph).community_multilevel(weights=weights, resolution=number(parameters, "resolution"))
    return np.array(found.membership, np.int64)


def label_propagation(graph: ProjectedGraph, parameters: Parameters) -> Labels:
    """Return the groups of nodes that end with the same label."""
    with seeded(whole(parameters, "seed")):
        found = native(graph).community_label_propagation(weights=_weights(graph, parameters).tolist())
    return np.array(found.membership, np.int64)


def components(graph: ProjectedGraph, parameters: Parameters) -> Labels:
    """Return the connected components."""
    if is_own("CONNECTED_COMPONENTS", len(graph), graph.ties):
        from graph_api.analytics.kernels.cohesion_code import joined

        return joined(graph.sources, graph.targets, len(graph))
    from scipy.sparse import csgraph

    _, labels = csgraph.connected_components(graph.matrix, directed=False)
    return labels.astype(np.int64)


def k_core(graph: ProjectedGraph, parameters: Parameters) -> Labels:
    """Return the components of the k-core; nodes outside are in none.

    Raises:
        BadInput: there is no k-core.
    """
    from scipy.sparse import csgraph

    cores = core_number(graph, {})
    k = int(cores.max()) if parameters["k"] is None else whole(parameters, "k")
    if k > cores.max():
        raise BadInput(
            f"parameter k must be at most {int(cores.max())}: no part of this graph is denser",
            parameter="k",
            high=int(cores.max()),
        )
    core = np.flatnonzero(cores >= k)
    _, found = csgraph.connected_components(graph.matrix[core][:, core], directed=False)
    labels = np.full(len(graph), -1, np.int64)
    labels[core] = found
    return labels


def _weights(graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
    return graph.weights if flag(parameters, "weighted") else np.ones(graph.ties)
