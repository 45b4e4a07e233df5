"""Whatever has an id, read by it."""

from typing import Any

from graph_api.domain import ids
from graph_api.domain.records import Entity
from graph_api.errors import BadId, BadInput, NotFound
from schema.claims import claims_by_id
from schema.context import Info


async def read_nodes(info: Info, wanted: list[str]) -> list[Any]:
    """Return whatever has each id: None where nothing has, BadId where it is none; one store call for each sort."""
    found: dict[str, Any] = {}
    sorts: dict[str, list[str]] = {}
    for node_id in dict.fromkeys(wanted):
        try:
            node = ids.decode(node_id)
        except BadId as error:
            found[node_id] = error
            continue
        sorts.setdefault("Entity" if node.kind else node.type, []).append(node_id)
    for sort, own in sorts.items():
        match sort:
            case "Entity":
                rows: list[Any] = list(await info.context.entities.load_many(own))
            case ids.SOURCE:
                rows = list(await info.context.sources.load_many(own))
            case ids.RELATIONSHIP:
                rows = list(await info.context.store.relationships(own))
            case ids.CLAIM:
                rows = list(await claims_by_id(info, own))
            case _:
                rows = [await info.context.analyses.run(i) for i in own]
        found.update(zip(own, rows, strict=True))
    return [found[node_id] for node_id in wanted]


async def existing(info: Info, wanted: list[str]) -> list[Entity]:
    """Return the entities with these ids.

    Raises:
        BadId, BadInput: an id that is none, or none of an entity.
        NotFound: there is no such entity.
    """
    for node_id in wanted:
        if ids.decode(node_id).kind is None:
            raise BadInput("the id of an entity is wanted here")
    found = await info.context.entities.load_many(wanted)
    there = [entity for entity in found if entity is not None]
    if len(there) < len(wanted):
        raise NotFound("no entity has this id; search finds entities by name", id=wanted[found.index(None)])
    return there
