"""`documents`: what a folder of trusted documents holds, checked as the service would check it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph_api.cli import failures
from graph_api.cli.options import FormatOption
from graph_api.cli.output import Answer, Column, Row, Table, show
from graph_api.errors import BadInput
from graph_api.settings import load_settings

if TYPE_CHECKING:
    from graph_api.http.documents import Documents

_COLUMNS = [
    Column("documentId", "document id", "cyan"),
    Column("operations", "operations"),
    Column("file", "file"),
    Column("problem", "problem", "red"),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("documents")(documents)


def documents(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of trusted documents; docs/protocol.md.")],
    format: FormatOption = None,
) -> None:
    """List trusted documents with their ids, and check them against the schema and the limits."""
    from graph_api.http.documents import Documents
    from graph_api.http.trusted import hash_of, read_documents
    from schema.build import make_schema

    known = Documents(make_schema()._schema, load_settings())
    rows: list[Row] = []
    for path, text in read_documents(folder.expanduser()):
        operations, problem = _checked(known, text)
        rows.append(
            {
                "documentId": f"sha256:{hash_of(text.strip())}",
                "operations": operations,
                "file": str(path.relative_to(folder.expanduser())),
                "problem": problem,
            }
        )
    show(Answer([Table(_COLUMNS, rows)]), format)
    if any(row["problem"] for row in rows):
        raise typer.Exit(failures.PROBLEMS)


def _checked(known: "Documents", text: str) -> tuple[str, str | None]:
    """Return the names of a document's operations, and what is wrong with it."""
    from graph_api.http.documents import Refused

    try:
        return ", ".join(sorted(name or "(no name)" for name in known.get(text).operations)), None
    except Refused as refused:
        return "", refused.errors[0].message
    except BadInput as error:
        return "", error.message
