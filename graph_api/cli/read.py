"""Commands that read: search, show, stats, schema."""

from typing import TYPE_CHECKING, Annotated

import typer

from graph_api.cli import failures
from graph_api.cli.database import with_graph
from graph_api.cli.options import DatabaseOption, FormatOption, KindsOption, some_of
from graph_api.cli.output import Answer, Column, Row, Table, show

if TYPE_CHECKING:
    from graph_api.domain.catalogue import Kind
    from graph_api.store.base import Store


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("search")(search)
    app.command("show")(show_entity)
    app.command("stats")(stats)
    app.command("schema")(schema)


def search(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="Words of a name; accents, case and a typo do not matter.")
    ],
    kind: KindsOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="At most so many.")] = 20,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Find entities by name or alias."""
    from graph_api.domain.catalogue import Kind

    kinds = some_of(Kind, kind, "--kind")
    show(with_graph(database, lambda store: _search(store, text, kinds, limit)), format)


async def _search(store: "Store", text: str, kinds: tuple["Kind", ...], limit: int) -> Answer:
    from graph_api.cli.finding import reference
    from graph_api.domain.paging import PageRequest

    page = await store.search(text, kinds, PageRequest(size=limit, count=True))
    rows = [
        {
            "entity": reference(hit.entity),
            "kind": hit.entity.kind.value,
            "name": hit.entity.name,
            "matched": hit.matched,
            "score": hit.score,
            "id": hit.entity.id,
        }
        for hit in page.items
    ]
    columns = [
        Column("entity", "entity", "cyan"),
        Column("kind", ""),
        Column("name", "name"),
        Column("matched", "matched"),
        Column("score", "score", is_number=True),
        Column("id", ""),
    ]
    total = page.total if page.total is not None else len(rows)
    caption = f"{len(rows)} of {total}" if rows else "nothing matches; fewer or shorter words match more"
    return Answer([Table(columns, rows, caption=caption)])


def show_entity(
    entity: Annotated[
        str,
        typer.Argument(metavar="ENTITY", help="KIND/SLUG as in film/imperia, a slug, a name or an id; or source/SLUG."),
    ],
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=100_000, help="At most so many relationships of each sort.")
    ] = 50,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Show an entity: its fields, names, claims with citations, and relationships."""
    from graph_api.cli.page import page_of

    show(with_graph(database, lambda store: page_of(store, entity, limit)), format)


def stats(
    check: Annotated[bool, typer.Option("--check", help="Also check the stored graph; found faults leave 3.")] = False,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Count what the graph holds; its revision and hash."""
    answer, faults = with_graph(database, lambda store: _stats(store, check))
    show(answer, format)
    if faults:
        raise typer.Exit(failures.PROBLEMS)


async def _stats(store: "Store", check: bool) -> tuple[Answer, list[str]]:
    from graph_api.domain.catalogue import Kind

    counts, info = await store.counts(), await store.info()
    about: dict[str, str | int] = {
        "revision": await store.revision(),
        "hash": await store.graph_hash(),
        "store": f"{info.name} {info.version}",
    }
    kinds = {kind.value: counts.kinds.get(kind, 0) for kind in Kind}
    relations = {relation.value: number for relation, number in counts.relations.items() if number}
    totals = {
        "entities": sum(kinds.values()),
        "relationships": sum(relations.values()),
        "sources": counts.sources,
        "claims": counts.claims,
        "conflicts": counts.conflicts,
    }
    faults = await store.check_integrity() if check else []
    rows: list[Row] = [{"of": "graph", "what": name, "count": number} for name, number in totals.items()]
    rows += [{"of": "kind", "what": name, "count": number} for name, number in kinds.items()]
    rows += [{"of": "relation", "what": name, "count": number} for name, number in relations.items()]
    columns = [Column("of", "of"), Column("what", "what", "cyan"), Column("count", "count", is_number=True)]
    data: dict[str, object] = {**about, **totals, "kinds": kinds, "relations": relations}
    heading = [f"Revision {about['revision']}", f"hash {about['hash']}", f"store {about['store']}"]
    if check:
        data["faults"] = faults
        heading += faults or ["integrity: sound"]
    return Answer([Table(columns, rows)], data, heading), faults


def schema() -> None:
    """Print the GraphQL schema (SDL)."""
    from schema.build import make_schema

    typer.echo(make_schema().as_str())
