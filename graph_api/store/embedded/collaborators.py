"""Who worked on the same films."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Sequence

from graph_api.domain.catalogue import CreditRole, Kind, Relation
from graph_api.domain.paging import Page, PageRequest, page_of
from graph_api.domain.query import YearSpan
from graph_api.domain.records import Collaborator
from graph_api.store.embedded.keys import Key, entity_keys
from graph_api.store.embedded.shapes import entity_shape
from graph_api.store.embedded.sql import TRUE, Sql, all_of, array, in_list


def collaborators(
    conn: sqlite3.Connection, ids: Sequence[str], roles: Sequence[str], years: YearSpan, page: PageRequest
) -> list[Page[Collaborator]]:
    """Return for each person who worked on the same films, most films first, then by id.

    A credit counts in these roles (empty: all but FEATURED) and films in these years; deprecated
    credits do not count. Positions are (-weight, id).
    """
    people = entity_keys(conn, ids)
    others = _shared(conn, people, roles, years)
    pages = [page_of(each, [(-float(number), id_) for number, id_, _ in each], page) for each in others]
    chosen = [(people[i], key) for i, each in enumerate(pages) for _, _, key in each.items]
    films = _films(conn, chosen, roles, years)
    shape = entity_shape((Kind.PERSON,))
    text = f"SELECT {shape.select('e')} FROM json_each(?) AS j CROSS JOIN entity AS e ON e.key = j.value ORDER BY j.key"
    rows = conn.execute(text, (array(key for _, key in chosen),))
    found = iter(
        [Collaborator(shape.read(row), float(len(shared)), shared) for row, shared in zip(rows, films, strict=True)]
    )
    return [
        Page([next(found) for _ in each.items], each.positions, each.has_next, each.has_previous, each.total)
        for each in pages
    ]


def _counted(alias: str, roles: Sequence[str], years: YearSpan) -> Sql:
    """Return the condition that a credit counts."""
    credit = Sql(f"{alias}.type = '{Relation.CREDITED_ON.value}' AND {alias}.rank <> 'DEPRECATED'")
    other = Sql(f"{alias}.p_role <> '{CreditRole.FEATURED.value}'")
    return all_of((credit, in_list(f"{alias}.p_role", roles) if roles else other, _in_years(alias, years)))


def _in_years(alias: str, years: YearSpan) -> Sql:
    bounds = [(sign, year) for sign, year in ((">=", years.first), ("<=", years.last)) if year is not None]
    if not bounds:
        return TRUE
    within = " AND ".join(f"f.p_year {sign} ?" for sign, _ in bounds)
    film = f"EXISTS (SELECT 1 FROM entity AS f WHERE f.key = {alias}.target_key AND {within})"
    return Sql(film, tuple(year for _, year in bounds))


def _shared(
    conn: sqlite3.Connection, people: Sequence[Key], roles: Sequence[str], years: YearSpan
) -> list[list[tuple[int, str, int]]]:
    """Return (number of films, id, key) of each person's collaborators, in the list's order."""
    mine, theirs = _counted("r", roles, years), _counted("c", roles, YearSpan())
    text = f"""
WITH film (position, person, key) AS MATERIALIZED (
  SELECT DISTINCT j.key, j.value, r.target_key
  FROM json_each(?) AS j CROSS JOIN relationship AS r ON r.source_key = j.value WHERE {mine.text}
)
SELECT s.position, s.number, e.id, s.key FROM (
  SELECT film.position AS position, c.source_key AS key, count(DISTINCT film.key) AS number
  FROM film CROSS JOIN relationship AS c ON c.target_key = film.key
  WHERE c.source_key <> film.person AND {theirs.text} GROUP BY film.position, c.source_key
) AS s CROSS JOIN entity AS e ON e.key = s.key ORDER BY s.position, s.number DESC, e.id"""
    found: list[list[tuple[int, str, int]]] = [[] for _ in people]
    for position, number, id_, key in conn.execute(text, (array(people), *mine.params, *theirs.params)):
        found[position].append((number, id_, key))
    return found


def _films(
    conn: sqlite3.Connection, pairs: Sequence[tuple[Key, int]], roles: Sequence[str], years: YearSpan
) -> list[tuple[str, ...]]:
    """Return the ids of the films that pairs of people have in common, by id."""
    mine, theirs = _counted("r", roles, years), _counted("c", roles, YearSpan())
    text = f"""
SELECT DISTINCT j.key, e.id
FROM json_each(?) AS j CROSS JOIN relationship AS c ON c.source_key = j.value ->> 1
CROSS JOIN relationship AS r ON r.target_key = c.target_key AND r.source_key = j.value ->> 0
CROSS JOIN entity AS e ON e.key = c.target_key
WHERE {theirs.text} AND {mine.text} ORDER BY j.key, e.id"""
    found: list[list[str]] = [[] for _ in pairs]
    for position, id_ in conn.execute(text, (array(pairs), *theirs.params, *mine.params)):
        found[position].append(id_)
    return [tuple(ids) for ids in found]
