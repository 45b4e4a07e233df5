"""The one function of the domain that SQL calls."""

import sqlite3

from graph_api.domain.folding import fold


def _fold(text: str | None) -> str | None:
    return None if text is None else fold(text)


def add_fold(conn: sqlite3.Connection) -> None:
    """Let statements of this connection call fold(text), for the few columns that have no folded copy."""
    conn.create_function("fold", 1, _fold, deterministic=True)
