"""The subscriptions that follow analyses."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any, cast

import strawberry

from schema.analyses import AnalysisRun
from schema.context import Info


@strawberry.type
class AnalysisSubscriptions:
    """Progress of analyses."""

    @strawberry.subscription(  # type: ignore[untyped-decorator]
        description="A run now, and with each change of status or progress, until it has ended."
    )
    async def analysis_progress(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The id of a run.")]
    ) -> AsyncGenerator[AnalysisRun, None]:
        """Yield the records of a run, each of which stands for an `AnalysisRun`."""
        async for record in info.context.analyses.watch(id):
            yield cast(Any, record)
