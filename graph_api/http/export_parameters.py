"""What an export's address asks for: `/export/collaboration.graphml?roles=DIRECTOR&years=2020..2025&citedOnly=true`."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from starlette.datastructures import QueryParams

from graph_api.analytics.spec import Projection, ProjectionSpec, WeightScheme
from graph_api.domain.catalogue import CreditRole, Kind, Relation
from graph_api.domain.query import YearSpan
from graph_api.errors import BadInput, NotFound

E = TypeVar("E", bound=StrEnum)
_DIGITS = re.compile(r"\d{1,15}", re.ASCII)
_YEARS = re.compile(r"(\d{1,4})?(\.\.)?(\d{1,4})?", re.ASCII)


def projection_named(name: str) -> Projection:
    """Return the projection that an address names, in lower case.

    Raises:
        NotFound: there is none, and the message lists those there are.
    """
    try:
        return Projection(name.upper().replace("-", "_"))
    except ValueError:
        known = ", ".join(projection.lower() for projection in Projection)
        raise NotFound(f"there is no projection {name[:40]!r}; there are {known}") from None


def _one(kind: type[E]) -> Callable[[str], E]:
    def parse(text: str) -> E:
        try:
            return kind(text.strip().upper())
        except ValueError:
            raise ValueError(", ".join(kind)) from None

    return parse


def _several(kind: type[E]) -> Callable[[str], tuple[E, ...]]:
    one = _one(kind)
    return lambda text: tuple(one(part) for part in text.split(",") if part.strip())


def _years(text: str) -> YearSpan:
    match = _YEARS.fullmatch(text.strip())
    if match is None or not (match[1] or match[3]) or (match[3] and not match[2]):
        raise ValueError("a year or years such as 2025, 2020..2025, 2020.. or ..2025")
    first, last = (int(year) if year else None for year in (match[1], match[3]))
    return YearSpan(first, last if match[2] else first)


def _switch(text: str) -> bool:
    if text.strip().lower() not in ("true", "false", "1", "0"):
        raise ValueError("true or false")
    return text.strip().lower() in ("true", "1")


def _revision(text: str) -> int:
    if not _DIGITS.fullmatch(text.strip()):
        raise ValueError("the number of a revision")
    return int(text)


_PARAMETERS: Mapping[str, tuple[str, Callable[[str], Any]]] = MappingProxyType(
    {
        "weight": ("weight", _one(WeightScheme)),
        "roles": ("roles", _several(CreditRole)),
        "years": ("years", _years),
        "relations": ("relations", _several(Relation)),
        "kinds": ("kinds", _several(Kind)),
        "citedOnly": ("cited_only", _switch),
        "undisputed": ("undisputed", _switch),
        "revision": ("revision", _revision),
    }
)


def export_spec(projection: Projection, parameters: QueryParams) -> ProjectionSpec:
    """Return the definition of the projection that is asked for.

    Raises:
        BadInput: a parameter that does not exist, that has a value it can't have, or that this
            projection has no use for.
    """
    values: dict[str, Any] = {}
    for name in parameters:
        if name not in _PARAMETERS:
            raise BadInput(
                f"an export has no parameter {name[:40]!r}; it has {', '.join(_PARAMETERS)}", argument=name[:40]
            )
        attribute, parse = _PARAMETERS[name]
        text = ",".join(parameters.getlist(name))
        try:
            values[attribute] = parse(text)
        except ValueError as error:
            raise BadInput(f"{name} must be {error}, not {text[:60]!r}", argument=name) from None
    return ProjectionSpec(name=projection, **values)
