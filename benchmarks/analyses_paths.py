"""Measures of shortest paths, exact and approximate, against the libraries and Graph Data Science."""

from dataclasses import replace
from importlib.metadata import entry_points

from benchmarks.gds import graph_data_science
from benchmarks.graph_libraries import SAMPLE, Took, graph_of, libraries, measure, shown, took
from benchmarks.report import table, verdict
from graph_api.analytics.kernels.approximate import Approximation, approximate_betweenness, approximate_closeness
from graph_api.analytics.kernels.betweenness import pair_sums
from graph_api.analytics.kernels.csr import folded, projected
from graph_api.analytics.kernels.distances import all_distances
from graph_api.analytics.measures.catalogue import CentralityMeasure


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
    others += _gds("betweenness", "part")
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
    others += _gds("closeness", "part")
    shown("closeness of part", ours, [plain, *others])
    verdicts.append(
        verdict("closeness of part, ours over the best library", ours.wall / min(o.wall for o in others), 1.25)
    )
    ours = took("ours", lambda: measure(CentralityMeasure.HARMONIC)(lib.ours))
    others = [took("igraph", lib.igraph.harmonic_centrality), *_gds("closeness.harmonic", "part")]
    shown("harmonic centrality of part", ours, others)
    return verdicts


def _gds(measure: str, name: str, scale: float = 1.0, **configuration: object) -> list[Took]:
    """Measure Graph Data Science where it is at hand."""
    server = graph_data_science()
    return [server.took(measure, name, configuration, scale)] if server else []


def the_whole() -> list[str]:
    """Betweenness of whole, against samples of the compiled libraries, and approximations of it."""
    import networkit as nk

    lib = libraries("whole")
    exact = took("ours", lambda: pair_sums(projected(lib.ours)), 1.0)
    others = [
        took("igraph", lambda: lib.igraph.betweenness(sources=lib.sample), lib.scale),
        took(
            "NetworKit", lambda: nk.centrality.EstimateBetweenness(lib.networkit, SAMPLE, False, True).run(), lib.scale
        ),
        *_gds("betweenness", "whole", lib.scale, samplingSize=SAMPLE, samplingSeed=1),
    ]
    shown("betweenness of whole", exact, others)
    best = min(item.wall for item in others)
    return [verdict("betweenness of whole, ours over the best", exact.wall / best, 1 / 1.7), *approximate(exact)]


def dispatched() -> list[str]:
    """NetworkX's own functions on part, with this project behind them and without; the conversion is kept."""
    import networkx as nx

    if not any(entry.name == "filmgraph" for entry in entry_points(group="networkx.backends")):
        return ["NetworkX has not found this project's backend: install it (scripts/install)"]
    nx.config.warnings_to_ignore.add("cache")
    graph, verdicts = libraries("part").networkx, []
    calls = (
        ("core_number", nx.core_number, 1.0),
        ("clustering", nx.clustering, 1.0),
        ("harmonic_centrality", nx.harmonic_centrality, None),
    )
    for name, function, scale in calls:
        ours = took("ours", lambda function=function: function(graph, backend="filmgraph"))  # type: ignore[misc]
        plain = took(
            "NetworkX",
            lambda function=function, scale=scale: function(  # type: ignore[misc]
                graph, backend="networkx", **({} if scale else {"sources": libraries("part").sample})
            ),
            scale or libraries("part").scale,
        )
        shown(f"networkx.{name} of part, dispatched", ours, [plain])
        verdicts.append(verdict(f"networkx.{name} of part, dispatched over not", ours.wall / plain.wall, 1.0))
    return verdicts


def distances() -> list[str]:
    """Closeness, harmonic centrality, eccentricity and histogram of part and whole, in one call of ours."""
    return [line for name in ("part", "whole") for line in _distances(name)]


def _distances(name: str) -> list[str]:
    lib = libraries(name)
    graph = projected(lib.ours)
    sample, scale = (None, 1.0) if name == "part" else (lib.sample, lib.scale)
    ours = took("ours", lambda: all_distances(graph), 1.0)
    closeness = _gds("closeness", name)
    others = [
        *closeness,
        *_named("harmonic", _gds("closeness.harmonic", name)),
        *_named("closeness", [took("igraph", lambda: lib.igraph.closeness(vertices=sample), scale)]),
        *_named("eccentricity", [took("igraph", lambda: lib.igraph.eccentricity(vertices=sample), scale)]),
    ]
    if name == "part":
        others += _named("histogram", [took("igraph", lib.igraph.path_length_hist)])
    again = took("ours", lambda: all_distances(graph), 1.0)
    ours = min(ours, again, key=lambda one: one.wall)
    shown(f"closeness, harmonic centrality, eccentricity and histogram of {name}", ours, others)
    return [verdict(f"all distances of {name}, ours over the best", ours.wall / min(o.wall for o in others), 1.25)]


def _named(what: str, found: list[Took]) -> list[Took]:
    return [replace(one, name=f"{one.name}, {what}") for one in found]


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
    others = [plain, native, *_gds("betweenness", "part", relationshipWeightProperty="length")]
    shown("weighted betweenness of part", ours, others)
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
