"""What statements cost on a server: the operators of their plans, and database hits against a baseline.

A baseline is reviewed like code. It is made anew by `FILMGRAPH_NEW_BASELINE=1 scripts/test tests/store/neo4j -k plans`.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from neo4j import Driver, GraphDatabase

from graph_api.store.neo4j.address import parse_address, read_password
from graph_api.store.neo4j.connection import Connection, Row, Snapshot, State, with_state
from graph_api.store.neo4j.nodes import unmerged
from tests.store.neo4j.plan_reads import Read

TOLERANCE = 1.1
"""Plans follow statistics, which sampling and other rows shift a little."""

TOO_MUCH = frozenset(
    {
        "AllNodesScan",
        "CartesianProduct",
        "DirectedAllRelationshipsScan",
        "Eager",
        "NodeByLabelScan",
        "UndirectedAllRelationshipsScan",
    }
)


@dataclass
class Cost:
    """What queries did: hits, and the operators of their plans."""

    queries: int = 0
    hits: int = 0
    operators: set[str] = field(default_factory=set)

    def add(self, plan: Mapping[str, Any]) -> None:
        """Add a profiled plan and those below it."""
        self.hits += plan["args"].get("DbHits", 0)
        below = plan.get("children", ())
        if not any(_is_tail(child) for child in below):
            self.operators.add(plan["operatorType"].partition("@")[0])
        for child in below:
            self.add(child)


def _is_tail(plan: Mapping[str, Any]) -> bool:
    """Whether a plan reads the one node that tells the revision; what joins it to the one row multiplies nothing."""
    while len(below := plan.get("children", ())) == 1:
        plan = below[0]
    return "_m:FilmGraph" in plan["args"].get("Details", "")


class Profiled(Snapshot):
    """A snapshot whose queries are profiled."""

    def __init__(self, connection: Connection, state: State, driver: Driver, database: str | None) -> None:
        super().__init__(connection, state)
        self._driver, self._database = driver, database
        self.cost = Cost()

    async def read(self, query: str, /, **parameters: object) -> Row:
        text = f"PROFILE {with_state(query)}"
        with self._driver.session(database=self._database) as session:
            result = session.run(text, self.values(parameters))
            row = result.single(strict=True)
            summary = result.consume()
        assert summary.profile is not None
        self.cost.queries += 1
        self.cost.add(summary.profile)
        return dict(row)


async def profile(url: str, read: Read, *, is_warm: bool = True) -> Cost:
    """The cost of a read; `is_warm`: without that of the ids that were merged, which are kept for all reads."""
    address, password = parse_address(url), read_password()
    connection = Connection(address, password)
    with GraphDatabase.driver(
        address.url, auth=(address.user, password or ""), notifications_min_severity="OFF"
    ) as driver:
        snapshot = Profiled(connection, await connection.state(), driver, address.database)
        if is_warm:
            await unmerged(snapshot, ())
            snapshot.cost = Cost()
        await read(snapshot)
    await connection.close()
    return snapshot.cost


def hold(name: str, cost: Cost, baseline: str, names: Sequence[str], tolerance: float = TOLERANCE) -> None:
    """Fail on more queries or hits than a baseline has under a name; its entries are kept in the order of all names."""
    path = Path(__file__).with_name(baseline)
    known: dict[str, dict[str, int]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if os.environ.get("FILMGRAPH_NEW_BASELINE"):
        known[name] = {"queries": cost.queries, "hits": cost.hits}
        ordered = {key: known[key] for key in names if key in known}
        path.write_text(json.dumps(ordered, indent=2) + "\n", "utf-8")
    assert cost.queries <= known[name]["queries"]
    assert cost.hits <= known[name]["hits"] * tolerance + 10
