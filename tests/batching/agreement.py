"""What two executors have to agree about."""

from collections.abc import Iterable, Sequence
from typing import Any

from graphql import GraphQLError

Path = tuple[str | int, ...]


def nulled(data: Any, errors: Iterable[GraphQLError] | None) -> set[Path]:
    """Return where null stands because of errors: for each the highest null on the way to it."""
    return {_highest_null(data, error.path or ()) for error in errors or ()}


def _highest_null(data: Any, path: Sequence[str | int]) -> Path:
    here: list[str | int] = []
    for key in path:
        if data is None:
            break
        data = data[key]
        here.append(key)
    assert data is None, f"there is an error at {list(path)}, and no null"
    return tuple(here)
