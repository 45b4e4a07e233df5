"""The queries that ask for analyses."""

from typing import Annotated, Any

import strawberry

from graph_api.analytics import requests
from graph_api.analytics.measures.catalogue import MEASURES
from graph_api.analytics.runs import RUNS_MARK
from graph_api.batching.adapter import single
from graph_api.batching.columns import Row
from graph_api.domain import ids
from graph_api.domain.catalogue import Kind
from graph_api.errors import BadInput
from schema.analyses import (
    AnalysisRun,
    CentralityMeasure,
    CentralityResult,
    CollaborationPath,
    CommunityAlgorithm,
    CommunityResult,
    MeasureInfo,
    Similarity,
    SimilarityMeasure,
)
from schema.arguments import After, First
from schema.connections import Connection, ConnectionRow, wanted_page
from schema.context import Info
from schema.filters import checked_id
from schema.graph import Histogram
from schema.inputs import ApproximationInput, ProjectionInput, approximation, projection_spec
from schema.nodes import existing
from schema.scalars import JSON

ProjectionArg = Annotated[
    ProjectionInput | None, strawberry.argument(description="The graph it is made on; collaborations where left out.")
]
ParametersArg = Annotated[
    JSON | None, strawberry.argument(description="Parameters by name; `measures` tells which there are.")
]


def parameters_of(value: Any) -> dict[str, Any]:
    """Return the parameters of an analysis.

    Raises:
        BadInput: they are no object.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadInput('parameters are an object, as in {"alpha": 0.9}', argument="parameters")
    return value


@strawberry.type
class AnalysisQueries:
    """Measures, communities, paths of collaborators, similarity, and the records of runs."""

    @single
    async def centrality(
        info: Info,
        measure: Annotated[CentralityMeasure, strawberry.argument(description="Which measure.")],
        projection: ProjectionArg = None,
        parameters: ParametersArg = None,
        approximate: Annotated[
            ApproximationInput | None,
            strawberry.argument(description="How exact it has to be; exact where left out."),
        ] = None,
    ) -> Row[CentralityResult]:
        """How central everybody or everything in a projection is; scores are null while a long run is under way."""
        wanted = approximation(approximate)
        request = requests.centrality(measure, projection_spec(projection), parameters_of(parameters), wanted)
        return await info.context.analyses.ask(request, info.context.client, info.context.patience)

    @single
    async def communities(
        info: Info,
        algorithm: Annotated[
            CommunityAlgorithm, strawberry.argument(description="How they are found.")
        ] = CommunityAlgorithm.LEIDEN,
        projection: ProjectionArg = None,
        parameters: ParametersArg = None,
    ) -> Row[CommunityResult]:
        """Groups that are more tied inside than to the rest; null while a long run is under way."""
        request = requests.communities(algorithm, projection_spec(projection), parameters_of(parameters))
        return await info.context.analyses.ask(request, info.context.client, info.context.patience)

    @single
    async def similar(
        info: Info,
        id: Annotated[
            strawberry.ID,
            strawberry.argument(description="To whom or what; nothing is alike to what the projection does not hold."),
        ],
        by: Annotated[
            SimilarityMeasure, strawberry.argument(description="By which measure.")
        ] = SimilarityMeasure.ADAMIC_ADAR,
        projection: ProjectionArg = None,
        first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100; 20 where left out.")] = None,
    ) -> Row[list[Similarity]]:
        """The most alike by their neighbours, with the neighbours that explain it."""
        await existing(info, [id])
        found = await info.context.analyses.similar(id, by, projection_spec(projection), 20 if first is None else first)
        return found.result.items

    @single
    async def collaboration_paths(
        info: Info,
        from_: Annotated[strawberry.ID, strawberry.argument(name="from", description="A person.")],
        to: Annotated[strawberry.ID, strawberry.argument(description="Another person.")],
        projection: ProjectionArg = None,
        limit: Annotated[int | None, strawberry.argument(description="At most so many paths, 1 to 100.")] = 1,
    ) -> Row[list[CollaborationPath]]:
        """The cheapest ways from one person to another over people who worked together; strong ties are short."""
        start, goal = checked_id(from_, Kind.PERSON), checked_id(to, Kind.PERSON)
        await existing(info, [start, goal])
        most = 1 if limit is None else limit
        return (await info.context.analyses.paths(start, goal, projection_spec(projection), most)).result.items

    @single
    async def distances(
        info: Info,
        from_: Annotated[strawberry.ID, strawberry.argument(name="from", description="A person.")],
        projection: ProjectionArg = None,
    ) -> Row[list[Histogram]]:
        """How many people are how many collaborations away."""
        (start,) = await existing(info, [checked_id(from_, Kind.PERSON)])
        found = await info.context.analyses.distances(start.id, projection_spec(projection))
        return found.result.items

    @single
    async def analysis_run(
        info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The id of a run.")]
    ) -> Row[AnalysisRun | None]:
        """The record of an analysis; null where none with this id is remembered."""
        if ids.decode(id).type != ids.RUN:
            raise BadInput("the id of an analysis run is wanted here")
        return await info.context.analyses.run(id)

    @single
    async def analysis_runs(info: Info, first: First = None, after: After = None) -> Row[Connection[AnalysisRun]]:
        """The analyses remembered, newest first."""
        page = wanted_page(info, RUNS_MARK, 2, first, after)
        return ConnectionRow(await info.context.analyses.runs(page), RUNS_MARK)

    @single
    async def measures(info: Info) -> Row[list[MeasureInfo]]:
        """The centrality measures and what is known of each."""
        return list(MEASURES.values())
