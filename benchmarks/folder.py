"""Writing a dataset folder table by table; cells are given as texts, several values as a list."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from seed.cells import join_values

Cell: TypeAlias = str | int | Sequence[str]


def write_head(folder: Path, name: str, title: str, licence: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    head = {"name": name, "title": title, "licence": licence}
    (folder / "dataset.json").write_text(json.dumps(head, indent=2) + "\n", encoding="utf-8")


def write_table(folder: Path, name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write `name`.csv and return how many rows it has; `citations` cells are taken as they are."""
    path = folder / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(
                [
                    cell if isinstance(cell, int) else join_values([cell] if isinstance(cell, str) else cell)
                    for cell in row
                ]
            )
            count += 1
    return count


def read_table(path: Path) -> Iterable[Mapping[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        yield from csv.DictReader(handle)
