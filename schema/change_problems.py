"""What is wrong with a change set, and where in its input."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import NamedTuple

from graph_api.errors import BadId


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
    """All that is wrong."""

    def add(self, path: tuple[str, ...], code: WriteErrorCode, message: str) -> None:
        """Add a problem."""
        self.append(Problem(path, code, message))

    @contextmanager
    def at(self, *path: str | int) -> Iterator[None]:
        """Turn what goes wrong inside into a problem at a path."""
        here = tuple(map(str, path))
        try:
            yield
        except Noted:
            pass
        except Wrong as error:
            self.add((*here, *error.path), error.code, str(error))
        except BadId as error:
            self.add(here, WriteErrorCode.INVALID, error.message)
        except ValueError as error:
            self.add(here, WriteErrorCode.INVALID, str(error))
