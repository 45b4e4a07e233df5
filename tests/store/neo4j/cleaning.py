"""An empty graph for each test, on a server that all tests share."""

from functools import lru_cache

from neo4j import Driver, GraphDatabase

from graph_api.store.neo4j.address import parse_address, read_password

_LINKS = "MATCH (n:FilmGraph)-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS"
_NODES = "MATCH (n:FilmGraph) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"


@lru_cache(maxsize=4)
def _driver(url: str, user: str, password: str) -> Driver:
    return GraphDatabase.driver(url, auth=(user, password), notifications_min_severity="OFF")


def driver_of(address: str, password: str | None = None) -> Driver:
    """Return a driver of our own, past the store."""
    parsed = parse_address(address)
    return _driver(parsed.url, parsed.user, password or read_password() or "")


def query(address: str, text: str, password: str | None = None, **parameters: object) -> list[list[object]]:
    """Return the rows of a query, sent past the store; it takes care of its own transactions."""
    with driver_of(address, password).session(database=parse_address(address).database) as session:
        return session.run(text, parameters).values()


def clean(address: str, password: str | None = None) -> None:
    """Remove every node of ours, and nothing else."""
    for text in (_LINKS, _NODES):
        query(address, text, password)
