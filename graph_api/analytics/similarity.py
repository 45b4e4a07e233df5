"""Who is like a given node, and which shared neighbours say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from graph_api.analytics.measures.catalogue import MEASURES, CentralityMeasure
from graph_api.analytics.parameters import check_parameters
from graph_api.analytics.projection import ProjectedGraph
from graph_api.analytics.ranking import significant
from graph_api.domain.arrays import FloatArray, IntArray, np


class SimilarityMeasure(StrEnum):
    """The measures of likeness."""

    ADAMIC_ADAR = "ADAMIC_ADAR"
    JACCARD = "JACCARD"
    COMMON_NEIGHBORS = "COMMON_NEIGHBORS"
    RESOURCE_ALLOCATION = "RESOURCE_ALLOCATION"
    PERSONALIZED_PAGERANK = "PERSONALIZED_PAGERANK"


@dataclass(frozen=True, slots=True)
class SimilarityRecord:
    """What the reference says of a measure of likeness."""

    measure: SimilarityMeasure
    title: str
    meaning: str
    reference: str


@dataclass(frozen=True, slots=True)
class Similar:
    """A node like the given one: its score, and the ids of the neighbours both have, by id."""

    id: str
    score: float
    shared: tuple[str, ...]


_S = SimilarityMeasure
SIMILARITIES: Mapping[SimilarityMeasure, SimilarityRecord] = MappingProxyType(
    {
        record.measure: record
        for record in (
            SimilarityRecord(
                _S.ADAMIC_ADAR,
                "Adamic-Adar",
                "sum of 1/log(degree) over shared neighbours: those with few ties say more",
                "10.1016/S0378-8733(03)00009-1",
            ),
            SimilarityRecord(
                _S.JACCARD, "Jaccard", "shared neighbours over all neighbours of either", "10.1002/asi.20591"
            ),
            SimilarityRecord(
                _S.COMMON_NEIGHBORS, "Common neighbours", "how many neighbours are shared", "10.1002/asi.20591"
            ),
            SimilarityRecord(
                _S.RESOURCE_ALLOCATION,
                "Resource allocation",
                "sum of 1/degree over shared neighbours",
                "10.1140/epjb/e2009-00335-8",
            ),
            SimilarityRecord(
                _S.PERSONALIZED_PAGERANK,
                "Personalised PageRank",
                "score in the walk that keeps jumping back to the node",
                "10.1109/TKDE.2003.1208999",
            ),
        )
    }
)


def similar(graph: ProjectedGraph, node: str, by: SimilarityMeasure, limit: int) -> tuple[Similar, ...]:
    """Return the nodes most like one, highest score first, then by id.

    Parameters
    ----------
    graph
        The projection; its direction and weights are left out, but for PERSONALIZED_PAGERANK, which uses the weights.
    node
        Id of the node; one that the projection has not is like nobody.
    by
        The measure. All but PERSONALIZED_PAGERANK compare the node with whoever shares a neighbour with it, tied to
        it or not; in a two-mode graph these are nodes of its own sort.
    limit
        How many are wanted.
    """
    graph = graph.undirected
    if node not in graph.index:
        return ()
    number = graph.index[node]
    if by is SimilarityMeasure.PERSONALIZED_PAGERANK:
        measure = MEASURES[CentralityMeasure.PERSONALIZED_PAGERANK]
        scores = measure.compute(graph, check_parameters(measure.title, measure.parameters, {"sources": [node]}))
    else:
        scores = _overlap(graph, number, by)
    scores = significant(scores)
    scores[number] = 0.0
    order = np.argsort(-scores, kind="stable")[: max(limit, 0)]
    own = neighbours(graph, number)
    found = []
    for other in order[scores[order] > 0].tolist():
        shared = np.intersect1d(own, neighbours(graph, other), assume_unique=True)
        found.append(Similar(graph.ids[other], float(scores[other]), tuple(graph.ids[i] for i in shared.tolist())))
    return tuple(found)


def neighbours(graph: ProjectedGraph, number: int) -> IntArray:
    """Return the nodes tied to one, ascending."""
    matrix = graph.matrix
    return matrix.indices[matrix.indptr[number] : matrix.indptr[number + 1]]


def _overlap(graph: ProjectedGraph, number: int, by: SimilarityMeasure) -> FloatArray:
    own = neighbours(graph, number)
    degrees = np.diff(graph.matrix.indptr).astype(np.float64)
    worth = np.ones(len(own))
    if by is SimilarityMeasure.ADAMIC_ADAR:
        # a neighbour of degree 1 is shared with nobody, so its worth never counts
        worth = 1.0 / np.log(np.maximum(degrees[own], 2.0))
    elif by is SimilarityMeasure.RESOURCE_ALLOCATION:
        worth = 1.0 / degrees[own]
    scores = np.zeros(len(graph))
    for neighbour, value in zip(own.tolist(), worth.tolist(), strict=True):
        scores[neighbours(graph, neighbour)] += value
    if by is SimilarityMeasure.JACCARD:
        either = degrees[number] + degrees - scores
        scores = np.divide(scores, either, out=np.zeros_like(scores), where=either > 0)
    return scores
