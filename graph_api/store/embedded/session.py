"""The state of one change while it is being applied."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Iterable, Sequence

import orjson

from graph_api.domain.changes import Operation
from graph_api.domain.problems import Problems
from graph_api.store.embedded.feed import Feed
from graph_api.store.embedded.marks import Marks

_CACHED = 200_000
"""Rows whose keys are remembered: some 50 MB, and enough for the largest table in the tests at once."""


def as_list(values: Iterable[object]) -> str:
    """Return values as the JSON that `IN (SELECT value FROM json_each(?))` takes."""
    return orjson.dumps(list(values)).decode()


class Table:
    """The keys of one table: the next free one, and which rows are new or told of in this change."""

    def __init__(self, db: sqlite3.Connection, name: str) -> None:
        self.name = name
        last: int = db.execute(f"SELECT coalesce(max(key), 0) FROM {name}").fetchone()[0]
        self.last_before = last
        self.next_key = self.last_before + 1
        self._told = Marks()

    def take(self) -> int:
        """Return a key for a new row."""
        key = self.next_key
        self.next_key += 1
        return key

    def is_new(self, key: int) -> bool:
        """Tell whether this change made the row."""
        return key > self.last_before

    def tell(self, key: int) -> bool:
        """Tell whether an update of the row is news: the row is not new and it was not asked before."""
        if key > self.last_before or key in self._told:
            return False
        self._told.add(key)
        return True


class Ids:
    """Keys by id, remembered up to a bound; `merged` holds what ids that were merged stand for now."""

    def __init__(self, db: sqlite3.Connection, statement: str, *, is_empty: bool) -> None:
        self._db = db
        self._statement = statement
        self._known: dict[str, tuple[int, str]] = {}
        # While nothing was forgotten, an id that isn't remembered isn't in a table that began empty.
        self._has_all = is_empty
        self.merged: dict[str, str] = {}
        self.get = self._known.get

    def load(self, ids: Iterable[str]) -> None:
        """Look up what isn't remembered, in one query."""
        known = self._known
        if len(known) > _CACHED:
            self.forget()
        if self._has_all:
            return
        missing = {id_ for id_ in ids if id_ not in known}
        if missing:
            for id_, key, kind, present in self._db.execute(self._statement, {"ids": as_list(missing)}):
                known[id_] = known[present] = (key, kind)
                if present != id_:
                    self.merged[id_] = present

    def kind(self, id_: str) -> str | None:
        """Return the kind of what has an id that was loaded."""
        known = self._known.get(id_)
        return known[1] if known else None

    def key(self, id_: str) -> int:
        """Return the key of what has an id that was loaded and is known."""
        return self._known[id_][0]

    def put(self, id_: str, key: int, kind: str) -> None:
        """Remember a new row."""
        self._known[id_] = (key, kind)

    def forget(self) -> None:
        """Forget all, since rows were removed."""
        self._known.clear()
        self.merged.clear()
        self._has_all = False


_ENTITIES = """
SELECT id, key, kind, id FROM entity WHERE id IN (SELECT value FROM json_each(:ids))
UNION ALL
SELECT m.id, e.key, e.kind, e.id FROM merged m JOIN entity e ON e.key = m.entity_key
WHERE m.id IN (SELECT value FROM json_each(:ids))"""
_SOURCES = "SELECT id, key, '', id FROM source WHERE id IN (SELECT value FROM json_each(:ids))"


class Session(Problems):
    """One change: its keys, its feed, and what has to be derived anew at its end.

    Attributes:
        dirty: entities whose derived data may have changed.
        restated: those of them whose rows did.
        ends: entities whose degree may have changed.
        unplaced: films whose credits may be out of order; other entities among them do not matter.
        renamed: entities whose name changed.
        hand_key: of a load, the key of what no dataset brought: facts that were set by hand stay as they are.
        is_written: something was written that no reader can see, such as another dataset's claim to a row.
    """

    def __init__(self, db: sqlite3.Connection, at: str, actor: str, dataset: str | None) -> None:
        super().__init__()
        self.db = db
        self.feed = Feed(db, at, actor)
        self.load_number: int = (
            int(db.execute("SELECT coalesce(max(value), '0') FROM meta WHERE name = 'load'").fetchone()[0]) + 1
        )
        self.entity = Table(db, "entity")
        self.relationship = Table(db, "relationship")
        self.claim = Table(db, "claim")
        self.source = Table(db, "source")
        self.name = Table(db, "name")
        self.entities = Ids(db, _ENTITIES, is_empty=self.entity.last_before == 0)
        self.sources = Ids(db, _SOURCES, is_empty=self.source.last_before == 0)
        self.dirty = Marks()
        self.restated = Marks()
        self.ends = Marks()
        self.unplaced = Marks()
        self.renamed = Marks()
        self.is_written = False
        db.execute("INSERT OR IGNORE INTO dataset (name) VALUES (?)", (dataset or "",))
        self.dataset_key: int = db.execute("SELECT key FROM dataset WHERE name = ?", (dataset or "",)).fetchone()[0]
        hand = db.execute("SELECT key FROM dataset WHERE name = ''").fetchone() if dataset else None
        self.hand_key: int | None = hand and hand[0]

    def relinked(self, keys: Iterable[int]) -> None:
        """Take note of entities at whose relationships something changed."""
        keys = list(keys)
        self.ends.update(keys)
        self.unplaced.update(keys)

    def updated(self, table: Table, key: int, id_: str) -> None:
        """Tell the feed that a row changed, once."""
        if table.tell(key):
            self.feed.add(Operation.UPDATED, (id_,))

    def query(self, statement: str, values: Sequence[object]) -> list[tuple[object, ...]]:
        """Return the rows that belong to many values, given to the statement as one JSON list."""
        return self.db.execute(statement, (as_list(values),)).fetchall()
