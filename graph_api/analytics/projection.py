"""A projected graph: what every measure, community algorithm and export works on.

Nodes stand in the order of their ids by code point and ties in the order of their ends, so that
everything computed from a projection is the same whatever the order in which rows were loaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from graph_api.analytics.spec import ProjectionSpec, WeightScheme
from graph_api.domain import ids as domain_ids
from graph_api.domain.arrays import FloatArray, IntArray, TextArray, np
from graph_api.domain.catalogue import Kind
from graph_api.errors import NotFound

if TYPE_CHECKING:
    import networkx as nx
    from scipy import sparse

Matrix: TypeAlias = "sparse.csr_array[Any]"


@dataclass(frozen=True)
class CreditIncidence:
    """The credits behind the ties of a collaboration graph, ordered by person, film, then credit id.

    Attributes:
        people: node of each credit's person.
        films: index into `film_ids` of each credit's film.
        credits: ids of the credits, ASCII bytes.
        film_ids: ids of the films, in order.
        years: of the films; 0 where not known.
    """

    people: IntArray
    films: IntArray
    credits: TextArray
    film_ids: tuple[str, ...]
    years: IntArray

    @property
    def nbytes(self) -> int:
        """Memory it holds, in bytes."""
        return self.people.nbytes + self.films.nbytes + self.credits.nbytes + 80 * len(self.film_ids)

    def of(self, person: int) -> tuple[IntArray, TextArray]:
        """Return the films and ids of a person's credits."""
        low, high = np.searchsorted(self.people, [person, person + 1])
        return self.films[low:high], self.credits[low:high]


@dataclass(frozen=True)
class ProjectedGraph:
    """A graph of entities, weighted, without loops or parallel ties.

    Attributes:
        spec: the definition it was made by.
        revision: the graph's revision it was made from.
        ids: the nodes' ids by code point; a node's number is its place here.
        kinds: the nodes' kinds.
        sources, targets: the ends of each tie, as node numbers, ordered by source, then target;
            an undirected tie is there once, its lower end as source.
        weights: a strength, greater than 0, of each tie.
        directed: whether source and target differ in meaning.
        incidence: of COLLABORATION, the credits behind the ties.
    """

    spec: ProjectionSpec
    revision: int
    ids: tuple[str, ...]
    kinds: tuple[Kind, ...]
    sources: IntArray
    targets: IntArray
    weights: FloatArray
    directed: bool = False
    incidence: CreditIncidence | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def ties(self) -> int:
        """How many ties there are."""
        return len(self.sources)

    @property
    def nbytes(self) -> int:
        """Memory it holds with its matrix, in bytes, roughly."""
        own = self.sources.nbytes + self.targets.nbytes + self.weights.nbytes + 150 * len(self.ids)
        return own + (12 if self.directed else 24) * self.ties + (self.incidence.nbytes if self.incidence else 0)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The number of each node."""
        return {node: number for number, node in enumerate(self.ids)}

    def number(self, node: str) -> int:
        """Return a node's number.

        Raises:
            NotFound: the projection has no such node.
        """
        try:
            return self.index[node]
        except KeyError:
            raise NotFound(
                f"{node[:80]!r} is not in the projection {self.spec.name}; widen its roles, years or filter"
            ) from None

    @cached_property
    def matrix(self) -> Matrix:
        """Weights as a CSR matrix, rows being sources; symmetric where the graph is undirected."""
        from scipy import sparse

        n = len(self)
        half = sparse.csr_array((self.weights, (self.sources, self.targets)), shape=(n, n))
        full = half if self.directed else half + half.T
        full = sparse.csr_array(full)
        full.sort_indices()
        return full

    @cached_property
    def pattern(self) -> Matrix:
        """The matrix with 1 for each tie."""
        from scipy import sparse

        weighted = self.matrix
        return sparse.csr_array((np.ones(weighted.nnz), weighted.indices, weighted.indptr), shape=weighted.shape)

    def adjacency(self, weighted: bool) -> Matrix:
        """Return the matrix of weights, or of ones."""
        return self.matrix if weighted else self.pattern

    @cached_property
    def undirected(self) -> "ProjectedGraph":
        """The same graph without direction; the weights of both directions are added (with NONE they stay 1)."""
        if not self.directed:
            return self
        low, high = np.minimum(self.sources, self.targets), np.maximum(self.sources, self.targets)
        sources, targets, weights = collapse(low, high, self.weights, len(self))
        if self.spec.weight is WeightScheme.NONE:
            weights = np.ones_like(weights)
        return replace(self, sources=sources, targets=targets, weights=weights, directed=False)

    def numbered(self, *, distances: bool = False) -> "nx.Graph[int]":
        """Return the graph for NetworkX with node numbers as nodes, in order.

        Each tie has its `weight`, and `distance` = 1/weight where asked for.
        """
        import networkx as nx

        graph: nx.Graph[int] = nx.DiGraph() if self.directed else nx.Graph()
        graph.add_nodes_from(range(len(self)))
        ends = zip(self.sources.tolist(), self.targets.tolist(), self.weights.tolist(), strict=True)
        if distances:
            graph.add_edges_from((s, t, {"weight": w, "distance": 1.0 / w}) for s, t, w in ends)
        else:
            graph.add_weighted_edges_from(ends)
        return graph

    def to_networkx(self, names: Mapping[str, str] | None = None) -> "nx.Graph[str]":
        """Return the graph as a NetworkX graph for research.

        Parameters
        ----------
        names
            Names by id; a node without one has no attribute `name`.

        Returns
        -------
        networkx.Graph or networkx.DiGraph
            Nodes are ids with the attributes `kind`, `slug` and `name`; ties have `weight`. The
            graph's own attributes are `projection`, `revision` and `hash`.
        """
        import networkx as nx

        about = {"projection": self.spec.name.value, "revision": self.revision, "hash": self.spec.hash}
        graph: nx.Graph[str] = nx.DiGraph() if self.directed else nx.Graph()
        graph.graph.update(about)
        for node, attributes in self.node_rows(names):
            graph.add_node(node, **attributes)
        ends = zip(self.sources.tolist(), self.targets.tolist(), self.weights.tolist(), strict=True)
        graph.add_weighted_edges_from((self.ids[s], self.ids[t], w) for s, t, w in ends)
        return graph

    def node_rows(self, names: Mapping[str, str] | None = None) -> "list[tuple[str, dict[str, str]]]":
        """Return each node's id with its name (where given), kind and slug."""
        rows = []
        for node, kind in zip(self.ids, self.kinds, strict=True):
            attributes = {"kind": kind.value, "slug": domain_ids.decode(node).key}
            name = names.get(node) if names else None
            rows.append((node, {"name": name, **attributes} if name else attributes))
        return rows


def native(graph: ProjectedGraph) -> Any:
    """Return a projection's nodes, as numbers, and ties as an igraph.Graph without weights."""
    import igraph

    return igraph.Graph(n=len(graph), edges=np.stack((graph.sources, graph.targets), axis=1), directed=graph.directed)


def collapse(
    sources: IntArray, targets: IntArray, weights: FloatArray, size: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return ties in canonical order, parallel ones added up, loops dropped.

    Parallel ties are added in the order given, which has to be canonical where weights are no whole numbers.
    """
    keep = sources != targets
    keys = sources[keep].astype(np.int64) * size + targets[keep]
    found, places = np.unique(keys, return_inverse=True)
    summed = np.bincount(places, weights=weights[keep], minlength=len(found)).astype(np.float64)
    if not len(found):
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float64)
    return (found // size).astype(np.int32), (found % size).astype(np.int32), summed
