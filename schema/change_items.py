"""A change set's input turned into the items of a change, checked against the catalogue."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from graph_api.domain.catalogue import (
    PROPERTIES,
    QUALIFIERS,
    RELATIONS,
    Certainty,
    ClaimRank,
    NumberBound,
    Property,
    ValueType,
)
from graph_api.domain.checks import canonical_cell
from graph_api.domain.derive import KIND_PLANS
from graph_api.domain.ids import claim_id, decode, relationship_id
from graph_api.domain.merging import as_text, distinguishing
from graph_api.domain.naming import check_name, check_text
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
from graph_api.domain.values import check_address, check_date, parse, to_scalar
from schema.change_inputs import ChangeSetInput, CitationInput, ClaimInput, EntityInput, RelationshipInput, SourceInput
from schema.change_names import Names
from schema.change_problems import Noted, Problems, Wrong
from schema.filters import given

GROUPS = ("sources", "entities", "relationships", "claims")
"""The batches of a change set, in the order in which they build upon each other."""

T = TypeVar("T")
_NUMERIC = (ValueType.INTEGER, ValueType.NUMBER)
_SOURCE_TEXTS = ("url", "publisher", "licence")
_MOST_TEXT = 10_000


def to_batches(wanted: ChangeSetInput, names: Names, problems: Problems) -> list[list[ChangeItem]]:
    """Return the items of a change set, a batch for each of `GROUPS`; what is wrong is added to the problems."""
    converter = _Converter(names, problems)
    makers: tuple[Callable[[Any, tuple[str, int]], ChangeItem], ...] = (
        converter.source,
        converter.entity,
        converter.relationship,
        converter.claim,
    )
    batches: list[list[ChangeItem]] = []
    for group, make in zip(GROUPS, makers, strict=True):
        batch: list[ChangeItem] = []
        for index, item in enumerate(getattr(wanted, group) or ()):
            with problems.at(group, index):
                batch.append(make(item, (group, index)))
        batches.append(batch)
    return batches


def clean(text: str, *path: str) -> str:
    """Return a text without blanks around it.

    Raises:
        Wrong: it is empty, very long, or holds control characters.
    """
    found = text.strip()
    if not found:
        raise Wrong("this can't be empty", *path)
    if len(found) > _MOST_TEXT:
        raise Wrong(f"a text has at most {_MOST_TEXT} characters, not {len(found)}", *path)
    try:
        return check_text(found)
    except ValueError as error:
        raise Wrong(str(error), *path) from None


def clean_name(text: str, *path: str) -> str:
    """Return a name without blanks around it.

    Raises:
        Wrong: it is empty, very long, or not one line without control characters.
    """
    try:
        return check_name(text.strip())
    except ValueError as error:
        raise Wrong(str(error), *path) from None


class _Converter:
    """Makes items; problems inside an item are noted at their own paths."""

    def __init__(self, names: Names, problems: Problems) -> None:
        self._names = names
        self._problems = problems

    # ------------------------------------------------------------------ what each sort is made of
    def source(self, item: SourceInput, place: tuple[str, int]) -> Source:
        """Return a source."""
        id_ = self._new(place)
        texts = {name: clean(value, name) for name in _SOURCE_TEXTS if given(value := getattr(item, name))}
        published = check_date(item.published_on) if given(item.published_on) and item.published_on else None
        return Source(
            id_,
            decode(id_).key,
            clean_name(item.title, "title"),
            clean(item.kind, "kind"),
            check_address(texts["url"]) if "url" in texts else None,
            texts.get("publisher"),
            published,
            None,
            texts.get("licence"),
        )

    def entity(self, item: EntityInput, place: tuple[str, int]) -> EntityRow:
        """Return a row of an entity."""
        if given(item.id):
            known = self._names.known(str(item.id))
            if known.kind is not item.kind:
                raise Wrong(f"it is a {known.kind.value}, not a {item.kind.value}", "kind")
            slug = known.slug
        else:
            slug = decode(self._new(place)).key
        aliases = item.aliases if given(item.aliases) else None
        external = item.external_ids if given(item.external_ids) else None
        return EntityRow(
            item.kind,
            slug,
            clean_name(item.name, "name"),
            tuple(clean_name(alias, "aliases") for alias in aliases or ()),
            tuple((clean(e.scheme, "externalIds"), clean(e.value, "externalIds")) for e in external or ()),
            self._cells(item, place),
            self._citations(item.citations, place),
        )

    def relationship(self, item: RelationshipInput, place: tuple[str, int]) -> RelationshipRow:
        """Return a relationship."""
        record = RELATIONS[item.type]
        known = {p.name: p for p in record.properties}
        start = self._attempt(place, "from", self._names.entity, item.from_)
        goal = self._attempt(place, "to", self._names.entity, item.to)
        properties: dict[str, Scalar] = {}
        for name, value in _members(item.properties, "properties"):
            with self._problems.at(*place, "properties", name):
                prop = known.get(name)
                if prop is None:
                    raise Wrong(f"{item.type.value} has no property {name!r}; it has {', '.join(known) or 'none'}")
                properties[name] = self._scalar(prop, value)
        cited = self._citations(item.citations, place)
        if start is None or goal is None:
            raise Noted
        id_ = relationship_id(item.type, start, goal, distinguishing(item.type, properties))
        rank, certainty, reason, asserted_by = _standing(item)
        return RelationshipRow(
            Relationship(id_, item.type, start, goal, properties, rank, certainty, reason, asserted_by), cited
        )

    def claim(self, item: ClaimInput, place: tuple[str, int]) -> Claim:
        """Return a claim."""
        subject = self._attempt(place, "subject", self._names.entity, item.subject)
        prop = PROPERTIES.get(item.property)
        if prop is None:
            raise Wrong(f"there is no property {item.property[:40]!r}; docs/model.md lists them", "property")
        entity = self._attempt(place, "entity", self._names.entity, item.entity) if given(item.entity) else None
        qualifiers = {
            name: text
            for name, value in _members(item.qualifiers, "qualifiers")
            if (text := self._attempt(place, f"qualifiers.{name}", self._qualifier, name, value))
        }
        text, number, unit = _literal(prop, item)
        cited = self._citations(item.citations, place)
        if subject is None:
            raise Noted
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
            *_standing(item),
            cited,
        )

    # ------------------------------------------------------------------ parts of them
    def _new(self, place: tuple[str, int]) -> str:
        found = self._names.new.get(place)
        if found is None:
            raise Noted
        return found

    def _attempt(self, place: tuple[str, int], name: str, make: Callable[..., T], *given_: Any) -> T | None:
        made: list[T] = []
        with self._problems.at(*place, *name.split(".", 1)):
            made.append(make(*given_))
        return made[0] if made else None

    def _citations(self, items: Sequence[CitationInput], place: tuple[str, int]) -> tuple[Citation, ...]:
        if not items:
            raise Wrong("a fact needs a citation: a source and where in it", "citations")
        found: list[Citation] = []
        for index, item in enumerate(items):
            with self._problems.at(*place, "citations", index):
                found.append(Citation(self._names.source(item.source), clean(item.locator, "locator")))
        return tuple(dict.fromkeys(found))

    def _cells(self, item: EntityInput, place: tuple[str, int]) -> dict[str, str | tuple[str, ...]]:
        known = KIND_PLANS[item.kind].properties
        cells: dict[str, str | tuple[str, ...]] = {}
        for name, value in _members(item.properties, "properties"):
            with self._problems.at(*place, "properties", name):
                prop = known.get(name)
                if prop is None:
                    raise Wrong(f"a {item.kind.value} has no property {name!r}; docs/model.md lists those it has")
                if prop.type is ValueType.ENTITY:
                    raise Wrong(f"the value of {name} is an entity: say it as a claim")
                texts = [canonical_cell(prop, _text(one)) for one in (value if isinstance(value, list) else [value])]
                if texts:
                    cells[name] = texts[0] if len(texts) == 1 else tuple(texts)
        return cells

    def _scalar(self, prop: Property, value: object) -> Scalar:
        if prop.type is ValueType.ENTITY:
            return self._names.entity(_text(value))
        return to_scalar(prop, parse(prop, _text(value)).text)

    def _qualifier(self, name: str, value: object) -> str:
        record = QUALIFIERS.get(name)
        if record is None:
            raise Wrong(f"there is no qualifier {name[:40]!r}; there are {', '.join(QUALIFIERS)}")
        if record.type is ValueType.ENTITY:
            return self._names.entity(_text(value))
        return parse(record, _text(value)).text


def _members(value: object, name: str) -> Iterable[tuple[str, object]]:
    """Return what a JSON object holds; null leaves a member out."""
    if not given(value):
        return ()
    if not isinstance(value, Mapping):
        raise Wrong('this must be a JSON object such as {"year": 2025}', name)
    return [(key, member) for key, member in value.items() if member is not None]


def _text(value: object) -> str:
    """Return a JSON value as the text of a cell."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise Wrong("a number must be finite")
    if isinstance(value, (bool, int, float)):
        return as_text(value)
    raise Wrong("a text, a number, true or false is wanted, or a list of them")


