"""Analyses of the graph: projections, measures, communities, similarity, collaboration paths, exports."""
