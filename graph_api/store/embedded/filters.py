"""Filters of the domain as conditions of SQL.

A condition on what an entity is linked to is a set of keys (`e.key IN (SELECT ...)`) that SQLite
makes once for a statement: it is bounded by what matches, where a condition tried on each entity
would be bounded only by the number of entities.
"""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

from collections.abc import Iterable, Mapping
from typing import Any

from graph_api.domain.catalogue import PROPERTIES, ValueType
from graph_api.domain.derive import TAGGED
from graph_api.domain.fields import LINK_DEPTH, MAX_DEPTH, checked, matched_values, other_ends, own_property
from graph_api.domain.ids import decode
from graph_api.domain.query import And, Direction, Filter, FromSource, Linked, Match, Not, Op, Or
from graph_api.domain.records import Scalar
from graph_api.errors import BadInput
from graph_api.store.embedded.keys import keys_of
from graph_api.store.embedded.sql import Parameter, Sql, all_of, any_of, in_list, one_of
from graph_api.store.embedded.tables import ENTITY_COLUMNS, RELATIONSHIP_COLUMNS

FIELD_COLUMNS: Mapping[str, str] = {p.name: column for column, p in ENTITY_COLUMNS.items()}
OWN_COLUMNS: Mapping[str, str] = {p.name: column for column, p in RELATIONSHIP_COLUMNS.items()}

_COMPARE = {Op.EQ: "=", Op.GT: ">", Op.GTE: ">=", Op.LT: "<", Op.LTE: "<="}


def condition(where: Filter, alias: str = "e", *, negated: bool = False, depth: int = 0) -> Sql:
    """Return the condition that the entity `alias` matches, or does not.

    Raises:
        BadInput: a field it can't be filtered by, or so; the message names what can.
        BadId: an id in it is none.
    """
    if depth > MAX_DEPTH:
        raise BadInput(f"filters may be nested at most {MAX_DEPTH} deep", limit=MAX_DEPTH)
    match where:
        case Not(inner):
            return condition(inner, alias, negated=not negated, depth=depth)
        case And(filters) | Or(filters):
            below = depth + (len(filters) > 1)
            parts = [condition(f, alias, negated=negated, depth=below) for f in filters]
            return all_of(parts) if isinstance(where, And) is not negated else any_of(parts)
        case _:
            found = _leaf(where, alias, depth)
            return Sql(f"({found.text}) IS NOT TRUE", found.params) if negated else found


def _leaf(where: Match | Linked | FromSource, alias: str, depth: int) -> Sql:
    match where:
        case Match():
            return _match(where, alias)
        case Linked():
            return _linked(where, alias, depth)
        case FromSource(source):
            return _from_source(source, alias)


# --------------------------------------------------------------------------- fields
def _match(match: Match, alias: str) -> Sql:
    prop, wanted = matched_values(match)
    values = [_parameter(value) for value in wanted]
    if prop is None:
        return _compare(f"{alias}.name_key", match.op, values)
    if prop.name in TAGGED:
        folded = _compare("value_key", match.op, values)
        tags = f"{alias}.key IN (SELECT entity_key FROM tag WHERE property = ? AND {folded.text})"
        return Sql(tags, (prop.name, *folded.params))
    column = f"{alias}.{FIELD_COLUMNS[prop.name]}"
    return _compare(f"fold({column})" if prop.type is ValueType.TEXT else column, match.op, values)


def _parameter(value: Scalar) -> Parameter:
    """Return a value as SQLite takes it."""
    return int(value) if isinstance(value, bool) else value


def _compare(column: str, op: Op, values: list[Any]) -> Sql:
    match op:
        case Op.EQ | Op.IN:
            return in_list(column, values)
        case Op.STARTS_WITH:
            return starts_with(column, values[0])
        case Op.CONTAINS:
            return Sql(f"instr({column}, ?) > 0", (values[0],)) if values[0] else Sql(f"{column} IS NOT NULL")
        case _:
            return Sql(f"{column} {_COMPARE[op]} ?", (values[0],))


def starts_with(column: str, prefix: str) -> Sql:
    """Return the condition that a text column starts so, as a range, which an index can serve."""
    if not prefix:
        return Sql(f"{column} IS NOT NULL")
    last = min(ord(prefix[-1]) + 1, 0x10FFFF)
    return Sql(f"({column} >= ? AND {column} < ?)", (prefix, prefix[:-1] + chr(0xE000 if last == 0xD800 else last)))


# --------------------------------------------------------------------------- links
def _linked(link: Linked, alias: str, depth: int) -> Sql:
    match link.direction:
        case Direction.OUT:
            return _linked_one_way(link, alias, depth, "source_key", "target_key", Direction.OUT)
        case Direction.IN:
            return _linked_one_way(link, alias, depth, "target_key", "source_key", Direction.IN)
        case Direction.ANY:
            return any_of(
                (
                    _linked_one_way(link, alias, depth, "source_key", "target_key", Direction.OUT),
                    _linked_one_way(link, alias, depth, "target_key", "source_key", Direction.IN),
                )
            )


def _linked_one_way(link: Linked, alias: str, depth: int, near: str, far: str, direction: Direction) -> Sql:
    r, o = f"r{depth}", f"o{depth}"
    own = all_of((one_of(f"{r}.type", link.relations), own_properties(link.properties, r)))
    if link.ids is None and link.where is None:
        exists = f"EXISTS (SELECT 1 FROM relationship AS {r} WHERE {r}.{near} = {alias}.key AND {own.text})"
        return Sql(exists, own.params)
    parts = [own]
    tables = f"relationship AS {r}"
    if link.ids is not None:
        keys = keys_of(link.ids)
        parts.append(Sql(f"{r}.{far} IN {keys.text}", keys.params))
    if link.where is not None:
        tables = f"entity AS {o} JOIN relationship AS {r} ON {r}.{far} = {o}.key"
        parts.append(one_of(f"{o}.kind", sorted(other_ends(link.relations, direction))))
        parts.append(condition(link.where, o, depth=depth + LINK_DEPTH))
    where = all_of(parts)
    return Sql(f"{alias}.key IN (SELECT {r}.{near} FROM {tables} WHERE {where.text})", where.params)


def own_properties(properties: Mapping[str, Iterable[Scalar]], alias: str) -> Sql:
    """Return the condition that a relationship's own properties have one of the values given for each.

    Raises:
        BadInput: no relationship has such a property.
    """
    parts = []
    for name, values in properties.items():
        type_ = own_property(name).type
        wanted = [_parameter(checked(name, type_, value)) for value in values]
        parts.append(in_list(f"{alias}.{OWN_COLUMNS[name]}", wanted))
    return all_of(parts)


def _from_source(source: str, alias: str) -> Sql:
    decode(source)
    text = (
        f"{alias}.key IN (SELECT entity_key FROM mention WHERE source_key = (SELECT key FROM source WHERE id = ?)"
        " UNION SELECT c.subject_key FROM claim_citation AS cc JOIN claim AS c ON c.key = cc.claim_key"
        " WHERE cc.source_key = (SELECT key FROM source WHERE id = ?))"
    )
    return Sql(text, (source, source))


def needs_fold(where: Filter) -> bool:
    """Tell whether the condition calls fold(), which the connection has to be given first."""
    match where:
        case Match(field):
            return field not in TAGGED and field in PROPERTIES and PROPERTIES[field].type is ValueType.TEXT
        case Linked(where=inner):
            return inner is not None and needs_fold(inner)
        case Not(inner):
            return needs_fold(inner)
        case And(filters) | Or(filters):
            return any(needs_fold(f) for f in filters)
        case _:
            return False
