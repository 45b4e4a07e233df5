"""Neo4j Graph Data Science beside the benchmarks of analyses, where a Java and Maven are at hand.

The open edition, from Maven Central, in a Neo4j of this run alone, on as many threads as there are cores. A graph is
handed over once; what is measured is the call of a procedure that computes and keeps its scores to itself.
"""

import atexit
import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from neo4j import Driver, GraphDatabase

from benchmarks.graph_libraries import Took, graph_of, took
from graph_api.analytics.kernels.chunks import cores
from tests.neo4j_server.engines import USER, JavaEngine
from tests.neo4j_server.jars import GDS, LTS, Unavailable, gds

_PROJECT = """
UNWIND range(0, size($sources) - 1) AS i
RETURN gds.graph.project($name, $sources[i], $targets[i],
  {relationshipProperties: {weight: $weights[i], length: 1 / $weights[i]}}, {undirectedRelationshipTypes: ['*']})"""


class GraphDataScience:
    """A server with the procedures, and the graphs it was handed."""

    def __init__(self, driver: Driver, process: int) -> None:
        self._driver = driver
        self._process = process
        self._graphs: set[str] = set()

    def took(
        self, procedure: str, name: str, configuration: Mapping[str, object] | None = None, scale: float = 1.0
    ) -> Took:
        """Measure a procedure on part or whole; the processor's time is that of the server."""
        self._hand_over(name)
        if name != "part" and procedure != "betweenness":
            self.called(procedure, "part", configuration)  # until Java has compiled it
        return took("GDS", lambda: self.called(procedure, name, configuration), scale, self._clock)

    def called(
        self, procedure: str, name: str, configuration: Mapping[str, object] | None = None
    ) -> Mapping[str, object]:
        """Call a procedure and return its first row."""
        self._hand_over(name)
        given = {"name": name, "configuration": {"concurrency": cores(), **(configuration or {})}}
        text = f"CALL gds.{procedure}.stats($name, $configuration)"
        return self._driver.execute_query(text, given, database_="neo4j").records[0].data()

    def _clock(self) -> float:
        """Return the processor's time that the server has used, in seconds."""
        fields = Path(f"/proc/{self._process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _hand_over(self, name: str) -> None:
        if name not in self._graphs:
            graph = graph_of(name)
            rows = {"sources": graph.sources.tolist(), "targets": graph.targets.tolist()}
            rows["weights"] = graph.weights.tolist()
            self._driver.execute_query(_PROJECT, {"name": name, **rows}, database_="neo4j")
            self._graphs.add(name)


@cache
def graph_data_science() -> GraphDataScience | None:
    """Return a server with Graph Data Science; None where none can be had, and why is told."""
    engine: JavaEngine | None = None
    try:
        engine = JavaEngine(LTS, gds())
        atexit.register(engine.close)
        engine.start()
    except Unavailable as error:
        print(f"without Neo4j Graph Data Science: {error}", file=sys.stderr)
        return None
    url = engine.address.url.replace(f"{USER}@", "").removesuffix("/neo4j")
    driver = GraphDatabase.driver(url, auth=(USER, engine.address.password))
    atexit.register(driver.close)
    print(f"Neo4j {LTS} with Graph Data Science {GDS}\n")
    return GraphDataScience(driver, engine.process)
