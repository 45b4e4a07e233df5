"""Two collaboration graphs in the form of each library of graphs, and how a call of one is measured."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from benchmarks.collaborations import CAST, part, whole
from benchmarks.report import table
from graph_api.analytics.build import build
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


def took(
    name: str, call: Callable[[], object], scale: float = 1.0, clock: Callable[[], float] = time.process_time
) -> Took:
    """Measure a call by the wall's clock and the processor's; a quick one is called three times and the best counts."""
    best: tuple[float, float] | None = None
    for _ in range(3):
        gc.collect()
        wall, cpu = time.perf_counter(), clock()
        call()
        found = (time.perf_counter() - wall, clock() - cpu)
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
