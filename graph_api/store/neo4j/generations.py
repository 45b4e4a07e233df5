"""The copies of the graph in one database: which is served, how another is made, and what is removed.

The `Graph` node tells the revision and, by its own `generation`, the copy that readers see. It is
the only node that goes from one generation to another. What killed work left is known by its
generation, or by a revision above the graph's.
"""

from typing import NamedTuple

from graph_api.errors import StoreTooNew, StoreUnavailable
from graph_api.store.neo4j.failures import failures
from graph_api.store.neo4j.link import ROWS, Link
from graph_api.store.neo4j.schema import ALL_TYPES, LAYOUT, PREFIX, TYPES, fingerprint, statements

_NOW = """
MATCH (m:Graph:FilmGraph {id: 'graph'})
RETURN m.revision, m.generation, m.layout, m.catalogue, coalesce(m.pending, false)"""
_MAKE = """
CREATE (:Graph:FilmGraph {id: 'graph', generation: 1, revision: 0, layout: $layout, catalogue: $catalogue})"""
_SIGN = "MATCH (m:FilmGraph {generation: $g, id: 'graph'}) SET m.catalogue = $catalogue"
_PEND = "MATCH (m:FilmGraph {generation: $g, id: 'graph'}) SET m.pending = true"
_SETTLE = """
MATCH (m:FilmGraph {generation: $g, id: 'graph'})
OPTIONAL MATCH (c:FilmGraph {generation: 0, id: 'change-' + (m.revision + 1)})
SET m.revision = m.revision + CASE WHEN c IS NULL THEN 0 ELSE 1 END
REMOVE m.pending"""
_SWITCH = """
MATCH (m:FilmGraph {generation: $g, id: 'graph'}) SET m.generation = $next, m.revision = $revision
REMOVE m.pending"""
_OTHERS = """
MATCH (n:FilmGraph) WHERE n.generation > 0 AND n.id >= '' AND n.generation <> $g
RETURN n.generation LIMIT 1"""
_HIGHEST = "MATCH (n:FilmGraph) WHERE n.generation >= 0 AND n.id >= '' RETURN max(n.generation)"
_DROP_LINKS = f"""
MATCH (n:FilmGraph)-[r]->() WHERE n.generation = $old AND n.id >= ''
CALL (r) {{ DELETE r }} IN TRANSACTIONS OF {ROWS} ROWS"""
_DROP_NODES = f"""
MATCH (n:FilmGraph) WHERE n.generation = $old AND n.id >= ''
CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF {ROWS} ROWS"""
_DROP_FEED = f"""
MATCH (c:FilmGraph) WHERE c.generation = 0 AND c.id STARTS WITH 'change-' AND c.revision > $revision
CALL (c) {{ DETACH DELETE c }} IN TRANSACTIONS OF {ROWS} ROWS"""
_COPY_NODES = f"""
MATCH (n:FilmGraph) WHERE n.generation = $old AND n.id >= '' AND n.id <> 'graph'
CALL (n) {{ CREATE (c:$(labels(n))) SET c = n{{.*, generation: $new}} }} IN TRANSACTIONS OF {ROWS} ROWS"""
_COPY_LINKS = {
    type_: f"""
MATCH (a:FilmGraph)-[r:{type_}]->(b) WHERE a.generation = $old AND a.id >= ''
CALL (a, r, b) {{
  MATCH (x:FilmGraph {{generation: $new, id: a.id}})
  MATCH (y:FilmGraph {{generation: $new, id: b.id}})
  CREATE (x)-[c:{type_}]->(y) SET c = {"r{.*, generation: $new}" if type_ in TYPES else "properties(r)"}
}} IN TRANSACTIONS OF {ROWS} ROWS"""
    for type_ in ALL_TYPES
}
_INDEXES = "SHOW INDEXES YIELD name, state WHERE name STARTS WITH $prefix RETURN name, state"
_AWAIT = "CALL db.awaitIndexes($seconds)"
_AWAIT_SECONDS = 600


class Now(NamedTuple):
    """What the `Graph` node says."""

    revision: int
    generation: int
    layout: int
    catalogue: str
    is_pending: bool


def now(link: Link) -> Now | None:
    """Return what the graph's node says; None where there is none.

    Raises:
        StoreTooNew: a newer version of this program made it.
    """
    rows = link.read(_NOW)
    if not rows:
        return None
    found = Now(*rows[0])
    if found.layout > LAYOUT:
        raise StoreTooNew("the database was made by a newer version of this program; upgrade the program")
    return found


def present(link: Link) -> Now:
    """Return what the graph's node says.

    Raises:
        StoreUnavailable: there is none.
    """
    found = now(link)
    if found is None:
        raise StoreUnavailable("the Neo4j database holds no film graph; load a dataset to make one")
    return found


def is_indexed(link: Link) -> bool:
    """Tell whether all constraints and indexes are there and filled."""
    states = dict(link.read(_INDEXES, prefix=PREFIX))
    return all(states.get(name) == "ONLINE" for name, _ in statements())


def make_indexes(link: Link) -> None:
    """Make the constraints and indexes that are missing and wait until they are filled."""
    states = dict(link.read(_INDEXES, prefix=PREFIX))
    for name, statement in statements():
        if name not in states:
            link.run(statement)
    link.run(_AWAIT, seconds=_AWAIT_SECONDS)


def make(link: Link) -> None:
    """Make the node of an empty graph."""
    link.write(_MAKE, layout=LAYOUT, catalogue=fingerprint())


def sign(link: Link, generation: int) -> None:
    """Note that what is derived fits today's catalogue."""
    link.write(_SIGN, g=generation, catalogue=fingerprint())


def pend(link: Link, generation: int) -> None:
    """Tell readers that a change is about to be kept."""
    link.write(_PEND, g=generation)


def settle(link: Link, generation: int) -> None:
    """Raise the revision if the change that was about to be kept was, and let readers go on."""
    link.write(_SETTLE, g=generation)


def switch(link: Link, before: int, generation: int, revision: int) -> None:
    """Let readers go over to another generation, all at once."""
    link.write(_SWITCH, g=before, next=generation, revision=revision)


def next_generation(link: Link) -> int:
    """Return a number that no node has yet."""
    return int(link.read(_HIGHEST)[0][0] or 0) + 1


def copy(link: Link, old: int, new: int) -> None:
    """Copy all nodes and relationships of one generation into another."""
    link.run(_COPY_NODES, old=old, new=new)
    for query in _COPY_LINKS.values():
        link.run(query, old=old, new=new)


def drop(link: Link, generation: int) -> None:
    """Remove a generation; relationships first, since a node with very many can't go in one transaction."""
    link.run(_DROP_LINKS, old=generation)
    link.run(_DROP_NODES, old=generation)


def has_leftovers(link: Link, found: Now) -> bool:
    """Tell whether killed work left something."""
    return found.is_pending or bool(link.read(_OTHERS, g=found.generation))


def clean(link: Link, found: Now) -> Now:
    """Remove what killed work left; return what the graph's node says then."""
    if found.is_pending:
        settle(link, found.generation)
        found = present(link)
    link.run(_DROP_FEED, revision=found.revision)
    while rows := link.read(_OTHERS, g=found.generation):
        drop(link, rows[0][0])
    return found


def repair(link: Link) -> None:
    """Settle a change that was killed between its commit and the new revision.

    Raises:
        StoreBusy: it was not killed; its writer is at work.
    """
    with failures(), link.exclusive():
        found = present(link)
        if found.is_pending:
            settle(link, found.generation)
