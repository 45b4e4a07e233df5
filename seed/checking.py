"""`check`: everything that is wrong with a dataset folder, without a graph to load it into."""

from collections.abc import Iterator
from pathlib import Path

from seed.problems import Problem
from seed.stream import Dataset


def check(folder: Path) -> Iterator[Problem]:
    """Yield every problem of a dataset, file by file, as the files are read.

    All it refers to and cites must be in it. Memory holds its ids, not its rows.
    """
    problems: list[Problem] = []
    for _ in Dataset(folder, problems.append, closed=True).batches():
        yield from problems
        problems.clear()
    yield from problems
