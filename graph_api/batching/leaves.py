"""Checking scalars and enums by the column.

A column that holds nothing but what its type gives out unchanged is its own answer, which the
types of its values tell at once. Everything else goes value by value, as graphql-core does it.
"""

import math
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
)

_NOTHING: frozenset[type] = frozenset((type(None),))
_MAX_INT, _MIN_INT = 2**31 - 1, -(2**31)
Quick: TypeAlias = Callable[[list[Any]], "list[Any] | None"]
"""Returns a column's answer, or None where something in it needs a closer look."""


def quick_check(type_: GraphQLLeafType, *, is_nullable: bool) -> Quick:
    """Return the check of a whole column of a leaf type."""
    if type_ is GraphQLInt:
        return _numbers(int, is_nullable, lambda values: max(values) <= _MAX_INT and min(values) >= _MIN_INT)
    if type_ is GraphQLFloat:
        return _numbers(float, is_nullable, lambda values: all(map(math.isfinite, values)))
    if isinstance(type_, GraphQLEnumType):
        return _names(type_, is_nullable)
    if type_ in (GraphQLString, GraphQLID) or type_.coerce_output_value is str:
        return _unchanged(str, is_nullable)
    if type_ is GraphQLBoolean:
        return _unchanged(bool, is_nullable)
    return lambda column: None


def _allowed(kind: type, is_nullable: bool) -> frozenset[type]:
    return frozenset((kind,)) | _NOTHING if is_nullable else frozenset((kind,))


def _unchanged(kind: type, is_nullable: bool) -> Quick:
    allowed = _allowed(kind, is_nullable)
    return lambda column: column if allowed.issuperset(map(type, column)) else None


def _numbers(kind: type, is_nullable: bool, fits: Callable[[list[Any]], bool]) -> Quick:
    allowed = _allowed(kind, is_nullable)

    def check(column: list[Any]) -> list[Any] | None:
        found = set(map(type, column))
        if not found <= allowed:
            return None
        values = [value for value in column if value is not None] if len(found) > 1 else column
        return column if kind not in found or fits(values) else None

    return check


def _names(type_: GraphQLEnumType, is_nullable: bool) -> Quick:
    """Check a column of an enum: names are remembered by the value's own type, so that 1 is not taken for True."""
    known: dict[type, dict[Any, str | None]] = {}

    def check(column: list[Any]) -> list[Any] | None:
        found = set(map(type, column)) - _NOTHING if is_nullable else set(map(type, column))
        if len(found) != 1:
            return None if found else column
        (kind,) = found
        names = known.get(kind)
        if names is None:
            if kind is not str and not issubclass(kind, Enum):
                return None
            names = known[kind] = {None: None} if is_nullable else {}
        try:
            return list(map(names.__getitem__, column))
        except KeyError:
            return _learn(type_, names, column)
        except TypeError:  # a member that can't be hashed
            return None

    return check


def _learn(type_: GraphQLEnumType, names: dict[Any, str | None], column: list[Any]) -> list[Any] | None:
    try:
        names.update((value, type_.coerce_output_value(value)) for value in set(column) - names.keys())
    except Exception:  # noqa: BLE001 - whatever it is, it comes up again value by value, and is told there
        return None
    return list(map(names.__getitem__, column))
