"""Making a database ready: its node, its indexes, today's derivation, and nothing that killed work left."""

from graph_api.errors import StoreUnavailable
from graph_api.store.neo4j import generations
from graph_api.store.neo4j.failures import failures
from graph_api.store.neo4j.generations import Now
from graph_api.store.neo4j.link import InGeneration, Link
from graph_api.store.neo4j.rederive import rederive, update_degrees
from graph_api.store.neo4j.schema import LABELS, fingerprint
from graph_api.store.neo4j.session import Session

_IDS = {
    label: f"MATCH (n:{label}:FilmGraph) WHERE n.generation = $g AND n.id >= '' RETURN n.id"
    for label in LABELS.values()
}


def prepare(link: Link, *, create: bool) -> None:
    """Make the database ready; nothing is written where it is.

    Args:
        link: to the database.
        create: make an empty graph where there is none.

    Raises:
        StoreUnavailable: there is none, and `create` is off; or the server does not answer.
        StoreTooNew: a newer version of this program made it.
        StoreBusy: another process is writing to it.
    """
    with failures():
        found = generations.now(link)
        if found is None and not create:
            raise StoreUnavailable("the Neo4j database holds no film graph; load a dataset to make one")
        if found is not None and _is_ready(link, found):
            return
        # Before the lock, which is a transaction that they would wait for.
        generations.make_indexes(link)
        with link.exclusive():
            if generations.now(link) is None:
                generations.make(link)
            found = generations.clean(link, generations.present(link))
            if found.catalogue != fingerprint():
                _derive_all(link, found)


def _is_ready(link: Link, found: Now) -> bool:
    return (
        found.catalogue == fingerprint() and not generations.has_leftovers(link, found) and generations.is_indexed(link)
    )


def _derive_all(link: Link, found: Now) -> None:
    """Derive all data anew: no facts change, so the revision stays and no change is told of."""
    with InGeneration(link, found.generation) as work:
        s = Session(work, revision=found.revision, at="", actor="", dataset=None, is_empty=False)
        for query in _IDS.values():
            s.dirty.update(row[0] for row in work.read(query))
        s.ends.update(s.dirty)
        rederive(s, silent=True)
        update_degrees(s)
        work.flush()
    generations.sign(link, found.generation)
