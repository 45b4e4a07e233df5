"""Databases as older versions and other programs left them."""

import sqlite3
from pathlib import Path


def make_old(path: Path) -> None:
    """Turn a database into one of layout 1, of a catalogue that knew less.

    Layout 1 kept no conflicts, no degrees and no places of credits, and `seen` was a revision.
    """
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript(
        """
        BEGIN;
        DROP TABLE conflict;
        ALTER TABLE entity DROP COLUMN degree;
        ALTER TABLE entity DROP COLUMN p_stance;
        ALTER TABLE entity DROP COLUMN p_genres;
        ALTER TABLE relationship DROP COLUMN p_capacity;
        DELETE FROM tag WHERE property = 'genres';
        DROP INDEX relationship_by_source;
        DROP INDEX relationship_in_order;
        ALTER TABLE relationship DROP COLUMN place;
        DELETE FROM meta WHERE name IN ('load', 'catalogue');
        PRAGMA user_version = 1;
        COMMIT;
        """
    )
    db.close()
