"""An empty graph for each test, on a server that all tests share."""

from functools import lru_cache

from neo4j import Driver, GraphDatabase

from graph_api.store.neo4j.address import parse_address, read_password

_LINKS = "MATCH (n:FilmGraph)-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS"
_NODES = "MATCH (n:FilmGraph) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"


@lru_cache(maxsize=4)
def _driver(url: str, user: str, password: str) -> Driver:
    return GraphDatabase.driver(url, auth=(user, password), notifications_min_severity="OFF")


def query(address: str, text: str, password: str | None = None, **parameters: object) -> list[list[object]]:
    """Return the rows of a query, sent past the store; it takes care of its own transactions."""
    parsed = parse_address(address)
    driver = _driver(parsed.url, parsed.user, password or read_password() or "")
    with driver.session(database=parsed.database) as session:
        return session.run(text, parameters).values()


def clean(address: str, password: str | None = None) -> None:
    """Remove every node of ours, and nothing else."""
    for text in (_LINKS, _NODES):
        query(address, text, password)
