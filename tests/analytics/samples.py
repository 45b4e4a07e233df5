"""Hand-made relationship columns and graphs for the tests of analyses."""

import random
from collections.abc import Iterable, Mapping, Sequence

import networkx as nx
import numpy as np

from graph_api.analytics.build import build
from graph_api.analytics.communities import ALGORITHMS, Communities, CommunityAlgorithm, find_communities
from graph_api.analytics.measures.catalogue import MEASURES, CentralityMeasure
from graph_api.analytics.parameters import check_parameters
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.ranking import Ranking, ranked
from graph_api.analytics.spec import Projection, ProjectionSpec
from graph_api.domain import ids
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.records import RelationColumns

Row = tuple[Relation, str, str, str | None]


def person(slug: str) -> str:
    return ids.entity_id(Kind.PERSON, slug)


def film(slug: str) -> str:
    return ids.entity_id(Kind.FILM, slug)


def slug_of(node: str) -> str:
    return ids.decode(node).key


def columns(rows: Iterable[Row], shuffle: int | None = None) -> RelationColumns:
    """Rows as columns, by relationship id, or in an order drawn from a seed."""
    made = sorted((ids.relationship_id(r, s, t, [("role", role or "")]), r, s, t, role) for r, s, t, role in rows)
    if shuffle is not None:
        random.Random(shuffle).shuffle(made)
    return RelationColumns(*[[row[i] for row in made] for i in range(5)])  # type: ignore[arg-type]


def credit(who: str, what: str, role: str = "CAST") -> Row:
    return (Relation.CREDITED_ON, person(who), film(what), role)


def casts(films: Mapping[str, str]) -> RelationColumns:
    """Films with their casts, one letter a person."""
    return columns(credit(who, title) for title, cast in films.items() for who in cast)


def graph_of(
    edges: Iterable[tuple[str, str] | tuple[str, str, float]], nodes: Sequence[str] = (), directed: bool = False
) -> ProjectedGraph:
    """A graph of people named by slugs, with given ties."""
    ties = [(person(e[0]), person(e[1]), e[2] if len(e) == 3 else 1.0) for e in edges]
    node_ids = sorted({person(n) for n in nodes} | {n for s, t, _ in ties for n in (s, t)})
    number = {n: i for i, n in enumerate(node_ids)}
    rows = [(number[s], number[t], w) for s, t, w in ties]
    if not directed:
        rows = [(min(s, t), max(s, t), w) for s, t, w in rows]
    rows.sort()
    spec = ProjectionSpec(Projection.EVERYTHING) if directed else ProjectionSpec()
    return ProjectedGraph(
        spec,
        1,
        tuple(node_ids),
        (Kind.PERSON,) * len(node_ids),
        np.array([r[0] for r in rows], np.int32),
        np.array([r[1] for r in rows], np.int32),
        np.array([r[2] for r in rows], np.float64),
        directed,
    )


def from_networkx(graph: "nx.Graph[object]", weight: str | None = "weight") -> ProjectedGraph:
    """A NetworkX graph as a projection; node x becomes the person of slug n-x, so that names keep their order."""
    names = {node: str(node) for node in graph}
    edges = [(names[s], names[t], float(d.get(weight, 1.0)) if weight else 1.0) for s, t, d in graph.edges(data=True)]
    return graph_of(edges, list(names.values()), graph.is_directed())


def scores(graph: ProjectedGraph, measure: CentralityMeasure, **parameters: object) -> dict[str, float]:
    """Scores by slug."""
    found = ranking(graph, measure, **parameters)
    return {slug_of(node): score for node, score in zip(found.ids, found.scores.tolist(), strict=True)}


def ranking(graph: ProjectedGraph, measure: CentralityMeasure, **parameters: object) -> Ranking:
    record = MEASURES[measure]
    return ranked(graph.ids, record.compute(graph, check_parameters(measure, record.parameters, parameters)))


def communities(graph: ProjectedGraph, algorithm: CommunityAlgorithm, **parameters: object) -> Communities:
    record = ALGORITHMS[algorithm]
    return find_communities(graph, algorithm, check_parameters(algorithm, record.parameters, parameters))


def slugs(found: Communities) -> list[list[str]]:
    return [[slug_of(node) for node in community.members] for community in found.communities]


def ties(graph: ProjectedGraph) -> dict[tuple[str, str], float]:
    """Weights by the slugs of both ends; an undirected tie's in alphabetical order."""
    found = {}
    for s, t, w in zip(graph.sources.tolist(), graph.targets.tolist(), graph.weights.tolist(), strict=True):
        ends = (slug_of(graph.ids[s]), slug_of(graph.ids[t]))
        found[ends if graph.directed else (min(ends), max(ends))] = w
    return found


def built(spec: ProjectionSpec, rows: RelationColumns, years: Mapping[str, int] | None = None) -> ProjectedGraph:
    return build(spec, rows, years or {}, 1)
