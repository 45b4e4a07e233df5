"""The reading half of the embedded store: one function for each read of `graph_api.store.base.Store`.

Each takes an open connection inside a transaction, so that all its statements see one revision,
and executes a number of statements that does not depend on how many ids it is given.
"""

from graph_api.store.embedded.claims_read import aliases, citations, claims, external_ids
from graph_api.store.embedded.hops import hops, person_films
from graph_api.store.embedded.lists import find, list_sources
from graph_api.store.embedded.nodes import (
    degrees,
    entities,
    entities_by_slug,
    neighbor_counts,
    relationships,
    sources,
)

__all__ = [
    "aliases",
    "citations",
    "claims",
    "degrees",
    "entities",
    "entities_by_slug",
    "external_ids",
    "find",
    "hops",
    "list_sources",
    "neighbor_counts",
    "person_films",
    "relationships",
    "sources",
]
