"""What a store holds, held against the catalogue as it is now: a graph may be older than its rules."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias, TypeVar

from graph_api.domain.catalogue import Property, ValueType
from graph_api.domain.changes import entities_of
from graph_api.domain.checks import RELATION_PLANS, KindOf, canonical_cell, check_claim, check_relationship
from graph_api.domain.derive import KIND_PLANS, unpack
from graph_api.domain.ids import decode
from graph_api.domain.images import ClaimImage, EntityImage, Image, RelationshipImage, SourceImage
from graph_api.domain.naming import check_name
from graph_api.domain.values import check_address, check_date

K = TypeVar("K")
T = TypeVar("T")
UNREADABLE = (ValueError, KeyError)
"""What reading a value raises which can't be one; `value_faults` tells of it."""
MOST_TOLD = 100
"""Faults that are told of a graph; a rule that is new may be broken by every record."""


Read: TypeAlias = Callable[[Sequence[str]], Mapping[str, Image]]
Kinds: TypeAlias = Callable[[Sequence[str]], Mapping[str, str]]


def value_faults(chunks: Iterable[Sequence[str]], read: Read, kinds: Kinds) -> Iterator[str]:
    """Yield what is wrong with the values of records, a line each; the first hundred, and how many more.

    Args:
        chunks: the ids of all records.
        read: returns their images; raises ValueError or KeyError where one can't be read.
        kinds: returns the kinds of those of some entities that are there.
    """
    found = _faults(chunks, read, kinds)
    yield from islice(found, MOST_TOLD)
    if more := sum(1 for _ in found):
        yield f"values: {more} more have faults"


def readable(derive: Callable[[Sequence[K]], Iterable[T]], keys: Sequence[K]) -> list[T]:
    """Return what is derived of records, without those whose values can't be read."""
    try:
        return list(derive(keys))
    except UNREADABLE:
        return [] if len(keys) == 1 else [one for key in keys for one in readable(derive, [key])]


def _faults(chunks: Iterable[Sequence[str]], read: Read, kinds: Kinds) -> Iterator[str]:
    for chunk in chunks:
        try:
            images = dict(read(chunk))
        except UNREADABLE:
            images = {}
            for id_ in chunk:
                try:
                    images.update(read([id_]))
                except UNREADABLE as error:
                    yield f"{decode(id_).type} {id_}: it can't be read: {error}"
        known = kinds(sorted(_named(images.values())))
        for id_, image in images.items():
            for text in _of_image(image, known.get):
                yield f"{decode(id_).type} {id_}: {text}"


def _named(images: Iterable[Image]) -> Iterator[str]:
    for image in images:
        match image:
            case RelationshipImage(relationship=record):
                yield record.source
                yield record.target
                yield from (
                    str(record.properties[p.name])
                    for p in RELATION_PLANS[record.type].entities
                    if p.name in record.properties
                )
            case ClaimImage(claim=claim):
                yield from entities_of([(0, claim)])


def _of_image(image: Image, kind_of: KindOf) -> Iterator[str]:
    match image:
        case EntityImage():
            yield from _of_entity(image)
        case RelationshipImage(relationship=record):
            yield from _told(check_relationship, RELATION_PLANS[record.type], record, kind_of)
        case ClaimImage(claim=claim):
            yield from _told(check_claim, claim, kind_of)
        case SourceImage(source=source):
            yield from _told(check_name, source.title)
            for date in (source.published_on, source.retrieved_on):
                yield from _told(check_date, date) if date else ()
            yield from _told(check_address, source.url) if source.url else ()


def _of_entity(image: EntityImage) -> Iterator[str]:
    plan = KIND_PLANS[image.kind]
    for text in dict.fromkeys(mention.cells for mention in image.mentions):
        try:
            stored = unpack(text)
        except UNREADABLE as error:
            yield f"it can't be read: {error}"
            continue
        for alias in stored.aliases:
            yield from _told(check_name, alias)
        for name, value in stored.cells.items():
            prop = plan.properties.get(name)
            for one in [value] if isinstance(value, str) else value:
                if name == plan.name_property:
                    yield from _told(check_name, one)
                elif prop is None:
                    yield f"a {image.kind} has no property {name!r}"
                elif prop.type is not ValueType.TEXT:
                    yield from _told(_check_cell, name, prop, one)


def _check_cell(name: str, prop: Property, text: str) -> None:
    try:
        found = canonical_cell(prop, text)
    except ValueError as error:
        raise ValueError(f"its {name}: {error}") from None
    if found != text:
        raise ValueError(f"its {name} is {text[:60]!r}, which is written {found[:60]!r}")


def _told(check: Callable[..., object], *given: object) -> Iterator[str]:
    try:
        check(*given)
    except ValueError as error:
        yield str(error)
