"""Analyses on two collaboration graphs, against NetworkX, igraph, rustworkx and NetworKit called plainly.

    python -m benchmarks.analyses                    all, half an hour on a busy machine
    python -m benchmarks.analyses paths whole        only these of the sections below

Part has 12,323 people and 124,744 ties, whole 54,588 and 1,997,843 (benchmarks/collaborations.py). Conversion to a
library's own graph is left out, ours included; a call is whole else. Where a library would take minutes it is given
a sample of sources and the seconds are scaled to all: such are marked with ~. Definitions differ (NetworKit counts each
pair twice and scales closeness by component), which does not change the work. Ours is best of three, others are
called once where they take over a second. Beside seconds stand those of the processor, all threads together: on a
machine that does other things they say more.
"""

import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version

from benchmarks.analyses_linear import others, projection
from benchmarks.analyses_paths import approximate, dispatched, distances, paths, the_whole, weighted
from graph_api.analytics.kernels.chunks import cores
from tests.data import data_folder

SECTIONS: dict[str, Callable[[], list[str]]] = {
    "projection": projection,
    "paths": paths,
    "weighted": weighted,
    "others": others,
    "dispatched": dispatched,
    "distances": distances,
    "whole": the_whole,
    "approximate": approximate,
}


def main(wanted: Sequence[str]) -> int:
    """Run sections and return how many limits were missed."""
    if data_folder("tmdb5000") is None:
        print("TMDB's tables are not there (FILMGRAPH_TEST_DATA): nothing is measured")
        return 0
    names = ("numpy", "scipy", "networkx", "igraph", "rustworkx", "networkit", "numba")
    print(f"{cores()} cores; " + ", ".join(f"{name} {version(name)}" for name in names) + "\n", flush=True)
    missed = 0
    for name in wanted or [name for name in SECTIONS if name != "approximate"]:
        verdicts = SECTIONS[name]()
        print("\n".join(verdicts) + "\n", flush=True)
        missed += sum("MISSED" in line for line in verdicts)
    return missed


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
