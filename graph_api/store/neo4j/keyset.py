"""Pages by keyset: orders, and the conditions of lying beyond a position in one.

Nulls come last in both directions; all tie-breakers ascend and are never null.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from graph_api.domain.catalogue import Kind, ValueType
from graph_api.domain.fields import own_property, usable_count, usable_order
from graph_api.domain.paging import NOT_OURS, PageRequest, Position, SortKey
from graph_api.domain.query import Order
from graph_api.errors import BadCursor
from graph_api.store.neo4j.cypher import FALSE, TRUE, Conditions, Values, all_of, any_of
from graph_api.store.neo4j.filters import folded


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an order: an expression, or a name for one that is to be computed once."""

    text: str
    descending: bool = False
    nullable: bool = False
    computed: str | None = None


def entity_key(order: Order, alias: str, kind: Kind | None = None) -> Key:
    """Return the key that an order of entities means.

    Raises:
        BadInput: nothing to order by; the message names what is.
    """
    by, descending = order.by, order.descending
    if by == "degree":
        return Key(f"{alias}.degree", descending)
    if by.startswith("count:"):
        type_ = usable_count(by).value
        return Key(f"count_{type_}", descending, computed=f"COUNT {{ ({alias})-[:{type_}]-() }}")
    prop = usable_order(by, kind)
    if prop is None:
        return Key(f"{alias}.nameKey", descending)
    text = folded(prop, alias)
    # Cursors of both stores hold a number for a truth value.
    return Key(f"toInteger({text})" if prop.type is ValueType.BOOLEAN else text, descending, nullable=True)


def hop_key(order: Order, relationship: str, entity: str) -> Key:
    """Return the key that an order of hops means; "rel:order" is a property of the relationship."""
    if order.by.startswith("rel:"):
        name = own_property(order.by.removeprefix("rel:")).name
        return Key(f"{relationship}.{name}", order.descending, nullable=True)
    return entity_key(order, entity)


# --------------------------------------------------------------------------- text
def narrowed(match: str, where: Conditions, carry: str, keys: Sequence[Key], window: str) -> str:
    """Return clauses that give what meets conditions, the keys that are computed, and lies in a window of the order.

    Args:
        match: clauses up to their WHERE.
        where: what has to be met.
        carry: the variables that are handed on.
        keys: of the order.
        window: a condition on the keys.
    """
    computed = [f"{key.computed} AS {key.text}" for key in keys if key.computed]
    if not computed:
        return where.after(match, carry, window)
    return f"{where.after(match, carry)} WITH {', '.join((carry, *dict.fromkeys(computed)))} WHERE {window}"


def carried(carry: str, keys: Sequence[Key]) -> str:
    """Return the variables after `narrowed`."""
    return ", ".join((carry, *dict.fromkeys(key.text for key in keys if key.computed)))


def cells(keys: Iterable[Key]) -> list[str]:
    """Return the expressions of columns of keys, which `position` reads."""
    return [f"[{key.text}]" if key.nullable else key.text for key in keys]


def position(keys: Sequence[Key], row: Sequence[SortKey | list[SortKey]]) -> Position:
    """Return the position whose columns begin a row."""
    return tuple(cell[0] if isinstance(cell, list) else cell for cell in row[: len(keys)])


def order_by(keys: Iterable[Key], *, backward: bool = False) -> str:
    """Return the keys as a list for ORDER BY, turned round for a page that is read from its end."""
    parts = []
    for key in keys:
        down = key.descending is not backward
        if key.nullable:
            parts.append(f"{key.text} IS NULL{' DESC' if backward else ''}")
        parts.append(f"{key.text}{' DESC' if down else ''}")
    return ", ".join(parts)


# --------------------------------------------------------------------------- conditions
@dataclass(frozen=True, slots=True)
class Stretch:
    """A list in the order of its keys, or the part of it that has the first key, or the part that has not.

    Attributes:
        keys: of the whole list.
        has: whether its items have the first key; None where both kinds are among them.
    """

    keys: tuple[Key, ...]
    has: bool | None = None

    @property
    def order(self) -> tuple[Key, ...]:
        """The keys that order it."""
        if self.has is None:
            return self.keys
        return (replace(self.keys[0], nullable=False), *self.keys[1:]) if self.has else self.keys[1:]

    def beyond(self, at: Position, values: Values, *, backward: bool = False, inclusive: bool = False) -> str:
        """Return the condition of coming after a position, or before it; `inclusive`, of standing at it too.

        Raises:
            BadCursor: the position is of another list.
        """
        _check(self.keys, at)
        if self.has is None or (self.has and at[0] is not None):
            return _beyond(self.order, at, values, backward=backward, inclusive=inclusive)
        if not self.has and at[0] is None:
            return _beyond(self.order, at[1:], values, backward=backward, inclusive=inclusive)
        return TRUE if self.has is backward else FALSE

    def window(self, page: PageRequest, values: Values) -> str:
        """Return the condition of lying between the page's bounds."""
        return all_of(
            (
                TRUE if page.after is None else self.beyond(page.after, values),
                TRUE if page.before is None else self.beyond(page.before, values, backward=True),
            )
        )

    def outside(self, page: PageRequest, values: Values) -> list[str]:
        """Return the conditions of the three fields of `graph_api.domain.paging.Around`."""
        after, before = page.after, page.before
        return [
            FALSE if after is None else self.beyond(after, values, backward=True, inclusive=True),
            # Without other bound the page itself would show it.
            FALSE if after is None or before is None else self.beyond(after, values),
            FALSE if before is None else self.beyond(before, values, inclusive=True),
        ]


AROUND = ("until_after", "beyond_after", "from_before")
"""Names for what `Stretch.outside` asks."""


def _check(keys: Sequence[Key], at: Position) -> None:
    if len(keys) != len(at) or any(v is None and not k.nullable for k, v in zip(keys, at, strict=True)):
        raise BadCursor(NOT_OURS)


def _beyond(keys: Sequence[Key], at: Position, values: Values, *, backward: bool, inclusive: bool) -> str:
    marks = [None if value is None else values.add(value) for value in at]
    alternatives = []
    same: list[str] = []
    for key, mark in zip(keys, marks, strict=True):
        alternatives.append(all_of((*same, _further(key, mark, backward=backward))))
        same.append(f"{key.text} IS NULL" if mark is None else f"{key.text} = {mark}")
    if inclusive:
        alternatives.append(all_of(same))
    return all_of((_bound(keys[0], marks[0], backward=backward), any_of(alternatives)))


def _bound(key: Key, mark: str | None, *, backward: bool) -> str:
    """Return what the first key alone says, for an index to start from."""
    if key.nullable or mark is None:
        return TRUE
    return f"{key.text} {'>=' if key.descending is backward else '<='} {mark}"


def _further(key: Key, mark: str | None, *, backward: bool) -> str:
    if mark is None:
        return f"{key.text} IS NOT NULL" if backward else FALSE
    further = f"{key.text} {'>' if key.descending is backward else '<'} {mark}"
    return f"({further} OR {key.text} IS NULL)" if key.nullable and not backward else further
