"""What stands for an entity that the graph no longer has, where an earlier revision of it is told of."""

from graph_api.domain import ids
from graph_api.domain.records import Entity
from graph_api.errors import BadId


def gone(node: str) -> Entity:
    """Return an entity of which the id is known alone: its slug is all the name there is.

    Raises:
        BadId: it is not the id of an entity.
    """
    found = ids.decode(node)
    if found.kind is None:
        raise BadId(f"{node[:80]!r} is not the id of an entity")
    return Entity(node, found.kind, found.key, found.key)
