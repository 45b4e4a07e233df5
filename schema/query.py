"""The root of all queries."""

from typing import Annotated

import strawberry

from graph_api.batching.adapter import single
from graph_api.batching.columns import Row
from graph_api.domain.catalogue import Relation
from graph_api.domain.paging import BARE_LIST_LIMIT, order_mark
from graph_api.errors import BadInput
from schema import enums
from schema.analysis_queries import AnalysisQueries
from schema.arguments import After, First
from schema.connections import Connection, ConnectionRow, wanted_page
from schema.context import Info
from schema.entity_queries import EntityQueries
from schema.explaining import ExplainingQueries
from schema.filter_inputs import FilmFilter
from schema.filters import compile_filter
from schema.graph import Facet, FacetRow, GraphInfo, GraphRow, Path, SearchConnection, Subgraph
from schema.inputs import PathFilter, path_query
from schema.mixing import MixingQueries
from schema.node import Node
from schema.nodes import existing, read_nodes
from schema.provenance import ClaimConflict
from schema.research import ResearchQueries

_MAX_DEPTH, _MAX_NODES, _MAX_PATHS, _MAX_LENGTH, _MAX_FACETS = 4, 2_000, 100, 12, 10
_MAX_IDS = 1_000


def within(name: str, value: int, low: int, high: int) -> int:
    """Return a number that lies between two bounds.

    Raises:
        BadInput: it does not.
    """
    if not low <= value <= high:
        raise BadInput(f"{name} must be {low} to {high}, not {value}", argument=name, limit=high, requested=value)
    return value


@strawberry.type(description="What can be asked of the graph.")
class Query(EntityQueries, AnalysisQueries, ResearchQueries, MixingQueries, ExplainingQueries):
    """The root of all queries."""

    @single
    async def node(
        info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="An id from an answer.")]
    ) -> Row[Node | None]:
        """Whatever has this id; null where nothing has."""
        return (await read_nodes(info, [id]))[0]

    @single
    async def nodes(
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Ids from answers, at most 1,000.")],
    ) -> Row[list[Node | None]]:
        """Whatever has these ids, in their order; null where nothing has, with an error where one is no id."""
        within("the number of ids", len(ids), 0, _MAX_IDS)
        return await read_nodes(info, list(ids))

    @single
    async def search(
        info: Info,
        query: Annotated[
            str,
            strawberry.argument(description="Words of a name, in any script; accents, case and a typo do not matter."),
        ],
        kinds: Annotated[list[enums.EntityKind] | None, strawberry.argument(description="Only these kinds.")] = None,
        first: First = None,
        after: After = None,
    ) -> Row[SearchConnection]:
        """Entities whose name or alias matches all words, best first."""
        mark = order_mark("search")
        page = wanted_page(info, mark, 2, first, after)
        found = await info.context.store.search(query, tuple(kinds or ()), page)
        info.context.entities.prime_entities(hit.entity for hit in found.items)
        return ConnectionRow(found, mark, "entity")

    @single
    async def facets(
        info: Info,
        kind: Annotated[enums.EntityKind, strawberry.argument(description="Facets of entities of this kind.")],
        by: Annotated[
            list[str],
            strawberry.argument(
                description="Fields (aiUse, year, genres, outcome, ...) or relations (MADE_WITH), at most 10."
            ),
        ],
        filter: Annotated[
            FilmFilter | None, strawberry.argument(description="Of films: only those that match.")
        ] = None,
    ) -> Row[list[Facet]]:
        """Which values fields have, and how often."""
        within("the number of fields", len(by), 1, _MAX_FACETS)
        if filter and kind is not enums.EntityKind.FILM:
            raise BadInput("filter is a filter of films; leave it out, or ask for facets of FILM")
        counts = await info.context.store.facets(kind, by, compile_filter(filter), BARE_LIST_LIMIT)
        related = {
            count.value for field, own in zip(by, counts, strict=True) if field in Relation.__members__ for count in own
        }
        names = {e.id: e.name for e in await info.context.entities.load_many(sorted(related)) if e}
        return [
            (
                field,
                [FacetRow(names.get(c.value, c.value), c.count, c.value if c.value in names else None) for c in own],
            )
            for field, own in zip(by, counts, strict=True)
        ]

    @single
    async def neighborhood(
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Where to start, at most 100 entities.")],
        depth: Annotated[int | None, strawberry.argument(description="How many steps, 0 to 4.")] = 1,
        relations: Annotated[
            list[enums.RelationType] | None, strawberry.argument(description="Only over these relations.")
        ] = None,
        kinds: Annotated[list[enums.EntityKind] | None, strawberry.argument(description="Only to these kinds.")] = None,
        limit: Annotated[
            int | None,
            strawberry.argument(description="At most so many entities, 1 to 2,000: nearest first, then by degree."),
        ] = 200,
    ) -> Row[Subgraph]:
        """What lies around entities."""
        within("the number of ids", len(ids), 1, 100)
        steps = within("depth", 1 if depth is None else depth, 0, _MAX_DEPTH)
        most = within("limit", 200 if limit is None else limit, 1, _MAX_NODES)
        await existing(info, list(ids))
        found = await info.context.store.neighborhood(ids, steps, tuple(relations or ()), tuple(kinds or ()), most)
        info.context.entities.prime_entities(found.nodes)
        return found

    @single
    async def paths(
        info: Info,
        from_: Annotated[strawberry.ID, strawberry.argument(name="from", description="Where to start.")],
        to: Annotated[strawberry.ID, strawberry.argument(description="Where to end.")],
        filter: Annotated[PathFilter | None, strawberry.argument(description="What a path may use.")] = None,
        max_length: Annotated[int | None, strawberry.argument(description="At most so many hops, 1 to 12.")] = 6,
        limit: Annotated[int | None, strawberry.argument(description="At most so many paths, 1 to 100.")] = 1,
    ) -> Row[list[Path]]:
        """The shortest ways between two entities, shortest first, none through an entity twice; ties by ids."""
        start, goal = await existing(info, [from_, to])
        longest = within("maxLength", 6 if max_length is None else max_length, 1, _MAX_LENGTH)
        most = within("limit", 1 if limit is None else limit, 1, _MAX_PATHS)
        found = await info.context.store.paths(start.id, goal.id, path_query(filter), longest, most)
        info.context.entities.prime_entities(node for path in found for node in path.nodes)
        return found

    @single
    async def conflicts(
        info: Info,
        kind: Annotated[
            enums.EntityKind | None, strawberry.argument(description="Only about entities of this kind.")
        ] = None,
        property: Annotated[
            str | None, strawberry.argument(description="Only about this property: runtime, attendance, ...")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Row[Connection[ClaimConflict]]:
        """What sources disagree about: live claims that can't all be true, by the subject's name."""
        mark = order_mark("conflicts")
        page = wanted_page(info, mark, 3, first, after)
        found = await info.context.store.conflicts(kind, property, page)
        info.context.entities.prime_entities(conflict.subject for conflict in found.items)
        return ConnectionRow(found, mark)

    @single
    async def graph(info: Info) -> Row[GraphInfo]:
        """What the graph holds, and at which revision."""
        return GraphRow()
