"""Results and definitions as text and back: what is kept in a file is data, never code."""

import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import orjson

from graph_api.analytics.communities import Communities, Community
from graph_api.analytics.explaining import Bridged, Explanation, Group, Part
from graph_api.analytics.mixing import Mixing
from graph_api.analytics.ranking import Ranking
from graph_api.analytics.robustness import Removal, Robustness
from graph_api.analytics.significance import Significance
from graph_api.analytics.slices import Series, Slice
from graph_api.analytics.spec import DEFAULT_ROLES, Projection, ProjectionSpec, WeightScheme
from graph_api.domain.arrays import np
from graph_api.domain.catalogue import CreditRole, Kind, Relation
from graph_api.domain.query import EVERYTHING, And, Direction, Filter, FromSource, Linked, Match, Not, Op, Or, YearSpan

RESULTS = {
    record.__name__: record
    for record in (
        Ranking,
        Communities,
        Community,
        Series,
        Slice,
        Robustness,
        Removal,
        Significance,
        Mixing,
        Explanation,
        Part,
        Group,
        Bridged,
    )
}
"""The results that are kept, and what they are made of."""
_ARRAYS = {"f": "float64", "i": "int64"}


def encode(result: object) -> bytes | None:
    """Return a result as compressed JSON; None where it is of a sort that is not kept."""
    if type(result).__name__ not in RESULTS:
        return None
    return zlib.compress(orjson.dumps(_plain(result)), 1)


def decode(data: bytes) -> Any:
    """Return the result that `encode` wrote."""
    return _result(orjson.loads(zlib.decompress(data)))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {"is": type(value).__name__, **{f.name: _plain(getattr(value, f.name)) for f in fields(value)}}
    if isinstance(value, np.ndarray):
        return {"is": value.dtype.kind, "values": value.tolist()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value] if value and not isinstance(value[0], (str, int, float)) else value
    return value


def _result(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_result(item) for item in value) if value and isinstance(value[0], (dict, list)) else tuple(value)
    if not isinstance(value, dict):
        return value
    sort = value["is"]
    if sort in _ARRAYS:
        return np.array(value["values"], _ARRAYS[sort])
    return RESULTS[sort](**{name: _result(item) for name, item in value.items() if name != "is"})


def spec_of(canonical: Mapping[str, Any]) -> ProjectionSpec:
    """Return the projection whose canonical form this is."""
    roles = tuple(CreditRole(role) for role in canonical["roles"] or ())
    return ProjectionSpec(
        Projection(canonical["name"]),
        () if roles == DEFAULT_ROLES else roles,
        YearSpan(*canonical["years"]),
        WeightScheme(canonical["weight"]),
        tuple(Relation(relation) for relation in canonical["relations"] or ()),
        tuple(Kind(kind) for kind in canonical["kinds"] or ()),
        canonical["citedOnly"],
        EVERYTHING if canonical["film"] is None else _filter(canonical["film"]),
        canonical.get("undisputed", False),
        canonical.get("revision"),
    )


def _filter(data: Mapping[str, Any]) -> Filter:
    match data["is"]:
        case "Match":
            value = data["value"]
            return Match(data["field"], Op(data["op"]), tuple(value) if isinstance(value, list) else value)
        case "Linked":
            return Linked(
                tuple(Relation(relation) for relation in data["relations"]),
                Direction(data["direction"]),
                None if data["ids"] is None else tuple(data["ids"]),
                None if data["where"] is None else _filter(data["where"]),
                {name: tuple(values) for name, values in data["properties"].items()},
            )
        case "FromSource":
            return FromSource(data["source"])
        case "Not":
            return Not(_filter(data["filter"]))
        case "And":
            return And(tuple(_filter(part) for part in data["filters"]))
        case _:
            return Or(tuple(_filter(part) for part in data["filters"]))
