"""The reading half of the store on Neo4j: one function for each read of `graph_api.store.base.Store`.

Each takes a snapshot, so that all its queries see one revision, and executes a number of queries
that does not depend on how many ids it is given: one, but for what the function says.
"""

from graph_api.store.neo4j.around import enclosing, neighborhood
from graph_api.store.neo4j.claims_read import aliases, citations, claims, external_ids
from graph_api.store.neo4j.collaborators import collaborators
from graph_api.store.neo4j.columns import field_columns, scan
from graph_api.store.neo4j.hops import hops, person_films
from graph_api.store.neo4j.lists import find, list_sources
from graph_api.store.neo4j.nodes import (
    degrees,
    entities,
    entities_by_slug,
    neighbor_counts,
    relationships,
    sources,
)
from graph_api.store.neo4j.overview import conflicts, facets
from graph_api.store.neo4j.paths_read import paths
from graph_api.store.neo4j.search import nearest_slugs, search

__all__ = [
    "aliases",
    "citations",
    "claims",
    "collaborators",
    "conflicts",
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
    "scan",
    "search",
    "sources",
]
