"""The inputs of graph and analysis queries, and what the domain calls them."""

import strawberry

from graph_api.analytics.kernels.approximate import Approximation
from graph_api.analytics.spec import PROJECTIONS, Projection, ProjectionSpec, WeightScheme
from graph_api.domain.catalogue import Kind
from graph_api.domain.query import PathQuery, YearSpan
from graph_api.errors import BadInput
from schema import enums
from schema.filter_inputs import FilmFilter
from schema.filters import checked_id, compile_filter, given

enums.enum(
    Projection,
    "Projection",
    "The graph that an analysis is made on.",
    **{
        name.value: f"Nodes: {record.nodes}. Ties: {record.ties}. Weight: {record.weight}."
        for name, record in PROJECTIONS.items()
    },
)
enums.enum(
    WeightScheme,
    "WeightScheme",
    "What the weight of a tie says.",
    NONE="Nothing: each tie weighs 1.",
    COUNT="How many things are shared.",
    NEWMAN="Each thing shared adds 1/(people on it - 1): Newman, https://doi.org/10.1103/PhysRevE.64.016132.",
)


@strawberry.input(description="A span of years, both ends included.")
class YearRange:
    """Years; `from` is a keyword of Python, so it is `from_` here."""

    from_: int | None = strawberry.field(
        default=strawberry.UNSET, name="from", description="The first year; open where left out."
    )
    to: int | None = strawberry.field(default=strawberry.UNSET, description="The last year; open where left out.")


@strawberry.input(description="Which graph an analysis is made on.")
class ProjectionInput:
    """The definition of a projection."""

    name: Projection = strawberry.field(default=Projection.COLLABORATION, description="The sort of graph.")
    roles: list[enums.CreditRole] | None = strawberry.field(
        default=strawberry.UNSET, description="Only credits in these roles; all but FEATURED where left out."
    )
    years: YearRange | None = strawberry.field(default=strawberry.UNSET, description="Only these years.")
    weight: WeightScheme = strawberry.field(default=WeightScheme.COUNT, description="What the weight of a tie says.")
    relations: list[enums.RelationType] | None = strawberry.field(
        default=strawberry.UNSET, description="EVERYTHING: only these relations."
    )
    kinds: list[enums.EntityKind] | None = strawberry.field(
        default=strawberry.UNSET, description="EVERYTHING: only these kinds."
    )
    cited_only: bool = strawberry.field(default=False, description="Leaves out what has no citation.")
    undisputed: bool = strawberry.field(
        default=False,
        description="Leaves out relationships that are uncertain, and those of entities about which sources disagree.",
    )
    revision: str | None = strawberry.field(
        default=strawberry.UNSET, description="Of the graph as it was at this revision; as it is now where left out."
    )
    film: FilmFilter | None = strawberry.field(default=strawberry.UNSET, description="Only films that match.")


@strawberry.input(description="Which relationships and entities a path may use.")
class PathFilter:
    """Filter of paths."""

    relations: list[enums.RelationType] | None = strawberry.field(
        default=strawberry.UNSET, description="Only these relations."
    )
    kinds: list[enums.EntityKind] | None = strawberry.field(
        default=strawberry.UNSET, description="Only through these kinds; the ends may be of any."
    )
    roles: list[enums.CreditRole] | None = strawberry.field(
        default=strawberry.UNSET, description="Only credits in these roles."
    )
    years: YearRange | None = strawberry.field(
        default=strawberry.UNSET, description="Only films, editions and recognitions of these years."
    )
    festivals: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="Only films, editions, events and recognitions of these festivals."
    )
    exclude: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="Never through these entities."
    )
    cited_only: bool | None = strawberry.field(default=False, description="Only relationships with a citation.")


@strawberry.input(
    description="How exact an approximation has to be: of betweenness, closeness and harmonic centrality without "
    "weights. Others, and those of small graphs, are exact."
)
class ApproximationInput:
    """Bounds of an approximation."""

    epsilon: float = strawberry.field(
        default=0.01,
        description="Largest difference of a score from the exact one, above 0 and below 1; of HARMONIC times n - 1.",
    )
    delta: float = strawberry.field(
        default=0.1, description="Largest probability that one is further off, above 0 and below 1."
    )
    deadline_seconds: float | None = strawberry.field(
        default=strawberry.UNSET, description="Stop by then, with the bound reached."
    )
    highest: int | None = strawberry.field(
        default=strawberry.UNSET, description="Stop once so many highest scores are told apart from all others."
    )


def year_span(years: YearRange | None) -> YearSpan:
    """Return the domain's form of a span of years.

    Raises:
        BadInput: it ends before it starts.
    """
    if years is None or not given(years):
        return YearSpan()
    first, last = (value if given(value) else None for value in (years.from_, years.to))
    if first is not None and last is not None and first > last:
        raise BadInput(f"the years end ({last}) before they start ({first})")
    return YearSpan(first, last)


def projection_spec(projection: ProjectionInput | None) -> ProjectionSpec:
    """Return the domain's form of a projection."""
    if projection is None or not given(projection):
        return ProjectionSpec()
    p = projection
    return ProjectionSpec(
        name=p.name,
        roles=tuple(sorted(set(p.roles or ()))),
        years=year_span(p.years),
        weight=p.weight,
        relations=tuple(sorted(set(p.relations or ()))),
        kinds=tuple(sorted(set(p.kinds or ()))),
        cited_only=p.cited_only,
        film=compile_filter(p.film),
        undisputed=p.undisputed,
        revision=_revision(p.revision),
    )


def _revision(text: str | None) -> int | None:
    """Return the number of a revision.

    Raises:
        BadInput: it is none.
    """
    if text is None or not given(text):
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _REVISION_DIGITS):
        raise BadInput(f"{text[:40]!r} is no revision; `graph` has the present one", argument="revision")
    return int(text)


_REVISION_DIGITS = 15


def path_query(value: PathFilter | None) -> PathQuery:
    """Return the domain's form of a path filter."""
    if value is None or not given(value):
        return PathQuery()
    return PathQuery(
        relations=tuple(value.relations or ()),
        kinds=tuple(value.kinds or ()),
        roles=tuple(role.value for role in value.roles or ()),
        years=year_span(value.years),
        festivals=tuple(checked_id(i, Kind.FESTIVAL) for i in value.festivals or ()),
        exclude=tuple(checked_id(i) for i in value.exclude or ()),
        cited_only=bool(value.cited_only),
    )


def approximation(value: ApproximationInput | None) -> Approximation | None:
    """Return the bounds that an approximation is asked for; the analysis checks epsilon and delta.

    Raises:
        BadInput: the deadline can't be.
    """
    if value is None or not given(value):
        return None
    seconds = value.deadline_seconds if given(value.deadline_seconds) else None
    if seconds is not None and seconds <= 0:
        raise BadInput("deadlineSeconds is more than 0", argument="deadlineSeconds")
    return Approximation(value.epsilon, value.delta, seconds, value.highest if given(value.highest) else None)
