"""Rows of claims.csv."""

from collections.abc import Iterator, Mapping

from graph_api.domain.catalogue import PROPERTIES, QUALIFIERS, Kind, NumberBound, Property, ValueType
from graph_api.domain.ids import claim_id, decode
from graph_api.domain.records import Claim
from graph_api.domain.values import Literal, parse
from seed.cells import one_value, split_values
from seed.converting import Required, Seen, attempt, member, standing
from seed.layout import cell_properties
from seed.problems import nearest
from seed.reading import Row, Table

_EVERY_KIND = frozenset(Kind)
_NUMERIC = (ValueType.INTEGER, ValueType.NUMBER)


def read_claims(table: Table, seen: Seen, known: set[str]) -> Iterator[tuple[int, Claim]]:
    """Yield the claims of a file with the lines they are on.

    Args:
        table: the file.
        seen: the dataset's sources and entities.
        known: the ids of its claims so far; this file's are added.
    """
    rows, at = table.rows(), table.index
    required = Required(table)
    for line, row in rows:
        is_filled = required.are_filled(line, row)
        subject = _subject(table, line, row, seen)
        prop = _property(table, line, row, subject)
        value = _value(table, line, row, prop, seen) if prop else None
        bound = _bound(table, line, row, prop) if prop else None
        qualifiers = attempt(table, line, "qualifiers", _qualifiers, row[at["qualifiers"]], seen)
        stands = standing(table, line, row)
        cited = attempt(table, line, "citations", seen.citations, row[at["citations"]]) if is_filled else None
        if not (subject and prop and value and bound and cited) or qualifiers is None or stands is None:
            continue
        literal, entity = value
        key = claim_id(subject, prop.name, literal.text or None, literal.unit, entity, qualifiers)
        if key in known:
            table.fault(line, None, "another row claims the same: put both citations into one row")
            continue
        known.add(key)
        yield (
            line,
            Claim(
                key,
                subject,
                prop.name,
                literal.text or None,
                literal.number,
                literal.unit,
                entity,
                bound if prop.type in _NUMERIC else None,
                qualifiers,
                *stands,
                cited,
            ),
        )


def _subject(table: Table, line: int, row: Row, seen: Seen) -> str | None:
    cell = row[table.index["subject"]]
    return attempt(table, line, "subject", seen.reference, cell, _EVERY_KIND) if cell else None


def _property(table: Table, line: int, row: Row, subject: str | None) -> Property | None:
    """Return the property that a row is about, or None once it is reported that there is none such."""
    name = row[table.index["property"]].strip()
    prop = PROPERTIES.get(name)
    if not row[table.index["property"]]:
        return None
    if prop is None:
        table.fault(line, "property", f"{name!r} is not a property{nearest(name, PROPERTIES)}")
        return None
    kind = decode(subject).kind if subject else None
    if kind and kind not in prop.kinds:
        own = [p.name for p in cell_properties(kind)]
        table.fault(line, "property", f"a {kind.value.lower()} has no property {name}{nearest(name, own)}")
        return None
    return prop


def _value(table: Table, line: int, row: Row, prop: Property, seen: Seen) -> tuple[Literal, str | None] | None:
    """Return the literal and the entity that a row claims, one of them empty, or None once it is reported."""
    at = table.index
    value, entity, unit = row[at["value"]].strip(), row[at["entity"]].strip(), row[at["unit"]].strip()
    if bool(value) == bool(entity):
        both = "both value and entity" if value else "neither value nor entity"
        table.fault(line, "value", f"{both}: a claim has one of the two")
        return None
    if prop.type is ValueType.ENTITY:
        if value:
            table.fault(line, "value", f"{prop.name} is of entities: write kind/slug into the column entity")
            return None
        kinds = prop.entity_kinds or _EVERY_KIND
        found = attempt(table, line, "entity", seen.reference, entity, kinds)
        return (Literal(""), found) if found else None
    if entity:
        table.fault(line, "entity", f"{prop.name} is no entity: write it into the column value")
        return None
    if unit and prop.type is not ValueType.NUMBER:
        table.fault(line, "unit", f"{prop.name} has no unit")
        return None
    literal = attempt(table, line, "value", lambda: parse(prop, one_value(value), unit or None))
    return (literal, None) if literal else None


def _bound(table: Table, line: int, row: Row, prop: Property) -> NumberBound | None:
    cell = row[table.index["bound"]]
    if cell.strip() and prop.type not in _NUMERIC:
        table.fault(line, "bound", f"{prop.name} is no number: it has no bound")
        return None
    return attempt(table, line, "bound", member, NumberBound, cell, NumberBound.EXACT)


def _qualifiers(cell: str, seen: Seen) -> Mapping[str, str]:
    """Return the qualifiers of a cell.

    Raises:
        ValueError: one is unknown, there twice, or has a value it can't have.
    """
    found: dict[str, str] = {}
    for text in split_values(cell) if cell.strip() else ():
        name, sign, value = (part.strip() for part in text.partition("="))
        prop = QUALIFIERS.get(name)
        if not sign:
            raise ValueError(f"{text!r} is not name=value, as in asOf=2025")
        if prop is None:
            raise ValueError(f"{name!r} is not a qualifier{nearest(name, QUALIFIERS)}")
        if name in found:
            raise ValueError(f"{name} is there twice")
        if prop.type is ValueType.ENTITY:
            found[name] = seen.reference(value.replace("\\", "\\\\").replace("|", "\\|"), prop.entity_kinds)
        else:
            found[name] = parse(prop, value).text
    return found
