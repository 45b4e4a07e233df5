"""Pieces of Cypher: constant text, whose values are always parameters."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.query import Direction
from graph_api.store.neo4j.schema import ANY_TYPE, LABELS

TRUE = "true"
FALSE = "false"

BY_ID = """
UNWIND range(0, size($ids) - 1) AS i
MATCH (k:FilmGraph {generation: $g, id: $ids[i]})
WITH i, CASE WHEN k:MergedId THEN head([(k)-[:MERGED_INTO]->(m) | m]) ELSE k END AS n"""
"""Gives for each of $ids that is known its position `i` and its node `n`, of a merged one the other's."""


class Values:
    """The parameters of a statement, each under a name of its own."""

    def __init__(self, **named: object) -> None:
        self.named: dict[str, object] = named

    def add(self, value: object) -> str:
        """Return the parameter that stands for a value."""
        name = f"p{len(self.named)}"
        self.named[name] = value
        return f"${name}"


def all_of(parts: Iterable[str]) -> str:
    """Return the condition that all of them hold."""
    wanted = [part for part in dict.fromkeys(parts) if part != TRUE]
    return FALSE if FALSE in wanted else _joined(" AND ", wanted, TRUE)


def any_of(parts: Iterable[str]) -> str:
    """Return the condition that one of them holds."""
    wanted = [part for part in dict.fromkeys(parts) if part != FALSE]
    return TRUE if TRUE in wanted else _joined(" OR ", wanted, FALSE)


def _joined(operator: str, parts: list[str], empty: str) -> str:
    if len(parts) < 2:
        return parts[0] if parts else empty
    return f"({operator.join(parts)})"


def among(expression: str, wanted: Sequence[object], values: Values) -> str:
    """Return the condition that an expression has one of these values; with none, nothing does."""
    if not wanted:
        return FALSE
    if len(wanted) == 1:
        return f"{expression} = {values.add(wanted[0])}"
    return f"{expression} IN {values.add(list(wanted))}"


def of_kinds(alias: str, kinds: Iterable[Kind]) -> str:
    """Return the condition that a node is of one of these kinds; with none given, any will do."""
    labels = "|".join(LABELS[kind] for kind in kinds)
    return f"{alias}:{labels}" if labels else TRUE


def types(relations: Iterable[Relation]) -> str:
    """Return the types of a pattern: these, or with none given all of the catalogue."""
    return "|".join(relation.value for relation in relations) or ANY_TYPE


def pattern(near: str, relationship: str, far: str, relations: Iterable[Relation], direction: Direction) -> str:
    """Return the pattern of relationships around a node; seen from both sides a loop comes once."""
    left, right = {Direction.OUT: ("-", "->"), Direction.IN: ("<-", "-"), Direction.ANY: ("-", "-")}[direction]
    return f"({near}){left}[{relationship}:{types(relations)}]{right}({far})"


# --------------------------------------------------------------------------- columns
def collected(expressions: Iterable[str], prefix: str = "c") -> str:
    """Return expressions, which must not be null, as columns of one row: the driver's time goes by rows."""
    return ", ".join(f"collect({expression}) AS {prefix}{i}" for i, expression in enumerate(expressions))


def rows(row: Mapping[str, Any], count: int, prefix: str = "c") -> Iterator[tuple[Any, ...]]:
    """Yield the rows that lie in so many columns."""
    return zip(*(row[f"{prefix}{i}"] for i in range(count)), strict=True)


def given(value: Any) -> Any:
    """Return a value that was read by `or_empty`."""
    return None if value == "" else value


def or_empty(expression: str) -> str:
    """Return an expression that has the empty text, which is stored nowhere, for null: collect() leaves out nulls."""
    return f"coalesce({expression}, '')"
