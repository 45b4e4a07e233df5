"""Analyses on two collaboration graphs, against NetworkX, igraph, rustworkx and NetworKit called plainly.

    python -m benchmarks.analyses                    all, half an hour on a busy machine
    python -m benchmarks.analyses paths whole        only these of projection, paths, weighted, others, whole

Part has 12,323 people and 124,744 ties, whole 54,588 and 1,997,843 (benchmarks/collaborations.py). Conversion to a
library's own graph is left out, ours included; a call is whole else. Where a library would take minutes it is given
a sample of sources and the seconds are scaled to all: such are marked with ~. Definitions differ (NetworKit counts each
pair twice and scales closeness by component), which does not change the work. Ours is best of three, others are
called once where they take over a second. Beside seconds stand those of the processor, all threads together: on a
machine that does other things they say more.
"""

import gc
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from benchmarks.collaborations import CAST, part, whole
from benchmarks.report import table, verdict
from graph_api.analytics.build import build
from graph_api.analytics.communities import ALGORITHMS, CommunityAlgorithm, find_communities
from graph_api.analytics.kernels.approximate import Approximation, approximate_betweenness, approximate_closeness
from graph_api.analytics.kernels.betweenness import pair_sums
from graph_api.analytics.kernels.chunks import cores
from graph_api.analytics.kernels.csr import folded, projected
from graph_api.analytics.kernels.distances import all_distances
from graph_api.analytics.measures.catalogue import MEASURES, CentralityMeasure
from graph_api.analytics.parameters import check_parameters
from graph_api.analytics.projection import ProjectedGraph
from graph_api.domain.arrays import np
from tests.data import data_folder

SAMPLE = 60
"""Sources that stand for all where a library would take minutes."""


@dataclass(frozen=True, slots=True)
class Took:
    """What a call took, in seconds; scaled from a sample or not."""

    name: str
    wall: float
    cpu: float
    is_scaled: bool = False


def took(name: str, call: Callable[[], object], scale: float = 1.0) -> Took:
    """Measure a call; a quick one is called three times and the best counts."""
    best: tuple[float, float] | None = None
    for _ in range(3):
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        found = (time.perf_counter() - wall, time.process_time() - cpu)
        best = min(best, found) if best else found
        if scale != 1.0 or (best[0] > 1.0 and name != "ours"):
            break
    assert best is not None
    return Took(name, best[0] * scale, best[1] * scale, scale != 1.0)


def shown(title: str, ours: Took, others: Sequence[Took]) -> None:
    """Print a table of seconds and how many times as long as ours they are."""
    rows = [
        (
            ("~" if item.is_scaled else "") + item.name,
            f"{item.wall:,.3f}",
            f"{item.cpu:,.3f}",
            f"{item.wall / ours.wall:,.1f}",
            f"{item.cpu / ours.cpu:,.1f}",
        )
        for item in (ours, *others)
    ]
    print(table(title, ("", "seconds", "of processor", "times ours", "of processor"), rows), flush=True)


class Libraries:
    """One graph in the form of each library."""

    def __init__(self, graph: ProjectedGraph) -> None:
        import igraph
        import networkit as nk
        import networkx as nx
        import rustworkx as rx

        self.ours = graph
        self.n = len(graph)
        ends = np.stack((graph.sources, graph.targets), axis=1)
        self.igraph: Any = igraph.Graph(n=self.n, edges=ends)
        self.weights = graph.weights.tolist()
        coo = (graph.sources.astype(np.uint64), graph.targets.astype(np.uint64))
        self.networkit: Any = nk.GraphFromCoo(coo, n=self.n, weighted=False, directed=False)
        self.networkit_weighted: Any = nk.GraphFromCoo((graph.weights, coo), n=self.n, weighted=True, directed=False)
        self.rustworkx: Any = rx.PyGraph(multigraph=False)
        self.rustworkx.add_nodes_from(range(self.n))
        self.rustworkx.add_edges_from(
            list(zip(graph.sources.tolist(), graph.targets.tolist(), self.weights, strict=True))
        )
        self.networkx: Any = graph.numbered(distances=True) if graph.ties < 500_000 else nx.Graph()
        random = np.random.Generator(np.random.PCG64(1))
        self.sample: list[int] = random.permutation(self.n)[:SAMPLE].tolist()
        self.scale = self.n / SAMPLE


