"""Commands that bring data in and out: load, dump, check, backup, restore."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph_api.cli import failures
from graph_api.cli.database import place_of, with_graph
from graph_api.cli.options import DatabaseOption, FormatOption
from graph_api.cli.output import Answer, Column, Row, Table, hint, show
from graph_api.errors import BadInput

if TYPE_CHECKING:
    from graph_api.store.base import Store


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("load")(load)
    app.command("dump")(dump)
    app.command("check")(check)
    app.command("backup")(backup)
    app.command("restore")(restore)


class _Stopped(BaseException):
    """Ends a load on the thread that writes; the change it was making is dropped."""


def load(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A dataset folder; docs/dataset-format.md.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Remove what this dataset brought before and no longer holds.")
    ] = False,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Load a dataset into the graph: one change, whole or not at all."""
    _check_folder(folder)

    async def work(store: "Store") -> Answer:
        import asyncio
        import threading

        from graph_api.cli.progress import bar
        from seed.loading import load as load_dataset

        stop = threading.Event()
        with bar(f"loading {folder.name}") as advance:

            def progress(done: int, total: int) -> None:
                if stop.is_set():
                    raise _Stopped
                advance(done, total)

            task = asyncio.ensure_future(load_dataset(store, folder, replace=replace, progress=progress))
            try:
                applied = await asyncio.shield(task)
            except asyncio.CancelledError:
                stop.set()
                await asyncio.wait([task])
                if task.exception() is None:
                    hint("the load had already ended and is kept")
                raise
        row: Row = {
            "revision": applied.revision,
            "changed": applied.changed,
            "created": applied.created,
            "updated": applied.updated,
            "removed": applied.removed,
        }
        columns = [Column(name, name, is_number=name != "changed") for name in row]
        return Answer([Table(columns, [row])], dict(row))

    show(with_graph(database, work, make=True), format)


def dump(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that does not exist, or is empty.")],
    name: Annotated[
        str, typer.Option("--name", help="The dataset's name, under which a graph that loads it will keep it.")
    ] = "dump",
    database: DatabaseOption = None,
) -> None:
    """Write the graph as a dataset folder; loading it gives the same graph."""

    async def work(store: "Store") -> int:
        import asyncio

        from graph_api.cli.progress import bar
        from seed.dumping import dump as dump_dataset

        with bar(f"dumping to {folder.name}", "rows") as advance:
            return await asyncio.to_thread(
                dump_dataset, store, folder, name=name, progress=lambda rows: advance(rows, 0)
            )

    try:
        rows = with_graph(database, work)
    except OSError as error:
        raise BadInput(f"{folder} can't be written ({error.strerror}); choose another place") from error
    hint(f"wrote {rows} rows to {folder}")


def check(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]", help="A dataset folder; without it the stored graph is checked.", show_default=False
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many problems are listed.")] = 1000,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Check a dataset folder, or the stored graph; found problems leave 3."""
    if folder is not None:
        if database is not None:
            raise typer.BadParameter("checks the stored graph; leave it out to check a folder", param_hint="--database")
        rows, total = _dataset_problems(folder, limit)
    else:
        found = with_graph(database, _faults)
        rows, total = [{"problem": line} for line in found[:limit]], len(found)
    columns = [Column("problem", "problem")]
    if folder is not None:
        columns = [
            Column("file", "file", "cyan"),
            Column("line", "line", is_number=True),
            Column("column", "column"),
            *columns,
        ]
    caption = f"{len(rows)} of {total}; --limit lists more" if total > len(rows) else ""
    tables = [Table(columns, rows, caption=caption)]
    heading = [f"{total} problem{'s' * (total != 1)}"] if total else ["sound: no problems"]
    show(
        Answer(tables if rows else [], {"problems": [dict(row) for row in rows], "total": total}, heading, tables[0]),
        format,
    )
    if total:
        raise typer.Exit(failures.PROBLEMS)


async def _faults(store: "Store") -> list[str]:
    from graph_api.cli.progress import spinning

    with spinning("checking the stored graph"):
        return await store.check_integrity()


def _dataset_problems(folder: Path, limit: int) -> tuple[list[Row], int]:
    """Return the first problems of a dataset and the number of all."""
    from graph_api.cli.progress import bar
    from seed.problems import Problem
    from seed.stream import Dataset

    _check_folder(folder)
    rows: list[Row] = []
    total = 0

    def note(problem: Problem) -> None:
        nonlocal total
        total += 1
        if len(rows) < limit:
            rows.append(
                {"file": problem.file, "line": problem.line, "column": problem.column, "problem": problem.message}
            )

    with bar(f"checking {folder.name}") as advance:
        dataset = Dataset(folder, note, closed=True)
        for _ in dataset.batches():
            advance(dataset.position, dataset.size)
    return rows, total


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        reason = "is a file, not a folder" if folder.exists() else "is not there"
        raise BadInput(f"{folder} {reason}; give a dataset's folder, the one with dataset.json")


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; must not exist.")],
    database: DatabaseOption = None,
) -> None:
    """Copy the graph to a file, also while it is being served."""
    with_graph(database, lambda store: store.backup(file))
    hint(f"wrote {file}")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    database: DatabaseOption = None,
) -> None:
    """Replace the database by a backup, once that is checked; refuses while the database is in use."""
    place = place_of(database)
    if place.path is None:
        raise BadInput(
            "only a database that is a file can be restored; to fill another store, dump a graph and load it there"
        )
    from graph_api.cli.progress import spinning
    from graph_api.store.embedded.restore import restore as restore_file

    with spinning(f"restoring {file.name}"):
        revision = restore_file(file, place.path)
    hint(f"restored revision {revision} to {place.path}")
