"""Canonical texts of values: what a cell may say, and how it is kept.

`parse(PROPERTIES["runtime"], "36 min")` gives the text "36", the number 36.0 and the unit
"min". Every ValueError says in one clause what was wrong and what would do.
"""

import re
from calendar import monthrange
from decimal import Decimal
from typing import NamedTuple

from graph_api.domain.catalogue import Property, ValueType
from graph_api.domain.records import Scalar

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)(?: +(\S+))?", re.ASCII)
_LARGEST = 2**53  # a double is exact up to here
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SCHEMES = frozenset({"http", "https", "seed"})
"""Of addresses: of the web, and of what the built-in dataset was made of; a browser knows nothing of the latter."""
_HOST_AND_PORT = re.compile(r"(localhost|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+):\d{1,5}([/?#]|$)")
_NOT_IN_ADDRESS = re.compile(r"[\s\x00-\x20\x7f-\xa0<>\"]")
_CURRENCY = re.compile(r"[A-Z]{3}")


class Literal(NamedTuple):
    """A parsed literal: its canonical text, and for numbers the number and the unit."""

    text: str
    number: float | None = None
    unit: str | None = None


def check_date(text: str) -> str:
    """Return an ISO 8601 date of year, month or day precision, as it was.

    Raises:
        ValueError: it is no such date, or no day of the calendar.
    """
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a date such as 2025, 2025-10 or 2025-10-26")
    year, month, day = (int(part) if part else None for part in match.groups())
    if not year or (month is not None and not 1 <= month <= 12):
        raise ValueError(f"{text!r} is not a date of the calendar")
    if day is not None and month is not None and not 1 <= day <= monthrange(year, month)[1]:
        raise ValueError(f"{text!r} is not a day of the calendar")
    return text


def check_address(text: str) -> str:
    """Return an address on the web, with or without its scheme, as it was.

    Raises:
        ValueError: it has another scheme than these; a client that links to it might run it. Or it
            holds blanks, which browsers take out, and a scheme may then stand there; or such as end an address.
    """
    if found := _NOT_IN_ADDRESS.search(text):
        raise ValueError(f"{text[:80]!r} is no address on the web: it holds {found[0]!r}")
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in _SCHEMES and not _HOST_AND_PORT.match(text):
        raise ValueError(f"{text[:80]!r} is no address on the web; it begins with https:// or http://")
    return text


def format_number(number: float) -> str:
    """Return the shortest decimal text of a number: 36.0 is "36", 6.25 is "6.25"."""
    return str(int(number)) if number == int(number) else format(Decimal(repr(number)), "f")


def facet_text(prop: Property | None, value: str | float) -> str:
    """Return how a facet names a value that a store counted; truth values are counted as numbers."""
    if isinstance(value, str):
        return value
    if prop is not None and prop.type is ValueType.BOOLEAN:
        return "true" if value else "false"
    return format_number(value)


def _check_unit(prop: Property, unit: str | None) -> str | None:
    if prop.unit == "ISO 4217":
        if unit is None or not _CURRENCY.fullmatch(unit):
            raise ValueError("an amount of money needs an ISO 4217 code, as in 42000 USD")
        return unit
    # A field is served, filtered and ordered by as a number of its unit alone: 2 h are not 2 minutes.
    if prop.field and prop.unit and unit not in (None, prop.unit):
        raise ValueError(f"{prop.name} is given in {prop.unit}, not in {unit[:20]}")
    return unit or prop.unit


def _number(prop: Property, text: str, unit: str | None) -> Literal:
    found = _NUMBER.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a number such as 36 or 6.5")
    number = float(found[1])
    if abs(number) > _LARGEST:
        raise ValueError(f"{text[:40]!r} is out of range: numbers go up to {_LARGEST}")
    if prop.type is ValueType.INTEGER:
        if number != int(number) or found[2] or unit:
            raise ValueError(f"{text!r} is not a whole number without unit")
        return Literal(str(int(number)), number)
    if number < 0 and prop.field and prop.unit:
        raise ValueError(f"{prop.name} can't be below 0, as {text[:40]!r} is")
    if found[2] and unit and found[2] != unit:
        raise ValueError(f"{text!r} names another unit than {unit}")
    return Literal(format_number(number), number, _check_unit(prop, found[2] or unit))


def parse(prop: Property, text: str, unit: str | None = None) -> Literal:
    """Return the canonical form of a literal.

    Args:
        prop: the property it is a value of; not one of entities.
        text: as written in a cell.
        unit: as written in a column of its own; a unit in the text does as well.

    Raises:
        ValueError: the property can't have such a value.
    """
    text = text.strip()
    match prop.type:
        case ValueType.TEXT:
            if not text:
                raise ValueError("a text can't be empty")
            return Literal(check_address(text) if prop.address else text)
        case ValueType.INTEGER | ValueType.NUMBER:
            return _number(prop, text, unit)
        case ValueType.BOOLEAN:
            if text not in ("true", "false"):
                raise ValueError(f"{text!r} is neither true nor false")
            return Literal(text)
        case ValueType.DATE:
            return Literal(check_date(text))
        case ValueType.TIME:
            if not _TIME.fullmatch(text):
                raise ValueError(f"{text!r} is not a time such as 09:30")
            return Literal(text)
        case ValueType.ENUM:
            assert prop.values is not None
            if text not in prop.values.__members__:
                raise ValueError(f"{text!r} is none of {', '.join(prop.values.__members__)}")
            return Literal(text)
        case ValueType.ENTITY:
            raise ValueError("an entity is wanted, not a literal")


def to_scalar(prop: Property, text: str) -> Scalar:
    """Return a canonical text as the scalar that a field serves: 36 for "36", True for "true"."""
    match prop.type:
        case ValueType.INTEGER:
            return int(text)
        case ValueType.NUMBER:
            return float(text.split(" ", maxsplit=1)[0])
        case ValueType.BOOLEAN:
            return text == "true"
        case _:
            return text
