"""Images: how one record lay in the graph, whole, with the datasets that brought it.

The audit log keeps an image of each record from before and after a change; a merge and an undo
are sets of images that a store puts in place of what it holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import orjson

from graph_api.domain.catalogue import Certainty, ClaimRank, Kind, NumberBound, Relation
from graph_api.domain.records import Claim, Relationship, Source


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a source (by the source's id) and the dataset that brings it; the empty name is none."""

    source: str
    locator: str
    dataset: str


@dataclass(frozen=True, slots=True, order=True)
class MentionImage:
    """What a place says of an entity: `cells` as `graph_api.domain.derive.pack` writes them."""

    place: Place
    cells: str


@dataclass(frozen=True, slots=True)
class SourceImage:
    """A source, and the datasets that bring it."""

    source: Source
    datasets: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its id."""
        return self.source.id


@dataclass(frozen=True, slots=True)
class EntityImage:
    """An entity: its rows in order, and the ids that were merged into it."""

    id: str
    kind: Kind
    slug: str
    mentions: tuple[MentionImage, ...]
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RelationshipImage:
    """A relationship and its places in order."""

    relationship: Relationship
    places: tuple[Place, ...]

    @property
    def id(self) -> str:
        """Its id."""
        return self.relationship.id


@dataclass(frozen=True, slots=True)
class ClaimImage:
    """A stored claim, without citations of its own, and its places in order."""

    claim: Claim
    places: tuple[Place, ...]

    @property
    def id(self) -> str:
        """Its id."""
        return self.claim.id


Image: TypeAlias = SourceImage | EntityImage | RelationshipImage | ClaimImage
Images: TypeAlias = Mapping[str, Image | None]
"""Records by id; None for what is not there."""

_TAGS: Mapping[type[Image], str] = {
    SourceImage: "source",
    EntityImage: "entity",
    RelationshipImage: "relationship",
    ClaimImage: "claim",
}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What a change did to one record."""

    id: str
    before: Image | None
    after: Image | None


def visible(image: Image | None) -> Image | None:
    """Return an image without the names of datasets, which no reader of the graph sees."""
    match image:
        case None:
            return None
        case SourceImage():
            return replace(image, datasets=())
        case EntityImage():
            rows = {replace(row, place=replace(row.place, dataset="")) for row in image.mentions}
            return replace(image, mentions=tuple(sorted(rows)))
        case RelationshipImage() | ClaimImage():
            return replace(image, places=tuple(sorted({replace(place, dataset="") for place in image.places})))


# --------------------------------------------------------------------------- as text
def encode(image: Image | None) -> str | None:
    """Return an image as the JSON text that the audit log keeps; None for None."""
    if image is None:
        return None
    return orjson.dumps({_TAGS[type(image)]: image}, option=orjson.OPT_SORT_KEYS).decode()


def decode(text: str | None) -> Image | None:
    """Return the image that `encode` wrote."""
    if text is None:
        return None
    ((tag, found),) = orjson.loads(text).items()
    match tag:
        case "source":
            return SourceImage(Source(**found["source"]), tuple(found["datasets"]))
        case "entity":
            rows = tuple(MentionImage(Place(**row["place"]), row["cells"]) for row in found["mentions"])
            return EntityImage(found["id"], Kind(found["kind"]), found["slug"], rows, tuple(found["merged"]))
        case "relationship":
            return RelationshipImage(_relationship(found["relationship"]), _places(found))
        case _:
            return ClaimImage(_claim(found["claim"]), _places(found))


def _places(found: dict[str, Any]) -> tuple[Place, ...]:
    return tuple(Place(**place) for place in found["places"])


def _standing(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "rank": ClaimRank(found["rank"]), "certainty": Certainty(found["certainty"])}


def _relationship(found: dict[str, Any]) -> Relationship:
    return Relationship(**{**_standing(found), "type": Relation(found["type"])})


def _claim(found: dict[str, Any]) -> Claim:
    bound = found["bound"]
    return Claim(**{**_standing(found), "bound": bound and NumberBound(bound), "citations": ()})
