"""Arguments that many fields share, each with its description."""

from typing import Annotated, TypeAlias

import strawberry

First: TypeAlias = Annotated[
    int | None,
    strawberry.argument(
        description="How many items from the start, 1 to 100; 20 where neither first nor last is given."
    ),
]
After: TypeAlias = Annotated[str | None, strawberry.argument(description="Only items after this cursor.")]
Last: TypeAlias = Annotated[
    int | None, strawberry.argument(description="How many items from the end, 1 to 100; not together with first.")
]
Before: TypeAlias = Annotated[str | None, strawberry.argument(description="Only items before this cursor.")]
