"""Filters of the domain as conditions of Cypher."""

from collections.abc import Iterable, Mapping, Sequence

from graph_api.domain.catalogue import Kind, Property, ValueType
from graph_api.domain.fields import LINK_DEPTH, MAX_DEPTH, checked, matched_values, other_ends, own_property
from graph_api.domain.ids import decode
from graph_api.domain.query import And, Filter, FromSource, Linked, Match, Not, Op, Or
from graph_api.domain.records import Scalar
from graph_api.errors import BadInput
from graph_api.store.neo4j.cypher import TRUE, Conditions, Values, all_of, among, any_of, of_index, pattern, walked
from graph_api.store.neo4j.schema import LABELS

_SUBQUERY = "EXISTS {"
_MOST_ENDS = 3
_SIGNS = {
    Op.EQ: "=",
    Op.GT: ">",
    Op.GTE: ">=",
    Op.LT: "<",
    Op.LTE: "<=",
    Op.STARTS_WITH: "STARTS WITH",
    Op.CONTAINS: "CONTAINS",
}


def condition(where: Filter, alias: str, values: Values, *, negated: bool = False, depth: int = 0) -> str:
    """Return the condition that the entity `alias` matches, or does not.

    Raises:
        BadInput: a field it can't be filtered by, or so; the message names what can.
        BadId: an id in it is none.
    """
    if depth > MAX_DEPTH:
        raise BadInput(f"filters may be nested at most {MAX_DEPTH} deep", limit=MAX_DEPTH)
    match where:
        case Not(inner):
            return condition(inner, alias, values, negated=not negated, depth=depth)
        case And(filters) | Or(filters):
            below = depth + (len(filters) > 1)
            parts = [condition(f, alias, values, negated=negated, depth=below) for f in filters]
            return all_of(parts) if isinstance(where, And) is not negated else any_of(parts)
        case _:
            found = _leaf(where, alias, values, depth)
            if not negated:
                return found
            return f"NOT coalesce({found}, false)" if isinstance(where, Match) else f"NOT {found}"


def conditions(where: Filter, alias: str, values: Values, *more: str) -> Conditions:
    """Return the conditions that the entity `alias` matches, and more plain ones.

    Raises:
        BadInput, BadId: as of `condition`.
    """
    filters = where.filters if isinstance(where, And) else (where,)
    parts = [condition(part, alias, values, depth=int(len(filters) > 1)) for part in filters]
    plain = all_of((*more, *(part for part in parts if _SUBQUERY not in part)))
    return Conditions(plain, all_of(part for part in parts if _SUBQUERY in part))


def _leaf(where: Match | Linked | FromSource, alias: str, values: Values, depth: int) -> str:
    match where:
        case Match():
            return _match(where, alias, values)
        case Linked():
            return _linked(where, alias, values, depth)
        case FromSource(source):
            return _from_source(source, alias, values)


# --------------------------------------------------------------------------- fields
def folded(prop: Property | None, alias: str) -> str:
    """Return what a field, None being the name, is compared by: a list where the property has many values."""
    if prop is None:
        return f"{alias}.nameKey"
    if prop.type is ValueType.TEXT:
        return f"{alias}.{prop.name}{'Keys' if prop.many else 'Key'}"
    return f"{alias}.{prop.name}"


def _match(match: Match, alias: str, values: Values) -> str:
    prop, wanted = matched_values(match)
    text = folded(prop, alias)
    if prop is None or not prop.many:
        return _compare(text, match.op, wanted, values)
    if match.op is Op.EQ or (match.op is Op.IN and len(wanted) == 1):
        return f"{values.add(wanted[0])} IN {text}"
    return f"any(x IN {text} WHERE {_compare('x', match.op, wanted, values)})"


def _compare(text: str, op: Op, wanted: Sequence[Scalar], values: Values) -> str:
    return among(text, wanted, values) if op is Op.IN else f"{text} {_SIGNS[op]} {values.add(wanted[0])}"


