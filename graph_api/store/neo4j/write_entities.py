"""Entities as a change brings them: their rows, and for new ones what is derived of them."""

from collections.abc import Sequence
from typing import Any

from graph_api.domain.catalogue import Kind, ValueType
from graph_api.domain.changes import Operation
from graph_api.domain.checks import clean_row
from graph_api.domain.derive import (
    KIND_PLANS,
    Derived,
    KindPlan,
    StoredCells,
    fold_tag,
    from_cells,
    is_plain,
    pack,
    united,
    unpack,
    words_of,
)
from graph_api.domain.folding import fold
from graph_api.domain.ids import decode, entity_id
from graph_api.domain.records import EntityRow
from graph_api.store.neo4j.schema import LABELS
from graph_api.store.neo4j.session import Place, Session

_MENTIONS = """
UNWIND $ids AS id MATCH (n:FilmGraph {generation: $g, id: id})-[m:MENTIONED_IN]->(s)
RETURN n.id, s.id, m.locator, m.dataset, m.cells"""
CREATE = {
    kind: f"UNWIND $rows AS row CREATE (n:{label}:FilmGraph) SET n = row, n.generation = $g"
    for kind, label in LABELS.items()
}
CREATE_MENTION = """
UNWIND $rows AS row
MATCH (n:FilmGraph {generation: $g, id: row[0]})
MATCH (s:FilmGraph {generation: $g, id: row[1]})
CREATE (n)-[:MENTIONED_IN {locator: row[2], dataset: row[3], cells: row[4]}]->(s)"""
CREATE_MERGED = """
UNWIND $rows AS row MATCH (n:FilmGraph {generation: $g, id: row[1]})
CREATE (:MergedId:FilmGraph {generation: $g, id: row[0]})-[:MERGED_INTO]->(n)"""
_UPDATE_MENTION = """
UNWIND $rows AS row
MATCH (n:FilmGraph {generation: $g, id: row[0]})-[m:MENTIONED_IN {locator: row[2], dataset: row[3]}]->(s {id: row[1]})
SET m.cells = row[4]"""


def properties(plan: KindPlan, derived: Derived, claims: int) -> dict[str, object]:
    """Return the properties of an entity's node that are derived; what is empty is left out.

    Args:
        plan: of its kind.
        derived: what its facts give.
        claims: the number of the claims about it, which `Store.counts` adds up.
    """
    found: dict[str, object] = {
        plan.name_property: derived.name,
        "nameKey": fold(derived.name),
        "words": [words_of(name) for name in (derived.name, *derived.aliases)],
        "claims": claims,
    }
    for (name, prop, _, _), value in zip(plan.fields, derived.values, strict=True):
        if value is None:
            continue
        found[name] = list(value) if isinstance(value, tuple) else value
        if prop.type is ValueType.TEXT and isinstance(value, tuple):
            found[f"{name}Keys"] = [fold_tag(text) for text in value]
        elif prop.type is ValueType.TEXT:
            found[f"{name}Key"] = fold_tag(str(value))
    if derived.aliases:
        found["aliases"] = list(derived.aliases)
    if derived.external_ids:
        found["externalIds"] = [f"{scheme}:{value}" for scheme, value in derived.external_ids]
    if derived.conflicts:
        found["conflicts"] = list(derived.conflicts)
    return found


def count_texts(stored: StoredCells) -> int:
    """Return how many claims one row makes."""
    return sum(1 if isinstance(texts, str) else len(texts) for texts in stored.cells.values())


def write_entities(s: Session, items: Sequence[tuple[int, EntityRow]]) -> None:
    """Write a batch's entities, given with their index in the batch."""
    ids = [entity_id(row.kind, row.slug) for _, row in items]
    s.entities.load([*ids, *(former for _, row in items for former in row.former_ids)])
    s.sources.load(citation.source for _, row in items for citation in row.citations)
    mentions = _Mentions(s, {known for id_ in ids if (known := s.entities.get(id_))})
    new: dict[Kind, list[dict[str, object]]] = {}
    created: list[str] = []
    for (index, row), id_ in zip(items, ids, strict=True):
        plan = KIND_PLANS[row.kind]
        try:
            stored = clean_row(plan, row)
            places = s.cited(row.citations)
        except ValueError as error:
            s.problem(index, str(error))
            continue
        known = s.entities.get(id_)
        if known is not None:
            mentions.merge(known, places, stored)
            continue
        s.entities.put(id_)
        created.append(id_)
        node = properties(plan, from_cells(plan, stored), count_texts(stored))
        new.setdefault(row.kind, []).append({"id": id_, "slug": row.slug, "degree": 0, **node})
        mentions.insert(id_, places, pack(stored))
        if not is_plain(plan, stored.cells):
            s.dirty.add(id_)
    s.entity.created.update(created)
    for kind, rows in new.items():
        s.work.write(CREATE[kind], rows)
    mentions.write()
    s.feed.add(Operation.CREATED, created)
    _write_former(s, [(index, row, id_) for (index, row), id_ in zip(items, ids, strict=True) if row.former])


def _write_former(s: Session, items: Sequence[tuple[int, EntityRow, str]]) -> None:
    """Let the ids of entities' former slugs stand for them."""
    rows: list[list[str]] = []
    for index, row, id_ in items:
        known = s.entities.get(id_)
        for former in row.former_ids if known is not None else ():
            other = s.entities.get(former)
            if other is None and known is not None:
                rows.append([former, known])
                s.entities.refer(former, known)
                s.updated(s.entity, known)
            elif other != known:
                s.problem(index, f"the former slug {decode(former).key!r} is that of another entity; merge the two")
    s.work.write(CREATE_MERGED, rows)


class _Mentions:
    """The rows of a batch's entities, stored and new."""

    def __init__(self, s: Session, ids: set[str]) -> None:
        self._s = s
        self._own: dict[Place, str] = {}
        self._elsewhere: dict[Place, set[str]] = {}
        self._new: dict[Place, str] = {}
        self._changed: dict[Place, str] = {}
        rows: list[list[Any]] = s.work.read(_MENTIONS, ids=list(ids)) if ids else []
        for entity, source, locator, dataset, cells in rows:
            if dataset == s.dataset:
                self._own[entity, source, locator] = cells
            else:
                self._elsewhere.setdefault((entity, source, locator), set()).add(cells)

    def insert(self, id_: str, places: Sequence[tuple[str, str]], cells: str) -> None:
        """Put down the row of an entity that is new."""
        for source, locator in places:
            self._new[id_, source, locator] = cells
            self._s.places.add((id_, source, locator))

    def merge(self, id_: str, places: Sequence[tuple[str, str]], stored: StoredCells) -> None:
        """Put down a row of an entity that may have others."""
        s = self._s
        text = pack(stored)
        for source, locator in places:
            place = (id_, source, locator)
            cells = text
            before = self._new.get(place) or self._changed.get(place) or self._own.get(place)
            if before is not None and place in s.places and before != cells:
                cells = pack(united(unpack(before), stored))
            s.places.add(place)
            if before == cells:
                continue
            (self._changed if place in self._own else self._new)[place] = cells
            s.is_written = True
            if before is None and cells in self._elsewhere.get(place, ()):
                continue
            s.dirty.add(id_)
            s.restated.add(id_)

    def write(self) -> None:
        """Write all rows that are new or changed."""
        dataset = self._s.dataset
        self._s.work.write(CREATE_MENTION, [[*place, dataset, cells] for place, cells in self._new.items()])
        self._s.work.write(_UPDATE_MENTION, [[*place, dataset, cells] for place, cells in self._changed.items()])
