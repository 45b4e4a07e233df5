"""From ids to the keys of rows."""

# ruff: noqa: S608 - what is put together is constant; values are parameters

import sqlite3
from collections.abc import Sequence
from typing import TypeAlias

from graph_api.domain.ids import check_ascii, check_unknown, decode
from graph_api.store.embedded.sql import Parameter, Sql, array

Key: TypeAlias = int | None

_KEY = "coalesce((SELECT key FROM entity WHERE id = j.value), (SELECT entity_key FROM merged WHERE id = j.value))"
_ENTITY_KEY = "SELECT key FROM entity WHERE id = ?"
_ENTITY_KEYS = f"SELECT j.key, {_KEY} FROM json_each(?) AS j"


def id_array(ids: Sequence[str]) -> str:
    """Return ids as JSON; raises BadId where one can't even be written."""
    check_ascii(ids)
    return array(ids)


def entity_keys(conn: sqlite3.Connection, ids: Sequence[str]) -> list[Key]:
    """Return the keys of entities, of merged ones those they were merged into; None for what is not known."""
    if len(ids) == 1 and ids[0].isascii():  # as mostly it is, and then no merge has changed it
        row = conn.execute(_ENTITY_KEY, (ids[0],)).fetchone()
        if row is not None:
            return [row[0]]
    found: list[Key] = [key for _, key in conn.execute(_ENTITY_KEYS, (id_array(ids),))]
    check_unknown(ids, found)
    return found


def keys_of(ids: Sequence[str]) -> Sql:
    """Return a subquery of the keys of entities with these ids.

    Raises:
        BadId: one of them is none.
    """
    for id_ in ids:
        decode(id_)
    if len(ids) == 1:
        params: tuple[Parameter, ...] = (ids[0], ids[0])
        return Sql("(SELECT key FROM entity WHERE id = ? UNION SELECT entity_key FROM merged WHERE id = ?)", params)
    return Sql(f"(SELECT {_KEY} FROM json_each(?) AS j)", (array(ids),))
