"""The reading half of the embedded store: one function for each read of `graph_api.store.base.Store`.

Each takes an open connection inside a transaction, so that all its statements see one revision,
and executes a number of statements that does not depend on how many ids it is given; `hops` and
`person_films` execute a short one for each, but for the first credits of films.
"""

from graph_api.store.embedded.claims_read import aliases, citations, claims, external_ids
from graph_api.store.embedded.collaborators import collaborators
from graph_api.store.embedded.graph import enclosing, neighborhood
from graph_api.store.embedded.hops import hops
from graph_api.store.embedded.lists import find, list_sources
from graph_api.store.embedded.nodes import (
    degrees,
    entities,
    entities_by_slug,
    neighbor_counts,
    relationships,
    sources,
)
from graph_api.store.embedded.overview import conflicts, facets
from graph_api.store.embedded.paths_read import paths
from graph_api.store.embedded.person_films import person_films
from graph_api.store.embedded.search import nearest_slugs, search
from graph_api.store.embedded.whole import changes, counts, field_columns, revision, scan

__all__ = [
    "aliases",
    "changes",
    "citations",
    "claims",
    "collaborators",
    "conflicts",
    "counts",
    "degrees",
    "enclosing",
    "entities",
    "entities_by_slug",
    "external_ids",
    "facets",
    "field_columns",
    "find",
    "hops",
    "list_sources",
    "nearest_slugs",
    "neighbor_counts",
    "neighborhood",
    "paths",
    "person_films",
    "relationships",
    "revision",
    "scan",
    "search",
    "sources",
]
