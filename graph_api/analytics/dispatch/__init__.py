"""The engines behind NetworkX's dispatch: `nx.betweenness_centrality(G, backend="filmgraph")`.

NetworkX finds `info` and `backend` by their entry points once this project is installed. A graph is converted once and
the conversion kept with it by NetworkX (`G.__networkx_cache__`). What a function can't do it says by `can_run`.
"""
