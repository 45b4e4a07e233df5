"""The printed catalogue: `python -m graph_api.domain.reference > docs/model.md`."""

import sys
from collections.abc import Iterable, Iterator

from graph_api.domain.catalogue import (
    KINDS,
    PROPERTIES,
    QUALIFIERS,
    RELATIONS,
    Kind,
    Property,
    RelationRecord,
    ValueType,
)

INTRODUCTION = """\
# The model

Made from the catalogue (graph_api/domain/catalogue.py) by `python -m graph_api.domain.reference`; change it there.

The graph holds **entities** of thirteen kinds, **relationships** between them, and **claims**: what a source says of
one property of one entity. Every entity, relationship and claim has **citations**, a source and a place in it. Rival
claims stand side by side; the plain field of an entity shows the best of them: preferred before normal, then the more
citations, then the later publication, then the claim's id. Deprecated claims are kept and never shown as a value.
`conflicts` lists what can't all be true: a property with one value that has different values under the same qualifiers.
Another name is an alias, no conflict.

A claim has a **rank** (PREFERRED, NORMAL, DEPRECATED), a **certainty** (STATED; INFERRED, with the reason; UNCERTAIN),
for numbers the **bound** in which the source words it (EXACT, ABOUT, AT_LEAST, AT_MOST) and the unit, and
**qualifiers**. The ids of entities and sources come from kind and slug, a relationship's from its type, ends and
distinguishing properties, a claim's from its subject, property, value, unit, entity and qualifiers: the same data has
the same ids everywhere.
"""


def kind_list(kinds: Iterable[Kind]) -> str:
    """Return kinds in the catalogue's order; "all" for all."""
    wanted = frozenset(kinds)
    return "all" if wanted == frozenset(Kind) else ", ".join(kind for kind in Kind if kind in wanted)


def _value(prop: Property) -> str:
    if prop.type is ValueType.ENUM and prop.values:
        return "one of " + ", ".join(prop.values.__members__)
    if prop.type is ValueType.ENTITY:
        return kind_list(prop.entity_kinds) + " entity" if prop.entity_kinds else "entity"
    text = prop.type.value.lower()
    unit = "currency code" if prop.unit == "ISO 4217" else prop.unit
    return f"{text}, {unit}" if unit else text


def _traits(prop: Property) -> str:
    names = ("many", "field", "statistic", "required", "distinguishing")
    return ", ".join(name for name in names if getattr(prop, name))


def _own(record: RelationRecord) -> str:
    return "; ".join(
        f"`{p.name}`" + (" (required)" if p.required else "") + (" *" if p.distinguishing else "")
        for p in record.properties
    )


def lines() -> Iterator[str]:
    """Yield the page line by line."""
    yield INTRODUCTION
    yield "## Kinds\n\n| kind | GraphQL | what it is |\n|---|---|---|"
    for kind in KINDS.values():
        yield f"| {kind.kind} | {kind.type_name} | {kind.description} |"
    yield "\n## Relations\n\nAn asterisk marks properties that tell two relationships between the same ends apart.\n"
    yield "| relation | from | to | what it says | properties |\n|---|---|---|---|---|"
    for record in RELATIONS.values():
        ends = f"{kind_list(record.sources)} | {kind_list(record.targets)}"
        yield f"| {record.type} | {ends} | {record.description} | {_own(record)} |"
    yield "\n### Properties of relationships\n\n| relation | property | value | what it says |\n|---|---|---|---|"
    for record in RELATIONS.values():
        for prop in record.properties:
            yield f"| {record.type} | `{prop.name}` | {_value(prop)} | {prop.description} |"
    yield "\n## Properties of entities\n"
    yield "many: several values hold at once. field: the best value is served, filtered and ordered by."
    yield "statistic: a measured number.\n"
    yield "| property | kinds | value | traits | what it says |\n|---|---|---|---|---|"
    for prop in PROPERTIES.values():
        yield f"| `{prop.name}` | {kind_list(prop.kinds)} | {_value(prop)} | {_traits(prop)} | {prop.description} |"
    yield "\n## Qualifiers of claims\n\n| qualifier | value | what it says |\n|---|---|---|"
    for prop in QUALIFIERS.values():
        yield f"| `{prop.name}` | {_value(prop)} | {prop.description} |"


def page() -> str:
    """Return the whole page."""
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
