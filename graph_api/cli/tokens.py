"""`token`: who may do more than read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph_api.cli.options import FormatOption
from graph_api.cli.output import Answer, Column, Row, Table, hint, show
from graph_api.domain.access import Scope
from graph_api.settings import load_settings

if TYPE_CHECKING:
    from graph_api.http.tokens import Token, Tokens

_commands = typer.Typer(help="Make, list and revoke tokens: who may do more than read.")
_COLUMNS = [
    Column("id", "id", "cyan"),
    Column("name", "name"),
    Column("scope", "scope"),
    Column("state", "state"),
    Column("created", "created"),
    Column("expires", "expires"),
    Column("revoked", "revoked"),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_commands, name="token")


def _tokens() -> "Tokens":
    from graph_api.http.tokens import Tokens

    return Tokens(Path(load_settings().tokens).expanduser())


def _row(token: "Token") -> Row:
    from datetime import UTC, datetime

    return {
        "id": token.id,
        "name": token.name,
        "scope": token.scope.value,
        "state": token.state(datetime.now(UTC)),
        "created": token.created,
        "expires": token.expires,
        "revoked": token.revoked,
    }


@_commands.command("create")
def create(
    scope: Annotated[Scope, typer.Option("--scope", help="What it is for; admin holds the others.")],
    expires: Annotated[str, typer.Option("--expires", help="How long it holds: 12h, 90d, 4w, or never.")] = "90d",
    name: Annotated[
        str, typer.Option("--name", help="Who will use it; changes are logged under this name.")
    ] = "editor",
    format: FormatOption = None,
) -> None:
    """Make a token; it is shown this once."""
    from graph_api.http.tokens import parse_span

    token, text = _tokens().create(name, scope, parse_span(expires))
    show(Answer([Table(_COLUMNS[:6], [_row(token)])], {**_row(token), "token": text}, heading=[text]), format)
    hint("keep it safe: it is kept nowhere here; send it as `Authorization: Bearer TOKEN`")


@_commands.command("list")
def list_tokens(format: FormatOption = None) -> None:
    """Show which tokens there are; never what they are."""
    show(Answer([Table(_COLUMNS, [_row(token) for token in _tokens().all()])]), format)


@_commands.command("revoke")
def revoke(
    token: Annotated[str, typer.Argument(metavar="ID", help="The token's id, as `token list` shows it.")],
) -> None:
    """Make a token worthless, at once and for good."""
    _tokens().revoke(token)
    hint(f"token {token} is revoked")
