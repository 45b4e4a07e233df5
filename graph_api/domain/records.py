"""The records that stores hand out and changes are made of: slotted, immutable, without behaviour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from graph_api.domain.catalogue import Certainty, ClaimRank, Kind, NumberBound, Relation
from graph_api.domain.ids import entity_id

Scalar: TypeAlias = str | int | float | bool
Value: TypeAlias = Scalar | tuple[str, ...]
"""The value of a field of an entity; a tuple where the property has many."""


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """A place in a source: `source` is the source's id, `locator` free text such as "paragraph 12"."""

    source: str
    locator: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts come from. Dates are ISO 8601 and may be short."""

    id: str
    slug: str
    title: str
    kind: str
    url: str | None = None
    publisher: str | None = None
    published_on: str | None = None
    retrieved_on: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity with its best name and the best values of its fields.

    `values` maps the names of field properties (catalogue spelling, "releasedOn") to values;
    what is not known is absent.
    """

    id: str
    kind: Kind
    slug: str
    name: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relation between two entities, `source` and `target` being their ids.

    `properties` holds the relation's own properties under their catalogue names; an entity
    among them is an id. `reason` says from what an inferred relationship was inferred.
    """

    id: str
    type: Relation
    source: str
    target: str
    properties: Mapping[str, Scalar] = field(default_factory=dict)
    rank: ClaimRank = ClaimRank.NORMAL
    certainty: Certainty = Certainty.STATED
    reason: str | None = None
    asserted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What a source says of one property of one entity.

    `value` is the canonical text of a literal, `entity` the id where the value is an entity.
    `qualifiers` maps names to canonical text, or to an id where the qualifier is an entity.
    """

    id: str
    subject: str
    property: str
    value: str | None = None
    number: float | None = None
    unit: str | None = None
    entity: str | None = None
    bound: NumberBound | None = None
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    rank: ClaimRank = ClaimRank.NORMAL
    certainty: Certainty = Certainty.STATED
    reason: str | None = None
    asserted_by: str | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """What one place in a source says of one entity: its name and the values of its row there.

    `cells` maps property names to canonical texts (a tuple where the row gives several; a
    number with its unit behind a space). Each is a claim cited by that place, made when
    somebody asks, so that a table of 100,000 rows needs no claim per cell.
    """

    citation: Citation
    cells: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EntityRow:
    """An entity as a change brings it: what is known of it from the places cited.

    `former` are slugs under which it is found as well: of entries that were merged into it.
    """

    kind: Kind
    slug: str
    name: str
    aliases: tuple[str, ...] = ()
    external_ids: tuple[tuple[str, str], ...] = ()
    cells: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    citations: tuple[Citation, ...] = ()
    former: tuple[str, ...] = ()

    @property
    def former_ids(self) -> tuple[str, ...]:
        """The ids of which the former slugs were a part."""
        return tuple(entity_id(self.kind, slug) for slug in self.former)


@dataclass(frozen=True, slots=True)
class RelationshipRow:
    """A relationship as a change brings it."""

    relationship: Relationship
    citations: tuple[Citation, ...]


ChangeItem: TypeAlias = Source | EntityRow | RelationshipRow | Claim
"""What a change set is made of; a claim brings its citations with it."""


@dataclass(frozen=True, slots=True)
class Hop:
    """A relationship seen from one end: the entity at its other end, and which way it points."""

    relationship: Relationship
    entity: Entity
    outgoing: bool


@dataclass(frozen=True, slots=True)
class Collaborator:
    """Somebody who worked on the same films: `weight` is their number, `films` their ids by id."""

    person: Entity
    weight: float
    films: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonFilm:
    """A film of a person with all credits of that person on it."""

    film: Entity
    credits: tuple[Relationship, ...]


@dataclass(frozen=True, slots=True)
class NeighborCount:
    """How many neighbour edges of one sort an entity has."""

    relation: Relation
    outgoing: bool
    kind: Kind
    count: int


@dataclass(frozen=True, slots=True)
class SearchHit:
    """An entity that matches a search, the name or alias that did, and how well (1 is best)."""

    entity: Entity
    score: float
    matched: str


@dataclass(frozen=True, slots=True)
class FacetCount:
    """One value of a faceted field and how many entities have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Subgraph:
    """A piece of the graph; `truncated` where a limit cut it."""

    nodes: tuple[Entity, ...]
    relationships: tuple[Relationship, ...]
    truncated: bool


@dataclass(frozen=True, slots=True)
class Path:
    """A way through the graph: `nodes` one more than `hops`, in order."""

    nodes: tuple[Entity, ...]
    hops: tuple[Relationship, ...]


@dataclass(frozen=True, slots=True)
class ConflictRecord:
    """A subject and property whose live claims can't all be true; `claims` best first."""

    subject: Entity
    property: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the graph holds."""

    kinds: Mapping[Kind, int]
    relations: Mapping[Relation, int]
    sources: int
    claims: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class Change:
    """One applied change set, as the change feed tells it: ids of entities, sources, relationships, claims."""

    revision: int
    at: str
    actor: str
    created: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a change set; `revision` is unchanged where it changed nothing.

    Attributes:
        change: what it did to which records; None for a load of very many.
    """

    revision: int
    changed: bool
    created: int = 0
    updated: int = 0
    removed: int = 0
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class RelationColumns:
    """Relationships as columns, one entry each, ordered by relationship id: what projections are built from.

    `sources` and `targets` hold entity ids; `roles` a credit's or participation's role, else None.
    """

    ids: Sequence[str]
    types: Sequence[Relation]
    sources: Sequence[str]
    targets: Sequence[str]
    roles: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.ids)
