"""The graph as CSV files for `neo4j-admin database import full`, for first loads of millions of rows.

What the importer makes of them is the same graph that a load would have made, at revision 1; the
first start makes the indexes. Headers are those of
https://neo4j.com/docs/operations-manual/5/import/ ; a text stands in quotes, what is missing is
an empty field, and a list's items are separated by the character U+001F.
"""

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import IO, TypeAlias

from graph_api.domain.catalogue import QUALIFIERS, RELATIONS, Kind, Property, Relation, ValueType
from graph_api.domain.checks import clean_row
from graph_api.domain.derive import KIND_PLANS, KindPlan, StoredCells, pack, united
from graph_api.domain.ids import entity_id
from graph_api.domain.records import ChangeItem, Citation, Claim, EntityRow, RelationshipRow, Source
from graph_api.store.neo4j.rederive import derive
from graph_api.store.neo4j.schema import LABELS, LAYOUT, fingerprint
from graph_api.store.neo4j.write_claims import claim_facts
from graph_api.store.neo4j.write_facts import Stored
from graph_api.store.neo4j.write_relationships import relationship_facts, to_properties
from graph_api.store.neo4j.write_sources import source_node

Items: TypeAlias = Callable[[], Iterable[ChangeItem]]
Columns: TypeAlias = Mapping[str, str]
"""The type of each property, as the importer names it, by the property's name."""

COMMAND = "import-command.txt"
_BETWEEN = "\x1f"
_PART = 1_000
_TYPES = {ValueType.INTEGER: "long", ValueType.NUMBER: "double", ValueType.BOOLEAN: "boolean"}
_OPTIONS = ("--array-delimiter=U+001F", "--multiline-fields=true", "--overwrite-destination=true")
_NODE = {"id": "string", "generation": "long"}
_SOURCE = dict.fromkeys(
    (
        *("slug", "title", "titleKey", "kind", "url", "publisher", "publisherKey"),
        *("publishedOn", "retrievedOn", "licence"),
    ),
    "string",
)
_FACTS = dict.fromkeys(("rank", "certainty", "reason", "assertedBy"), "string")
_CLAIM = {**dict.fromkeys(("property", "value", "unit", "bound"), "string"), "number": "double", **_FACTS}
_CITED = {"citations": "string[]", "datasets": "string[]"}


def _type(prop: Property) -> str:
    return _TYPES.get(prop.type, "string")


def _entity_columns(plan: KindPlan) -> Columns:
    columns = {"slug": "string", "degree": "long", plan.name_property: "string", "nameKey": "string"}
    columns |= {"words": "string[]", "claims": "long"}
    for name, prop, many, _ in plan.fields:
        columns[name] = f"{_type(prop)}[]" if many else _type(prop)
        if prop.type is ValueType.TEXT:
            columns[f"{name}Keys" if many else f"{name}Key"] = "string[]" if many else "string"
    return {**columns, "aliases": "string[]", "externalIds": "string[]", "conflicts": "string[]"}


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case list() | tuple():
            return _quoted(_BETWEEN.join(map(str, value))) if value else ""
        case _:
            return _quoted(str(value))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


class _Table:
    """One CSV file, with its header in the first line."""

    def __init__(self, file: IO[str], first: Sequence[str], columns: Columns) -> None:
        self._file = file
        self._names = tuple(columns)
        header = [*first, *(f"{name}:{type_}" for name, type_ in columns.items())]
        file.write(",".join(header) + "\n")

    def write(self, first: Sequence[str], row: Mapping[str, object]) -> None:
        """Write a row: what the importer asks for, then the properties."""
        if unknown := row.keys() - set(self._names):
            raise AssertionError(f"no column for {sorted(unknown)}")
        cells = [*map(_quoted, first), *(_cell(row.get(name)) for name in self._names)]
        self._file.write(",".join(cells) + "\n")


