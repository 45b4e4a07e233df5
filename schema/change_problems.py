"""What is wrong with a change set, and where in its input."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from graph_api.errors import BadId

MOST_ERRORS = 100
"""Problems that are told; more are counted."""
_LONGEST_STEP = 80
_LONGEST_MESSAGE = 500

Place: TypeAlias = tuple[str, int]
"""Where an item is in a change set: ("entities", 3)."""


class WriteErrorCode(StrEnum):
    """Why a change can't be made."""

    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    INVALID = "INVALID"
    FORBIDDEN = "FORBIDDEN"


class Problem(NamedTuple):
    """One thing that is wrong; `path` leads to it from the input."""

    path: tuple[str, ...]
    code: WriteErrorCode
    message: str


class Wrong(Exception):
    """Something at the present path can't be used."""

    def __init__(self, message: str, *more: "str | WriteErrorCode") -> None:
        super().__init__(message)
        self.code = next((m for m in more if isinstance(m, WriteErrorCode)), WriteErrorCode.INVALID)
        self.path = tuple(m for m in more if not isinstance(m, WriteErrorCode))


class Noted(Wrong):
    """Ends an item whose problem was noted before."""

    def __init__(self) -> None:
        super().__init__("")


class Problems(list[Problem]):
    """What is wrong: the first of it, each once, and how much it is in all.

    Steps of a path and messages may hold what the client sent, so both are cut.

    Attributes:
        total: how many there are.
        skipped: how often something could not be looked at for a problem that was noted elsewhere.
    """

    def __init__(self) -> None:
        super().__init__()
        self.total = 0
        self.skipped = 0

    def add(self, path: tuple[str, ...], code: WriteErrorCode, message: str) -> None:
        """Add a problem."""
        self.total += 1
        if len(self) < MOST_ERRORS:
            steps = tuple(step[:_LONGEST_STEP] for step in path)
            self.append(Problem(steps, code, message[:_LONGEST_MESSAGE]))

    @contextmanager
    def at(self, *path: str | int) -> Iterator[None]:
        """Turn what goes wrong inside into a problem at a path."""
        here = tuple(map(str, path))
        try:
            yield
        except Noted:
            self.skipped += 1
        except Wrong as error:
            self.add((*here, *error.path), error.code, str(error))
        except BadId as error:
            self.add(here, WriteErrorCode.INVALID, error.message)
        except ValueError as error:
            self.add(here, WriteErrorCode.INVALID, str(error))