# --------------------------------------------------------------------------- links
def _linked(link: Linked, alias: str, values: Values, depth: int) -> str:
    r, o = f"r{depth}", f"o{depth}"
    where = all_of((_link(link, r, o, values, depth), _is_one_of(link.ids, o, values)))
    return f"{_SUBQUERY} MATCH {pattern(alias, r, o, link.relations, link.direction)} WHERE {where} }}"


def _link(link: Linked, r: str, o: str, values: Values, depth: int) -> str:
    """Return what a link's relationship and the entity it leads to have to meet, but for the entity's id."""
    parts = [own_properties(link.properties, r, values)]
    if link.where is not None:
        parts.append(condition(link.where, o, values, depth=depth + LINK_DEPTH))
    return all_of(parts)


def _is_one_of(ids: tuple[str, ...] | None, alias: str, values: Values) -> str:
    """Return the condition that an entity has one of these ids, or had it before a merge."""
    if ids is None:
        return all_of(())
    wanted = values.add(_checked(ids))
    return f"({alias}.id IN {wanted} OR any(id IN [({alias})<-[:MERGED_INTO]-(k) | k.id] WHERE id IN {wanted}))"


def _checked(ids: Iterable[str]) -> list[str]:
    for id_ in ids:
        decode(id_)
    return list(ids)


def starting_point(where: Filter, kind: Kind, alias: str, values: Values) -> tuple[str, Filter]:
    """Return clauses that give the entities of a kind from which a list is filtered, and the filter that is left.

    What is linked to given entities is reached from them: to try each entity of the kind instead
    took 230,000 database hits where this takes 124.
    """
    parts = where.filters if isinstance(where, And) else (where,)
    links = [part for part in parts if isinstance(part, Linked) and part.ids is not None]
    links += [part for part in parts if isinstance(part, Linked) and _has_few_ends(part)]
    if not links:
        return "", where
    link = links[0]
    rest = And(tuple(part for part in parts if part is not link))
    hop = pattern(f"{alias}:{LABELS[kind]}", "r", "o", link.relations, link.direction)
    if link.ids is None:
        far = condition(link.where, "o", values, depth=LINK_DEPTH) if link.where else TRUE
        ends = " UNION ALL ".join(
            f"{walked(LABELS[end], 'nameKey', 'o')} WHERE {of_index('o', 'nameKey')} AND {far} RETURN o"
            for end in sorted(other_ends(link.relations, link.direction))
        )
        own = own_properties(link.properties, "r", values)
        return f"CALL () {{ {ends} }} MATCH {hop} WHERE {own} WITH DISTINCT {alias}", rest
    wanted = _link(link, "r", "o", values, 0)
    text = f"""
UNWIND {values.add(_checked(link.ids))} AS id
MATCH (k:FilmGraph {{generation: $g, id: id}})
WITH DISTINCT CASE WHEN k:MergedId THEN head([(k)-[:MERGED_INTO]->(m) | m]) ELSE k END AS o
MATCH {hop} WHERE {wanted} WITH DISTINCT {alias}"""
    return text, rest


def _has_few_ends(link: Linked) -> bool:
    """Tell whether the entities that a link leads to may be looked up first: each kind makes the statement longer."""
    if link.ids is not None or link.where is None:
        return False
    return len(other_ends(link.relations, link.direction)) <= _MOST_ENDS


def own_properties(properties: Mapping[str, Iterable[Scalar]], alias: str, values: Values) -> str:
    """Return the condition that a relationship's own properties have one of the values given for each.

    Raises:
        BadInput: no relationship has such a property.
    """
    parts = []
    for name, given in properties.items():
        type_ = own_property(name).type
        parts.append(among(f"{alias}.{name}", [checked(name, type_, value) for value in given], values))
    return all_of(parts)


def _from_source(source: str, alias: str, values: Values) -> str:
    decode(source)
    wanted = values.add(source)
    return (
        f"({_SUBQUERY} MATCH ({alias})-[:MENTIONED_IN]->(s:Source) WHERE s.id = {wanted} }}"
        f" OR {_SUBQUERY} MATCH ({alias})<-[:ABOUT_SUBJECT]-()-[:CITES]->(s:Source) WHERE s.id = {wanted} }})"
    )