class _Import:
    """The files, opened as they are needed.

    Args:
        folder: where they are made.
        dataset: who brings all that is written.
        opened: closes the files in the end.
    """

    def __init__(self, folder: Path, dataset: str, opened: ExitStack) -> None:
        self._folder = folder
        self._dataset = dataset
        self._opened = opened
        self._tables: dict[str, _Table] = {}
        self.arguments: list[str] = []
        self.told: list[str] = []

    def node(self, name: str, labels: str, columns: Columns, row: Mapping[str, object], *, generation: int = 1) -> None:
        """Write a node."""
        if name not in self._tables:
            self._open(name, (":ID", ":LABEL"), {**_NODE, **columns}, f"--nodes={{}}/{name}.csv")
        self._tables[name].write((str(row["id"]), labels), {**row, "generation": generation})

    def link(self, type_: str, start: str, end: str, columns: Columns, row: Mapping[str, object]) -> None:
        """Write a relationship."""
        if type_ not in self._tables:
            self._open(type_, (":START_ID", ":END_ID"), columns, f"--relationships={type_}={{}}/{type_}.csv")
        self._tables[type_].write((start, end), row)

    def _open(self, name: str, first: Sequence[str], columns: Columns, argument: str) -> None:
        file = self._opened.enter_context((self._folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
        self._tables[name] = _Table(file, first, columns)
        self.arguments.append(argument.format(self._folder.absolute()))

    def _tell(self, id_: str) -> None:
        self.told.append(id_)

    def source(self, item: Source) -> None:
        """Write a source."""
        columns = {**_SOURCE, "datasets": "string[]"}
        self.node("Source", f"Source{_BETWEEN}FilmGraph", columns, source_node(item, [self._dataset]))
        self._tell(item.id)

    def entity(self, kind: Kind, rows: Sequence[EntityRow], known: "_Known") -> None:
        """Write an entity with the places that speak of it."""
        plan, id_ = KIND_PLANS[kind], entity_id(kind, rows[0].slug)
        cells: dict[Citation, StoredCells] = {}
        for row in rows:
            stored = clean_row(plan, row)
            for place in row.citations:
                cells[place] = united(cells[place], stored) if place in cells else stored
        found = derive(kind, id_, sorted(cells.items()), known.claims.get(id_, ()), known.published)
        labels = [LABELS[kind], "FilmGraph", *(["Disputed"] if "conflicts" in found else [])]
        head = {"id": id_, "slug": rows[0].slug, "degree": known.degrees[id_]}
        self.node(LABELS[kind], _BETWEEN.join(labels), _entity_columns(plan), {**head, **found})
        columns = dict.fromkeys(("locator", "dataset", "cells"), "string")
        for place, stored in cells.items():
            said = {"locator": place.locator, "dataset": self._dataset, "cells": pack(stored)}
            self.link("MENTIONED_IN", id_, place.source, columns, said)
        for former in sorted({former for row in rows for former in row.former_ids}):
            self.node("MergedId", f"MergedId{_BETWEEN}FilmGraph", {}, {"id": former})
            self.link("MERGED_INTO", former, id_, {}, {})
        self._tell(id_)

    def relationship(self, item: RelationshipRow) -> None:
        """Write a relationship."""
        r = item.relationship
        stored = Stored(relationship_facts(r), {(c.source, c.locator): {self._dataset} for c in item.citations})
        self.link(
            r.type.value,
            r.source,
            r.target,
            _relationship_columns(r.type),
            {
                **to_properties(r.id, stored),
                "generation": 1,
            },
        )
        self._tell(r.id)

    def claim(self, claim: Claim) -> None:
        """Write a claim."""
        columns = {**_CLAIM, **{name: _type(prop) for name, prop in QUALIFIERS.items()}}
        facts = claim_facts(claim, claim.number, claim.bound)
        self.node("Claim", f"Claim{_BETWEEN}FilmGraph", columns, {"id": claim.id, **facts})
        self.link("ABOUT_SUBJECT", claim.id, claim.subject, {}, {})
        if claim.entity is not None:
            self.link("HAS_VALUE", claim.id, claim.entity, {}, {})
        columns = {"locator": "string", "datasets": "string[]"}
        for place in claim.citations:
            self.link("CITES", claim.id, place.source, columns, {"locator": place.locator, "datasets": [self._dataset]})
        self._tell(claim.id)

    def bookkeeping(self, actor: str, at: str) -> None:
        """Write the node of the graph, and its first change."""
        graph = {"id": "graph", "revision": 1, "layout": LAYOUT, "catalogue": fingerprint()}
        columns = {"revision": "long", "layout": "long", "catalogue": "string"}
        self.node("Graph", f"Graph{_BETWEEN}FilmGraph", columns, graph)
        columns = {"revision": "long", "at": "string", "actor": "string"}
        change = {"id": "change-1", "revision": 1, "at": at, "actor": actor}
        self.node("Change", f"Change{_BETWEEN}FilmGraph", columns, change, generation=0)
        columns = {"revision": "long", "part": "long", "operation": "string", "ids": "string[]"}
        for part, start in enumerate(range(0, len(self.told), _PART), 1):
            ids = self.told[start : start + _PART]
            row = {"id": f"change-1-{part}", "revision": 1, "part": part, "operation": "created", "ids": ids}
            self.node("ChangePart", f"ChangePart{_BETWEEN}FilmGraph", columns, row, generation=0)


class _Known:
    """What has to be known of the whole graph before its entities are written."""

    def __init__(self, items: Iterable[ChangeItem]) -> None:
        self.published: dict[str, str | None] = {}
        self.degrees: Counter[str] = Counter()
        self.claims: dict[str, list[Claim]] = {}
        for item in items:
            match item:
                case Source():
                    self.published[item.id] = item.published_on
                case RelationshipRow():
                    self.degrees.update({item.relationship.source, item.relationship.target})
                case Claim():
                    self.claims.setdefault(item.subject, []).append(item)


def _relationship_columns(relation: Relation) -> Columns:
    own = {prop.name: _type(prop) for prop in RELATIONS[relation].properties}
    return {**_NODE, **_FACTS, **own, **_CITED}


def _entity_of(item: ChangeItem) -> tuple[Kind, str] | None:
    return (item.kind, item.slug) if isinstance(item, EntityRow) else None


def write_import(items: Items, folder: Path, *, dataset: str, actor: str, at: str, database: str = "neo4j") -> str:
    """Write the files and return the command line that imports them, which is in `COMMAND` too.

    Args:
        items: gives the graph as `Store.export` does; asked twice.
        folder: an empty folder.
        dataset: the name under which the graph will keep all that is written.
        actor: who made the graph, for the change feed.
        at: when, as the feed has it.
        database: the name of the database to import into; it is replaced.
    """
    known = _Known(items())
    with ExitStack() as opened:
        files = _Import(folder, dataset, opened)
        for entity, group in groupby(items(), _entity_of):
            if entity is not None:
                files.entity(entity[0], [row for row in group if isinstance(row, EntityRow)], known)
                continue
            for item in group:
                match item:
                    case Source():
                        files.source(item)
                    case RelationshipRow():
                        files.relationship(item)
                    case Claim():
                        files.claim(item)
        files.bookkeeping(actor, at)
    arguments = ["neo4j-admin", "database", "import", "full", database, *_OPTIONS, *files.arguments]
    command = shlex.join(arguments)
    (folder / COMMAND).write_text(command + "\n", "utf-8")
    return command
