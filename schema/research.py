"""What is asked beside scores: over time, compared, significant, robust."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry

from graph_api.analytics import requests, research
from graph_api.analytics.measures.catalogue import CentralityMeasure
from graph_api.analytics.ranking import Ranking
from graph_api.analytics.recording import Finished
from graph_api.analytics.requests import Request
from graph_api.analytics.robustness import Removal as RemovalRow
from graph_api.analytics.significance import Significance
from graph_api.analytics.slices import Series
from graph_api.analytics.slices import Slice as SliceRow
from graph_api.batching.adapter import batched, single
from graph_api.batching.columns import Answers, Column, Row
from graph_api.domain.paging import BARE_LIST_LIMIT
from schema import refs
from schema.analyses import AnalysisRun, CentralityResult, CentralityScore, Ids, ScoreRow, asked, entities_of
from schema.analysis_queries import ParametersArg, ProjectionArg, parameters_of
from schema.context import Info
from schema.inputs import ProjectionInput, projection_spec

MeasureArg = Annotated[CentralityMeasure, strawberry.argument(description="Which measure.")]


async def _ask(info: Info, request: Request[Any]) -> Finished[Any]:
    return await info.context.analyses.ask(request, info.context.client, info.context.patience)


# ---------------------------------------------------------------- over time


@strawberry.type(description="A window of years and what was measured in it.")
class CentralityWindow:
    """Stands for a `slices.Slice`."""

    from_: int = strawberry.field(name="from", description="Its first year.", resolver=lambda root: root.first)
    to: int = strawberry.field(description="Its last year.", resolver=lambda root: root.last)
    nodes: int = strawberry.field(description="People with a credit in it.")
    relationships: int = strawberry.field(description="Ties among them.", resolver=lambda root: root.ties)

    @batched
    async def scores(parents: Column[SliceRow], info: Info) -> Answers[list[CentralityScore]]:
        """The scores of those asked for who are in it, highest first; ranks are among all."""
        return [[ScoreRow(one.scores, i) for i in range(len(one.scores.ids))] for one in parents]


@strawberry.type(description="A measure in windows of years.")
class CentralityOverTime:
    """Stands for a `service.Finished` with a series."""

    run: AnalysisRun = strawberry.field(description="How it was got.")

    @batched
    async def windows(parents: Column[Finished[Series | None]], info: Info) -> Answers[list[CentralityWindow] | None]:
        """The windows, earliest first; null while a long run is under way."""
        return [None if outcome.result is None else outcome.result.slices for outcome in parents]


# ---------------------------------------------------------------- compared


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """Two outcomes and how many changes of rank are wanted."""

    before: Finished[Ranking | None]
    after: Finished[Ranking | None]
    first: int


class ChangeRow:
    """One who stands in one ranking or both."""

    __slots__ = ("after", "before", "id", "risen")

    def __init__(self, change: research.RankChange, first: Ranking, second: Ranking) -> None:
        self.id = change.id
        self.before = None if change.before is None else ScoreRow(first, change.before)
        self.after = None if change.after is None else ScoreRow(second, change.after)
        self.risen = change.gain(first, second)


@strawberry.type(description="Where somebody or something stands in two rankings.")
class RankChange:
    """Stands for a `ChangeRow`."""

    before: CentralityScore | None = strawberry.field(description="In the first; null where not in it.")
    after: CentralityScore | None = strawberry.field(description="In the second; null where not in it.")
    risen: int | None = strawberry.field(description="By how many ranks it stands higher in the second.")

    @batched
    async def entity(parents: Column[ChangeRow], info: Info) -> Answers[refs.Entity]:
        """Who or what."""
        return await entities_of(parents.col("id"), info)


@strawberry.type(description="One measure on two graphs: two periods, or all facts beside cited ones.")
class CentralityComparison:
    """Stands for a `ComparisonRow`."""

    before: CentralityResult = strawberry.field(description="On the first graph.")
    after: CentralityResult = strawberry.field(description="On the second.")

    @batched
    async def changes(parents: Column[ComparisonRow], info: Info) -> Answers[list[RankChange] | None]:
        """Those who stand highest in either, first; null while a long run is under way."""
        return [_changes(row) for row in parents]


def _changes(row: ComparisonRow) -> list[ChangeRow] | None:
    first, second = row.before.result, row.after.result
    if first is None or second is None:
        return None
    return [ChangeRow(change, first, second) for change in research.compared(first, second, row.first)]


# ---------------------------------------------------------------- robust


@strawberry.type(description="Somebody or something without whom a component falls apart.")
class ArticulationPoint:
    """Stands for a pair (id, number)."""

    parted: int = strawberry.field(
        description="How many are then cut off from the largest piece.", resolver=lambda root: root[1]
    )

    @batched
    async def entity(parents: Column[tuple[str, int]], info: Info) -> Answers[refs.Entity]:
        """Who or what."""
        return await entities_of([row[0] for row in parents], info)


@strawberry.type(description="A tie without which a component falls apart.")
class Bridge:
    """Stands for a pair of ids."""

    @batched
    async def from_(parents: Column[tuple[str, str]], info: Info) -> Answers[refs.Entity]:
        """Its one end."""
        return await entities_of([row[0] for row in parents], info)

    @batched
    async def to(parents: Column[tuple[str, str]], info: Info) -> Answers[refs.Entity]:
        """Its other end."""
        return await entities_of([row[1] for row in parents], info)


@strawberry.type(description="What is left once somebody or something and those before are taken out.")
class Removal:
    """Stands for a `robustness.Removal`."""

    largest: int = strawberry.field(description="Nodes of the largest component.")
    components: int = strawberry.field(description="How many components there are.")

    @batched
    async def entity(parents: Column[RemovalRow], info: Info) -> Answers[refs.Entity | None]:
        """Who or what was taken out; null for the whole graph, which comes first."""
        found = iter(await entities_of([row.node for row in parents if row.node is not None], info))
        return [None if row.node is None else next(found) for row in parents]


def _first(root: Any, name: str) -> Any:
    return None if root.result is None else getattr(root.result, name)[:BARE_LIST_LIMIT]


def _count(root: Any, name: str) -> int | None:
    return None if root.result is None else len(getattr(root.result, name))


@strawberry.type(description="What holds a graph together; all but the run is null while a long run is under way.")
class RobustnessResult:
    """Stands for a `service.Finished` with a robustness."""

    run: AnalysisRun = strawberry.field(description="How it was got.")
    articulation_points: list[ArticulationPoint] | None = strawberry.field(
        description="Those without whom a component falls apart, who part most first; at most a hundred.",
        resolver=lambda root: _first(root, "articulation_points"),
    )
    articulation_point_count: int | None = strawberry.field(
        description="How many there are.", resolver=lambda root: _count(root, "articulation_points")
    )
    bridges: list[Bridge] | None = strawberry.field(
        description="Ties without which a component falls apart, by their ends; at most a hundred.",
        resolver=lambda root: _first(root, "bridges"),
    )
    bridge_count: int | None = strawberry.field(
        description="How many there are.", resolver=lambda root: _count(root, "bridges")
    )
    removals: list[Removal] | None = strawberry.field(
        description="What is left as the highest of the measure are taken out, one after another.",
        resolver=lambda root: root.result and root.result.removals,
    )


# ---------------------------------------------------------------- significant


class SignificanceRow:
    """One line of a `Significance`."""

    __slots__ = ("deviation", "expected", "id", "quantile", "score", "z_score")

    def __init__(self, found: Significance, index: int) -> None:
        z = float(found.z[index])
        self.id = found.ids[index]
        self.score = float(found.scores[index])
        self.expected = float(found.means[index])
        self.deviation = float(found.deviations[index])
        self.z_score = None if z != z else z
        self.quantile = float(found.quantiles[index])


@strawberry.type(description="A score beside what chance would give with the same degrees.")
class SignificanceScore:
    """Stands for a `SignificanceRow`."""

    score: float = strawberry.field(description="What was measured.")
    expected: float = strawberry.field(description="Its mean over the graphs drawn.")
    deviation: float = strawberry.field(description="Its standard deviation over them.")
    z_score: float | None = strawberry.field(description="(score - expected) / deviation; null where it never differs.")
    quantile: float = strawberry.field(description="Share of the graphs drawn in which it is lower; equal counts half.")

    @batched
    async def entity(parents: Column[SignificanceRow], info: Info) -> Answers[refs.Entity]:
        """Whose score it is."""
        return await entities_of(parents.col("id"), info)


@strawberry.type(description="How far scores are from chance.")
class SignificanceResult:
    """Stands for a `service.Finished` with a significance."""

    run: AnalysisRun = strawberry.field(description="How it was got.")

    @batched
    async def scores(
        parents: Column[Finished[Significance | None]],
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")] = 20,
    ) -> Answers[list[SignificanceScore] | None]:
        """Those furthest above chance, first; null while a long run is under way."""
        count = research.within("first", first, 1, BARE_LIST_LIMIT)
        return [_lines(outcome.result, range(count)) for outcome in parents]

    @batched
    async def of(
        parents: Column[Finished[Significance | None]], info: Info, ids: Ids
    ) -> Answers[list[SignificanceScore | None]]:
        """Of these, in their order; null for what is not in the projection, and until there are scores."""
        wanted = asked(ids)
        return [_of(outcome.result, wanted) for outcome in parents]


def _lines(found: Significance | None, places: Sequence[int]) -> list[SignificanceRow] | None:
    return None if found is None else [SignificanceRow(found, i) for i in places if i < len(found.ids)]


def _of(found: Significance | None, ids: Sequence[str]) -> list[SignificanceRow | None]:
    places = {} if found is None else {node: i for i, node in enumerate(found.ids)}
    return [SignificanceRow(found, places[node]) if found and node in places else None for node in ids]


# ---------------------------------------------------------------- the queries


@strawberry.type
class ResearchQueries:
    """Measures over time, compared, against chance, and what holds a graph together."""

    @single
    async def centrality_over_time(
        info: Info,
        measure: MeasureArg,
        projection: ProjectionArg = None,
        parameters: ParametersArg = None,
        window: Annotated[int, strawberry.argument(description="Years of a window, 1 to 100.")] = 1,
        step: Annotated[int, strawberry.argument(description="Years from one window to the next, 1 to 100.")] = 1,
        ids: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(description="Whose scores, at most a hundred; left out, the ten highest of each."),
        ] = None,
    ) -> Row[CentralityOverTime]:
        """How central people are in windows of years, the last of which ends with the last year that has films."""
        spec, given = projection_spec(projection), parameters_of(parameters)
        wanted = asked(ids or ())
        return await _ask(
            info, research.centrality_over_time(measure, spec, given, window=window, step=step, ids=wanted)
        )

    @single
    async def compare_centrality(
        info: Info,
        measure: MeasureArg,
        with_: Annotated[ProjectionInput, strawberry.argument(name="with", description="The second graph.")],
        projection: ProjectionArg = None,
        parameters: ParametersArg = None,
        first: Annotated[int, strawberry.argument(description="How many changes, 1 to 100.")] = 20,
    ) -> Row[CentralityComparison]:
        """One measure on two graphs, such as two periods, or all facts and those that are cited."""
        count = research.within("first", first, 1, BARE_LIST_LIMIT)
        given = parameters_of(parameters)
        before = await _ask(info, requests.centrality(measure, projection_spec(projection), given))
        after = await _ask(info, requests.centrality(measure, projection_spec(with_), given))
        return ComparisonRow(before, after, count)

    @single
    async def robustness(
        info: Info,
        measure: MeasureArg = CentralityMeasure.DEGREE,
        projection: ProjectionArg = None,
        parameters: ParametersArg = None,
        removed: Annotated[int, strawberry.argument(description="How many are taken out, 0 to 100.")] = 20,
    ) -> Row[RobustnessResult]:
        """What holds a graph together, and how its largest component shrinks without the highest of a measure."""
        spec, given = projection_spec(projection), parameters_of(parameters)
        return await _ask(info, research.robustness_to(measure, spec, given, removed=removed))

    @single
    async def significance(
        info: Info,
        measure: MeasureArg,
        projection: ProjectionArg = None,
        parameters: ParametersArg = None,
        samples: Annotated[int, strawberry.argument(description="Graphs drawn, 2 to 10,000.")] = 100,
        seed: Annotated[int, strawberry.argument(description="Of the random numbers.")] = 0,
    ) -> Row[SignificanceResult]:
        """How far scores are from those of graphs drawn with as many films for each person and people for each film."""
        spec, given = projection_spec(projection), parameters_of(parameters)
        return await _ask(info, research.significance_of(measure, spec, given, samples=samples, seed=seed))
