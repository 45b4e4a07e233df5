"""`load`: a dataset folder brought into a graph as one change."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from graph_api.domain.problems import ItemProblem
from graph_api.domain.records import Applied, ChangeItem
from graph_api.errors import DatasetInvalid
from graph_api.store.base import Store
from seed.problems import Problem
from seed.stream import Dataset

Progress: TypeAlias = Callable[[int, int], None]
"""Takes the bytes of the dataset read so far and their sum; called on the thread that writes."""

MOST_PROBLEMS = 1_000


async def load(
    store: Store,
    folder: Path,
    *,
    replace: bool = False,
    progress: Progress | None = None,
    actor: str = "load",
) -> Applied:
    """Load a dataset, whole or not at all.

    What it refers to and cites must be in it, or in the graph already.

    Args:
        store: the graph.
        folder: the dataset (docs/dataset-format.md).
        replace: also remove what the dataset of this name brought before and no longer holds.
        progress: told of every batch read.
        actor: who makes the change, for the change feed.

    Raises:
        DatasetInvalid: carries up to MOST_PROBLEMS of `Problem`, each with file and line.
        StoreError: the store can't be written.
    """
    problems: list[Problem] = []
    dataset = Dataset(folder, problems.append, closed=False)
    try:
        return await store.apply(
            _sound(dataset, problems, progress), actor=actor, dataset=dataset.name or None, replace=replace
        )
    except DatasetInvalid as error:
        raise DatasetInvalid([_placed(dataset, problem) for problem in error.problems]) from None


def _sound(dataset: Dataset, problems: list[Problem], progress: Progress | None) -> Iterator[Sequence[ChangeItem]]:
    """Yield batches while nothing is wrong; once something is, read on only to find what else is."""
    for batch in dataset.batches():
        if len(problems) >= MOST_PROBLEMS:
            break
        if not problems:
            yield batch
        if progress:
            progress(dataset.position, dataset.size)
    if problems:
        raise DatasetInvalid(problems[:MOST_PROBLEMS])


def _placed(dataset: Dataset, problem: object) -> object:
    """Return a problem with its file and line, where the store found it in an item of a batch."""
    if isinstance(problem, ItemProblem):
        return dataset.place(problem.batch, problem.index, problem.message)
    return problem
