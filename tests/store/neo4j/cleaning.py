"""An empty graph for each test, on a server that all tests share."""

from functools import lru_cache

from neo4j import Driver, GraphDatabase

from graph_api.store.neo4j.address import parse_address, read_password


@lru_cache(maxsize=4)
def _driver(url: str, user: str, password: str | None) -> Driver:
    return GraphDatabase.driver(url, auth=(user, password or ""), notifications_min_severity="OFF")


def driver_for(address: str) -> tuple[Driver, str | None]:
    """Return a driver of our own, kept for the whole run, and the database's name."""
    parsed = parse_address(address)
    return _driver(parsed.url, parsed.user, read_password()), parsed.database


def clean(address: str) -> None:
    """Remove every node of ours, and nothing else."""
    driver, database = driver_for(address)
    with driver.session(database=database) as session:
        for query in (
            "MATCH (n:FilmGraph)-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS",
            "MATCH (n:FilmGraph) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS",
        ):
            session.run(query).consume()
