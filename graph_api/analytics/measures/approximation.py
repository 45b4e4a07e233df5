"""Scores by sampling, for the measures that can be had so: betweenness, closeness, harmonic centrality."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

from graph_api.analytics.kernels.approximate import (
    Approximated,
    Approximation,
    approximate_betweenness,
    approximate_closeness,
)
from graph_api.analytics.kernels.csr import Csr, projected
from graph_api.analytics.measures.catalogue import MEASURES, CentralityMeasure
from graph_api.analytics.parameters import Parameters
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.ranking import Ranking, ranked
from graph_api.errors import BadInput

Sampler: TypeAlias = Callable[[Csr, Approximation], Approximated]

SAMPLERS: Mapping[CentralityMeasure, Sampler] = MappingProxyType(
    {
        CentralityMeasure.BETWEENNESS: approximate_betweenness,
        CentralityMeasure.CLOSENESS: approximate_closeness,
        CentralityMeasure.HARMONIC: partial(approximate_closeness, is_harmonic=True),
    }
)


def check_approximable(measure: CentralityMeasure, parameters: Parameters, wanted: Approximation) -> None:
    """Check that a measure can be approximated so.

    Raises:
        BadInput: it is no measure of shortest paths, or weighted, or the bounds make no sense.
    """
    if measure not in SAMPLERS:
        raise BadInput(f"{measure} is not approximated: its exact scores are quick; leave the approximation out")
    if parameters.get("weighted"):
        raise BadInput(f"weighted {measure} is not approximated; leave the approximation out, or ask without weights")
    for name in ("epsilon", "delta"):
        value = getattr(wanted, name)
        if not 0 < value < 1:
            raise BadInput(f"{name} of an approximation must lie between 0 and 1, not {value:g}", argument=name)


def rank(
    graph: ProjectedGraph,
    measure: CentralityMeasure,
    parameters: Parameters,
    wanted: Approximation | None = None,
) -> Ranking:
    """Return the ranking of a projection's nodes; with `wanted`, by scores that are approximate and say how much.

    Parameters
    ----------
    graph, measure, parameters
        What of what; the parameters have been checked.
    wanted
        How good an approximation has to be; None: exact.

    Returns
    -------
    Ranking
        Its `errors` are bounds that hold all at once with probability 1 - delta. Where the exact scores are as quick
        they are 0. The same seed gives the same scores, unless the deadline ended it.
    """
    if wanted is None:
        return ranked(graph.ids, MEASURES[measure].compute(graph, parameters))
    check_approximable(measure, parameters, wanted)
    found = SAMPLERS[measure](projected(graph.undirected), wanted)
    return ranked(graph.ids, found.scores, found.errors)
