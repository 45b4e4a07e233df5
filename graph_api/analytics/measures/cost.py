"""Rough estimates of how long a measure takes, in seconds, so that absurd requests are refused before they start.

The constants were measured on one core of a common server and are good to a factor of about three.
"""

from collections.abc import Callable
from typing import TypeAlias

from graph_api.analytics.parameters import Parameters, number, whole
from graph_api.analytics.projection import ProjectedGraph
from graph_api.domain.arrays import np

Estimate: TypeAlias = Callable[[ProjectedGraph, Parameters], float]

COMPILED_STEP = 1e-8
"""A tie looked at by compiled code."""
ROUNDS = 200
"""Rounds that iterations take with the default damping and tolerance."""


def linear(graph: ProjectedGraph, parameters: Parameters) -> float:
    """One look at each tie."""
    return graph.ties * COMPILED_STEP


def iterated(graph: ProjectedGraph, parameters: Parameters) -> float:
    """Rounds over all ties; more of them the closer the damping is to 1."""
    alpha = parameters.get("alpha")
    rounds = 30 / (1 - alpha) if isinstance(alpha, float) and alpha < 1 else ROUNDS
    return rounds * graph.ties * COMPILED_STEP


KERNEL_STEP = 1e-9
"""A tie looked at by a kernel on one core; without twins."""


def brandes(graph: ProjectedGraph, parameters: Parameters) -> float:
    """A kernel's searches, eight at a time; by length with a heap."""
    n = len(graph)
    return n * (n + 2 * graph.ties) * KERNEL_STEP * (10 if parameters["weighted"] else 1)


def searches(graph: ProjectedGraph, parameters: Parameters) -> float:
    """A kernel's searches, 512 at a time; by length with a heap."""
    n = len(graph)
    return n * (n + 2 * graph.ties) * KERNEL_STEP * (8 if parameters["weighted"] else 0.1)


def objects(graph: ProjectedGraph, parameters: Parameters) -> float:
    """Each tie handed to another library."""
    return 20 * graph.ties * COMPILED_STEP


def triangles(graph: ProjectedGraph, parameters: Parameters) -> float:
    """Neighbours of neighbours."""
    return objects(graph, parameters) + _squares(graph) * COMPILED_STEP


def two_steps(graph: ProjectedGraph, parameters: Parameters) -> float:
    """Neighbours of neighbours in sparse products."""
    return _squares(graph) * COMPILED_STEP * 4


def cascades(graph: ProjectedGraph, parameters: Parameters) -> float:
    """Drawn graphs, then a look at each node per seed and graph."""
    steps = graph.ties * (1 + 4 * number(parameters, "probability")) + len(graph) * whole(parameters, "k") / 5
    return 2 * whole(parameters, "runs") * steps * COMPILED_STEP


def _squares(graph: ProjectedGraph) -> float:
    ends = np.concatenate((graph.sources, graph.targets))
    return float((np.bincount(ends, minlength=len(graph)).astype(np.float64) ** 2).sum())
