"""`dump`: any graph written as a dataset folder; loading that gives the same graph.

A dump is made in a folder beside its target and put in place by one rename, so that a dump
that was cut short is never taken for a whole one.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import IO, TypeAlias

from graph_api.domain.catalogue import PROPERTIES, QUALIFIERS, RELATIONS, Certainty, ClaimRank, NumberBound, ValueType
from graph_api.domain.ids import CLAIM, SOURCE, decode
from graph_api.domain.records import ChangeItem, Citation, Claim, EntityRow, Relationship, RelationshipRow, Source
from graph_api.errors import BadInput
from graph_api.store.base import Store
from seed.cells import join_values
from seed.layout import HEAD, Holds, columns_of, file_stem

Progress: TypeAlias = Callable[[int], None]
"""Takes the number of rows written so far."""

Cells: TypeAlias = Mapping[str, str]
_STEP = 2_000


def dump(store: Store, folder: Path, *, name: str = "dump", progress: Progress | None = None) -> int:
    """Write the graph as a dataset and return the number of its rows.

    Args:
        store: the graph; it is read at one revision.
        folder: where to; it must not exist, or be empty.
        name: the name of the dataset.
        progress: told every 2,000 rows.

    Raises:
        BadInput: there is something at that place already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder.name} is there already: give the name of a new folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        count = _write(store.export(), work, name, progress)
        work.chmod(0o755)
        work.replace(folder)
    except BaseException:
        rmtree(work, ignore_errors=True)
        raise
    return count


def _write(items: Iterable[ChangeItem], folder: Path, name: str, progress: Progress | None) -> int:
    (folder / HEAD).write_text(json.dumps({"name": name}) + "\n", encoding="utf-8")
    files: dict[Holds, _File] = {}
    count, last = 0, ("", "")
    with ExitStack() as stack:
        for item in items:
            holds, rows = _rows(item)
            if holds not in files:
                files[holds] = stack.enter_context(_File(folder, holds))
            for row in rows:
                if isinstance(item, EntityRow):
                    is_again, last = last == (item.kind, item.slug), (item.kind, item.slug)
                    row = {**row, "again": "true"} if is_again else row
                files[holds].write(row)
                count += 1
                if progress and count % _STEP == 0:
                    progress(count)
    if progress:
        progress(count)
    return count


class _File:
    """One table, written with all columns; those that stayed empty are left out when it is closed."""

    def __init__(self, folder: Path, holds: Holds) -> None:
        self._columns = columns_of(holds)
        self._path = folder / f"{file_stem(holds)}.csv"
        self._draft = self._path.with_suffix(".draft")
        self._used: set[str] = set()

    def __enter__(self) -> "_File":
        self._path.parent.mkdir(exist_ok=True)
        self._handle: IO[str] = self._draft.open("w", encoding="utf-8", newline="")
        self._writer = csv.DictWriter(self._handle, self._columns, restval="", lineterminator="\n")
        self._writer.writeheader()
        return self

    def write(self, row: Cells) -> None:
        self._used.update(name for name, cell in row.items() if cell)
        self._writer.writerow(row)

    def __exit__(self, *_: object) -> None:
        self._handle.close()
        kept = [i for i, name in enumerate(self._columns) if name in self._used]
        with (
            self._draft.open(encoding="utf-8", newline="") as draft,
            self._path.open("w", encoding="utf-8", newline="") as out,
        ):
            csv.writer(out, lineterminator="\n").writerows([row[i] for i in kept] for row in csv.reader(draft))
        self._draft.unlink()


# ---------------------------------------------------------------------- rows
def _rows(item: ChangeItem) -> tuple[Holds, Iterable[Cells]]:
    match item:
        case Source():
            return SOURCE, [_source(item)]
        case EntityRow():
            return item.kind, _entity(item)
        case RelationshipRow():
            return item.relationship.type, [_relationship(item.relationship, item.citations)]
        case Claim():
            return CLAIM, [_claim(item)]


def _one(text: str | None) -> str:
    return join_values([text]) if text else ""


def _cited(citations: Iterable[Citation]) -> str:
    return join_values(f"{decode(citation.source).key}#{citation.locator}" for citation in citations)


def _reference(id_: str) -> str:
    """Return an entity's id as `kind/slug`."""
    node = decode(id_)
    assert node.kind
    return f"{node.kind.value.lower()}/{node.key}"


def _source(source: Source) -> Cells:
    names = columns_of(SOURCE)
    return {name: _one(getattr(source, name)) for name in names}


def _entity(item: EntityRow) -> Iterator[Cells]:
    """Yield the rows of an entity: a property with one value that has several takes a row for each."""
    rivals: dict[str, tuple[str, ...]] = {}
    row = {"slug": item.slug, "name": _one(item.name), "citations": _cited(item.citations)}
    row["aliases"] = join_values(item.aliases)
    row["external_ids"] = join_values(f"{scheme}:{value}" for scheme, value in item.external_ids)
    row["former_slugs"] = join_values(item.former)
    for name, cell in item.cells.items():
        texts = (cell,) if isinstance(cell, str) else cell
        if PROPERTIES[name].many:
            row[name] = join_values(texts)
        else:
            row[name] = _one(texts[0])
            rivals[name] = texts[1:]
    yield row
    for name, texts in rivals.items():
        for text in texts:
            yield {"slug": item.slug, "name": row["name"], name: _one(text), "citations": row["citations"]}


def _relationship(found: Relationship, citations: Iterable[Citation]) -> Cells:
    row = {"from": _reference(found.source), "to": _reference(found.target), "citations": _cited(citations)}
    for prop in RELATIONS[found.type].properties:
        value = found.properties.get(prop.name)
        if value is None:
            continue
        if prop.type is ValueType.ENTITY:
            row[prop.name] = _reference(str(value))
        else:
            row[prop.name] = str(value).lower() if isinstance(value, bool) else _one(str(value))
    return {**row, **_standing(found)}


def _standing(found: Relationship | Claim) -> Cells:
    return {
        "rank": "" if found.rank is ClaimRank.NORMAL else found.rank.value,
        "certainty": "" if found.certainty is Certainty.STATED else found.certainty.value,
        "reason": _one(found.reason),
        "asserted_by": _one(found.asserted_by),
    }


def _claim(claim: Claim) -> Cells:
    return {
        "subject": _reference(claim.subject),
        "property": claim.property,
        "value": _one(claim.value),
        "unit": claim.unit or "",
        "bound": "" if claim.bound in (None, NumberBound.EXACT) else claim.bound.value,
        "entity": _reference(claim.entity) if claim.entity else "",
        "qualifiers": join_values(_qualifier(name, text) for name, text in sorted(claim.qualifiers.items())),
        **_standing(claim),
        "citations": _cited(claim.citations),
    }


def _qualifier(name: str, text: str) -> str:
    return f"{name}={_reference(text) if QUALIFIERS[name].type is ValueType.ENTITY else text}"
