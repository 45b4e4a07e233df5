"""The films of people, each once, with all that the person did on it."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, repeat

from graph_api.batching.columns import Rows
from graph_api.domain.catalogue import Relation
from graph_api.domain.paging import PageRequest, Pages
from graph_api.domain.query import Direction, Filter, Order, is_small
from graph_api.domain.records import PersonFilm, Relationship
from graph_api.errors import BadInput
from graph_api.store.embedded.filters import condition
from graph_api.store.embedded.functions import add_fold
from graph_api.store.embedded.hop_shapes import film_shape
from graph_api.store.embedded.hops import CREDITED, Fan, has_fold_in, pages_of
from graph_api.store.embedded.keys import entity_keys
from graph_api.store.embedded.keyset import Key, hop_key
from graph_api.store.embedded.shapes import ENDS, relationship_shape
from graph_api.store.embedded.sql import Sql, all_of, array


def person_films(
    conn: sqlite3.Connection, ids: Sequence[str], where: Filter, order: Sequence[Order], page: PageRequest
) -> Pages[PersonFilm]:
    """Return the films of each person, each once, with all the person's credits by id; deprecated ones do not count.

    Positions are the keys of `order` and the film's id.
    """
    people = entity_keys(conn, ids)
    if any(key.by.startswith("rel:") for key in order):
        raise BadInput("films of a person are ordered by what the film has, not by its credits")
    try:
        of_entity, keys, has_fold = (_films if is_small(where) else _films.__wrapped__)(where, tuple(order))
    except TypeError:  # a filter with a mapping in it can't be remembered
        of_entity, keys, has_fold = _films.__wrapped__(where, tuple(order))
    if has_fold:
        add_fold(conn)
    fan = Fan((Direction.OUT,), all_of((Sql(CREDITED), of_entity)), keys, keys, people, merged=of_entity)
    has_credits = page.own is None or bool(page.own)
    shape = film_shape(page.fields, has_credits=has_credits)
    pages = pages_of(conn, fan, page, shape)
    if has_credits:
        assert isinstance(pages.items, Rows)
        rows = pages.items.tuples
        owners = chain.from_iterable(map(repeat, people, pages.lengths))
        theirs = _credits(conn, [(owner, row[1]) for owner, row in zip(owners, rows, strict=True)])
        pages.items = Rows(shape.item, [(*row, own) for row, own in zip(rows, theirs, strict=True)])
    return pages


@lru_cache(maxsize=512)
def _films(where: Filter, order: tuple[Order, ...]) -> tuple[Sql, tuple[Key, ...], bool]:
    """Return what a person's films have to meet, their order, and whether any of it calls fold()."""
    keys = (*(hop_key(key, "r", "o") for key in order), Key("o.id"))
    return condition(where, "o"), keys, has_fold_in(where, keys)


def _credits(conn: sqlite3.Connection, pairs: Sequence[tuple[int | None, int]]) -> list[tuple[Relationship, ...]]:
    """Return the live credits of (person, film) pairs of keys."""
    shape = relationship_shape((Relation.CREDITED_ON,))
    text = (
        f"SELECT j.key, s.id, t.id, {shape.select('r')} FROM json_each(?) AS j CROSS JOIN relationship AS r"
        f" ON r.source_key = j.value ->> 0 AND r.target_key = j.value ->> 1 AND {CREDITED} {ENDS} ORDER BY j.key, r.id"
    )
    found: list[list[Relationship]] = [[] for _ in pairs]
    for row in conn.execute(text, (array(pairs),)):
        found[row[0]].append(shape.read(row, 3, row[1], row[2]))
    return list(map(tuple, found))
