"""What makes one score: neighbours, films, communities between which somebody stands."""

from typing import Annotated, Any

import strawberry

from graph_api.analytics import explaining, research
from graph_api.analytics.recording import Finished
from graph_api.batching.adapter import batched, single
from graph_api.batching.columns import Answers, Column, Row
from schema import refs
from schema.analyses import AnalysisRun, entities_of
from schema.analysis_queries import ParametersArg, ProjectionArg, parameters_of
from schema.context import Info
from schema.inputs import projection_spec
from schema.nodes import existing
from schema.research import MeasureArg


class PartRow:
    """A part of a score, and how large it is of the whole."""

    __slots__ = ("amount", "id", "pair", "share")

    def __init__(self, part: explaining.Part | explaining.Bridged, score: float) -> None:
        self.amount = part.amount
        self.share = part.amount / score if score else 0.0
        self.id = part.id if isinstance(part, explaining.Part) else ""
        self.pair = part if isinstance(part, explaining.Bridged) else None


@strawberry.type(description="What a neighbour or a film adds to a score.")
class ScorePart:
    """Stands for a `PartRow`."""

    amount: float = strawberry.field(description="How much it adds.")
    share: float = strawberry.field(description="Of the whole score.")

    @batched
    async def entity(parents: Column[PartRow], info: Info) -> Answers[refs.Entity]:
        """Who or what."""
        return await entities_of(parents.col("id"), info)


@strawberry.type(description="A community, named by its members.")
class CommunityOutline:
    """Stands for an `explaining.Group`."""

    size: int = strawberry.field(description="How many it has.")

    @batched
    async def members(parents: Column[explaining.Group], info: Info) -> Answers[list[refs.Entity]]:
        """Those most strongly tied inside, at most five."""
        found = iter(await entities_of([node for group in parents for node in group.members], info))
        return [[next(found) for _ in group.members] for group in parents]


@strawberry.type(
    description="Two communities, or twice one, and what shortest paths between them add to a betweenness."
)
class BridgedCommunities:
    """Stands for a `PartRow`."""

    amount: float = strawberry.field(description="How much their pairs add.")
    share: float = strawberry.field(description="Of the whole score.")
    from_: CommunityOutline = strawberry.field(
        name="from", description="The one.", resolver=lambda root: root.pair.first
    )
    to: CommunityOutline = strawberry.field(description="The other.", resolver=lambda root: root.pair.second)


def _parts(root: Finished[explaining.Explanation | None], name: str) -> Any:
    found = root.result
    return None if found is None else [PartRow(part, found.score) for part in getattr(found, name)]


def _value(root: Finished[explaining.Explanation | None], name: str) -> float | None:
    return None if root.result is None else getattr(root.result, name)


@strawberry.type(description="What makes a score; all but the run is null while a long run is under way.")
class CentralityExplanation:
    """Stands for a `service.Finished` with an explanation."""

    run: AnalysisRun = strawberry.field(description="How it was got.")
    score: float | None = strawberry.field(description="The score.", resolver=lambda root: _value(root, "score"))
    rank: int | None = strawberry.field(
        description="Its rank in the whole graph.", resolver=lambda root: root.result and root.result.rank
    )
    rest: float | None = strawberry.field(
        description="Of PageRank, what jumps bring, which is nobody's; else 0.",
        resolver=lambda root: _value(root, "rest"),
    )
    neighbours: list[ScorePart] | None = strawberry.field(
        description="What neighbours add, most first; of betweenness none.",
        resolver=lambda root: _parts(root, "neighbours"),
    )
    films: list[ScorePart] | None = strawberry.field(
        description="The same by the films that make the ties, in COLLABORATION.",
        resolver=lambda root: _parts(root, "films"),
    )
    bridged: list[BridgedCommunities] | None = strawberry.field(
        description="Of betweenness, what pairs of Leiden's communities add, most first.",
        resolver=lambda root: _parts(root, "pairs"),
    )


@strawberry.type
class ExplainingQueries:
    """Explained scores."""

    @single
    async def explain_centrality(
        info: Info,
        measure: MeasureArg,
        id: Annotated[strawberry.ID, strawberry.argument(description="Whose score.")],
        projection: ProjectionArg = None,
        parameters: ParametersArg = None,
        first: Annotated[int, strawberry.argument(description="How many parts, 1 to 100.")] = 20,
    ) -> Row[CentralityExplanation]:
        """What makes a score of DEGREE, STRENGTH, PAGERANK, EIGENVECTOR or BETWEENNESS."""
        await existing(info, [id])
        spec, given = projection_spec(projection), parameters_of(parameters)
        request = research.explanation_of(measure, id, spec, given, first=first)
        return await info.context.analyses.ask(request, info.context.client, info.context.patience)
