"""What researchers ask beside scores: over time, significant, robust, compared; as requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from graph_api.analytics.columns import kind_of
from graph_api.analytics.explaining import EXPLAINED, Explanation, explained
from graph_api.analytics.labels import Labels, MixingBy
from graph_api.analytics.measures.catalogue import MEASURES, CentralityMeasure
from graph_api.analytics.mixing import Mixing, mixing
from graph_api.analytics.parameters import Parameters, check_parameters
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.ranking import Ranking
from graph_api.analytics.requests import Request
from graph_api.analytics.robustness import MAX_REMOVED, Robustness, robustness
from graph_api.analytics.significance import ROUNDS, Significance, significance
from graph_api.analytics.slices import MAX_WINDOWS, Series, over_time
from graph_api.analytics.spec import Projection, ProjectionSpec
from graph_api.domain.arrays import np
from graph_api.domain.paging import BARE_LIST_LIMIT
from graph_api.domain.query import YearSpan
from graph_api.errors import BadInput

MAX_SAMPLES = 10_000
"""Graphs drawn for one answer."""
_SORTED_STEP = 2e-7
"""Seconds in which a tie is swapped once: sorting, mostly."""


def within(name: str, value: int, low: int, high: int) -> int:
    """Return a number that lies between two bounds.

    Raises:
        BadInput: it does not.
    """
    if not low <= value <= high:
        raise BadInput(f"{name} must be {low} to {high:,}, not {value}", argument=name, limit=high, requested=value)
    return value


def _checked(measure: CentralityMeasure, parameters: Mapping[str, object] | None) -> Parameters:
    return check_parameters(measure.value, MEASURES[measure].parameters, parameters)


def centrality_over_time(
    measure: CentralityMeasure,
    spec: ProjectionSpec,
    parameters: Mapping[str, object] | None = None,
    *,
    window: int = 1,
    step: int = 1,
    ids: Sequence[str] = (),
) -> Request[Series]:
    """Ask for a measure in windows of years; without ids, for the ten highest of each.

    Raises:
        BadInput: the projection is not COLLABORATION, or has years of its own.
    """
    if spec.name is not Projection.COLLABORATION:
        raise BadInput("centrality over time is of COLLABORATION, where films have years", argument="projection")
    if spec.years != YearSpan():
        raise BadInput("leave out the projection's years: the windows go over all", argument="years")
    within("window", window, 1, 100)
    within("step", step, 1, 100)
    within("the number of ids", len(ids), 0, BARE_LIST_LIMIT)
    checked, wanted = _checked(measure, parameters), tuple(sorted(set(ids)))
    work = partial(over_time, measure=measure, parameters=checked, window=window, step=step, ids=wanted)
    seconds = partial(_over_time_seconds, measure=measure, parameters=checked)
    given = {"measure": measure.value, **checked, "window": window, "step": step, "ids": list(wanted)}
    return Request("OVER_TIME", measure.value, spec, given, work, seconds)


def significance_of(
    measure: CentralityMeasure,
    spec: ProjectionSpec,
    parameters: Mapping[str, object] | None = None,
    *,
    samples: int = 100,
    seed: int = 0,
) -> Request[Significance]:
    """Ask how far scores are from those of graphs drawn with the same degrees."""
    within("samples", samples, 2, MAX_SAMPLES)
    within("seed", seed, 0, 2**32 - 1)
    checked = _checked(measure, parameters)
    work = partial(significance, measure=measure, parameters=checked, samples=samples, seed=seed)
    seconds = partial(_significance_seconds, measure=measure, parameters=checked, samples=samples)
    given = {"measure": measure.value, **checked, "samples": samples, "seed": seed}
    return Request("SIGNIFICANCE", measure.value, spec, given, work, seconds)


def robustness_to(
    measure: CentralityMeasure,
    spec: ProjectionSpec,
    parameters: Mapping[str, object] | None = None,
    *,
    removed: int = 20,
) -> Request[Robustness]:
    """Ask what holds a graph together, and what is left without the top of a measure."""
    within("removed", removed, 0, MAX_REMOVED)
    checked = _checked(measure, parameters)
    work = partial(robustness, measure=measure, parameters=checked, removed=removed)
    seconds = partial(_robustness_seconds, measure=measure, parameters=checked, removed=removed)
    given = {"measure": measure.value, **checked, "removed": removed}
    return Request("ROBUSTNESS", measure.value, spec, given, work, seconds)


def explanation_of(
    measure: CentralityMeasure,
    node: str,
    spec: ProjectionSpec,
    parameters: Mapping[str, object] | None = None,
    *,
    first: int = 20,
) -> Request[Explanation]:
    """Ask what makes the score of one node.

    Raises:
        BadInput: the measure's scores can't be told apart, or not with weights.
    """
    kind_of(node)
    within("first", first, 1, BARE_LIST_LIMIT)
    if measure not in EXPLAINED:
        raise BadInput(f"{measure} can't be explained; choose one of {', '.join(EXPLAINED)}", argument="measure")
    checked = _checked(measure, parameters)
    if measure is CentralityMeasure.BETWEENNESS and checked["weighted"]:
        raise BadInput("betweenness is explained without weights; leave out `weighted`", argument="parameters")
    work = partial(explained, measure=measure, parameters=checked, node=node, first=first)
    given = {"measure": measure.value, **checked, "id": node, "first": first}
    seconds = partial(_explanation_seconds, measure=measure, parameters=checked)
    return Request("EXPLAINED", "EXPLAINED", spec, given, work, seconds)


def _explanation_seconds(graph: ProjectedGraph, measure: CentralityMeasure, parameters: Parameters) -> float:
    own = MEASURES[measure].seconds(graph, parameters)
    return own + (
        len(graph) * (1e-8 * graph.ties + 2e-7 * len(graph)) if measure is CentralityMeasure.BETWEENNESS else 0
    )


def mixing_of(by: MixingBy, spec: ProjectionSpec, labels: Labels, *, weighted: bool = False) -> Request[Mixing]:
    """Ask how people of the same and of other labels work together; see `labels.load_labels`."""
    work = partial(mixing, labels=labels, weighted=weighted)
    given = {"by": by.value, "weighted": weighted}
    return Request("MIXING", "MIXING", spec, given, work, _mixing_seconds)


def _mixing_seconds(graph: ProjectedGraph) -> float:
    return 2e-6 * (graph.ties + len(graph))


def _over_time_seconds(graph: ProjectedGraph, measure: CentralityMeasure, parameters: Parameters) -> float:
    return min(MAX_WINDOWS, 30) * MEASURES[measure].seconds(graph, parameters) / 4


def _significance_seconds(
    graph: ProjectedGraph, measure: CentralityMeasure, parameters: Parameters, samples: int
) -> float:
    swaps = ROUNDS * _SORTED_STEP * (len(graph.incidence.people) if graph.incidence else graph.ties)
    return samples * (MEASURES[measure].seconds(graph, parameters) + swaps + 0.002)


def _robustness_seconds(
    graph: ProjectedGraph, measure: CentralityMeasure, parameters: Parameters, removed: int
) -> float:
    return MEASURES[measure].seconds(graph, parameters) + graph.ties * (3e-6 + 3e-8 * removed)


def _highest(ranking: Ranking, limit: int) -> Sequence[str]:
    """Return those who stand no lower than the one at a place; nobody below can be among the first of two rankings."""
    if len(ranking.ids) <= limit:
        return ranking.ids
    return ranking.ids[: int(np.searchsorted(ranking.ranks, ranking.ranks[limit - 1], "right"))]


@dataclass(frozen=True, slots=True)
class RankChange:
    """Where somebody stands in two rankings: places in each, None where not in it."""

    id: str
    before: int | None
    after: int | None

    def gain(self, first: Ranking, second: Ranking) -> int | None:
        """Return how many ranks it has risen."""
        if self.before is None or self.after is None:
            return None
        return int(first.ranks[self.before]) - int(second.ranks[self.after])


def compared(first: Ranking, second: Ranking, limit: int) -> list[RankChange]:
    """Return who stands elsewhere in the second ranking than in the first: those highest in either come first.

    By the better of the two ranks, then by the rank in the second, then by id.
    """
    worst = len(first.ids) + len(second.ids) + 1
    highest = {*_highest(first, limit), *_highest(second, limit)}
    changes = [RankChange(node, first.places.get(node), second.places.get(node)) for node in highest]

    def order(change: RankChange) -> tuple[int, int, str]:
        before = worst if change.before is None else int(first.ranks[change.before])
        after = worst if change.after is None else int(second.ranks[change.after])
        return min(before, after), after, change.id

    return sorted(changes, key=order)[:limit]
