"""What analyses give: scores, communities, paths of collaborators, and the record of how they were got."""

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry

from graph_api.analytics import collaboration, recording, runs, similarity
from graph_api.analytics import communities as communities_
from graph_api.analytics.communities import CommunityAlgorithm
from graph_api.analytics.measures import catalogue as measures
from graph_api.analytics.measures.catalogue import CentralityMeasure
from graph_api.analytics.ranking import Ranking
from graph_api.analytics.runs import RunStatus
from graph_api.analytics.similarity import SimilarityMeasure
from graph_api.batching.adapter import batched
from graph_api.batching.columns import Answers, Column
from graph_api.domain.gone import gone
from graph_api.domain.ids import decode
from graph_api.domain.paging import BARE_LIST_LIMIT, Lazy, Page, PageRequest, order_mark, page_of
from graph_api.errors import BadInput
from schema import enums, refs
from schema.arguments import After, First
from schema.connections import Connection, ConnectionRow, EdgeRow, PageInfo, wanted_page
from schema.context import Info
from schema.node import Node
from schema.scalars import JSON, DateTime

enums.enum(
    CentralityMeasure,
    "CentralityMeasure",
    "How central somebody or something is; `measures` tells of each.",
    **{measure.value: f"{record.title}. {record.meaning}" for measure, record in measures.MEASURES.items()},
)
enums.enum(
    CommunityAlgorithm,
    "CommunityAlgorithm",
    "How communities are found.",
    **{name.value: f"{record.title}. {record.description}" for name, record in communities_.ALGORITHMS.items()},
)
enums.enum(
    SimilarityMeasure,
    "SimilarityMeasure",
    "How alike two are by their neighbours.",
    **{name.value: f"{record.title}. {record.meaning}" for name, record in similarity.SIMILARITIES.items()},
)
enums.enum(RunStatus, "RunStatus", "How far an analysis is.")


async def entities_of(ids: list[str], info: Info) -> list[Any]:
    """Return entities by id, in one call; one that the graph no longer has stands by its slug."""
    found = await info.context.entities.load_many(ids)
    return [entity or gone(node) for node, entity in zip(ids, found, strict=True)]


class ScoreRow:
    """One score of a ranking."""

    __slots__ = ("error", "id", "rank", "score")

    def __init__(self, ranking: Ranking, index: int) -> None:
        self.id = ranking.ids[index]
        self.score = float(ranking.scores[index])
        self.rank = int(ranking.ranks[index])
        self.error = 0.0 if ranking.errors is None else float(ranking.errors[index])


@strawberry.type(description="How central one entity is.")
class CentralityScore:
    """Stands for a `ScoreRow`."""

    score: float = strawberry.field(description="The score, to 12 significant digits.")
    rank: int = strawberry.field(description="From 1; ties share the lowest rank.")
    error: float | None = strawberry.field(description="Bound on |score - exact|; 0 where exact.")

    @batched
    async def entity(parents: Column[ScoreRow], info: Info) -> Answers[refs.Entity]:
        """Whose score it is."""
        return await entities_of(parents.col("id"), info)


Ids = Annotated[list[strawberry.ID], strawberry.argument(description="Of these entities, at most a hundred.")]


def asked(ids: Sequence[str]) -> Sequence[str]:
    """Return ids that were asked for.

    Raises:
        BadId, BadInput: one that is none, or too many.
    """
    if len(ids) > BARE_LIST_LIMIT:
        raise BadInput(f"at most {BARE_LIST_LIMIT} ids can be asked for at once, not {len(ids)}", limit=BARE_LIST_LIMIT)
    for node_id in ids:
        decode(node_id)
    return ids


@strawberry.type(description="What a centrality measure found.")
class CentralityResult:
    """Stands for a `recording.Finished` with a ranking."""

    run: "AnalysisRun" = strawberry.field(description="How it was got.")

    @batched
    async def scores(
        parents: Column[recording.Finished[Ranking | None]], info: Info, first: First = None, after: After = None
    ) -> Answers[Connection[CentralityScore] | None]:
        """The scores, highest first, then by id; null while the run is under way: ask for it by its id."""
        mark = order_mark("scores")
        page = wanted_page(info, mark, 2, first, after)
        return [
            None if outcome.result is None else ConnectionRow(_score_page(outcome.result, page), mark)
            for outcome in parents
        ]

    @batched
    async def of(
        parents: Column[recording.Finished[Ranking | None]], info: Info, ids: Ids
    ) -> Answers[list[CentralityScore | None]]:
        """The scores of these, in their order; null for what is not in the projection, and until there are scores."""
        wanted = asked(ids)
        return [
            scores_of(outcome.result, wanted) if outcome.result is not None else [None] * len(wanted)
            for outcome in parents
        ]


def _score_page(ranking: Ranking, request: PageRequest) -> Page[ScoreRow]:
    """Cut a page out of a ranking; positions are (-score, id)."""
    rows = Lazy(len(ranking.ids), lambda i: ScoreRow(ranking, i))
    return page_of(rows, Lazy(len(rows), lambda i: (-float(ranking.scores[i]), ranking.ids[i])), request)