@cache
def graph_of(name: str) -> ProjectedGraph:
    """Return part or whole."""
    folder = data_folder("tmdb5000")
    assert folder is not None
    return build(CAST, (part if name == "part" else whole)(folder), {})


@cache
def libraries(name: str) -> Libraries:
    """Return part or whole in all forms."""
    return Libraries(graph_of(name))


def measure(which: CentralityMeasure, **parameters: object) -> Callable[[ProjectedGraph], object]:
    """Return a measure's whole call."""
    record = MEASURES[which]
    checked = check_parameters(which.value, record.parameters, parameters)
    return lambda graph: record.compute(graph, checked)


def projection() -> list[str]:
    """Rows to arrays, as the store scans them."""
    folder = data_folder("tmdb5000")
    assert folder is not None
    columns = whole(folder)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = took("ours", lambda: build(CAST, columns, {}))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e6
    return [
        verdict("building the projection of whole from rows", found.wall, 3.0, " s"),
        verdict("its memory at the peak", grown, 1.0, " GB"),
    ]


def paths() -> list[str]:
    """Betweenness, closeness, harmonic centrality of part."""
    import networkit as nk
    import networkx as nx
    import rustworkx as rx

    lib = libraries("part")
    scale, sample = lib.scale, lib.sample
    verdicts = []
    ours = took("ours", lambda: measure(CentralityMeasure.BETWEENNESS)(lib.ours))
    plain = took(
        "NetworkX", lambda: nx.betweenness_centrality(lib.networkx, k=SAMPLE, seed=1, backend="networkx"), scale
    )
    others = [
        took("igraph", lib.igraph.betweenness),
        took("NetworKit", lambda: nk.centrality.Betweenness(lib.networkit).run().scores()),
        took("rustworkx", lambda: rx.betweenness_centrality(lib.rustworkx)),
    ]
    shown("betweenness of part", ours, [plain, *others])
    classes = folded(projected(lib.ours))
    print(f"folded: {lib.n:,} people are {len(classes.graph):,} classes, {classes.graph.arcs // 2:,} ties\n")
    best = min(item.wall for item in others)
    verdicts += [
        verdict("betweenness of part, ours over NetworkX", ours.wall / plain.wall, 1 / 50),
        verdict("betweenness of part, ours over the best library", ours.wall / best, 1 / 1.7),
    ]
    ours = took("ours", lambda: measure(CentralityMeasure.CLOSENESS)(lib.ours))
    plain = took(
        "NetworkX", lambda: [nx.closeness_centrality(lib.networkx, u, backend="networkx") for u in sample], scale
    )
    generalized = nk.centrality.ClosenessVariant.GENERALIZED
    others = [
        took("igraph", lib.igraph.closeness),
        took("NetworKit", lambda: nk.centrality.Closeness(lib.networkit, True, generalized).run().scores()),
        took("rustworkx", lambda: rx.closeness_centrality(lib.rustworkx.to_directed())),
    ]
    shown("closeness of part", ours, [plain, *others])
    verdicts.append(
        verdict("closeness of part, ours over the best library", ours.wall / min(o.wall for o in others), 1.0)
    )
    ours = took("ours", lambda: measure(CentralityMeasure.HARMONIC)(lib.ours))
    shown("harmonic centrality of part", ours, [took("igraph", lib.igraph.harmonic_centrality)])
    return verdicts


