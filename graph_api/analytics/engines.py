"""Which library computes what, and why: the one table to change when a faster engine is added.

The key is the value of a `CentralityMeasure`, `CommunityAlgorithm`, `SimilarityMeasure`, or one of "PATHS" and
"DISTANCES". A run record names the engine and the versions of all that take part.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from types import MappingProxyType

from graph_api.analytics.kernels.compiler import is_available

SMALL_WORK = 20_000_000
"""Nodes times arcs up to which a library's call ends before a kernel of our own is loaded, some tenths of a second."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What computes an analysis.

    Attributes:
        name: a library; "numba" stands for the kernels in `graph_api.analytics.kernels`.
        reason: why it, with what was measured (`scripts/bench analyses`).
        small: what serves graphs of at most `SMALL_WORK` nodes times arcs, and stands in where the engine is not there.
    """

    name: str
    reason: str
    small: str | None = None

    def serving(self, nodes: int, arcs: int) -> str:
        """Return the name of what serves a graph of this size."""
        if self.small and (nodes * arcs <= SMALL_WORK or not is_available()):
            return self.small
        return self.name


_OWN = Engine("scipy", "a sum over the sparse matrix: no faster way is needed")
_ITERATED = Engine("scipy", "sparse matrix products in canonical order: NetworkX's values at a fixed tolerance")
_SOLVED = Engine("scipy", "dense or Lanczos eigenvectors per component: defined also where power iteration is not")
_TOGETHER = Engine(
    "numba", "512 searches share each look at a tie, twins one search: a seventieth of igraph's work", "igraph"
)
_CORES = Engine("numba", "linear, on the arcs as they lie: making igraph's graph takes longer than the work", "igraph")
_COUNTED = Engine("scipy", "neighbour sets are rows of the sparse matrix")

ENGINES: Mapping[str, Engine] = MappingProxyType(
    {
        "DEGREE": _OWN,
        "STRENGTH": _OWN,
        "PAGERANK": _ITERATED,
        "PERSONALIZED_PAGERANK": _ITERATED,
        "ARTICLE_RANK": _ITERATED,
        "BETWEENNESS": Engine(
            "numba",
            "Brandes' algorithm, eight sources at a time, twins folded, on all cores: a tenth of igraph's work",
            "igraph",
        ),
        "CLOSENESS": _TOGETHER,
        "HARMONIC": _TOGETHER,
        "EIGENVECTOR": _SOLVED,
        "KATZ": _ITERATED,
        "HITS_HUB": _SOLVED,
        "HITS_AUTHORITY": _SOLVED,
        "CORE_NUMBER": _CORES,
        "CLUSTERING": Engine(
            "numba",
            "triangles on the arcs as they lie; weighted ones by scipy: NetworkX's values, 100 times sooner",
            "igraph",
        ),
        "CONSTRAINT": Engine("scipy", "NetworkX's matrix formula by blocks of rows, so that memory stays bounded"),
        "INFLUENCE_MAXIMIZATION": Engine("scipy", "components of the drawn graphs answer every node's reach at once"),
        "LEIDEN": Engine(
            "numba", "twins folded, on the arcs as they lie: a third of igraph's work for a higher modularity", "igraph"
        ),
        "LOUVAIN": Engine(
            "numba", "Leiden's moves without its parts: a sixth of igraph's or NetworKit's work", "igraph"
        ),
        "LABEL_PROPAGATION": Engine("igraph", "compiled, and the same on every run; NetworKit's is not"),
        "CONNECTED_COMPONENTS": Engine("numba", "one look at each tie: a third of scipy's work", "scipy"),
        "K_CORE": _CORES,
        "ADAMIC_ADAR": _COUNTED,
        "JACCARD": _COUNTED,
        "COMMON_NEIGHBORS": _COUNTED,
        "RESOURCE_ALLOCATION": _COUNTED,
        "PATHS": Engine("scipy", "one compiled search gives exact lower bounds; the search for paths follows them"),
        "DISTANCES": Engine("scipy", "one compiled search"),
        "EXPLAINED": Engine("scipy", "a row of the matrix; of betweenness 64 searches side by side, products of it"),
        "MIXING": Engine("scipy", "a product of sparse matrices; NetworkX has one label a node"),
    }
)

_DISTRIBUTIONS: Mapping[str, tuple[str, ...]] = {
    "networkx": ("networkx", "numpy", "scipy"),
    "scipy": ("networkx", "numpy", "scipy"),
    "igraph": ("igraph", "numpy", "scipy"),
    "numba": ("numba", "igraph", "networkx", "numpy", "scipy"),
}


def served_by(analysis: str, chosen: str, nodes: int, ties: int) -> str:
    """Return the engine for a graph of this size, where an analysis has one of its own, else the one chosen."""
    return ENGINES[analysis].serving(nodes, 2 * ties) if analysis in ENGINES else chosen


def is_own(analysis: str, nodes: int, ties: int) -> bool:
    """Tell whether a kernel of our own serves a graph of this size."""
    return ENGINES[analysis].serving(nodes, 2 * ties) == "numba"


def engine_versions(name: str) -> dict[str, str]:
    """Return the versions of the libraries that take part in an engine's results."""
    return {distribution: version(distribution) for distribution in _DISTRIBUTIONS[name]}