def scores_of(ranking: Ranking, ids: Sequence[str]) -> list[ScoreRow | None]:
    """Return the score of each id, None where the ranking has none."""
    places = ranking.places
    return [ScoreRow(ranking, places[node]) if node in places else None for node in ids]


@strawberry.type(description="A member of a community, with its cursor.")
class CommunityMemberEdge:
    """Stands for an edge row over a pair (id, score)."""

    cursor: str = strawberry.field(description="Where in the list this is.")
    score: float = strawberry.field(
        description="Summed weight of its ties to other members.", resolver=lambda root: root.item[1]
    )

    @batched
    async def node(parents: Column[EdgeRow], info: Info) -> Answers[refs.Entity]:
        """The member."""
        return await entities_of([edge.item[0] for edge in parents], info)


@strawberry.type(description="A page of a community's members, those with the strongest ties inside it first.")
class CommunityMemberConnection:
    """Stands for a connection row over pairs (id, score)."""

    edges: list[CommunityMemberEdge] = strawberry.field(description="The members with cursors and scores.")
    page_info: PageInfo = strawberry.field(description="What lies around this page.")
    total_count: int | None = strawberry.field(description="How many members there are.")

    @batched
    async def nodes(parents: Column[ConnectionRow], info: Info) -> Answers[list[refs.Entity]]:
        """The members alone."""
        found = iter(await entities_of([node[0] for row in parents for node in row.nodes], info))
        return [[next(found) for _ in row.nodes] for row in parents]


@strawberry.type(description="Nodes that are more tied to each other than to the rest.")
class Community:
    """Stands for a `communities.Community`."""

    index: int = strawberry.field(description="Its place among them, largest first, from 0.")
    size: int = strawberry.field(description="How many members it has.", resolver=lambda root: len(root.members))

    @batched
    async def members(
        parents: Column[communities_.Community], info: Info, first: First = None, after: After = None
    ) -> Answers[CommunityMemberConnection]:
        """Its members, those with the strongest ties inside it first, then by id."""
        mark = order_mark("members")
        page = wanted_page(info, mark, 2, first, after)
        return [ConnectionRow(_member_page(community, page), mark) for community in parents]


def _member_page(own: communities_.Community, request: PageRequest) -> Page[tuple[str, float]]:
    """Cut a page out of a community's members; positions are (-score, id)."""
    members = Lazy(len(own.members), lambda i: (own.members[i], float(own.scores[i])))
    return page_of(members, Lazy(len(members), lambda i: (-members[i][1], members[i][0])), request)


@strawberry.type(description="What a community algorithm found.")
class CommunityResult:
    """Stands for a `recording.Finished` with communities."""

    run: "AnalysisRun" = strawberry.field(description="How it was got.")
    modularity: float | None = strawberry.field(
        description="How much denser communities are inside than chance has it; null where there are no ties.",
        resolver=lambda root: root.result and root.result.modularity,
    )

    @batched
    async def communities(
        parents: Column[recording.Finished[communities_.Communities | None]],
        info: Info,
        first: First = None,
        after: After = None,
    ) -> Answers[Connection[Community] | None]:
        """The communities, largest first; null while the run is under way: ask for it by its id."""
        mark = order_mark("communities")
        page = wanted_page(info, mark, 2, first, after)
        found = [None if outcome.result is None else outcome.result.communities for outcome in parents]
        return [
            None if own is None else ConnectionRow(page_of(own, [(c.index, "") for c in own], page), mark)
            for own in found
        ]

    @batched
    async def of(
        parents: Column[recording.Finished[communities_.Communities | None]], info: Info, ids: Ids
    ) -> Answers[list[Community | None]]:
        """The communities these are in, in their order; null for what is in none."""
        wanted = asked(ids)
        return [[_community_of(outcome.result, node) for node in wanted] for outcome in parents]


def _community_of(found: communities_.Communities | None, node: str) -> communities_.Community | None:
    index = None if found is None else found.community_of.get(node)
    return None if found is None or index is None else found.communities[index]


