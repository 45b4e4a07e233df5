"""What is wrong with an item of a change, and which item it was."""

from dataclasses import dataclass

from graph_api.errors import DatasetInvalid


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


class Problems:
    """What was found wrong with the batch at hand.

    Attributes:
        batch: the number of the batch, counted from 0.
    """

    def __init__(self) -> None:
        self.batch = 0
        self._found: list[ItemProblem] = []

    def problem(self, index: int, message: str) -> None:
        """Note what is wrong with an item of the batch."""
        self._found.append(ItemProblem(self.batch, index, message))

    def check(self) -> None:
        """Refuse the change if anything was wrong with the batch.

        Raises:
            DatasetInvalid: carries an `ItemProblem` for each fault.
        """
        if self._found:
            self._found.sort(key=lambda problem: problem.index)
            raise DatasetInvalid(self._found)
