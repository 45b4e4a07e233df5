"""Pages by keyset: orders, and the conditions of lying beyond a position in one.

Nulls come last in both directions; all tie-breakers ascend and are never null.
"""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from graph_api.domain.catalogue import Kind, Relation, ValueType
from graph_api.domain.derive import TAGGED
from graph_api.domain.fields import own_property, usable_count, usable_order
from graph_api.domain.paging import NOT_OURS, PageRequest, Position, SortKey
from graph_api.domain.query import Order
from graph_api.errors import BadCursor
from graph_api.store.embedded.filters import FIELD_COLUMNS, OWN_COLUMNS
from graph_api.store.embedded.sql import FALSE, TRUE, Sql, all_of, any_of


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an order: an SQL expression."""

    text: str
    descending: bool = False
    nullable: bool = False


def entity_key(order: Order, alias: str, kind: Kind | None = None) -> Key:
    """Return the key that an order of entities means.

    Raises:
        BadInput: nothing to order by; the message names what is.
    """
    by, descending = order.by, order.descending
    if by == "degree":
        return Key(f"{alias}.degree", descending)
    if by.startswith("count:"):
        return Key(_count(usable_count(by), alias), descending)
    prop = usable_order(by, kind)
    if prop is None:
        return Key(f"{alias}.name_key", descending)
    if prop.name in TAGGED:
        tag = f"SELECT value_key FROM tag WHERE entity_key = {alias}.key AND property = '{prop.name}' LIMIT 1"
        return Key(f"({tag})", descending, nullable=True)
    column = f"{alias}.{FIELD_COLUMNS[prop.name]}"
    return Key(f"fold({column})" if prop.type is ValueType.TEXT else column, descending, nullable=True)


def hop_key(order: Order, relationship: str, entity: str) -> Key:
    """Return the key that an order of hops means; "rel:order" is a property of the relationship."""
    if order.by.startswith("rel:"):
        column = OWN_COLUMNS[own_property(order.by.removeprefix("rel:")).name]
        return Key(f"{relationship}.{column}", order.descending, nullable=True)
    return entity_key(order, entity)


def _count(relation: Relation, alias: str) -> str:
    """Return the number of an entity's relationships of a type, a loop being one."""
    these = f"SELECT count(*) FROM relationship WHERE type = '{relation.value}' AND"
    return f"(({these} source_key = {alias}.key) + ({these} target_key = {alias}.key AND source_key <> {alias}.key))"


def select(keys: Iterable[Key]) -> str:
    """Return the keys as a list for SELECT."""
    return ", ".join(key.text for key in keys)


def order_by(keys: Iterable[Key], *, backward: bool = False) -> str:
    """Return the keys as a list for ORDER BY, turned round for a page that is read from its end."""
    parts = []
    for key in keys:
        down = key.descending is not backward
        if key.nullable:
            parts.append(f"{key.text} IS NULL{' DESC' if backward else ''}")
        parts.append(f"{key.text}{' DESC' if down else ''}")
    return ", ".join(parts)


def beyond(keys: Sequence[Key], position: Position, *, backward: bool = False, inclusive: bool = False) -> Sql:
    """Return the condition of coming after a position, or before it; `inclusive`, of standing at it too.

    Raises:
        BadCursor: the position is of another list.
    """
    _check(keys, position)
    if not any(key.descending or key.nullable for key in keys):
        marks = ", ".join("?" * len(keys))
        sign = ("<" if backward else ">") + ("=" if inclusive else "")
        return Sql(f"({select(keys)}) {sign} ({marks})", position)
    alternatives = []
    same: list[Sql] = []
    for key, value in zip(keys, position, strict=True):
        alternatives.append(all_of((*same, _beyond(key, value, backward=backward))))
        same.append(Sql(f"{key.text} IS NULL") if value is None else Sql(f"{key.text} = ?", (value,)))
    if inclusive:
        alternatives.append(all_of(same))
    return all_of((_bound(keys[0], position[0], backward=backward), any_of(alternatives)))


def _check(keys: Sequence[Key], position: Position) -> None:
    if len(keys) != len(position) or any(v is None and not k.nullable for k, v in zip(keys, position, strict=True)):
        raise BadCursor(NOT_OURS)


def beyond_halves(
    keys: Sequence[Key], position: Position, *, backward: bool = False, inclusive: bool = False
) -> list[Sql]:
    """Return `beyond` for each of `halves`."""
    _check(keys, position)
    first, others = keys[0], keys[1:]
    if not first.nullable:
        return [beyond(keys, position, backward=backward, inclusive=inclusive)]
    has, lacks = halves(keys)
    if position[0] is None:
        behind = beyond(others, position[1:], backward=backward, inclusive=inclusive)
        return [has if backward else FALSE, all_of((lacks, behind))]
    behind = beyond((replace(first, nullable=False), *others), position, backward=backward, inclusive=inclusive)
    return [all_of((has, behind)), FALSE if backward else lacks]


def halves(keys: Sequence[Key]) -> list[Sql]:
    """Return conditions that part a list in order, so that an index can serve each part.

    Those are two where the first key may be null: of what has it and of what has it not.
    """
    first = keys[0].text
    return [Sql(f"{first} IS NOT NULL"), Sql(f"{first} IS NULL")] if keys[0].nullable else [TRUE]


def window_halves(keys: Sequence[Key], page: PageRequest) -> list[Sql]:
    """Return `window` for each of `halves`."""
    parts = [halves(keys)]
    if page.after is not None:
        parts.append(beyond_halves(keys, page.after))
    if page.before is not None:
        parts.append(beyond_halves(keys, page.before, backward=True))
    return [all_of(dict.fromkeys(each)) for each in zip(*parts, strict=True)]


def _bound(key: Key, value: SortKey, *, backward: bool) -> Sql:
    """Return what the first key alone says, for an index to start from."""
    if key.nullable:
        return TRUE
    return Sql(f"{key.text} {'>=' if key.descending is backward else '<='} ?", (value,))


def _beyond(key: Key, value: SortKey, *, backward: bool) -> Sql:
    if value is None:
        return Sql(f"{key.text} IS NOT NULL") if backward else FALSE
    sign = ">" if key.descending is backward else "<"
    if key.nullable and not backward:
        return Sql(f"({key.text} {sign} ? OR {key.text} IS NULL)", (value,))
    return Sql(f"{key.text} {sign} ?", (value,))


def window(keys: Sequence[Key], page: PageRequest) -> Sql:
    """Return the condition of lying between the page's bounds."""
    return all_of(
        (
            TRUE if page.after is None else beyond(keys, page.after),
            TRUE if page.before is None else beyond(keys, page.before, backward=True),
        )
    )


def outside(keys: Sequence[Key], page: PageRequest) -> tuple[Sql, Sql, Sql]:
    """Return the conditions of lying at `after` or before it, beyond `after`, at `before` or beyond it."""
    return (
        FALSE if page.after is None else beyond(keys, page.after, backward=True, inclusive=True),
        FALSE if page.after is None else beyond(keys, page.after),
        FALSE if page.before is None else beyond(keys, page.before, inclusive=True),
    )


def outside_halves(keys: Sequence[Key], page: PageRequest) -> tuple[list[Sql], list[Sql], list[Sql]]:
    """Return `outside` for each of `halves`."""
    return (
        [] if page.after is None else beyond_halves(keys, page.after, backward=True, inclusive=True),
        [] if page.after is None else beyond_halves(keys, page.after),
        [] if page.before is None else beyond_halves(keys, page.before, inclusive=True),
    )
