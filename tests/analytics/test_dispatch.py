"""The backend of NetworkX: its own tests run through it, conversions are kept, what it can't do it says."""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from graph_api.analytics.dispatch import backend
from graph_api.analytics.dispatch.graph import DispatchedGraph
from graph_api.analytics.dispatch.info import FUNCTIONS, get_info

ROOT = Path(__file__).parents[2]
SUITES = [
    "centrality/tests/test_betweenness_centrality.py",
    "centrality/tests/test_betweenness_centrality_subset.py",
    "centrality/tests/test_closeness_centrality.py",
    "centrality/tests/test_group.py",
    "centrality/tests/test_harmonic_centrality.py",
    "community/tests/test_leiden.py",
    "tests/test_cluster.py",
    "tests/test_core.py",
    "tests/test_distance_measures.py",
    "tests/test_smallworld.py",
]
"""NetworkX's tests of the functions dispatched, and of others that call them. None of their tests is left out."""
ENTRIES = """[networkx.backends]
filmgraph = graph_api.analytics.dispatch.backend
[networkx.backend_info]
filmgraph = graph_api.analytics.dispatch.info:get_info
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """What makes another process find the backend, also where this project is not installed."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    if not any(entry.name == "filmgraph" for entry in entry_points(group="networkx.backends")):
        told = tmp_path / "standin-0.dist-info"
        told.mkdir()
        (told / "METADATA").write_text("Metadata-Version: 2.1\nName: standin\nVersion: 0\n", encoding="utf-8")
        (told / "entry_points.txt").write_text(ENTRIES, encoding="utf-8")
        paths.append(str(tmp_path))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def _run(environment: dict[str, str], folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]
    return done.stdout


@pytest.mark.slow
def test_networkx_own_tests_pass_through_the_backend(environment: dict[str, str], tmp_path: Path) -> None:
    told = {"NETWORKX_TEST_BACKEND": "filmgraph", "NETWORKX_FALLBACK_TO_NX": "True"}
    found = find_spec("networkx")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "algorithms"
    suites = [str(folder / suite) for suite in SUITES]
    printed = _run({**environment, **told}, tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", *suites)
    assert "using backend(s): networkx, filmgraph" in printed or " passed" in printed


SCRIPT = """
import logging
import networkx as nx
logging.getLogger("networkx").setLevel(logging.DEBUG)
lines = []
class Kept(logging.Handler):
    def emit(self, record):
        lines.append(record.getMessage())
logging.getLogger("networkx").addHandler(Kept())
G = nx.les_miserables_graph()
plain = nx.betweenness_centrality(G)
ours = nx.betweenness_centrality(G, backend="filmgraph")
assert all(abs(plain[n] - ours[n]) < 1e-12 for n in G)
assert list(plain) == list(ours)
assert any("filmgraph" in line for line in lines)
nx.closeness_centrality(G, backend="filmgraph")
cache = G.__networkx_cache__["backends"]["filmgraph"]
assert len(cache) == 1, cache
found = nx.community.leiden_communities(G, backend="filmgraph", seed=1)
assert sum(map(len, found)) == len(G)
assert nx.community.modularity(G, found) > 0.55
try:
    nx.betweenness_centrality(G, k=3, backend="filmgraph")
except NotImplementedError:
    print("refused")
nx.config.backend_priority = ["filmgraph"]
large = nx.gnp_random_graph(300, 0.05, seed=1)
nx.betweenness_centrality(large)
assert "filmgraph" in large.__networkx_cache__["backends"]
sampled = nx.betweenness_centrality(large, k=3, seed=1)
assert len(sampled) == 300
print("done")
"""


def test_functions_are_dispatched_and_conversions_kept(environment: dict[str, str], tmp_path: Path) -> None:
    assert _run(environment, tmp_path, "-c", SCRIPT).split() == ["refused", "done"]


def test_every_function_told_of_is_there_and_named_in_the_project() -> None:
    assert get_info()["backend_name"] == DispatchedGraph.__networkx_backend__
    for name in FUNCTIONS:
        assert callable(getattr(backend, name))
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for line in ENTRIES.splitlines():
        assert line.replace("[", "").replace("]", "").split(" = ")[-1] in text


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("betweenness_centrality", {"k": 3}, "k is not served"),
        ("betweenness_centrality", {"endpoints": True}, "endpoints"),
        ("closeness_centrality", {"u": 0}, "u is not"),
        ("harmonic_centrality", {"nbunch": [0]}, "nbunch"),
        ("clustering", {"weight": "weight"}, "weights"),
        ("betweenness_centrality", {"weight": len}, "functions"),
    ],
)
def test_what_is_not_served_is_said(name: str, given: dict[str, Any], told: str) -> None:
    answer = backend.can_run(name, (nx.path_graph(4),), given)
    assert isinstance(answer, str)
    assert told in answer
    assert backend.can_run(name, (nx.path_graph(4),), {}) is True


def test_graphs_that_are_not_served() -> None:
    directed: nx.DiGraph[int] = nx.DiGraph([(0, 1)])
    assert backend.can_run("core_number", (directed,), {}) is not True
    assert backend.can_run("betweenness_centrality", (directed,), {}) is True
    assert backend.can_run("betweenness_centrality", (nx.empty_graph(0),), {}) is not True
    assert not backend.should_run("betweenness_centrality", (nx.path_graph(4),), {})
    assert backend.should_run("betweenness_centrality", (nx.path_graph(400),), {})


@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
def test_loops_parallel_edges_and_lengths_agree_with_networkx(kind: Any) -> None:
    graph = kind()
    graph.add_weighted_edges_from([(0, 1, 2), (1, 2, 1), (2, 2, 5), (0, 2, 3), (3, 0, 1), (4, 5, 2)], weight="far")
    graph.add_edge(1, 2, far=4)
    ours = backend.convert_from_nx(graph, edge_attrs={"far": 1})
    assert backend.convert_to_nx(ours) is graph
    for distance in (None, "far"):
        pairs: list[tuple[Any, Any, str]] = [
            (backend.betweenness_centrality, nx.betweenness_centrality, "weight"),
            (backend.closeness_centrality, nx.closeness_centrality, "distance"),
            (backend.harmonic_centrality, nx.harmonic_centrality, "distance"),
        ]
        for mine, theirs, argument in pairs:
            assert mine(ours, **{argument: distance}) == pytest.approx(theirs(graph, **{argument: distance}))
    graph.add_edge(0, 5, far=0)
    ours = backend.convert_from_nx(graph, edge_attrs={"far": 1})
    expected = nx.closeness_centrality(graph, distance="far")
    assert backend.closeness_centrality(ours, distance="far") == pytest.approx(expected)
