"""Tokens: who may do more than read.

A token is `fg_ID_SECRET`. The file keeps the id and the SHA-256 of the secret, which is as good as
unguessable (256 random bits), so that no slow hash is needed. It lies beside the graph and not in
it: a backup or a copy of a graph carries no rights along.
"""

import contextlib
import hmac
import re
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from graph_api.domain.access import Scope
from graph_api.errors import BadInput, NotFound, StoreUnavailable, Unauthenticated

_TABLE = """
CREATE TABLE IF NOT EXISTS token (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, scope TEXT NOT NULL, secret TEXT NOT NULL, created TEXT NOT NULL,
  expires TEXT, revoked TEXT) WITHOUT ROWID"""
_COLUMNS = "id, name, scope, created, expires, revoked"
_TOKEN = re.compile(r"fg_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", re.ASCII)
_SPAN = re.compile(r"(\d{1,5})([hdw])", re.ASCII)
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_NO_TOKEN = "0" * 64


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token; times are ISO 8601 in UTC."""

    id: str
    name: str
    scope: Scope
    created: str
    expires: str | None
    revoked: str | None

    def state(self, now: datetime) -> str:
        """Return "valid", "expired" or "revoked"."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= _text(now) else "valid"


def parse_span(text: str) -> timedelta | None:
    """Return how long a token holds: 12h, 90d, 4w; None for never.

    Raises:
        BadInput: it is no such span.
    """
    if text == "never":
        return None
    found = _SPAN.fullmatch(text)
    if not found or not int(found[1]):
        raise BadInput(f"{text[:20]!r} is no span of time; give hours, days or weeks, as in 12h, 90d, 4w, or never")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


class Tokens:
    """The tokens in a file, which the first one makes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def create(self, name: str, scope: Scope, span: timedelta | None) -> tuple[Token, str]:
        """Make a token; return it and its text, which is kept nowhere."""
        if not name or not name.isprintable() or len(name) > 100:
            raise BadInput("a token's name is text on one line, of at most 100 characters")
        id_, secret, now = secrets.token_hex(6), secrets.token_urlsafe(32), datetime.now(UTC)
        token = Token(id_, name, scope, _text(now), None if span is None else _text(now + span), None)
        with self._open(make=True) as db:
            db.execute(
                f"INSERT INTO token ({_COLUMNS}, secret) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - constant
                (id_, name, scope.value, token.created, token.expires, None, _digest(secret)),
            )
        return token, f"fg_{id_}_{secret}"

    def all(self) -> list[Token]:
        """Return all tokens, the oldest first."""
        if not self._path.exists():
            return []
        with self._open() as db:
            rows = db.execute(f"SELECT {_COLUMNS} FROM token ORDER BY created, id").fetchall()  # noqa: S608 - constant
        return [_token(row) for row in rows]

    def revoke(self, id_: str) -> None:
        """Make a token worthless from now on.

        Raises:
            NotFound: there is none with this id.
        """
        with self._open(make=True) as db:
            statement = "UPDATE token SET revoked = coalesce(revoked, ?) WHERE id = ?"
            if not db.execute(statement, (_text(datetime.now(UTC)), id_)).rowcount:
                raise NotFound(f"no token has the id {id_[:20]!r}; `filmgraph token list` shows those there are")

    def check(self, text: str) -> Token:
        """Return the token that a text is.

        Raises:
            Unauthenticated: it is none, or it holds no longer.
        """
        match = _TOKEN.fullmatch(text)
        row = None
        if match and self._path.exists():
            with self._open() as db:
                row = db.execute(
                    f"SELECT {_COLUMNS}, secret FROM token WHERE id = ?",  # noqa: S608 - constant
                    (match[1],),
                ).fetchone()
        # Compared also where there is none, so that time does not tell which ids there are.
        is_right = hmac.compare_digest(_digest(match[2] if match else ""), row[-1] if row else _NO_TOKEN)
        if row is None or not is_right:
            raise Unauthenticated("this token is none of this service's; `filmgraph token create` makes one")
        token = _token(row[:-1])
        state = token.state(datetime.now(UTC))
        if state != "valid":
            raise Unauthenticated(f"this token is {state}; `filmgraph token create` makes a new one")
        return token

    @contextlib.contextmanager
    def _open(self, *, make: bool = False) -> Iterator[sqlite3.Connection]:
        try:
            if make and not self._path.exists():
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.touch(mode=0o600)
            with contextlib.closing(sqlite3.connect(self._path, timeout=2)) as db, db:
                if make:
                    db.execute(_TABLE)
                yield db
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(
                "the file of the tokens can't be read or written; check FILMGRAPH_TOKENS and its permissions"
            ) from error


def _token(row: tuple[str, ...]) -> Token:
    id_, name, scope, *times = row
    return Token(id_, name, Scope(scope), *times)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _text(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")
