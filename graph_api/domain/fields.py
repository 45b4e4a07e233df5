"""What entities and relationships can be filtered and ordered by, and with what it may be compared."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from graph_api.domain.catalogue import PROPERTIES, RELATIONS, Kind, Property, Relation, ValueType
from graph_api.domain.derive import NAME_PROPERTIES
from graph_api.domain.folding import fold
from graph_api.domain.query import Direction, Match, Op
from graph_api.domain.records import Scalar
from graph_api.errors import BadInput

NAME = "name"
MAX_DEPTH = 16
"""How deep filters may be nested; SQLite's parser keeps a stack of 100."""
LINK_DEPTH = 3
"""A link costs as much of it as three brackets."""

FIELDS: Mapping[str, Property] = MappingProxyType(
    {p.name: p for p in PROPERTIES.values() if p.field and p.name not in NAME_PROPERTIES}
)
"""The field properties but for the names, in the catalogue's order."""


def _by_name(properties: Iterable[Property]) -> Mapping[str, Property]:
    """Properties by name, each the first of that name."""
    found: dict[str, Property] = {}
    for prop in properties:
        found.setdefault(prop.name, prop)
    return MappingProxyType(found)


OWN = _by_name(p for record in RELATIONS.values() for p in record.properties)
"""The properties that relationships have of their own (of one name never two types)."""

_SAME = frozenset({Op.EQ, Op.IN})
_NUMBER_OPS = frozenset({*_SAME, Op.GT, Op.GTE, Op.LT, Op.LTE})
_OPS: Mapping[ValueType, frozenset[Op]] = {
    ValueType.TEXT: frozenset(Op),
    ValueType.DATE: frozenset(Op) - {Op.CONTAINS},
    ValueType.TIME: frozenset(Op) - {Op.CONTAINS},
    ValueType.INTEGER: _NUMBER_OPS,
    ValueType.NUMBER: _NUMBER_OPS,
    ValueType.BOOLEAN: _SAME,
    ValueType.ENUM: _SAME,
}


def usable_field(name: str, kind: Kind | None = None) -> Property | None:
    """Return the field property of this name; None for the name itself.

    Raises:
        BadInput: there is none (of this kind); the message names those there are.
    """
    if name == NAME:
        return None
    prop = FIELDS.get(name)
    if prop is None or (kind is not None and kind not in prop.kinds):
        usable = [NAME, *(p.name for p in FIELDS.values() if kind is None or kind in p.kinds)]
        raise BadInput(f"{name[:40]!r} is not a field here; use one of {', '.join(usable)}")
    return prop


def usable_order(name: str, kind: Kind | None = None) -> Property | None:
    """Return the field property with one value of this name; None for the name itself.

    Raises:
        BadInput: there is none to order by.
    """
    prop = usable_field(name, kind)
    if prop is not None and prop.many:
        raise BadInput(f"{name} has several values and can't be ordered by")
    return prop


def usable_count(by: str) -> Relation:
    """Return the relation whose relationships the order "count:RELATION" counts.

    Raises:
        BadInput: there is none of this name.
    """
    try:
        return Relation(by.removeprefix("count:"))
    except ValueError:
        raise BadInput(f"{by[:40]!r} counts no relation; use one of {', '.join(Relation)} behind count:") from None


def own_property(name: str) -> Property:
    """Return a relationship's own property.

    Raises:
        BadInput: there is none of this name.
    """
    prop = OWN.get(name)
    if prop is None:
        raise BadInput(f"{name[:40]!r} is no property of relationships; use one of {', '.join(OWN)}")
    return prop


def matched_values(match: Match) -> tuple[Property | None, list[Scalar]]:
    """Return the field that is compared (None: the name), and the values it is compared with, text folded.

    Raises:
        BadInput: there is no such field, or it can't be compared so.
    """
    prop = usable_field(match.field)
    type_ = prop.type if prop else ValueType.TEXT
    if match.op not in _OPS[type_]:
        usable = ", ".join(sorted(_OPS[type_]))
        raise BadInput(f"{match.field} can't be compared with {match.op.value}; use one of {usable}")
    many = match.value if isinstance(match.value, tuple) else (match.value,)
    if match.op is not Op.IN and len(many) != 1:
        raise BadInput(f"{match.field} is compared with one value; use IN for several")
    values = [checked(match.field, type_, value) for value in many]
    return prop, [fold(str(value)) for value in values] if type_ is ValueType.TEXT else values


def checked(name: str, type_: ValueType, value: Scalar) -> Scalar:
    """Return a value as both stores take it, whole numbers in 64 bits.

    Raises:
        BadInput: it is not of the property's type.
    """
    match type_:
        case ValueType.INTEGER | ValueType.NUMBER:
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise BadInput(f"{name} is a number; compare it with one")
            return value if abs(value) < 2**63 else float(value)
        case ValueType.BOOLEAN:
            if not isinstance(value, bool):
                raise BadInput(f"{name} is true or false; compare it with one of them")
            return value
        case _:
            if not isinstance(value, str) or not is_text(value):
                raise BadInput(f"{name} is text; compare it with text")
            return str(value)


def is_text(value: str) -> bool:
    """Tell whether a string can be stored at all: halves of surrogate pairs, which JSON can bring, can't."""
    return value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)


def other_ends(relations: Iterable[Relation], direction: Direction) -> frozenset[Kind]:
    """Return the kinds to which relationships of these types can lead; with none given, of any type."""
    records = [RELATIONS[relation] for relation in relations] or RELATIONS.values()
    outgoing = frozenset(kind for record in records for kind in record.targets)
    incoming = frozenset(kind for record in records for kind in record.sources)
    match direction:
        case Direction.OUT:
            return outgoing
        case Direction.IN:
            return incoming
        case Direction.ANY:
            return outgoing | incoming
