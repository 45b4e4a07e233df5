"""Pieces of SQL with their parameters, put together without a value ever becoming text."""

# ruff: noqa: S608 - what is put together is constant; values are parameters

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import orjson

Parameter: TypeAlias = str | int | float | None


@dataclass(frozen=True, slots=True)
class Sql:
    """Constant text and the parameters of its question marks, in their order."""

    text: str
    params: tuple[Parameter, ...] = ()


TRUE = Sql("1")
FALSE = Sql("0")


def all_of(parts: Iterable[Sql]) -> Sql:
    """Return the condition that all of them hold."""
    wanted = [part for part in parts if part != TRUE]
    return FALSE if FALSE in wanted else _joined(" AND ", wanted, TRUE)


def any_of(parts: Iterable[Sql]) -> Sql:
    """Return the condition that one of them holds."""
    wanted = [part for part in parts if part != FALSE]
    return TRUE if TRUE in wanted else _joined(" OR ", wanted, FALSE)


def _joined(operator: str, parts: list[Sql], empty: Sql) -> Sql:
    if len(parts) < 2:
        return parts[0] if parts else empty
    return Sql(f"({operator.join(part.text for part in parts)})", tuple(p for part in parts for p in part.params))


def array(values: Iterable[object]) -> str:
    """Return values as the JSON text that json_each takes."""
    return orjson.dumps(list(values)).decode()


def words(values: Iterable[StrEnum]) -> str:
    """Return members of the catalogue's enums, which are constants, as an SQL list: ('FILM','PERSON')."""
    return "(" + ",".join(f"'{value.value}'" for value in values) + ")"


def in_list(column: str, values: Iterable[Parameter]) -> Sql:
    """Return the condition that a column has one of these values; with none, nothing does."""
    wanted = tuple(values)
    if not wanted:
        return FALSE
    if len(wanted) == 1:
        return Sql(f"{column} = ?", wanted)
    return Sql(f"{column} IN (SELECT value FROM json_each(?))", (array(wanted),))


def one_of(column: str, values: Iterable[StrEnum]) -> Sql:
    """Return the condition that a column holds one of these members; with none given, any will do."""
    wanted = tuple(values)
    if not wanted:
        return TRUE
    if len(wanted) == 1:
        return Sql(f"{column} = '{wanted[0].value}'")
    return Sql(f"{column} IN {words(wanted)}")
