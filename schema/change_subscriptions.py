"""The subscription that follows the graph."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any, cast

import strawberry

from graph_api.errors import BadInput
from schema.context import Info
from schema.scalars import DateTime


@strawberry.type(description="One applied change set.")
class GraphChange:
    """Stands for `records.Change`."""

    revision: str = strawberry.field(description="The revision it made.", resolver=lambda root: str(root.revision))
    at: DateTime = strawberry.field(description="When it was applied.")
    actor: str = strawberry.field(description="Who made it.")
    created: list[strawberry.ID] = strawberry.field(description="Ids of what is new.")
    updated: list[strawberry.ID] = strawberry.field(description="Ids of what differs.")
    removed: list[strawberry.ID] = strawberry.field(description="Ids of what is gone.")


@strawberry.type
class ChangeSubscriptions:
    """The feed of changes."""

    @strawberry.subscription(  # type: ignore[untyped-decorator]
        description="Every change applied after a revision, in order, none lost and none twice; then those to come."
    )
    async def changes(
        self,
        info: Info,
        since: Annotated[
            str | None,
            strawberry.argument(description="The last revision that is known; where left out, the present one."),
        ] = strawberry.UNSET,
    ) -> AsyncGenerator[GraphChange, None]:
        """Yield the changes."""
        present = await info.context.store.revision()
        start = present if since is None or since is strawberry.UNSET else _revision(since)
        if start > present:
            raise BadInput(f"the graph is at revision {present}; since can't be later", argument="since")
        following = info.context.following
        async for change in following.changes(start):
            yield cast(Any, change)


def _revision(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadInput("since is a revision, a whole number as graph { revision } gives it", argument="since")
    return int(text)