def the_whole() -> list[str]:
    """Betweenness and closeness of whole, against samples of the compiled libraries."""
    import networkit as nk

    lib = libraries("whole")
    graph = projected(lib.ours)
    exact = took("ours", lambda: pair_sums(graph), 1.0)
    others = [
        took("igraph", lambda: lib.igraph.betweenness(sources=lib.sample), lib.scale),
        took(
            "NetworKit", lambda: nk.centrality.EstimateBetweenness(lib.networkit, SAMPLE, False, True).run(), lib.scale
        ),
    ]
    shown("betweenness of whole", exact, others)
    ours = took("ours", lambda: all_distances(graph))
    close = [took("igraph", lambda: lib.igraph.closeness(vertices=lib.sample), lib.scale)]
    shown("closeness, harmonic centrality, eccentricity and histogram of whole", ours, close)
    best = min(item.wall for item in others)
    return [
        verdict("betweenness of whole, ours over the best library", exact.wall / best, 1 / 1.7),
        verdict("closeness of whole, ours over the best library", ours.wall / close[0].wall, 1.0),
        *approximate(exact),
    ]


def approximate(exact: Took | None = None) -> list[str]:
    """Sampling on whole, against exact scores."""
    graph = projected(libraries("whole").ours if exact else graph_of("whole"))
    exact = exact or took("exact", lambda: pair_sums(graph), 1.0)
    rows = []
    for epsilon in (0.01, 0.005):
        wanted = Approximation(epsilon)
        sampled = took("ours", lambda wanted=wanted: approximate_betweenness(graph, wanted))  # type: ignore[misc]
        found = approximate_betweenness(graph, wanted)
        rows.append((f"betweenness, {epsilon}", found.samples, sampled.wall, sampled.cpu, exact.wall / sampled.wall))
    last = rows[-1][-1]
    wanted = Approximation(0.01)
    sampled = took("ours", lambda: approximate_closeness(graph, wanted))
    distances = took("ours", lambda: all_distances(graph))
    rows.append(("closeness, 0.01", 0, sampled.wall, sampled.cpu, distances.wall / sampled.wall))
    print(table("approximations of whole", ("epsilon", "samples", "seconds", "of processor", "sooner"), rows))
    return [verdict("approximate betweenness of whole, epsilon 0.005, over exact", 1 / float(last), 1 / 20)]


def weighted() -> list[str]:
    """Shortest paths by length on part."""
    import networkx as nx

    lib = libraries("part")
    verdicts = []
    ours = took("ours", lambda: measure(CentralityMeasure.BETWEENNESS, weighted=True)(lib.ours), 1.0)
    plain = took(
        "NetworkX",
        lambda: nx.betweenness_centrality(lib.networkx, k=20, weight="distance", seed=1, backend="networkx"),
        lib.n / 20,
    )
    lengths = (1 / lib.ours.weights).tolist()
    native = took("igraph", lambda: lib.igraph.betweenness(weights=lengths, sources=lib.sample), lib.scale)
    shown("weighted betweenness of part", ours, [plain, native])
    verdicts.append(verdict("weighted betweenness of part, ours over NetworkX", ours.wall / plain.wall, 1 / 15))
    ours = took("ours", lambda: measure(CentralityMeasure.CLOSENESS, weighted=True)(lib.ours), 1.0)
    some = lib.sample[:20]
    plain = took(
        "NetworkX",
        lambda: [nx.closeness_centrality(lib.networkx, u, distance="distance", backend="networkx") for u in some],
        lib.n / 20,
    )
    shown("weighted closeness of part", ours, [plain])
    verdicts.append(verdict("weighted closeness of part, ours over NetworkX", ours.wall / plain.wall, 1 / 15))
    return verdicts


def others() -> list[str]:
    """What takes one look at the ties, or some."""
    verdicts: list[str] = []
    for name in ("part", "whole"):
        verdicts += _linear(name)
        verdicts += _communities(name)
    return verdicts


