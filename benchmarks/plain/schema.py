"""Strawberry types and DataLoaders for the fields that are measured, named and typed as in schema.graphql.

Written as somebody who minds speed would: one statement a level, objects made once with slots, a credit's
person made of the row that brought the credit, values converted when the object is made, no
resolver where an attribute will do, documents parsed and validated once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
import strawberry
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig

from benchmarks.plain.statements import Tables
from schema.enums import AiUse, CreditRole, FilmStatus
from schema.films import whole_minutes
from schema.scalars import SCALARS, Date

_ROLES = {role.value: role for role in CreditRole}
_STATUS = {status.value: status for status in FilmStatus}
_AI_USE = {use.value: use for use in AiUse}


@dataclass(slots=True)
class Context:
    """A request's loaders; the arguments of a page are a part of the key."""

    tables: Tables
    credits: "DataLoader[tuple[int, int, tuple[str, ...]], CreditConnection]"
    films: "DataLoader[tuple[int, int], PersonFilmConnection]"


@strawberry.type
class Person:
    key: strawberry.Private[int]
    id: strawberry.ID
    slug: str
    name: str

    @strawberry.field
    async def films(
        self, info: strawberry.Info[Context, None], first: int | None = strawberry.UNSET
    ) -> "PersonFilmConnection":
        return await info.context.films.load((self.key, first or 20))


@strawberry.type
class Credit:
    role: CreditRole
    character: str | None
    order: int | None
    person: Person


@strawberry.type
class CreditEdge:
    node: Credit


@strawberry.type
class CreditConnection:
    nodes: list[Credit]

    @strawberry.field
    def edges(self) -> list[CreditEdge]:
        return [CreditEdge(node=node) for node in self.nodes]


@strawberry.type
class Film:
    key: strawberry.Private[int]
    id: strawberry.ID
    slug: str
    title: str
    film_kind: str
    status: FilmStatus
    year: int | None
    released_on: Date | None
    runtime_minutes: int | None
    genres: list[str]
    ai_use: AiUse

    @strawberry.field
    async def credits(
        self,
        info: strawberry.Info[Context, None],
        roles: Annotated[list[CreditRole] | None, strawberry.argument(name="roles")] = strawberry.UNSET,
        first: int | None = strawberry.UNSET,
    ) -> CreditConnection:
        wanted = tuple(role.value for role in roles) if roles else ()
        return await info.context.credits.load((self.key, first or 20, wanted))


@strawberry.type
class FilmEdge:
    node: Film


@strawberry.type
class FilmConnection:
    nodes: list[Film]

    @strawberry.field
    def edges(self) -> list[FilmEdge]:
        return [FilmEdge(node=node) for node in self.nodes]


@strawberry.type
class PersonConnection:
    nodes: list[Person]


@strawberry.type
class PersonFilmEdge:
    node: Film


@strawberry.type
class PersonFilmConnection:
    nodes: list[Film]

    @strawberry.field
    def edges(self) -> list[PersonFilmEdge]:
        return [PersonFilmEdge(node=node) for node in self.nodes]


def _film(row: Any, at: int = 0) -> Film:
    key, id_, slug, name, kind, status, year, released_on, runtime, genres, ai_use = row[at:]
    return Film(
        key=key,
        id=id_,
        slug=slug,
        title=name,
        film_kind=kind or "unknown",
        status=_STATUS[status or "UNKNOWN"],
        year=year,
        released_on=released_on,
        runtime_minutes=whole_minutes(runtime),
        genres=orjson.loads(genres) if genres else [],
        ai_use=_AI_USE[ai_use or "UNKNOWN"],
    )


def _pages(
    read: Callable[..., list[tuple[Any, ...]]], item: Callable[[Any], Any], connection: Callable[..., Any]
) -> Callable[[list[tuple[Any, ...]]], Any]:
    """Return what loads pages: one statement for all keys that ask for the same arguments."""

    async def load(keys: list[tuple[Any, ...]]) -> list[Any]:
        alike: dict[tuple[Any, ...], list[int]] = {}
        for i, key in enumerate(keys):
            alike.setdefault(key[1:], []).append(i)
        found: list[list[Any]] = [[] for _ in keys]
        for arguments, places in alike.items():
            for row in read([keys[i][0] for i in places], *arguments):
                found[places[row[0]]].append(item(row))
        return [connection(nodes=nodes) for nodes in found]

    return load


def _credit(row: Any) -> Credit:
    _, role, character, order, key, id_, slug, name = row
    return Credit(
        role=_ROLES[role], character=character, order=order, person=Person(key=key, id=id_, slug=slug, name=name)
    )


def _person(row: Any) -> Person:
    key, id_, slug, name = row
    return Person(key=key, id=id_, slug=slug, name=name)


def make_context(tables: Tables) -> Context:
    """Return the context of one request."""
    return Context(
        tables,
        DataLoader(load_fn=_pages(tables.credits, _credit, CreditConnection)),
        DataLoader(load_fn=_pages(tables.films_of, lambda row: _film(row, 1), PersonFilmConnection)),
    )


@strawberry.type
class Query:
    @strawberry.field
    async def film(self, info: strawberry.Info[Context, None], slug: str) -> Film | None:
        rows = info.context.tables.film(slug)
        return _film(rows[0]) if rows else None

    @strawberry.field
    async def person(self, info: strawberry.Info[Context, None], slug: str) -> Person | None:
        rows = info.context.tables.person(slug)
        return _person(rows[0]) if rows else None

    @strawberry.field
    async def films(self, info: strawberry.Info[Context, None], first: int | None = strawberry.UNSET) -> FilmConnection:
        return FilmConnection(nodes=[_film(row) for row in info.context.tables.films(first or 20)])

    @strawberry.field
    async def people(
        self, info: strawberry.Info[Context, None], first: int | None = strawberry.UNSET
    ) -> PersonConnection:
        return PersonConnection(nodes=[_person(row) for row in info.context.tables.people(first or 20)])


def make_schema() -> strawberry.Schema:
    """Return the schema, which keeps what it has parsed and validated."""
    return strawberry.Schema(
        Query,
        extensions=[lambda: ParserCache(maxsize=100), lambda: ValidationCache(maxsize=100)],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
