"""The state of one change while it is being applied.

What a change has brought is remembered here, about 200 bytes an item, so that the graph holds no
marks of loads and a load that changes nothing writes nothing.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeAlias

from graph_api.domain.changes import Operation
from graph_api.domain.ids import decode
from graph_api.domain.problems import Problems
from graph_api.domain.records import Citation
from graph_api.store.neo4j.feed import Feed
from graph_api.store.neo4j.link import Work

Place: TypeAlias = tuple[str, str, str]
"""(id of an entity, relationship or claim, id of a source, locator)"""

_CACHED = 200_000
_ENTITIES = """
UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id})
WHERE NOT n:Source AND NOT n:Claim AND NOT n:Graph
RETURN id, CASE WHEN n:MergedId THEN head([(n)-[:MERGED_INTO]->(m) | m.id]) ELSE n.id END"""
_SOURCES = "UNWIND $ids AS id MATCH (s:FilmGraph:Source {generation: $g, id: id}) RETURN id, s.id"


@lru_cache(maxsize=_CACHED)
def _kind(id_: str) -> str | None:
    kind = decode(id_).kind
    return kind.value if kind else None


class Ids:
    """Which ids stand for something, remembered up to a bound; `merged` holds what merged ones stand for."""

    def __init__(self, work: Work, query: str, *, is_empty: bool) -> None:
        self._work = work
        self._query = query
        self._known: dict[str, str] = {}
        self.merged: dict[str, str] = {}
        # While nothing was forgotten, an id that isn't remembered isn't in a graph that began empty.
        self._has_all = is_empty
        self.get = self._known.get

    def load(self, ids: Iterable[str]) -> None:
        """Look up what isn't remembered, in one query."""
        if self._has_all:
            return
        known = self._known
        if len(known) > _CACHED:
            known.clear()
        missing = [id_ for id_ in {*ids} if id_ not in known]
        if missing:
            for id_, target in self._work.read(self._query, ids=missing):
                known[str(id_)] = known[str(target)] = str(target)
                if id_ != target:
                    self.merged[str(id_)] = str(target)

    def kind(self, id_: str) -> str | None:
        """Return the kind of the entity that a loaded id stands for."""
        known = self._known.get(id_)
        return None if known is None else _kind(known)

    def put(self, id_: str) -> None:
        """Remember what is new."""
        self._known[id_] = id_

    def refer(self, id_: str, target: str) -> None:
        """Remember that an id stands for another."""
        self._known[id_] = self.merged[id_] = target

    def forget(self, ids: Iterable[str]) -> None:
        """Forget what was removed, and all that was merged into it."""
        gone = set(ids)
        for id_ in [id_ for id_, target in self._known.items() if id_ in gone or target in gone]:
            del self._known[id_]
            self.merged.pop(id_, None)


class Told:
    """Which records of one sort this change made, brought, and told the feed of."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.created: set[str] = set()
        self.brought: set[str] = set()
        self._told: set[str] = set()

    def tell(self, id_: str) -> bool:
        """Tell whether an update of the record is news: it is not new and was not asked for before."""
        if id_ in self.created or id_ in self._told:
            return False
        self._told.add(id_)
        return True


class Session(Problems):
    """One change: what it brought, its feed, and what has to be derived anew at its end.

    Attributes:
        is_empty: the graph held nothing when the change began.
        dirty: entities whose derived data may have changed.
        restated: those of them whose rows did.
        ends: entities whose degree may have changed.
        places: the places of records that this change brought.
        is_written: something was written that no reader can see, such as another dataset's claim to a row.
    """

    def __init__(self, work: Work, *, revision: int, at: str, actor: str, dataset: str | None, is_empty: bool) -> None:
        super().__init__()
        self.work = work
        self.is_empty = is_empty
        self.dataset = dataset or ""
        self.feed = Feed(work, revision, at, actor)
        self.entity = Told("entity")
        self.relationship = Told("relationship")
        self.claim = Told("claim")
        self.source = Told("source")
        self.entities = Ids(work, _ENTITIES, is_empty=is_empty)
        self.sources = Ids(work, _SOURCES, is_empty=is_empty)
        self.places: set[Place] = set()
        self.dirty: set[str] = set()
        self.restated: set[str] = set()
        self.ends: set[str] = set()
        self.is_written = False

    def updated(self, told: Told, id_: str) -> None:
        """Tell the feed that a record changed, once."""
        if told.tell(id_):
            self.feed.add(Operation.UPDATED, (id_,))

    def stored(self, told: Told, ids: Iterable[str]) -> list[str]:
        """Return those of some ids that the graph may hold already, each once."""
        if self.is_empty:
            return [id_ for id_ in {*ids} if id_ in told.brought]
        return list({*ids})

    def cited(self, citations: Sequence[Citation]) -> list[tuple[str, str]]:
        """Return citations as (source id, locator), each once; loaded ids only.

        Raises:
            ValueError: there is none, or one's source is unknown.
        """
        if not citations:
            raise ValueError("a fact needs a citation")
        places: dict[tuple[str, str], None] = {}
        for citation in citations:
            if self.sources.get(citation.source) is None:
                raise ValueError(f"it cites a source that is not in the graph ({citation.source})")
            places[citation.source, citation.locator] = None
        return list(places)
