"""Which library computes what, and why: the one table to change when a faster engine is added.

The key is the value of a `CentralityMeasure`, `CommunityAlgorithm`, `SimilarityMeasure`, or one of "PATHS" and
"DISTANCES". A run record names the engine and the versions of all that take part.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Engine:
    """The library that computes an analysis, and the reason."""

    name: str
    reason: str


_OWN = Engine("scipy", "a sum over the sparse matrix: no faster way is needed")
_ITERATED = Engine("scipy", "sparse matrix products in canonical order: NetworkX's values at a fixed tolerance")
_SOLVED = Engine("scipy", "dense or Lanczos eigenvectors per component: defined also where power iteration is not")
_SEARCHED = Engine("scipy", "compiled searches from blocks of nodes; NetworkX's values")
_REFERENCE = Engine("networkx", "the reference implementation; exact, in Python")
_COUNTED = Engine("scipy", "neighbour sets are rows of the sparse matrix")

ENGINES: Mapping[str, Engine] = MappingProxyType(
    {
        "DEGREE": _OWN,
        "STRENGTH": _OWN,
        "PAGERANK": _ITERATED,
        "PERSONALIZED_PAGERANK": _ITERATED,
        "ARTICLE_RANK": _ITERATED,
        "BETWEENNESS": Engine("scipy", "Brandes' algorithm as sparse products; with weights or long paths NetworkX"),
        "CLOSENESS": _SEARCHED,
        "HARMONIC": _SEARCHED,
        "EIGENVECTOR": _SOLVED,
        "KATZ": _ITERATED,
        "HITS_HUB": _SOLVED,
        "HITS_AUTHORITY": _SOLVED,
        "CORE_NUMBER": _REFERENCE,
        "CLUSTERING": _REFERENCE,
        "CONSTRAINT": Engine("scipy", "NetworkX's matrix formula by blocks of rows, so that memory stays bounded"),
        "INFLUENCE_MAXIMIZATION": Engine("scipy", "components of the drawn graphs answer every node's reach at once"),
        "LEIDEN": Engine("igraph", "NetworkX has no Leiden of its own"),
        "LOUVAIN": _REFERENCE,
        "LABEL_PROPAGATION": _REFERENCE,
        "CONNECTED_COMPONENTS": Engine("scipy", "compiled, linear"),
        "K_CORE": _REFERENCE,
        "ADAMIC_ADAR": _COUNTED,
        "JACCARD": _COUNTED,
        "COMMON_NEIGHBORS": _COUNTED,
        "RESOURCE_ALLOCATION": _COUNTED,
        "PATHS": Engine("scipy", "one compiled search gives exact lower bounds; the search for paths follows them"),
        "DISTANCES": _SEARCHED,
    }
)

_DISTRIBUTIONS: Mapping[str, tuple[str, ...]] = {
    "networkx": ("networkx", "numpy", "scipy"),
    "scipy": ("networkx", "numpy", "scipy"),
    "igraph": ("igraph", "numpy", "scipy"),
}


def engine_versions(name: str) -> dict[str, str]:
    """Return the versions of the libraries that take part in an engine's results."""
    return {distribution: version(distribution) for distribution in _DISTRIBUTIONS[name]}
