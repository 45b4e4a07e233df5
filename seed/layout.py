"""Which files make a dataset, and which columns each of them has."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from graph_api.domain.catalogue import KINDS, RELATIONS, Kind, Property, Relation, ValueType, properties_of
from graph_api.domain.ids import CLAIM, SOURCE
from seed.cells import KIND_NAMES, RELATION_NAMES
from seed.problems import Problem, Report, nearest

HEAD = "dataset.json"
SUFFIXES = (".csv", ".jsonl")
STANDING = ("rank", "certainty", "reason", "asserted_by")
SOURCE_COLUMNS = ("slug", "title", "kind", "publisher", "url", "published_on", "retrieved_on", "licence")
ENTITY_COLUMNS = ("slug", "name", "aliases", "external_ids", "former_slugs")
CLAIM_COLUMNS = ("subject", "property", "value", "unit", "bound", "entity", "qualifiers", *STANDING, "citations")

Holds: TypeAlias = Kind | Relation | str
"""What a file holds: entities of a kind, relations of a type, SOURCE or CLAIM."""

_LONGEST_NAME, _LONGEST_TEXT = 100, 10_000
_HEAD_KEYS = ("name", "title", "licence", "description")
_NOTES = ("readme", "licence", "license")


@dataclass(frozen=True, slots=True)
class TableFile:
    """One file of a dataset; `name` is its path inside the folder, as problems tell it."""

    path: Path
    name: str
    holds: Holds


def cell_properties(kind: Kind) -> tuple[Property, ...]:
    """Return the properties that can be columns of a kind's file: all but its name and references."""
    name = KINDS[kind].name_property
    return tuple(p for p in properties_of(kind) if p.name != name and p.type is not ValueType.ENTITY)


def columns_of(holds: Holds) -> tuple[str, ...]:
    """Return the columns a file can have, in the order in which they are written."""
    match holds:
        case Kind():
            return (*ENTITY_COLUMNS, *(p.name for p in cell_properties(holds)), "citations", "again")
        case Relation():
            return ("from", "to", *(p.name for p in RELATIONS[holds].properties), *STANDING, "citations")
        case _:
            return SOURCE_COLUMNS if holds == SOURCE else CLAIM_COLUMNS


def required_columns(holds: Holds) -> tuple[str, ...]:
    """Return the columns that a file must have and every row must fill."""
    match holds:
        case Kind():
            return ("slug", "name", "citations")
        case Relation():
            return ("from", "to", *(p.name for p in RELATIONS[holds].properties if p.required), "citations")
        case _:
            return ("slug", "title", "kind") if holds == SOURCE else ("subject", "property", "citations")


def file_stem(holds: Holds) -> str:
    """Return the path of what holds something, without its suffix: `entities/film`."""
    match holds:
        case Kind():
            return f"entities/{holds.value.lower()}"
        case Relation():
            return f"relations/{holds.value.lower()}"
        case _:
            return "sources" if holds == SOURCE else "claims"


READING_ORDER: tuple[Holds, ...] = (SOURCE, *KIND_NAMES.values(), *RELATION_NAMES.values(), CLAIM)
"""What is cited or referred to comes before what does so."""


def find_tables(folder: Path, report: Report) -> list[TableFile]:
    """Return the tables of a dataset in reading order, and report everything that is none."""
    found = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    tables = []
    for name in sorted(found):
        if not found[name].is_file():  # a link that leads nowhere, a pipe, a folder called film.csv
            del found[name]
            report(Problem(name, None, None, "not a file that can be read"))
    for holds in READING_ORDER:
        for suffix in SUFFIXES:
            name = file_stem(holds) + suffix
            if name in found:
                tables.append(TableFile(found.pop(name), name, holds))
    known = [file_stem(holds) + suffix for holds in READING_ORDER for suffix in SUFFIXES]
    for name in sorted(found.keys() - {HEAD}):
        report(Problem(name, None, None, f"not a file of a dataset{nearest(name, known)}"))
    return tables


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        is_hidden = any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)
        is_plain_folder = path.is_dir() and path.suffix not in SUFFIXES
        if not is_plain_folder and not is_hidden and not path.stem.lower().startswith(_NOTES):
            yield path


def read_name(folder: Path, report: Report) -> str:
    """Return the dataset's name from its head, empty where it has none, and report what is wrong there."""
    path = folder / HEAD
    if not path.is_file():
        report(Problem(HEAD, None, None, 'missing: every dataset has one, at least {"name": "my-films"}'))
        return ""
    try:
        head = json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        report(Problem(HEAD, error.lineno, None, f"not JSON: {error.msg} at character {error.colno}"))
        return ""
    except (UnicodeDecodeError, RecursionError):
        report(Problem(HEAD, None, None, "not JSON in UTF-8"))
        return ""
    if not isinstance(head, dict):
        report(Problem(HEAD, None, None, 'an object is wanted, as in {"name": "my-films"}'))
        return ""
    for key, value in head.items():
        if key not in _HEAD_KEYS:
            report(Problem(HEAD, None, key, f"unknown{nearest(key, _HEAD_KEYS)}"))
        elif not isinstance(value, str) or not value.strip():
            report(Problem(HEAD, None, key, "a text is wanted"))
        elif not value.isprintable():
            report(Problem(HEAD, None, key, "a text on one line is wanted, without control characters"))
        elif len(value) > (most := _LONGEST_NAME if key == "name" else _LONGEST_TEXT):
            report(Problem(HEAD, None, key, f"a text has at most {most} characters here, not {len(value)}"))
    name = head.get("name")
    if "name" not in head:
        report(Problem(HEAD, None, "name", "missing: the name under which the graph keeps the dataset"))
    return name.strip() if isinstance(name, str) else ""