def _linear(name: str) -> list[str]:
    import networkit as nk
    import rustworkx as rx

    lib = libraries(name)
    ranks = {
        "igraph": lambda: lib.igraph.pagerank(weights=lib.weights),
        "NetworKit, 1e-13": lambda: nk.centrality.PageRank(lib.networkit_weighted, 0.85, 1e-13).run().scores(),
        "NetworKit, 1e-8": lambda: nk.centrality.PageRank(lib.networkit_weighted, 0.85, 1e-8).run().scores(),
    }
    cores_ = {
        "igraph": lib.igraph.coreness,
        "NetworKit": lambda: nk.centrality.CoreDecomposition(lib.networkit).run().scores(),
        "rustworkx": lambda: rx.core_number(lib.rustworkx),
    }
    triangles = {
        "igraph": lambda: lib.igraph.transitivity_local_undirected(mode="zero"),
        "NetworKit": lambda: nk.centrality.LocalClusteringCoefficient(lib.networkit, False).run().scores(),
    }
    verdicts = []
    for which, called in (
        (CentralityMeasure.PAGERANK, ranks),
        (CentralityMeasure.CORE_NUMBER, cores_),
        (CentralityMeasure.CLUSTERING, triangles),
    ):
        ours = took("ours", lambda which=which: measure(which)(lib.ours))  # type: ignore[misc]
        theirs = [took(library, call) for library, call in called.items()]
        shown(f"{which.value} of {name} (ours converts to the library's graph)", ours, theirs)
        if ours.wall > 1.0:
            verdicts.append(verdict(f"{which.value} of {name}", ours.wall / min(t.wall for t in theirs), 1.1))
    return verdicts


def _communities(name: str) -> list[str]:
    import networkit as nk

    lib = libraries(name)
    rows = []
    native, weights, graph = lib.igraph, lib.weights, lib.networkit_weighted
    reached = 0.0
    for algorithm in (CommunityAlgorithm.LEIDEN, CommunityAlgorithm.LOUVAIN, CommunityAlgorithm.CONNECTED_COMPONENTS):
        checked = check_parameters(algorithm.value, ALGORITHMS[algorithm].parameters, {})
        ours = took("ours", lambda a=algorithm, c=checked: find_communities(lib.ours, a, c))  # type: ignore[misc]
        found = find_communities(lib.ours, algorithm, checked).modularity or 0.0
        reached = found if algorithm is CommunityAlgorithm.LEIDEN else reached
        rows.append((f"{algorithm.value}, ours", f"{ours.wall:,.3f}", f"{ours.cpu:,.3f}", f"{found:.4f}"))
    best: list[float] = []

    def plain(title: str, call: Callable[[], Any], quality: Callable[[Any], float]) -> None:
        kept: list[Any] = []
        one = took(title, lambda: kept.append(call()))
        best.append(quality(kept[-1]))
        rows.append((title, f"{one.wall:,.3f}", f"{one.cpu:,.3f}", f"{best[-1]:.4f}"))

    def igraph_quality(found: Any) -> float:
        return float(native.modularity(found, weights=weights))

    def networkit_quality(found: Any) -> float:
        return float(nk.community.Modularity().getQuality(found, graph))

    plain(
        "Leiden, igraph",
        lambda: native.community_leiden("modularity", weights=weights, n_iterations=10),
        igraph_quality,
    )
    plain("Louvain, igraph", lambda: native.community_multilevel(weights=weights), igraph_quality)
    plain("Leiden, NetworKit", lambda: nk.community.ParallelLeiden(graph).run().getPartition(), networkit_quality)
    plain("Louvain, NetworKit", lambda: nk.community.PLM(graph, refine=True).run().getPartition(), networkit_quality)
    print(table(f"communities of {name}", ("", "seconds", "of processor", "modularity"), rows))
    return [verdict(f"modularity of igraph's Leiden over ours, {name}", best[0] / reached, 1.005)]


SECTIONS: dict[str, Callable[[], list[str]]] = {
    "projection": projection,
    "paths": paths,
    "weighted": weighted,
    "others": others,
    "whole": the_whole,
    "approximate": approximate,
}


def main(wanted: Sequence[str]) -> int:
    """Run sections; the number of limits missed."""
    if data_folder("tmdb5000") is None:
        print("TMDB's tables are not there (FILMGRAPH_TEST_DATA): nothing is measured")
        return 0
    names = ("numpy", "scipy", "networkx", "igraph", "rustworkx", "networkit", "numba")
    print(f"{cores()} cores; " + ", ".join(f"{name} {version(name)}" for name in names) + "\n", flush=True)
    verdicts = []
    for name in wanted or [name for name in SECTIONS if name != "approximate"]:
        verdicts += SECTIONS[name]()
    print("\n".join(verdicts))
    return sum("MISSED" in line for line in verdicts)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
