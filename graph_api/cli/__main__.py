"""`python -m graph_api.cli` is `filmgraph`."""

from graph_api.cli import main

main()
