"""`filmgraph copy`: a whole graph from one store into another."""

from typing import TYPE_CHECKING, Annotated

import typer

from graph_api.cli.database import graph, run
from graph_api.cli.output import hint
from graph_api.errors import BadInput, Conflict, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph_api.cli.progress import Advance
    from graph_api.domain.records import ChangeItem
    from graph_api.store.base import Store

_BATCH = 5_000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("copy")(copy)


def copy(
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="The graph to copy: a file, or the address of a store.")
    ],
    target: Annotated[str, typer.Argument(metavar="TO", help="Where to: a file, or the address of a store.")],
    replace: Annotated[bool, typer.Option("--replace", help="Empty a graph that is there already, first.")] = False,
) -> None:
    """Copy a graph from one store into another, and compare their hashes at the end."""
    if source == target:
        raise BadInput("a graph can't be copied onto itself; name two stores")

    async def work() -> int:
        import asyncio

        from graph_api.cli.progress import bar

        async with graph(source) as one, graph(target, make=True) as other:
            if await asyncio.to_thread(_holds_something, other):
                if not replace:
                    raise Conflict(f"{target} holds a graph already; --replace empties it first")
                await other.apply([], actor="copy", remove=await asyncio.to_thread(_nodes, other))
            with bar(f"copying to {target}", "items") as advance:
                await other.apply(_batches(one, advance), actor="copy", dataset="copy")
            if await one.graph_hash() != await other.graph_hash():
                raise StoreError("the copy is not the same graph; the source was changed meanwhile: copy again")
            return await other.revision()

    hint(f"copied to {target}, revision {run(work())}; the hashes are equal")


def _holds_something(store: "Store") -> bool:
    return next(iter(store.export()), None) is not None


def _nodes(store: "Store") -> list[str]:
    """Return the ids of all entities, which take what is said of them along, then of the sources."""
    from graph_api.domain.ids import entity_id
    from graph_api.domain.records import EntityRow, Source

    entities: dict[str, None] = {}
    sources: list[str] = []
    for item in store.export():
        match item:
            case Source():
                sources.append(item.id)
            case EntityRow():
                entities[entity_id(item.kind, item.slug)] = None
            case _:
                break
    return [*entities, *sources]


def _batches(store: "Store", advance: "Advance") -> "Iterator[list[ChangeItem]]":
    from itertools import islice

    items = iter(store.export())
    done = 0
    while batch := list(islice(items, _BATCH)):
        yield batch
        done += len(batch)
        advance(done, 0)
