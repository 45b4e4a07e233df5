"""Projections read from a store: which scans they take, and one revision for all of them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeAlias

from graph_api.analytics.build import build
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.spec import Projection, ProjectionSpec
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.query import ScanQuery, YearSpan
from graph_api.errors import Conflict
from graph_api.store.base import Store
from graph_api.store.past import at_revision

Runner: TypeAlias = Callable[[Callable[[], ProjectedGraph]], Awaitable[ProjectedGraph]]
"""Calls a function off the event loop."""
ATTEMPTS = 5
"""How often a scan is made again because a change was applied meanwhile."""

_RELATIONS: Mapping[Projection, tuple[Relation, ...]] = {
    Projection.COLLABORATION: (Relation.CREDITED_ON,),
    Projection.PERSON_FILM: (Relation.CREDITED_ON,),
    Projection.CO_PARTICIPATION: (Relation.PARTICIPATED_IN,),
    Projection.FESTIVAL_FILM: (Relation.SCREENED_AT, Relation.RECOGNIZED_FOR),
    Projection.CO_RECOGNITION: (Relation.RECOGNIZED_FOR, Relation.RECIPIENT_OF),
}
_SCAFFOLD: Mapping[Projection, tuple[Relation, ...]] = {
    Projection.CO_PARTICIPATION: (Relation.PART_OF,),
    Projection.FESTIVAL_FILM: (Relation.AT_EDITION, Relation.EDITION_OF, Relation.PART_OF),
    Projection.CO_RECOGNITION: (Relation.OF_AWARD, Relation.AT_EDITION),
}
_YEAR_KINDS: Mapping[Projection, tuple[Kind, ...]] = {
    Projection.COLLABORATION: (Kind.FILM,),
    Projection.PERSON_FILM: (Kind.FILM,),
    Projection.CO_PARTICIPATION: (Kind.EVENT, Kind.FESTIVAL_EDITION),
    Projection.FESTIVAL_FILM: (Kind.FESTIVAL_EDITION,),
    Projection.CO_RECOGNITION: (Kind.RECOGNITION, Kind.FESTIVAL_EDITION),
    Projection.EVERYTHING: (Kind.FILM, Kind.FESTIVAL_EDITION, Kind.RECOGNITION),
}


def scan_query(spec: ProjectionSpec) -> ScanQuery:
    """Return what a projection reads of the store in one scan."""
    name = spec.name
    relations = spec.relations if name is Projection.EVERYTHING else _RELATIONS[name] + _SCAFFOLD.get(name, ())
    has_credits = name in (Projection.COLLABORATION, Projection.PERSON_FILM, Projection.EVERYTHING)
    return ScanQuery(
        relations=relations,
        kinds=spec.kinds if name is Projection.EVERYTHING else (),
        roles=spec.counted_roles if has_credits else None,
        films=spec.film,
        cited_only=spec.cited_only,
        undisputed=spec.undisputed,
    )


@asynccontextmanager
async def seen(store: Store, spec: ProjectionSpec) -> AsyncIterator[Store]:
    """Give the graph that a projection is made of: the store's, or a copy of it as it was at an earlier revision.

    Raises:
        BadInput, NotFound: it can't be had as of that revision; see `graph_api.store.past`.
    """
    if spec.revision is None:
        yield store
    else:
        async with at_revision(store, spec.revision) as past:
            yield past


async def load_projection(store: Store, spec: ProjectionSpec, run: Runner) -> ProjectedGraph:
    """Read and build a projection at one revision.

    Args:
        store: where the graph is.
        spec: which projection.
        run: calls the building, off the event loop.

    Raises:
        BadInput: the projection would be too large, or there is no such revision.
        NotFound: the log does not reach back to the revision.
        Conflict: the graph changed during each of five readings.
    """
    for _ in range(ATTEMPTS):
        revision = await store.revision()
        async with seen(store, spec) as graph:
            columns = await graph.scan(scan_query(spec))
            years = await known_years(graph, spec)
        if await store.revision() == revision:
            return await run(partial(build, spec, columns, years, revision))
    raise Conflict("the graph kept changing while it was read; try again when the load under way is done")


async def known_years(store: Store, spec: ProjectionSpec) -> dict[str, int]:
    """Return the known years that a projection needs, of films or what else has them, by id."""
    if spec.years == YearSpan() and spec.name not in (Projection.CO_RECOGNITION, Projection.COLLABORATION):
        return {}
    years: dict[str, int] = {}
    for kind in _YEAR_KINDS[spec.name]:
        name = "startsOn" if kind is Kind.EVENT else "year"
        columns = await store.field_columns(kind, [name])
        years.update(_known(columns["id"], columns[name]))
        if kind is Kind.FESTIVAL_EDITION:
            columns = await store.field_columns(kind, ["startsOn"])
            years = {**_known(columns["id"], columns["startsOn"]), **years}
    return years


def _known(ids: Sequence[object], values: Sequence[object]) -> dict[str, int]:
    """Return the year of each id that has a year or an ISO date."""
    return {str(node): int(str(value)[:4]) for node, value in zip(ids, values, strict=True) if value not in (None, "")}
