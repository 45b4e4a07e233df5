"""The graph in a notebook: projections as NetworkX graphs, measures by name, rows that pandas takes.

    import pandas
    from graph_api.notebook import open_graph

    with open_graph() as graph:
        collaboration = graph.projection("COLLABORATION", weight="NEWMAN")
        rows = graph.centrality("BETWEENNESS", roles=["DIRECTOR", "WRITER"])
        films = pandas.DataFrame(graph.films())

Every method blocks until its answer is there; the work is done on a thread of its own, so that it runs in
Jupyter, where an event loop is under way, as well as in a script. The keyword arguments of a projection are
those of `ProjectionInput` in the GraphQL schema: `roles`, `years` (a pair, None being open), `weight`, `relations`,
`kinds`, `cited_only`, `undisputed`, `revision`; docs/analyses.md has projections, measures and parameters.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack

from graph_api.analytics.communities import CommunityAlgorithm
from graph_api.analytics.export import export
from graph_api.analytics.measures.catalogue import CentralityMeasure
from graph_api.analytics.runs import AnalysisRun
from graph_api.analytics.service import Analyses
from graph_api.analytics.similarity import SimilarityMeasure
from graph_api.analytics.spec import Projection, ProjectionSpec, WeightScheme
from graph_api.domain import ids
from graph_api.domain.catalogue import CreditRole, Kind, Relation, fields_of
from graph_api.domain.paging import MAX_SIZE, PageRequest
from graph_api.domain.query import YearSpan
from graph_api.errors import BadInput, NotFound, StoreUnavailable
from graph_api.settings import load_settings
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from seed.builtin import ensure_loaded

if TYPE_CHECKING:
    from enum import StrEnum

    import networkx as nx

    E = TypeVar("E", bound=StrEnum)

T = TypeVar("T")
Row = dict[str, Any]


class ProjectionArguments(TypedDict, total=False):
    """What narrows a projection, as names of the GraphQL schema."""

    roles: Sequence[str]
    years: tuple[int | None, int | None]
    weight: str
    relations: Sequence[str]
    kinds: Sequence[str]
    cited_only: bool
    undisputed: bool
    revision: int


def open_graph(path: str | PathLike[str] | None = None) -> "Graph":
    """Open a graph.

    Args:
        path: of a database file, or the address of a store. None: the one `filmgraph` uses, which is
            made with the built-in dataset if it is not there yet.

    Raises:
        StoreError: there is no such database, or it can't be used.
    """
    return Graph(None if path is None else fspath(path))


class Graph:
    """An open graph. Close it when done, or use it in a `with` statement."""

    def __init__(self, path: str | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="graph", daemon=True)
        self._thread.start()
        self._closed = False
        try:
            self._store, self._analyses = self._wait(_open(path))
        except BaseException:
            self._stop()
            raise

    def close(self) -> None:
        """Let go of the database. Closing twice does nothing."""
        if not self._closed:
            self._wait(self._analyses.close())
            self._wait(self._store.close())
            self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------------ analyses
    def projection(self, name: str = "COLLABORATION", **narrow: Unpack[ProjectionArguments]) -> "nx.Graph[str]":
        """Return a projection as a NetworkX graph.

        Nodes are ids with the attributes `name`, `kind` and `slug`; ties have `weight`. EVERYTHING is a DiGraph.

        Raises:
            BadInput: there is no such projection, or it takes no such argument.
        """
        graph = self._wait(self._analyses.projection(_spec(name, narrow)))
        return graph.to_networkx(self._names(graph.ids))

    def centrality(
        self,
        measure: str,
        projection: str = "COLLABORATION",
        *,
        parameters: Mapping[str, object] | None = None,
        **narrow: Unpack[ProjectionArguments],
    ) -> list[Row]:
        """Return scores, highest first: rows of rank, score, name, slug, kind and id."""
        spec = _spec(projection, narrow)
        found = self._wait(self._analyses.centrality(_choice(CentralityMeasure, measure), spec, parameters)).result
        names = self._names(found.ids)
        table = zip(found.ids, found.scores.tolist(), found.ranks.tolist(), strict=True)
        return [{"rank": rank, "score": score, **_who(node, names)} for node, score, rank in table]

    def communities(
        self,
        algorithm: str = "LEIDEN",
        projection: str = "COLLABORATION",
        *,
        parameters: Mapping[str, object] | None = None,
        **narrow: Unpack[ProjectionArguments],
    ) -> list[Row]:
        """Return the members of all communities: rows of community, size, score inside it, name, slug, kind, id."""
        spec = _spec(projection, narrow)
        found = self._wait(self._analyses.communities(_choice(CommunityAlgorithm, algorithm), spec, parameters)).result
        names = self._names([node for community in found.communities for node in community.members])
        return [
            {"community": community.index, "size": len(community.members), "score": score, **_who(node, names)}
            for community in found.communities
            for node, score in zip(community.members, community.scores.tolist(), strict=True)
        ]

    def similar(
        self,
        who: str,
        by: str = "ADAMIC_ADAR",
        projection: str = "COLLABORATION",
        *,
        first: int = 20,
        **narrow: Unpack[ProjectionArguments],
    ) -> list[Row]:
        """Return who is most like somebody: rows of score, name, slug, kind, id and the names shared.

        `who` is an id, or the slug of a person.
        """
        node = self._id(who)
        measure = _choice(SimilarityMeasure, by)
        found = self._wait(self._analyses.similar(node, measure, _spec(projection, narrow), first)).result.items
        names = self._names([node for row in found for node in (row.id, *row.shared)])
        return [
            {"score": row.score, **_who(row.id, names), "shared": [names.get(node, node) for node in row.shared]}
            for row in found
        ]

    def paths(
        self,
        start: str,
        goal: str,
        projection: str = "COLLABORATION",
        *,
        limit: int = 1,
        **narrow: Unpack[ProjectionArguments],
    ) -> list[Row]:
        """Return collaboration paths of least cost: rows of cost, length, the names of the people, and the ties.

        `start` and `goal` are ids or slugs of people. A tie is a row of from, to, weight and the films' names.
        """
        ends = (self._id(start), self._id(goal))
        found = self._wait(self._analyses.paths(*ends, _spec(projection, narrow), limit)).result.items
        names = self._names([n for p in found for n in (*p.people, *(f for tie in p.ties for f in tie.films))])
        return [
            {
                "cost": path.cost,
                "length": len(path.ties),
                "people": [names.get(node, node) for node in path.people],
                "ties": [
                    {
                        "from": names.get(tie.source, tie.source),
                        "to": names.get(tie.target, tie.target),
                        "weight": tie.weight,
                        "films": [names.get(film, film) for film in tie.films],
                    }
                    for tie in path.ties
                ],
            }
            for path in found
        ]

    def distances(
        self, who: str, projection: str = "COLLABORATION", **narrow: Unpack[ProjectionArguments]
    ) -> list[Row]:
        """Return how many are at each distance from somebody, in hops: rows of distance and count."""
        found = self._wait(self._analyses.distances(self._id(who), _spec(projection, narrow))).result.items
        return [{"distance": distance, "count": count} for distance, count in found]

    def runs(self) -> list[AnalysisRun]:
        """Return the records of the last analyses, newest first: what ran, on which revision, with which engine."""
        return list(self._wait(self._analyses.runs(PageRequest(size=MAX_SIZE))).items)

    def save(
        self,
        path: str | PathLike[str],
        projection: str = "COLLABORATION",
        **narrow: Unpack[ProjectionArguments],
    ) -> None:
        """Write a projection to a file whose ending names the format: graphml, gexf, net, json or zip."""
        target = Path(path)
        graph = self._wait(self._analyses.projection(_spec(projection, narrow)))
        pieces = export(graph, target.suffix.removeprefix("."), self._names(graph.ids))
        with target.open("wb") as file:
            file.writelines(pieces)

    # ------------------------------------------------------------------ entities
    def films(self) -> list[Row]:
        """Return all films: rows of id, slug, name and the fields of films."""
        return self.entities("FILM")

    def people(self) -> list[Row]:
        """Return all people: rows of id, slug, name and the fields of people."""
        return self.entities("PERSON")

    def entities(self, kind: str) -> list[Row]:
        """Return all entities of a kind, by id; what is not known is None."""
        wanted = _choice(Kind, kind)
        fields = [prop.name for prop in fields_of(wanted) if prop.name not in ("name", "title")]
        columns = self._wait(self._store.field_columns(wanted, fields))
        return list(_rows(columns, fields))

    # ------------------------------------------------------------------ machinery
    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        if self._closed:
            work.close()
            raise StoreUnavailable("the graph is closed; open it again with open_graph")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self) -> None:
        self._closed = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _id(self, who: str) -> str:
        try:
            if ids.decode(who).kind is not None:
                return who
        except BadInput:
            pass
        found = self._wait(self._store.entities_by_slug(Kind.PERSON, [who]))[0]
        if found is None:
            near = self._wait(self._store.nearest_slugs(Kind.PERSON, who))
            raise NotFound(f"no person has the slug {who[:80]!r}; near it: {', '.join(near) or 'none'}", nearest=near)
        return found.id

    def _names(self, nodes: Sequence[str]) -> dict[str, str]:
        """Return the names of entities by id: all of a kind at once, which is one read a kind."""
        names: dict[str, str] = {}
        for kind in {ids.decode(node).kind for node in nodes}:
            if kind is not None:
                columns = self._wait(self._store.field_columns(kind, []))
                names.update((str(n), str(name)) for n, name in zip(columns["id"], columns["name"], strict=True))
        return names


def _exists(path: str) -> bool:
    return Path(path).expanduser().exists()


async def _open(path: str | None) -> tuple[Store, Analyses]:
    address = load_settings({"database": path}).database
    if path is not None and "://" not in path and not await asyncio.to_thread(_exists, path):
        raise StoreUnavailable(f"there is no database {path}; `filmgraph load DIR --database {path}` makes it")
    store = await open_store(address)
    try:
        if path is None:
            await ensure_loaded(store)
    except BaseException:
        await store.close()
        raise
    return store, Analyses(store)


def _rows(columns: Mapping[str, Sequence[object]], fields: Sequence[str]) -> Iterator[Row]:
    names = ("id", "name", *fields)
    for values in zip(*(columns[name] for name in names), strict=True):
        row: Row = dict(zip(names, values, strict=True))
        yield {"id": row.pop("id"), "slug": ids.decode(str(values[0])).key, **row}


def _who(node: str, names: Mapping[str, str]) -> Row:
    found = ids.decode(node)
    return {"name": names.get(node), "slug": found.key, "kind": found.kind, "id": node}


def _spec(name: str, narrow: ProjectionArguments) -> ProjectionSpec:
    return ProjectionSpec(
        name=_choice(Projection, name),
        roles=tuple(_choice(CreditRole, role) for role in narrow.get("roles", ())),
        years=YearSpan(*narrow.get("years", (None, None))),
        weight=_choice(WeightScheme, narrow.get("weight", "COUNT")),
        relations=tuple(_choice(Relation, relation) for relation in narrow.get("relations", ())),
        kinds=tuple(_choice(Kind, kind) for kind in narrow.get("kinds", ())),
        cited_only=narrow.get("cited_only", False),
        undisputed=narrow.get("undisputed", False),
        revision=narrow.get("revision"),
    )


def _choice(choices: "type[E]", name: str) -> "E":
    try:
        return choices(name.upper().replace("-", "_"))
    except ValueError:
        raise BadInput(f"{name[:40]!r} is none of {', '.join(choices)}") from None
