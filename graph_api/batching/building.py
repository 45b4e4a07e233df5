"""Making the objects of an answer out of completed columns."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

_WORTH_IT = 64
"""Rows after which writing a function for a selection has paid: it takes some 50 microseconds."""


class RowBuilder:
    """Makes a dictionary of each row; a selection that is used a lot gets a function of its own for it.

    A dictionary written out as a literal is made three times as fast as one of pairs.
    """

    __slots__ = ("_build", "_keys", "_made")

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = keys
        self._made = 0
        self._build: Callable[..., list[dict[str, Any]]] | None = None

    def __call__(self, columns: Sequence[list[Any]]) -> list[dict[str, Any]]:
        """Return a dictionary for each row of the columns; there is at least one column."""
        if self._build is not None:
            return self._build(*columns)
        self._made += len(columns[0])
        if self._made > _WORTH_IT:
            self._build = _written(self._keys)
            return self._build(*columns)
        keys = self._keys
        return [dict(zip(keys, values, strict=True)) for values in zip(*columns, strict=True)]


@lru_cache(maxsize=1024)
def _written(keys: tuple[str, ...]) -> Callable[..., list[dict[str, Any]]]:
    """Return a function that has the keys written in it; a key is a GraphQL name, so letters, digits and _ only."""
    columns = [f"c{i}" for i in range(len(keys))]
    values = [f"v{i}" for i in range(len(keys))]
    pairs = ", ".join(f"{key!r}: {value}" for key, value in zip(keys, values, strict=True))
    rows = f"zip({', '.join(columns)})" if len(keys) > 1 else columns[0]
    names: dict[str, Any] = {}
    text = f"def build({', '.join(columns)}):\n    return [{{{pairs}}} for {', '.join(values)} in {rows}]"
    exec(text, {"__builtins__": {"zip": zip}}, names)  # noqa: S102 - made of names that the GraphQL parser let through
    build: Callable[..., list[dict[str, Any]]] = names["build"]
    return build
