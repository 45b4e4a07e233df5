"""The whole graph in memory, to compute in plain Python what a query should answer."""

from collections import defaultdict
from collections.abc import Iterable

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.folding import fold
from graph_api.domain.paging import PageRequest
from graph_api.domain.query import EntityQuery
from graph_api.domain.records import Entity, Relationship, RelationshipRow
from graph_api.store.base import Store

Ends = dict[tuple[str, Relation], list[tuple[str, Relationship]]]


class World:
    """Entities by kind, and relationships by either end."""

    def __init__(
        self, entities: list[Entity], relationships: list[Relationship], mentions: dict[str, set[str]]
    ) -> None:
        self.entities = {entity.id: entity for entity in entities}
        self.mentions = mentions
        self.outgoing: Ends = defaultdict(list)
        self.incoming: Ends = defaultdict(list)
        self.degree: dict[str, int] = defaultdict(int)
        for relationship in relationships:
            self.outgoing[relationship.source, relationship.type].append((relationship.target, relationship))
            self.incoming[relationship.target, relationship.type].append((relationship.source, relationship))
            self.degree[relationship.source] += 1
            self.degree[relationship.target] += 1

    def of_kind(self, kind: Kind) -> list[Entity]:
        """All entities of a kind."""
        return [entity for entity in self.entities.values() if entity.kind is kind]

    def out(self, entity: Entity | str, relation: Relation) -> set[str]:
        """Ids at the ends of relationships that start at an entity."""
        return {end for end, _ in self.outgoing[_id(entity), relation]}

    def into(self, entity: Entity | str, relation: Relation) -> set[str]:
        """Ids at the starts of relationships that end at an entity."""
        return {end for end, _ in self.incoming[_id(entity), relation]}

    def texts(self, entity: Entity, field: str) -> list[str]:
        """The folded texts of a field."""
        value = entity.name if field == "name" else entity.values.get(field, ())
        return [fold(text) for text in ([value] if isinstance(value, str) else value)]  # type: ignore[union-attr]

    def names(self, ids: Iterable[str]) -> list[str]:
        """The folded names of entities."""
        return [fold(self.entities[key].name) for key in ids]

    def festivals_of_place(self, place: str) -> set[str]:
        """The festivals an edition or event belongs to."""
        found = self.out(place, Relation.EDITION_OF)
        for parent in self.out(place, Relation.PART_OF):
            found |= self.festivals_of_place(parent)
        return found

    def festivals(self, entity: Entity) -> set[str]:
        """The festivals where a film was shown or honoured, a person honoured or took part."""
        places = self.out(entity, Relation.SCREENED_AT) | self.out(entity, Relation.PARTICIPATED_IN)
        for honour in self.into(entity, Relation.RECOGNIZED_FOR) | self.out(entity, Relation.RECIPIENT_OF):
            places |= self.out(honour, Relation.AT_EDITION)
        return {festival for place in places for festival in self.festivals_of_place(place)}


def _id(entity: Entity | str) -> str:
    return entity if isinstance(entity, str) else entity.id


async def read_world(store: Store) -> World:
    """Read the whole graph of a store."""
    entities: list[Entity] = []
    for kind in Kind:
        after = None
        while True:
            page = await store.find(EntityQuery(kind, PageRequest(100, after=after)))
            entities += page.items
            if not page.has_next:
                break
            after = page.positions[-1]
    ids = [entity.id for entity in entities]
    places = await store.citations(ids)
    mentions = {key: {place.source for place in own} for key, own in zip(ids, places, strict=True)}
    relationships = [row.relationship for row in store.export() if isinstance(row, RelationshipRow)]
    return World(entities, list({r.id: r for r in relationships}.values()), mentions)
