"""Centrality measures, one family a file; `catalogue` lists them all."""
