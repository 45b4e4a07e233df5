"""What a Strawberry field's metadata says to the executor."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

BATCH = "batch"
"""The resolver of a whole column of parents."""
READ = "read"
"""A `Read`: the value is read off the parent, without info and arguments."""
NEEDS = "needs"
"""The names of what a batch resolver reads of its parents; where it is not said, it may be anything."""
WITHOUT_INFO = "without_info"
"""Attribute of an `is_type_of` or `resolve_type` that does not look at its info: none is made for it."""
SAME = "same"
"""The value is the parent itself, seen as another type."""


@dataclass(frozen=True, slots=True)
class Read:
    """How a value is read off its parent.

    Attributes:
        name: of the attribute, or of the column where the parents are rows.
        get: reads it off an object; None reads the attribute.
        then: makes the value of what was read.
    """

    name: str
    get: Callable[[Any], Any] | None = None
    then: Callable[[Any], Any] | None = None

    def getter(self) -> Callable[[Any], Any]:
        """Return what reads the value off a parent."""
        get, then = self.get or attrgetter(self.name), self.then
        return get if then is None else lambda parent: then(get(parent))