@strawberry.type(description="How the result of an analysis was got: enough to cite it, and to get it again.")
class AnalysisRun(Node):
    """Stands for a `runs.AnalysisRun`."""

    analysis: str = strawberry.field(description="Which measure or algorithm.")
    parameters: JSON = strawberry.field(description="All parameters, the projection among them.")
    status: RunStatus = strawberry.field(description="How far it is.")
    progress: float = strawberry.field(description="From 0 to 1.")
    exact: bool = strawberry.field(description="Whether scores are exact.")
    nodes: int = strawberry.field(description="Nodes of the projection.")
    relationships: int = strawberry.field(description="Ties of the projection.")
    graph_revision: str = strawberry.field(
        description="Revision of the graph.", resolver=lambda root: str(root.graph_revision)
    )
    graph_hash: str = strawberry.field(description="Hash of the graph.")
    engine: str = strawberry.field(description="The library that computed it.")
    engine_versions: JSON = strawberry.field(description="Versions of the libraries that took part.")
    queued_at: DateTime = strawberry.field(description="When it was asked for.")
    started_at: DateTime | None = strawberry.field(description="When it started.")
    seconds: float | None = strawberry.field(description="How long it took.")
    error: str | None = strawberry.field(description="What went wrong, where it failed.")

    @batched
    async def centrality(parents: Column[runs.AnalysisRun], info: Info) -> Answers[CentralityResult | None]:
        """What it found, where it measured centrality and its result is still at hand."""
        return [await _found(info, run, Ranking) for run in parents]

    @batched
    async def communities(parents: Column[runs.AnalysisRun], info: Info) -> Answers[CommunityResult | None]:
        """What it found, where it looked for communities and its result is still at hand."""
        return [await _found(info, run, communities_.Communities) for run in parents]

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether a row is a run record."""
        return isinstance(obj, runs.AnalysisRun)


async def _found(info: Info, run: runs.AnalysisRun, sort: type) -> Any:
    result = await info.context.analyses.result(run)
    return recording.Finished(run, result) if isinstance(result, sort) else None


@strawberry.type(description="Somebody or something that is alike by its neighbours.")
class Similarity:
    """Stands for a `similarity.Similar`."""

    score: float = strawberry.field(description="How alike.")

    @batched
    async def entity(parents: Column[similarity.Similar], info: Info) -> Answers[refs.Entity]:
        """Which one."""
        return await entities_of(parents.col("id"), info)

    @batched
    async def shared(parents: Column[similarity.Similar], info: Info) -> Answers[list[refs.Entity]]:
        """The neighbours both have, by id; at most a hundred."""
        return await _lists([own.shared[:BARE_LIST_LIMIT] for own in parents], info)


async def _lists(ids: list[Sequence[str]], info: Info) -> list[list[Any]]:
    found = iter(await entities_of([node for own in ids for node in own], info))
    return [[next(found) for _ in own] for own in ids]


@strawberry.type(description="What ties two people: the films they made together.")
class CollaborationTie:
    """Stands for a `collaboration.Tie`."""

    weight: float = strawberry.field(description="The weight of the tie.")

    @batched
    async def from_(parents: Column[collaboration.Tie], info: Info) -> Answers[refs.Person]:
        """The one."""
        return await entities_of(parents.col("source"), info)

    @batched
    async def to(parents: Column[collaboration.Tie], info: Info) -> Answers[refs.Person]:
        """The other."""
        return await entities_of(parents.col("target"), info)

    @batched
    async def films(parents: Column[collaboration.Tie], info: Info) -> Answers[list[refs.Film]]:
        """The films, by id; at most a hundred."""
        return await _lists([own.films[:BARE_LIST_LIMIT] for own in parents], info)

    @batched
    async def credits(parents: Column[collaboration.Tie], info: Info) -> Answers[list[refs.Credit]]:
        """The credits of both on them, each with its citations; at most a hundred."""
        keys = [own.credits[:BARE_LIST_LIMIT] for own in parents]
        found = iter(await info.context.store.relationships([key for own in keys for key in own]))
        # Of an earlier revision there may be some that the graph no longer has.
        return [[credit for _ in own if (credit := next(found)) is not None] for own in keys]


@strawberry.type(description="A way from one person to another over people who worked together.")
class CollaborationPath:
    """Stands for a `collaboration.CollaborationPath`."""

    length: int = strawberry.field(description="Number of ties.", resolver=lambda root: len(root.ties))
    cost: float = strawberry.field(description="Sum of 1/weight of its ties; number of ties with weight NONE.")
    ties: list[CollaborationTie] = strawberry.field(description="The ties along it.")

    @batched
    async def people(parents: Column[collaboration.CollaborationPath], info: Info) -> Answers[list[refs.Person]]:
        """The people along it, both ends included."""
        return await _lists(parents.col("people"), info)


def _parameters(root: Any) -> Any:
    return [parameter.as_json() for parameter in root.parameters]


@strawberry.type(
    description="What a centrality measure is, and what it does with direction, weights and what can't be reached."
)
class MeasureInfo:
    """Stands for a `measures.Measure`."""

    measure: CentralityMeasure = strawberry.field(description="Its name.")
    title: str = strawberry.field(description="Its name in words.")
    meaning: str = strawberry.field(description="What a high score says.")
    directed: str = strawberry.field(description="What it does with direction.")
    weights: str = strawberry.field(description="What a weight means to it.")
    disconnected: str = strawberry.field(description="What it does where not every node can be reached.")
    normalisation: str = strawberry.field(description="What scores are divided by.")
    complexity: str = strawberry.field(description="Time for n nodes and m ties.")
    parameters: JSON = strawberry.field(
        description="What it takes: default, bounds and meaning of each.",
        resolver=_parameters,
    )
    reference: str = strawberry.field(description="DOI of the paper.")
    engine: str = strawberry.field(description="The library that computes it.", resolver=lambda root: root.engine.name)


__all__ = [
    "AnalysisRun",
    "CentralityMeasure",
    "CentralityResult",
    "CentralityScore",
    "CollaborationPath",
    "Community",
    "CommunityAlgorithm",
    "CommunityResult",
    "MeasureInfo",
    "Similarity",
    "SimilarityMeasure",
    "scores_of",
]
