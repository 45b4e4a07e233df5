"""Pieces of Cypher: constant text, whose values are always parameters."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.query import Direction
from graph_api.store.neo4j.schema import ANY_TYPE, LABELS, TYPES

_PARAMETER = re.compile(r"\$(\w+)")

TRUE = "true"
FALSE = "$g < 0"
"""No generation is below 0. Of the literal the planner drops the conditions beside it, and then refuses hints."""

BY_ID = """
UNWIND range(0, size($ids) - 1) AS i
MATCH (n:FilmGraph {generation: $g, id: $ids[i]}) USING INDEX SEEK n:FilmGraph(generation, id)"""
"""Gives for each of $ids that is known its position `i` and its node `n`."""

BY_RELATIONSHIP_ID = f"""
UNWIND range(0, size($ids) - 1) AS i
MATCH (a)-[r:{ANY_TYPE} {{generation: $g, id: $ids[i]}}]->(b)
{" ".join(f"USING INDEX SEEK r:{type_}(generation, id)" for type_ in TYPES)}"""
"""Gives for each of $ids that is known its position `i` and its relationship `r` from `a` to `b`.

Without hints the planner, which goes by what it last counted, scans a type's index for each id.
"""


def walked(label: str, key: str, alias: str = "n") -> str:
    """Return the clause that gives the nodes of a label in the order of a key, then of their ids.

    Only with the hint, and with all of the index's properties in WHERE, is the index always the one that is walked.
    """
    return f"MATCH ({alias}:{label}:FilmGraph) USING INDEX SEEK {alias}:{label}(generation, {key}, id)"


def of_index(alias: str, key: str, least: str = "''") -> str:
    """Return the condition that goes with `walked`: a node of this generation that has the key."""
    return f"{alias}.generation = $g AND {alias}.{key} >= {least} AND {alias}.id >= ''"


def in_one(query: str) -> str:
    """Return a statement whose parameters `$name` are read as `$v.name` from one map, made by `as_one`.

    The server keeps a plan for each combination of the rough sizes (1, 10, 100, ...) of all parameters that are
    lists or texts, so it would plan a statement anew for 5, 50 and 500 ids, which takes 0.1 s and more. It does not
    look into maps.
    """
    return _PARAMETER.sub(r"$v.\1", query)


def as_one(values: Mapping[str, object]) -> dict[str, object]:
    """Return parameters as a statement made by `in_one` reads them."""
    return {"v": values}


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
    if FALSE in wanted:
        return FALSE
    if len(wanted) < 2:
        return wanted[0] if wanted else TRUE
    return f"({' AND '.join(wanted)})"


def any_of(parts: Iterable[str]) -> str:
    """Return the condition that one of them holds.

    It is no OR: the planner multiplies out what is nested of AND and OR, and took minutes to plan some filters.
    """
    wanted = [part for part in dict.fromkeys(parts) if part != FALSE]
    if TRUE in wanted:
        return TRUE
    if len(wanted) < 2:
        return wanted[0] if wanted else FALSE
    return f"CASE {' '.join(f'WHEN {part} THEN true' for part in wanted)} ELSE false END"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the items of a list have to meet.

    Attributes:
        plain: what an index may serve, or a look at the item tells.
        nested: what needs subqueries.
    """

    plain: str = TRUE
    nested: str = TRUE

    @property
    def is_never(self) -> bool:
        """Whether nothing meets them."""
        return FALSE in (self.plain, self.nested)

    def after(self, match: str, carry: str, *more: str) -> str:
        """Return clauses that give what meets them.

        Subqueries come behind SKIP 0: beside the pattern the planner plans them again and again, once for each way
        to find the pattern, and a WITH alone is merged into it. For a filter of a few links that took seconds.

        Args:
            match: clauses up to their WHERE.
            carry: the variables that are handed on.
            more: more plain conditions.
        """
        # Not `all_of`, which drops what a hint needs beside a condition that never holds.
        found = f"{match} WHERE {' AND '.join(part for part in (self.plain, *more) if part != TRUE) or TRUE}"
        return found if self.nested == TRUE else f"{found} WITH {carry} SKIP 0 WHERE {self.nested}"


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
