"""Commands on the log of changes: log, undo."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from graph_api.cli.database import with_graph
from graph_api.cli.options import DatabaseOption, FormatOption
from graph_api.cli.output import Answer, Column, Row, Table, show
from graph_api.errors import NotFound

if TYPE_CHECKING:
    from graph_api.domain.images import AuditEntry
    from graph_api.domain.records import Applied, Change
    from graph_api.store.base import Store

_HIGHEST = 1_000_000_000
"""No graph has a revision above; no store has to take a larger number."""
_CHANGES = [
    Column("revision", "revision", is_number=True),
    Column("at", "at"),
    Column("actor", "actor", "cyan"),
    Column("created", "created", is_number=True),
    Column("updated", "updated", is_number=True),
    Column("removed", "removed", is_number=True),
]
_RECORDS = [
    Column("id", "id", "cyan"),
    Column("done", ""),
    Column("what", "what"),
    Column("before", "before"),
    Column("after", "after"),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("log")(log)
    app.command("undo")(undo)


def log(
    revision: Annotated[
        int | None,
        typer.Argument(metavar="[REVISION]", min=1, max=_HIGHEST, help="Show what this change did to each record."),
    ] = None,
    since: Annotated[int, typer.Option("--since", min=0, max=_HIGHEST, help="Only changes after this revision.")] = 0,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100_000, help="At most so many, the newest.")] = 50,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Show who changed what, and when; of one change each record before and after."""
    if revision is None:
        show(with_graph(database, lambda store: _changes(store, since, limit)), format)
    else:
        show(with_graph(database, lambda store: _records(store, revision)), format)


async def _changes(store: "Store", since: int, limit: int) -> Answer:
    last = await store.revision()
    rows = [_change_row(change) for change in await store.changes(max(since, last - limit), limit)]
    return Answer([Table(_CHANGES, rows, caption="" if rows else "nothing has changed since")])


def _change_row(change: "Change") -> Row:
    return {
        "revision": change.revision,
        "at": change.at,
        "actor": change.actor,
        "created": len(change.created),
        "updated": len(change.updated),
        "removed": len(change.removed),
    }


async def _records(store: "Store", revision: int) -> Answer:
    found = await store.changes(revision - 1, 1)
    if not found:
        raise NotFound(f"there is no revision {revision}; `filmgraph log` lists those there are")
    change, entries = found[0], await store.audit(revision)
    rows = [_record_row(entry) for entry in entries] or _bare_rows(change)
    heading = [f"Revision {revision} by {change.actor} at {change.at}"]
    if not entries:
        heading.append("the log keeps no more of it than ids: it was a large load")
    records = [
        {**row, **{when: _as_data(row.get(when)) for when in ("before", "after") if when in row}} for row in rows
    ]
    return Answer([Table(_RECORDS, rows)], {**_change_row(change), "records": records}, heading)


def _as_data(text: object) -> object:
    """Return an image as JSON has it, without the text inside of text that it is kept as."""
    import orjson

    if not isinstance(text, str):
        return None
    (image,) = orjson.loads(text).values()
    for mention in image.get("mentions", ()):
        mention["cells"] = orjson.loads(mention["cells"])
    return image


def _record_row(entry: "AuditEntry") -> Row:
    from graph_api.domain.images import encode

    what = type(entry.after or entry.before).__name__.removesuffix("Image").lower()
    done = "created" if entry.before is None else "removed" if entry.after is None else "updated"
    return {"id": entry.id, "done": done, "what": what, "before": encode(entry.before), "after": encode(entry.after)}


def _bare_rows(change: "Change") -> list[Row]:
    groups: Sequence[tuple[str, Sequence[str]]] = (
        ("created", change.created),
        ("updated", change.updated),
        ("removed", change.removed),
    )
    return [{"id": id_, "done": done} for done, ids in groups for id_ in ids]


def undo(
    revision: Annotated[int, typer.Argument(metavar="REVISION", min=1, max=_HIGHEST, help="As `log` shows it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would become of it.")] = False,
    database: DatabaseOption = None,
    format: FormatOption = None,
) -> None:
    """Put back what a change touched, as a change of its own; refused where something was built upon it."""
    actor = f"undo of {revision} by {_user()}"
    done = with_graph(database, lambda store: store.undo(revision, actor=actor, dry_run=dry_run))
    show(_told(done, dry_run=dry_run), format)


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # as in a container that runs under a number alone
        return "somebody"


def _told(done: "Applied", *, dry_run: bool) -> Answer:
    row: Row = {
        "revision": done.revision - dry_run,
        "applied": not dry_run,
        "created": done.created,
        "updated": done.updated,
        "removed": done.removed,
    }
    return Answer([Table([Column(name, name, is_number=name != "applied") for name in row], [row])], dict(row))
