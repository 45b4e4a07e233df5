"""Who works with whom: mixing by country, role or use of AI."""

from typing import Annotated

import strawberry

from graph_api.analytics import research
from graph_api.analytics.labels import MixingBy, load_labels
from graph_api.analytics.mixing import Mixing
from graph_api.analytics.recording import Finished
from graph_api.batching.adapter import batched, single
from graph_api.batching.columns import Answers, Column, Row
from graph_api.domain.paging import BARE_LIST_LIMIT
from schema import enums, refs
from schema.analyses import AnalysisRun, entities_of
from schema.analysis_queries import ProjectionArg
from schema.context import Info
from schema.inputs import projection_spec

enums.enum(
    MixingBy,
    "MixingBy",
    "What people are told apart by; who has several values has each in part.",
    COUNTRY="The countries somebody is from or based in, each once.",
    ROLE="The roles of somebody's credits, each credit once.",
    AI_USE="How AI was used in somebody's films, each film once, where it is known.",
)


class LabelRow:
    """One label of a `Mixing`."""

    __slots__ = ("is_id", "people", "share", "value", "within")

    def __init__(self, found: Mixing, index: int, *, is_id: bool) -> None:
        row = found.rows[index]
        self.value = found.labels[index]
        self.people = float(found.people[index])
        self.share = float(row.sum())
        self.within = float(row[index])
        self.is_id = is_id


@strawberry.type(description="One label of people, and how its ties run.")
class MixingLabel:
    """Stands for a `LabelRow`."""

    value: str = strawberry.field(description="The role or use of AI; of a country its id.")
    people: float = strawberry.field(description="How many have it, those with several counting in part.")
    share: float = strawberry.field(description="Its share of all ends of ties.")
    within: float = strawberry.field(
        description="The share of ties among its own; by chance it is the square of share."
    )

    @batched
    async def entity(parents: Column[LabelRow], info: Info) -> Answers[refs.Entity | None]:
        """The country; null for other labels."""
        found = iter(await entities_of([row.value for row in parents if row.is_id], info))
        return [next(found) if row.is_id else None for row in parents]


Parents = Column[Finished[Mixing | None]]


@strawberry.type(description="How ties run between labels; all but the run is null while a long run is under way.")
class MixingResult:
    """Stands for a `service.Finished` with a mixing."""

    run: AnalysisRun = strawberry.field(description="How it was got.")
    assortativity: float | None = strawberry.field(
        description="Newman's coefficient: 1 where ties join the like alone, 0 by chance; null if labels are alike.",
        resolver=lambda root: root.result and root.result.assortativity,
    )
    error: float | None = strawberry.field(
        description="Its standard error, by leaving out each tie in turn; null where one decides.",
        resolver=lambda root: root.result and root.result.error,
    )
    ties: int | None = strawberry.field(
        description="How many ties join two people who have labels.",
        resolver=lambda root: None if root.result is None else root.result.ties,
    )
    unlabelled: int | None = strawberry.field(
        description="How many people have none.",
        resolver=lambda root: None if root.result is None else root.result.unlabelled,
    )
    label_count: int | None = strawberry.field(
        description="How many labels there are.",
        resolver=lambda root: None if root.result is None else len(root.result.labels),
    )

    @batched
    async def labels(parents: Parents, info: Info) -> Answers[list[MixingLabel] | None]:
        """Those with most ends of ties first; at most a hundred."""
        return [_labels(outcome) for outcome in parents]

    @batched
    async def matrix(parents: Parents, info: Info) -> Answers[list[list[float]] | None]:
        """The share of tie ends that run from a label to another, in the order of `labels`; all add up to 1."""
        return [
            None if outcome.result is None else outcome.result.rows[:BARE_LIST_LIMIT, :BARE_LIST_LIMIT].tolist()
            for outcome in parents
        ]


def _labels(outcome: Finished[Mixing | None]) -> list[LabelRow] | None:
    found = outcome.result
    if found is None:
        return None
    is_id = outcome.run.parameters["by"] == MixingBy.COUNTRY.value
    return [LabelRow(found, i, is_id=is_id) for i in range(min(len(found.labels), BARE_LIST_LIMIT))]


@strawberry.type
class MixingQueries:
    """Assortativity."""

    @single
    async def mixing(
        info: Info,
        by: Annotated[MixingBy, strawberry.argument(description="What people are told apart by.")],
        projection: ProjectionArg = None,
        weighted: Annotated[bool, strawberry.argument(description="Whether a tie counts by its weight.")] = False,
    ) -> Row[MixingResult]:
        """How far people work with their like: the mixing matrix and Newman's assortativity, of COLLABORATION."""
        spec = projection_spec(projection)
        labels = await load_labels(info.context.store, spec, by)
        request = research.mixing_of(by, spec, labels, weighted=weighted)
        return await info.context.analyses.ask(request, info.context.client, info.context.patience)
