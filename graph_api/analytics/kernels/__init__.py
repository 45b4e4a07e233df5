"""Compiled kernels of the project's own, where they beat every library clearly (`graph_api.analytics.engines`).

A kernel runs over chunks of sources whose size depends on the graph alone; chunks are computed by threads that hold no
lock of Python's, over shared arrays, and added up in order, so that scores are byte-identical whatever the number of
threads. After each chunk it tells how far it is (`graph_api.analytics.progress`); a listener that raises stops it,
within tenths of a second. Who gives it fewer cores than there are says so around the call:

    with threads(1), listening(listener):
        scores = MEASURES[measure].compute(graph, parameters)

Modules named `*_code` hold compiled functions and import Numba; they are imported when first used.
"""