def _literal(prop: Property, item: ClaimInput) -> tuple[str | None, float | None, str | None]:
    """Return a claim's value as text, number and unit; all None where it is an entity."""
    if prop.type is ValueType.ENTITY:
        if not given(item.entity) or given(item.value) or given(item.number):
            raise Wrong(f"the value of {prop.name} is an entity", "entity")
        return None, None, None
    if given(item.entity):
        raise Wrong(f"the value of {prop.name} is not an entity; give value or number", "entity")
    if not given(item.value) and not given(item.number):
        raise Wrong("a value is wanted: value, or number", "value")
    unit = clean(item.unit, "unit") if given(item.unit) and item.unit else None
    try:
        literal = parse(prop, _text(item.value if given(item.value) else item.number), unit)
    except ValueError as error:
        raise Wrong(str(error), "value" if given(item.value) else "number") from None
    if given(item.value) and given(item.number) and literal.number != item.number:
        raise Wrong("value and number differ; give one of them", "number")
    return literal.text, literal.number, literal.unit


def _standing(item: RelationshipInput | ClaimInput) -> tuple[ClaimRank, Certainty, str | None, str | None]:
    rank = item.rank if given(item.rank) and item.rank else ClaimRank.NORMAL
    certainty = item.certainty if given(item.certainty) and item.certainty else Certainty.STATED
    reason = clean(item.reason, "reason") if given(item.reason) and item.reason else None
    asserted_by = clean(item.asserted_by, "assertedBy") if given(item.asserted_by) and item.asserted_by else None
    if certainty is Certainty.INFERRED and reason is None:
        raise Wrong("what is INFERRED needs a reason", "reason")
    return rank, certainty, reason, asserted_by
