"""Scores by sampling, for the measures that can be had so: betweenness, closeness, harmonic centrality."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

from graph_api.analytics.engines import ENGINES
from graph_api.analytics.kernels.approximate import (
    Approximated,
    Approximation,
    approximate_betweenness,
    approximate_closeness,
)
from graph_api.analytics.kernels.csr import Csr, projected
from graph_api.analytics.measures.catalogue import MEASURES, CentralityMeasure
from graph_api.analytics.measures.cost import KERNEL_STEP
from graph_api.analytics.parameters import Parameters
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.ranking import Ranking, ranked
from graph_api.errors import BadInput

Sampler: TypeAlias = Callable[[Csr, Approximation], Approximated]

_SMALLEST = 1e-9
"""Bounds below it ask for more samples than can be counted: the square of 1e-300 is 0."""

SAMPLERS: Mapping[CentralityMeasure, Sampler] = MappingProxyType(
    {
        CentralityMeasure.BETWEENNESS: approximate_betweenness,
        CentralityMeasure.CLOSENESS: approximate_closeness,
        CentralityMeasure.HARMONIC: partial(approximate_closeness, is_harmonic=True),
    }
)


def is_sampled(measure: CentralityMeasure, parameters: Parameters) -> bool:
    """Tell whether a measure has approximate scores; the others are exact also where an approximation would do."""
    return measure in SAMPLERS and not parameters.get("weighted")


def check_bounds(wanted: Approximation) -> None:
    """Check what is asked of an approximation.

    Raises:
        BadInput: epsilon or delta is not below 1, or too small; fewer than one are to be told apart.
    """
    for name in ("epsilon", "delta"):
        value = getattr(wanted, name)
        if not _SMALLEST <= value < 1:
            text = f"{name} of an approximation must be at least {_SMALLEST:g} and below 1, not {value:g}"
            raise BadInput(text, argument=name)
    if wanted.top is not None and wanted.top < 1:
        raise BadInput(f"highest of an approximation must be at least 1, not {wanted.top}", argument="highest")


def sampling(graph: ProjectedGraph, wanted: Approximation) -> float:
    """Return roughly the seconds that sampling takes: a search over a part of the ties for each sample."""
    samples = 0.5 / wanted.epsilon**2
    seconds = 1e-4 + samples * graph.ties / 20 * KERNEL_STEP
    return seconds if wanted.seconds is None else min(seconds, wanted.seconds + 1.0)


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
        Its `errors` are bounds that hold all at once with probability 1 - delta. Where the exact scores are as quick,
        as on small graphs, or there are no others, they are 0 or None. The same seed gives the same scores, unless
        the deadline ended it.
    """
    engine = ENGINES[measure.value]
    is_small = engine.serving(len(graph), 2 * graph.ties) == engine.small
    if wanted is None or is_small or not is_sampled(measure, parameters):
        return ranked(graph.ids, MEASURES[measure].compute(graph, parameters))
    check_bounds(wanted)
    found = SAMPLERS[measure](projected(graph.undirected), wanted)
    return ranked(graph.ids, found.scores, found.errors)
