"""Collaboration in windows of years: yearly slices, each built once, added up to windows.

A film is of one year, and what it adds to a tie depends on that film alone, so the weights of a window are the sum of
those of its years.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from graph_api.analytics.build import Memberships, co_membership
from graph_api.analytics.measures.catalogue import MEASURES, CentralityMeasure
from graph_api.analytics.parameters import Parameters
from graph_api.analytics.progress import tell
from graph_api.analytics.projection import CreditIncidence, Matrix, ProjectedGraph
from graph_api.analytics.ranking import Ranking, ranked
from graph_api.analytics.spec import WeightScheme
from graph_api.domain.arrays import IntArray, np
from graph_api.domain.catalogue import Kind
from graph_api.domain.query import YearSpan

MAX_WINDOWS = 200
"""Windows of one answer."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A window of years, both included, with the size of its graph and the scores of those asked for."""

    first: int
    last: int
    nodes: int
    ties: int
    scores: Ranking


@dataclass(frozen=True, slots=True)
class Series:
    """A measure over time: windows in order."""

    slices: tuple[Slice, ...]

    @property
    def nbytes(self) -> int:
        """Memory it holds, in bytes, roughly."""
        return sum(200 + one.scores.nbytes for one in self.slices)


def windows(first: int, last: int, window: int, step: int) -> list[tuple[int, int]]:
    """Return the windows that lie between two years, the last of them ending at `last`.

    Examples
    --------
    >>> windows(2020, 2025, 3, 2)
    [(2021, 2023), (2023, 2025)]
    """
    starts = range(last - window + 1, first - 1, -step)
    return [(start, start + window - 1) for start in reversed(starts)]


def over_time(
    graph: ProjectedGraph,
    measure: CentralityMeasure,
    parameters: Parameters,
    window: int,
    step: int,
    ids: Sequence[str],
) -> Series:
    """Return a measure's scores in each window of years.

    Parameters
    ----------
    graph
        A COLLABORATION projection of all years.
    measure, parameters
        What is measured in each window; ranks are those among everybody in it.
    window, step
        Years of a window, and years from one to the next.
    ids
        Whose scores are kept; with none the ten highest of each window.
    """
    wanted = frozenset(ids)
    found = []
    spans = _spans(graph, window, step)
    for number, (span, part) in enumerate(windowed(graph, spans)):
        ranking = ranked(part.ids, MEASURES[measure].compute(part, parameters))
        keep = [i for i, node in enumerate(ranking.ids) if node in wanted] if wanted else list(range(10))[: len(part)]
        own = Ranking(tuple(ranking.ids[i] for i in keep), ranking.scores[keep], ranking.ranks[keep])
        found.append(Slice(*span, len(part), part.ties, own))
        tell(number + 1, len(spans))
    return Series(tuple(found))


def _spans(graph: ProjectedGraph, window: int, step: int) -> list[tuple[int, int]]:
    years = _incidence(graph).years
    known = years[years > 0]
    if not len(known):
        return []
    last = int(known.max())
    return windows(max(int(known.min()), last - MAX_WINDOWS * step), last, window, step)


def _incidence(graph: ProjectedGraph) -> CreditIncidence:
    assert graph.incidence is not None
    return graph.incidence


def windowed(
    graph: ProjectedGraph, spans: Sequence[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], ProjectedGraph]]:
    """Yield each window with its graph, which equals the projection of those years."""
    incidence = _incidence(graph)
    slices: dict[int, Matrix] = {}
    for first, last in spans:
        for year in [year for year in slices if year < first]:
            del slices[year]
        for year in range(first, last + 1):
            if year not in slices:
                slices[year] = _slice(graph, incidence, year)
        total = slices[first]
        for year in range(first + 1, last + 1):
            total = total + slices[year]
        film_years = incidence.years[incidence.films]
        present = np.unique(incidence.people[(film_years >= first) & (film_years <= last)])
        yield (first, last), _part(graph, total, present, YearSpan(first, last))


def _slice(graph: ProjectedGraph, incidence: CreditIncidence, year: int) -> Matrix:
    """Return the ties of one year over the nodes of all, each once, the lower end as row."""
    from scipy import sparse

    credits_ = np.flatnonzero(incidence.years[incidence.films] == year)
    weight = WeightScheme.COUNT if graph.spec.weight is WeightScheme.NONE else graph.spec.weight
    own = Memberships(graph.ids, incidence.film_ids, incidence.people[credits_], incidence.films[credits_])
    sources, targets, weights = co_membership(own, weight)
    return sparse.csr_array((weights, (sources, targets)), shape=(len(graph), len(graph)))


def _part(graph: ProjectedGraph, total: Matrix, present: IntArray, years: YearSpan) -> ProjectedGraph:
    from scipy import sparse

    held = sparse.csr_array(total[present][:, present])
    held.sort_indices()
    ends = held.tocoo()
    weights = np.ones(held.nnz) if graph.spec.weight is WeightScheme.NONE else held.data.astype(np.float64)
    return ProjectedGraph(
        replace(graph.spec, years=years),
        graph.revision,
        tuple(graph.ids[i] for i in present.tolist()),
        (Kind.PERSON,) * len(present),
        ends.row.astype(np.int32),
        ends.col.astype(np.int32),
        weights,
    )
