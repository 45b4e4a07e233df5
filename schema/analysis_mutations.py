"""The mutations that start and stop analyses."""

from typing import Annotated

import strawberry

from graph_api.analytics import requests
from graph_api.analytics.requests import Request
from graph_api.batching.adapter import single
from graph_api.batching.columns import Row
from graph_api.domain import ids
from graph_api.domain.access import Scope
from graph_api.errors import BadInput
from schema.analyses import AnalysisRun, CentralityMeasure, CommunityAlgorithm
from schema.analysis_queries import parameters_of
from schema.context import Info
from schema.filters import given
from schema.inputs import ApproximationInput, ProjectionInput, approximation, projection_spec
from schema.scalars import JSON


@strawberry.input(description="An analysis: a measure, or a way to find communities, and the graph it is made on.")
class AnalysisInput:
    """What startAnalysis takes."""

    measure: CentralityMeasure | None = strawberry.field(
        default=strawberry.UNSET, description="A measure of centrality; either this or communities."
    )
    communities: CommunityAlgorithm | None = strawberry.field(
        default=strawberry.UNSET, description="A way to find communities."
    )
    projection: ProjectionInput | None = strawberry.field(
        default=strawberry.UNSET, description="The graph it is made on; collaborations where left out."
    )
    parameters: JSON | None = strawberry.field(
        default=strawberry.UNSET, description="Parameters by name; `measures` tells which there are."
    )
    approximate: ApproximationInput | None = strawberry.field(
        default=strawberry.UNSET, description="How exact it has to be; exact where left out."
    )


def analysis_request(value: AnalysisInput) -> Request[object]:
    """Return what an input asks for.

    Raises:
        BadInput: not one analysis, or one that can't be.
    """
    measure = value.measure if given(value.measure) else None
    algorithm = value.communities if given(value.communities) else None
    spec = projection_spec(value.projection)
    parameters = parameters_of(value.parameters if given(value.parameters) else None)
    wanted = approximation(value.approximate)
    if measure is not None and algorithm is None:
        return requests.centrality(measure, spec, parameters, wanted)  # type: ignore[return-value]
    if algorithm is not None and measure is None:
        return requests.communities(algorithm, spec, parameters)  # type: ignore[return-value]
    raise BadInput("give a measure or an algorithm for communities, one of the two", argument="input")


def may_analyse(info: Info) -> None:
    """Refuse who may not start and stop analyses: from another machine that takes a token.

    Raises:
        Unauthenticated, Forbidden: the request has no token, or one with another scope.
    """
    if not info.context.is_local:
        info.context.access.require(Scope.ANALYSE)


@strawberry.type
class AnalysisMutations:
    """Analyses as jobs."""

    @single
    async def start_analysis(
        info: Info, input: Annotated[AnalysisInput, strawberry.argument(description="Which analysis.")]
    ) -> Row[AnalysisRun]:
        """Start an analysis; one that takes no more than 2 s, or was made before on this graph, is answered at once."""
        may_analyse(info)
        return await info.context.analyses.start(analysis_request(input), info.context.client)

    @single
    async def cancel_analysis(
        info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The id of a run.")]
    ) -> Row[AnalysisRun]:
        """Stop an analysis; its cores are free when this answers. One that has ended stays as it is."""
        may_analyse(info)
        if ids.decode(id).type != ids.RUN:
            raise BadInput("the id of an analysis run is wanted here", argument="id")
        return await info.context.analyses.cancel(id)
