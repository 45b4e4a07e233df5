"""What NetworkX is told of the backend when it is imported: nothing here may be slow."""

FUNCTIONS = {
    "betweenness_centrality": "Exact, all sources, ends not counted; lengths have to be above 0.",
    "clustering": "Of all nodes of an undirected graph, without weights.",
    "closeness_centrality": "Of all nodes; lengths have to be above 0.",
    "core_number": "Of an undirected graph.",
    "eccentricity": "Of all nodes of an undirected graph, in steps.",
    "harmonic_centrality": "Of all nodes, over all sources; lengths have to be above 0.",
    "leiden_communities": "Of an undirected graph; weights must not be below 0.",
}


def get_info() -> dict[str, object]:
    """Return the backend's name and functions, as NetworkX asks for them."""
    return {
        "backend_name": "filmgraph",
        "project": "ai-film-graph",
        "package": "graph_api.analytics.dispatch",
        "short_summary": "Exact shortest-path measures by compiled kernels on all cores.",
        "functions": {name: {"additional_docs": text} for name, text in FUNCTIONS.items()},
    }
