"""The rows that the comparator and the hand-written answers read: only the columns needed, each list in one statement.

The fastest forms that were found: the first credits of each film by their places in the file's own index; where
only some of them count, and for a person's films, the first n are chosen by a correlated subquery.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import orjson

Rows: TypeAlias = list[tuple[Any, ...]]

_FILM = """e.key, e.id, e.slug, e.name, e.p_film_kind, e.p_status, e.p_year, e.p_released_on, e.p_runtime, e.p_genres,
 e.p_ai_use"""
_CREDIT = "r.p_role, r.p_character, r.p_order, p.key, p.id, p.slug, p.name"
_FIRST_CREDITS = """
FROM json_each(?) AS j CROSS JOIN relationship AS r ON r.target_key = j.value AND r.place BETWEEN 1 AND ?
CROSS JOIN entity AS p ON p.key = r.source_key"""
_FIRST_CREDITS_OF = """
FROM json_each(?) AS j CROSS JOIN json_each((SELECT json_group_array(place) FROM (
  SELECT place FROM relationship WHERE target_key = j.value AND place > 0
  AND p_role IN (SELECT value FROM json_each(?)) ORDER BY place LIMIT ?))) AS h
CROSS JOIN relationship AS r ON r.target_key = j.value AND r.place = h.value
CROSS JOIN entity AS p ON p.key = r.source_key"""
_FIRST_FILMS = """
FROM json_each(?) AS j CROSS JOIN json_each((SELECT json_group_array(key) FROM (
  SELECT DISTINCT o.key, o.name_key, o.id FROM relationship AS r CROSS JOIN entity AS o ON o.key = r.target_key
  WHERE r.source_key = j.value AND r.type = 'CREDITED_ON' AND r.rank <> 'DEPRECATED'
  ORDER BY o.name_key, o.id LIMIT ?))) AS h
CROSS JOIN entity AS e ON e.key = h.value"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file as a service that only reads would."""
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False, isolation_level=None)
    db.execute("PRAGMA mmap_size = 268435456")
    db.execute("PRAGMA cache_size = -16384")
    return db


def _array(values: Iterable[object]) -> str:
    return orjson.dumps(list(values)).decode()


class Tables:
    """The file, read row by row."""

    def __init__(self, path: Path) -> None:
        self._db = connect(path)

    def film(self, slug: str) -> Rows:
        """Return one film's columns; ids are made of kind and slug, and the id has the index."""
        return self._all(f"SELECT {_FILM} FROM entity AS e WHERE e.id = ?", entity_id("Film", slug))

    def person(self, slug: str) -> Rows:
        """Return one person's key, id, slug and name."""
        return self._all("SELECT key, id, slug, name FROM entity WHERE id = ?", entity_id("Person", slug))

    def films(self, first: int, columns: str = _FILM) -> Rows:
        """Return films by name."""
        return self._all(
            f"SELECT {columns} FROM entity AS e WHERE e.kind = 'FILM' ORDER BY e.name_key, e.id LIMIT ?", first
        )

    def people(self, first: int, columns: str = "key, id, slug, name") -> Rows:
        """Return people by name."""
        return self._all(f"SELECT {columns} FROM entity WHERE kind = 'PERSON' ORDER BY name_key, id LIMIT ?", first)

    def credits(self, films: Sequence[int], first: int, roles: Sequence[str] = (), columns: str = _CREDIT) -> Rows:
        """Return the first credits of each film: the film's place, and columns of the credit `r` and the person `p`."""
        text = f"SELECT j.key, {columns}"
        if roles:
            return self._all(text + _FIRST_CREDITS_OF, _array(films), _array(roles), first)
        return self._all(text + _FIRST_CREDITS, _array(films), first)

    def films_of(self, people: Sequence[int], first: int, columns: str = _FILM) -> Rows:
        """Return the first films of each person by name: the person's place and the film's columns."""
        return self._all(f"SELECT j.key, {columns} {_FIRST_FILMS}", _array(people), first)

    def _all(self, text: str, *parameters: object) -> Rows:
        return self._db.execute(text, parameters).fetchall()


def entity_id(type_name: str, slug: str) -> str:
    """Return the id of an entity."""
    from graph_api.domain.catalogue import KINDS
    from graph_api.domain.ids import entity_id as make

    return make(next(kind for kind, record in KINDS.items() if record.type_name == type_name), slug)
