"""What is wrong with an item of a change, and which item it was."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ItemProblem:
    """A problem of one item of a change.

    `batch` counts the change's batches from 0, `index` the items inside it; whoever made the
    batches knows from which file and line the item came.
    """

    batch: int
    index: int
    message: str

    def __str__(self) -> str:
        return self.message
