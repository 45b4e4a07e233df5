"""The same answers without GraphQL: the rows that are asked for, put into dictionaries by hand, dumped."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from benchmarks.plain.statements import Tables

Variables: TypeAlias = Mapping[str, Any]

_FILM = "e.key, e.name, e.p_year"
_FILM_WITH_ID = "e.key, e.name, e.p_year, e.id"
_CAST = ("CAST",)


def _credit(row: Any) -> dict[str, Any]:
    return {"role": row[1], "character": row[2], "person": {"name": row[3]}}


def _cast(row: Any) -> dict[str, Any]:
    return {"character": row[1], "person": {"name": row[2]}}


def _edge(row: Any) -> dict[str, Any]:
    person = {"id": row[4], "name": row[5]}
    return {"node": {"role": row[1], "character": row[2], "order": row[3], "person": person}}


def _cast_edge(row: Any) -> dict[str, Any]:
    return {"node": {"character": row[1], "order": row[2], "person": {"id": row[3], "name": row[4]}}}


def _grouped(films: list[Any], rows: list[Any], shape: Callable[[Any], Any]) -> list[list[Any]]:
    found: list[list[Any]] = [[] for _ in films]
    for row in rows:
        found[row[0]].append(shape(row))
    return found


def _with_credits(films: list[Any], at: int, rows: list[Any], shape: Callable[[Any], Any]) -> list[dict[str, Any]]:
    return [
        {"title": film[at + 1], "year": film[at + 2], "credits": {"nodes": own}}
        for film, own in zip(films, _grouped(films, rows, shape), strict=True)
    ]


def _edges(films: list[Any], at: int, rows: list[Any], shape: Callable[[Any], Any]) -> list[dict[str, Any]]:
    return [
        {"node": {"id": film[at + 3], "title": film[at + 1], "year": film[at + 2], "credits": {"edges": own}}}
        for film, own in zip(films, _grouped(films, rows, shape), strict=True)
    ]


def credits_(tables: Tables, variables: Variables) -> Any:
    films = tables.films(variables["films"], _FILM)
    rows = tables.credits([film[0] for film in films], variables["credits"], (), "r.p_role, r.p_character, p.name")
    return {"data": {"films": {"nodes": _with_credits(films, 0, rows, _credit)}}}


def credit_edges(tables: Tables, variables: Variables) -> Any:
    films = tables.films(variables["films"], _FILM_WITH_ID)
    columns = "r.p_role, r.p_character, r.p_order, p.id, p.name"
    rows = tables.credits([film[0] for film in films], variables["credits"], (), columns)
    return {"data": {"films": {"edges": _edges(films, 0, rows, _edge)}}}


def people(tables: Tables, variables: Variables) -> Any:
    rows = tables.people(variables["people"], "id, slug, name")
    return {"data": {"people": {"nodes": [{"id": id_, "slug": slug, "name": name} for id_, slug, name in rows]}}}


def person(tables: Tables, variables: Variables) -> Any:
    (row,) = tables.person(variables["slug"])
    films = tables.films_of([row[0]], variables["films"], _FILM)
    rows = tables.credits([film[1] for film in films], variables["cast"], _CAST, "r.p_character, p.name")
    nodes = _with_credits(films, 1, rows, _cast)
    return {"data": {"person": {"name": row[3], "films": {"nodes": nodes}}}}


def person_edges(tables: Tables, variables: Variables) -> Any:
    (row,) = tables.person(variables["slug"])
    films = tables.films_of([row[0]], variables["films"], _FILM_WITH_ID)
    columns = "r.p_character, r.p_order, p.id, p.name"
    rows = tables.credits([film[1] for film in films], variables["cast"], _CAST, columns)
    found = {"id": row[1], "name": row[3], "films": {"edges": _edges(films, 1, rows, _cast_edge)}}
    return {"data": {"person": found}}


ANSWERS: Mapping[str, Callable[[Tables, Variables], Any]] = {
    "credits": credits_,
    "people": people,
    "person": person,
    "credit-edges": credit_edges,
    "person-edges": person_edges,
}
"""Name of a request -> what makes its answer."""
