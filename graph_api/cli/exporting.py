"""Writing a projection to a file, which appears whole or not at all, and the whole graph for Neo4j's importer."""

import asyncio
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp

import typer

from graph_api.analytics.export import FORMATS, export
from graph_api.analytics.service import Analyses
from graph_api.analytics.spec import ProjectionSpec
from graph_api.cli.progress import spinning
from graph_api.errors import BadInput, Conflict
from graph_api.store.base import Store


def chosen_form(output: Path, form: str | None, *, force: bool) -> str:
    """Return the format that `--as` or the file's ending names, before any work is done.

    Raises:
        typer.BadParameter: there is no such format.
        BadInput: the file is there already, or its folder is not.
    """
    ending = (form or output.suffix).lower().lstrip(".")
    if ending not in FORMATS:
        option, known = ("--as" if form else "--output"), ", ".join(FORMATS)
        raise typer.BadParameter(f"no export format {ending!r}; choose one of {known}", param_hint=option)
    if output.is_dir() or not output.absolute().parent.is_dir():
        raise BadInput(f"{output} can't be a file there; name a file in a folder that exists")
    if output.exists() and not force:
        raise BadInput(f"{output} is there already; --force replaces it")
    return ending


async def write_projection(store: Store, spec: ProjectionSpec, ending: str, output: Path) -> tuple[int, int]:
    """Write a projection and return how many nodes and ties it has."""
    analyses = Analyses(store)
    try:
        with spinning(f"reading {spec.name.lower()}"):
            graph = await analyses.projection(spec)
    finally:
        await analyses.close()
    names: dict[str, str] = {}
    for kind in sorted(set(graph.kinds)):
        columns = await store.field_columns(kind, [])
        names.update(zip(map(str, columns["id"]), map(str, columns["name"]), strict=True))
    await asyncio.to_thread(_write, export(graph, ending, names), output)
    return len(graph), graph.ties


def empty_folder(folder: Path) -> Path:
    """Return a folder that is empty, made if it is not there.

    Raises:
        BadInput: it can't be had.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise BadInput(f"{folder} can't be written ({error.strerror}); choose another place") from error
    if not is_empty:
        raise BadInput(f"{folder} is not empty; name a folder that is, or a new one")
    return folder


async def write_for_neo4j(store: Store, folder: Path) -> str:
    """Write the whole graph as CSV files for Neo4j's importer and return the command line that imports them.

    Raises:
        Conflict: the graph was changed meanwhile.
    """
    from graph_api.store.neo4j.bulk import write_import

    revision = await store.revision()
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    with spinning("writing files for neo4j-admin"):
        command = await asyncio.to_thread(
            write_import, store.export, folder, dataset="import", actor="neo4j-admin", at=at
        )
    if await store.revision() != revision:
        raise Conflict("the graph was changed while it was being written; empty the folder and start again")
    return command


def _write(pieces: Iterable[bytes], output: Path) -> None:
    handle, name = mkstemp(dir=output.absolute().parent, prefix=f".{output.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
        part.chmod(0o644)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
