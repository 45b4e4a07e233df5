"""A change set's input turned into the items of a change, checked against the catalogue.

Each part of an item is looked at by itself, so that all that is wrong with it is told at once.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from graph_api.domain.catalogue import (
    PROPERTIES,
    QUALIFIERS,
    RELATIONS,
    Certainty,
    ClaimRank,
    Kind,
    NumberBound,
    Property,
    ValueType,
)
from graph_api.domain.checks import canonical_cell
from graph_api.domain.derive import KIND_PLANS
from graph_api.domain.ids import claim_id, decode, relationship_id
from graph_api.domain.merging import distinguishing
from graph_api.domain.records import (
    ChangeItem,
    Citation,
    Claim,
    EntityRow,
    Relationship,
    RelationshipRow,
    Scalar,
    Source,
)
from graph_api.domain.values import check_date, parse, to_scalar
from schema.change_inputs import ChangeSetInput, CitationInput, ClaimInput, EntityInput, RelationshipInput, SourceInput
from schema.change_names import Names
from schema.change_problems import Noted, Place, Problems, Wrong
from schema.change_values import clean, clean_address, clean_name, literal_of, members, of_kind, text_of
from schema.filters import given

GROUPS = ("sources", "entities", "relationships", "claims")
"""The groups of a change set, in the order in which they build upon each other."""

T = TypeVar("T")
_NUMERIC = (ValueType.INTEGER, ValueType.NUMBER)


def to_items(wanted: ChangeSetInput, names: Names, problems: Problems) -> dict[Place, ChangeItem]:
    """Return the items of a change set by their places in it, without those that have faults; these are added."""
    converter = _Converter(names, problems)
    makers: tuple[Callable[[Any, Place], ChangeItem], ...] = (
        converter.source,
        converter.entity,
        converter.relationship,
        converter.claim,
    )
    items: dict[Place, ChangeItem] = {}
    for group, make in zip(GROUPS, makers, strict=True):
        for index, item in enumerate(getattr(wanted, group) or ()):
            before = problems.total + problems.skipped
            with problems.at(group, index):
                made = make(item, (group, index))
                if problems.total + problems.skipped == before:
                    items[group, index] = made
    return items


class _Converter:
    """Makes items; problems inside an item are noted at their own paths."""

    def __init__(self, names: Names, problems: Problems) -> None:
        self._names = names
        self._problems = problems

    # ------------------------------------------------------------------ what each sort is made of
    def source(self, item: SourceInput, place: Place) -> Source:
        """Return a source."""
        title = self._part(place, "title", clean_name, item.title)
        kind = self._part(place, "kind", clean, item.kind)
        published = self._optional(place, "publishedOn", check_date, item.published_on or None)
        url = self._optional(place, "url", clean_address, item.url)
        publisher = self._optional(place, "publisher", clean, item.publisher)
        licence = self._optional(place, "licence", clean, item.licence)
        id_ = self._names.new.get(place)
        if id_ is None or title is None or kind is None:
            raise Noted
        return Source(id_, decode(id_).key, title, kind, url, publisher, published, None, licence)

    def entity(self, item: EntityInput, place: Place) -> EntityRow:
        """Return a row of an entity."""
        slug: str | None = None
        if given(item.id):
            with self._problems.at(*place):
                known = self._names.known(str(item.id))
                slug = known.slug
                if known.kind is not item.kind:
                    raise Wrong(f"it is a {known.kind.value}, not a {item.kind.value}", "kind")
        elif place in self._names.new:
            slug = decode(self._names.new[place]).key
        name = self._part(place, "name", clean_name, item.name)
        aliases = [
            self._part(place, "aliases", clean_name, alias)
            for alias in (item.aliases if given(item.aliases) else ()) or ()
        ]
        external = [
            (self._part(place, "externalIds", clean, e.scheme), self._part(place, "externalIds", clean, e.value))
            for e in (item.external_ids if given(item.external_ids) else ()) or ()
        ]
        cells = self._cells(item, place)
        cited = self._citations(item.citations, place)
        if slug is None or name is None:
            raise Noted
        return EntityRow(
            item.kind,
            slug,
            name,
            tuple(alias for alias in aliases if alias is not None),
            tuple((scheme, value) for scheme, value in external if scheme is not None and value is not None),
            cells,
            cited,
        )

    def relationship(self, item: RelationshipInput, place: Place) -> RelationshipRow:
        """Return a relationship."""
        record = RELATIONS[item.type]
        start = self._part(place, "from", self._entity, item.from_, record.sources, f"where {item.type} starts")
        goal = self._part(place, "to", self._entity, item.to, record.targets, f"where {item.type} ends")
        properties = self._properties(item, place)
        cited = self._citations(item.citations, place)
        standing = self._standing(item, place)
        if start is None or goal is None:
            raise Noted
        id_ = relationship_id(item.type, start, goal, distinguishing(item.type, properties))
        return RelationshipRow(Relationship(id_, item.type, start, goal, properties, *standing), cited)

    def claim(self, item: ClaimInput, place: Place) -> Claim:
        """Return a claim."""
        subject = self._part(place, "subject", self._names.entity, item.subject)
        prop = self._part(place, "property", self._property, item.property, subject)
        kinds = prop.entity_kinds if prop else frozenset()
        what = f"the value of {prop.name}" if prop else "it"
        entity = self._part(place, "entity", self._entity, item.entity, kinds, what) if given(item.entity) else None
        qualifiers = {
            name: text
            for name, value in self._members(item.qualifiers, place, "qualifiers")
            if (text := self._part(place, f"qualifiers.{name}", self._qualifier, name, value))
        }
        literal = self._part(place, "", literal_of, prop, item) if prop else None
        cited = self._citations(item.citations, place)
        standing = self._standing(item, place)
        if subject is None or prop is None or literal is None:
            raise Noted
        text, number, unit = literal
        bound = item.bound if given(item.bound) and item.bound else NumberBound.EXACT
        return Claim(
            claim_id(subject, prop.name, text, unit, entity, qualifiers),
            subject,
            prop.name,
            text,
            number,
            unit,
            entity,
            bound if prop.type in _NUMERIC else None,
            qualifiers,
            *standing,
            cited,
        )

    # ------------------------------------------------------------------ parts of them
    def _part(self, place: Place, name: str, make: Callable[..., T], *given_: Any) -> T | None:
        """Return what a part makes; None where it is wrong, which is noted."""
        made: list[T] = []
        with self._problems.at(*place, *(name.split(".", 1) if name else ())):
            made.append(make(*given_))
        return made[0] if made else None

    def _optional(self, place: Place, name: str, make: Callable[[str], str], text: str | None) -> str | None:
        return self._part(place, name, make, text) if given(text) and text is not None else None

    def _members(self, value: object, place: Place, name: str) -> Sequence[tuple[str, object]]:
        return self._part(place, name, members, value) or ()

    def _entity(self, text: str, kinds: frozenset[Kind], what: str) -> str:
        return of_kind(self._names.entity(text), kinds, what)

    def _property(self, name: str, subject: str | None) -> Property:
        prop = PROPERTIES.get(name)
        if prop is None:
            raise Wrong(f"there is no property {name[:40]!r}; docs/model.md lists them")
        kind = decode(subject).kind if subject else None
        if kind is not None and kind not in prop.kinds:
            raise Wrong(f"a {kind} has no property {name!r}; docs/model.md lists those it has")
        return prop

    def _citations(self, items: Sequence[CitationInput], place: Place) -> tuple[Citation, ...]:
        found: list[Citation] = []
        with self._problems.at(*place, "citations"):
            if not items:
                raise Wrong("a fact needs a citation: a source and where in it")
        for index, item in enumerate(items):
            source = self._part(place, f"citations.{index}", self._names.source, item.source)
            with self._problems.at(*place, "citations", index, "locator"):
                locator = clean(item.locator)
                if source is not None:
                    found.append(Citation(source, locator))
        return tuple(dict.fromkeys(found))

    def _standing(
        self, item: RelationshipInput | ClaimInput, place: Place
    ) -> tuple[ClaimRank, Certainty, str | None, str | None]:
        rank = item.rank if given(item.rank) and item.rank else ClaimRank.NORMAL
        certainty = item.certainty if given(item.certainty) and item.certainty else Certainty.STATED
        reason = self._optional(place, "reason", clean, item.reason or None)
        with self._problems.at(*place, "reason"):
            if certainty is Certainty.INFERRED and not (given(item.reason) and item.reason):
                raise Wrong("what is INFERRED needs a reason")
        return rank, certainty, reason, self._optional(place, "assertedBy", clean, item.asserted_by or None)

    def _cells(self, item: EntityInput, place: Place) -> dict[str, str | tuple[str, ...]]:
        known = KIND_PLANS[item.kind].properties
        cells: dict[str, str | tuple[str, ...]] = {}
        for name, value in self._members(item.properties, place, "properties"):
            with self._problems.at(*place, "properties", name):
                prop = known.get(name)
                if prop is None:
                    raise Wrong(f"a {item.kind.value} has no property {name[:40]!r}; docs/model.md lists those it has")
                if prop.type is ValueType.ENTITY:
                    raise Wrong(f"the value of {name} is an entity: say it as a claim")
                texts = [canonical_cell(prop, text_of(one)) for one in (value if isinstance(value, list) else [value])]
                if texts:
                    cells[name] = texts[0] if len(texts) == 1 else tuple(texts)
        return cells

    def _properties(self, item: RelationshipInput, place: Place) -> dict[str, Scalar]:
        known = {p.name: p for p in RELATIONS[item.type].properties}
        values = dict(self._members(item.properties, place, "properties"))
        properties: dict[str, Scalar] = {}
        for name, value in values.items():
            with self._problems.at(*place, "properties", name):
                prop = known.get(name)
                if prop is None:
                    has = ", ".join(known) or "none"
                    raise Wrong(f"{item.type.value} has no property {name[:40]!r}; it has {has}")
                properties[name] = self._scalar(prop, value)
        for prop in known.values():
            with self._problems.at(*place, "properties", prop.name):
                if prop.required and prop.name not in values:
                    raise Wrong(f"{item.type.value} needs the property {prop.name!r}")
        return properties

    def _scalar(self, prop: Property, value: object) -> Scalar:
        if prop.type is ValueType.ENTITY:
            return self._entity(text_of(value), prop.entity_kinds, f"the {prop.name} of a relationship")
        return to_scalar(prop, parse(prop, text_of(value)).text)

    def _qualifier(self, name: str, value: object) -> str:
        record = QUALIFIERS.get(name)
        if record is None:
            raise Wrong(f"there is no qualifier {name[:40]!r}; there are {', '.join(QUALIFIERS)}")
        if record.type is ValueType.ENTITY:
            return self._entity(text_of(value), record.entity_kinds, f"the qualifier {name}")
        return parse(record, text_of(value)).text
