"""What is derived of an entity from its facts: best name and values, aliases, tags, conflicts.

`from_cells` is the short way for an entity that one row alone describes, `from_facts` the whole
one; where both apply they agree.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import orjson

from graph_api.domain.catalogue import KINDS, PROPERTIES, Kind, Property, ValueType, fields_of, properties_of
from graph_api.domain.claims import aliases, best_first, by_property, field_value, in_conflict, united_claims
from graph_api.domain.folding import fold, fold_words
from graph_api.domain.records import Citation, Claim, EntityRow, Mention, Value
from graph_api.domain.values import to_scalar

Texts: TypeAlias = str | list[str]
Cells: TypeAlias = dict[str, Texts]
"""Cells as they are stored: by property name, with several texts as a list in order."""

NAME_PROPERTIES = frozenset(record.name_property for record in KINDS.values())
TAGGED = frozenset(
    p.name
    for p in PROPERTIES.values()
    if p.field and p.type is ValueType.TEXT and p.name != "summary" and p.name not in NAME_PROPERTIES
)
"""Field properties whose texts are also kept folded, for filters and facets."""

ALIASES = "aliases"
EXTERNAL_IDS = "externalIds"


class StoredCells(NamedTuple):
    """All that a row said of an entity."""

    cells: Cells
    aliases: list[str]
    external_ids: list[tuple[str, str]]


class Derived(NamedTuple):
    """What a store holds of an entity beside its facts.

    `values` are those of `KindPlan.fields`; the rest is sorted.
    """

    name: str
    values: tuple[Value | None, ...]
    aliases: tuple[str, ...]
    external_ids: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]
    conflicts: tuple[str, ...] = ()


class KindPlan:
    """The properties and fields of one kind of entity, `fields` as (name, property, many, tagged)."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.name_property = KINDS[kind].name_property
        self.properties: Mapping[str, Property] = {p.name: p for p in properties_of(kind)}
        fields = (p for p in fields_of(kind) if p.name not in NAME_PROPERTIES)
        self.fields = tuple((p.name, p, p.many, p.name in TAGGED) for p in fields)


KIND_PLANS: Mapping[Kind, KindPlan] = {kind: KindPlan(kind) for kind in Kind}

fold_tag = lru_cache(maxsize=4096)(fold)


def pack(stored: StoredCells) -> str:
    """Return the JSON that `mention.cells` holds."""
    record: dict[str, object] = dict(stored.cells)
    if stored.aliases:
        record[ALIASES] = stored.aliases
    if stored.external_ids:
        record[EXTERNAL_IDS] = stored.external_ids
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS).decode()


def unpack(text: str) -> StoredCells:
    """Return what `mention.cells` says."""
    record = orjson.loads(text)
    given = record.pop(ALIASES, [])
    external = [(scheme, value) for scheme, value in record.pop(EXTERNAL_IDS, [])]
    return StoredCells(record, given, external)


def rows_of(kind: Kind, slug: str, citation: Citation, text: str, former: tuple[str, ...] = ()) -> Iterator[EntityRow]:
    """Yield what `mention.cells` says as rows of a change: one, and one more for each further name it gives."""
    stored = unpack(text)
    names = stored.cells.pop(KINDS[kind].name_property)
    first, *others = _texts(names)
    cells = {name: texts if isinstance(texts, str) else tuple(texts) for name, texts in stored.cells.items()}
    yield EntityRow(kind, slug, first, tuple(stored.aliases), tuple(stored.external_ids), cells, (citation,), former)
    for name in others:
        yield EntityRow(kind, slug, name, citations=(citation,))


def united(one: StoredCells, other: StoredCells) -> StoredCells:
    """Return what two rows of the same place say together."""
    cells = dict(one.cells)
    for name, texts in other.cells.items():
        both = sorted({*_texts(cells[name]), *_texts(texts)}) if name in cells else texts
        cells[name] = both[0] if isinstance(both, list) and len(both) == 1 else both
    return StoredCells(
        cells,
        sorted({*one.aliases, *other.aliases}),
        sorted({*one.external_ids, *other.external_ids}),
    )


def _texts(texts: Texts) -> Sequence[str]:
    return (texts,) if isinstance(texts, str) else texts


def is_plain(plan: KindPlan, cells: Cells) -> bool:
    """Tell whether no property that has one value has several texts, so that nothing needs weighing."""
    return all(isinstance(texts, str) or plan.properties[name].many for name, texts in cells.items())


def from_cells(plan: KindPlan, stored: StoredCells) -> Derived:
    """Return what one row alone says; of a property with one value the first text."""
    cells = stored.cells
    names = _texts(cells[plan.name_property])
    values: list[Value | None] = []
    tags: list[tuple[str, str]] = []
    for name, prop, many, tagged in plan.fields:
        given = cells.get(name)
        if given is None:
            values.append(None)
            continue
        texts = _texts(given)
        if not many:
            texts = texts[:1]
        values.append(tuple(texts) if many else to_scalar(prop, texts[0]))
        if tagged:
            tags += [(name, text) for text in texts]
    given_aliases = stored.aliases
    return Derived(
        names[0],
        tuple(values),
        tuple(a for a in given_aliases if a != names[0]) if given_aliases else (),
        tuple(stored.external_ids),
        tuple(sorted(tags)) if len(tags) > 1 else tuple(tags),
    )


def from_facts(
    plan: KindPlan,
    subject: str,
    mentions: Sequence[tuple[Citation, StoredCells]],
    claims: Sequence[Claim],
    published: Mapping[str, str | None],
) -> Derived:
    """Return what all rows and claims about an entity say, weighed against each other.

    Args:
        plan: of its kind.
        subject: its id.
        mentions: what each place says.
        claims: those stored, with their citations.
        published: the publication date of each source id.
    """
    rows = [
        Mention(citation, {name: t if isinstance(t, str) else tuple(t) for name, t in stored.cells.items()})
        for citation, stored in mentions
    ]
    groups = {
        name: best_first(group, published)
        for name, group in by_property(united_claims(subject, plan.kind, rows, claims)).items()
    }
    names = groups.get(plan.name_property, [])
    best = field_value(PROPERTIES[plan.name_property], names) or next((c.value for c in names if c.value), "")
    values: list[Value | None] = []
    tags: list[tuple[str, str]] = []
    for name, prop, _, tagged in plan.fields:
        value = field_value(prop, groups[name]) if name in groups else None
        values.append(value)
        if tagged and value is not None:
            tags += [(name, text) for text in (value if isinstance(value, tuple) else (str(value),))]
    given = (alias for _, stored in mentions for alias in stored.aliases)
    return Derived(
        str(best),
        tuple(values),
        aliases(str(best), given, names),
        tuple(sorted({pair for _, stored in mentions for pair in stored.external_ids})),
        tuple(sorted(tags)),
        tuple(name for name, group in groups.items() if in_conflict(PROPERTIES[name], plan.kind, group)),
    )


def words_of(name: str) -> str:
    """Return the words under which a name is found, as the full-text index takes them."""
    return " ".join(fold_words(name))
