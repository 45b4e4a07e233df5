"""The same answers without GraphQL: rows fetched, put into dictionaries by hand, dumped."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from benchmarks.plain.statements import Tables

Variables: TypeAlias = Mapping[str, Any]


def _credit(row: Any) -> dict[str, Any]:
    return {"role": row[1], "character": row[2], "person": {"name": row[6]}}


def _cast(row: Any) -> dict[str, Any]:
    return {"character": row[2], "person": {"name": row[6]}}


def _with_credits(films: list[Any], at: int, rows: list[Any], shape: Callable[[Any], Any]) -> list[dict[str, Any]]:
    nodes: list[list[Any]] = [[] for _ in films]
    for row in rows:
        nodes[row[0]].append(shape(row))
    return [
        {"title": film[at + 3], "year": film[at + 6], "credits": {"nodes": own}}
        for film, own in zip(films, nodes, strict=True)
    ]


def credits_(tables: Tables, variables: Variables) -> Any:
    films = tables.films(variables["films"])
    rows = tables.credits([film[0] for film in films], variables["credits"])
    return {"data": {"films": {"nodes": _with_credits(films, 0, rows, _credit)}}}


def people(tables: Tables, variables: Variables) -> Any:
    rows = tables.people(variables["people"])
    return {"data": {"people": {"nodes": [{"id": id_, "slug": slug, "name": name} for _, id_, slug, name in rows]}}}


def person(tables: Tables, variables: Variables) -> Any:
    (row,) = tables.person(variables["slug"])
    films = tables.films_of([row[0]], variables["films"])
    rows = tables.credits([film[1] for film in films], variables["cast"], ("CAST",))
    nodes = _with_credits(films, 1, rows, _cast)
    return {"data": {"person": {"name": row[3], "films": {"nodes": nodes}}}}


ANSWERS: Mapping[str, Callable[[Tables, Variables], Any]] = {"credits": credits_, "people": people, "person": person}
"""Name of a request -> what makes its answer."""
