"""Values of a change set's input: cleaned, and held against what a property can be."""

import math
from collections.abc import Mapping, Sequence

from graph_api.domain.catalogue import Kind, Property, ValueType
from graph_api.domain.ids import decode
from graph_api.domain.merging import as_text
from graph_api.domain.naming import check_name, check_text
from graph_api.domain.values import check_address, parse
from schema.change_inputs import ClaimInput
from schema.change_problems import Wrong
from schema.filters import given

_MOST_TEXT = 10_000


def clean(text: str) -> str:
    """Return a text without blanks around it.

    Raises:
        Wrong, ValueError: it is empty, very long, or holds control characters.
    """
    found = text.strip()
    if not found:
        raise Wrong("this can't be empty")
    if len(found) > _MOST_TEXT:
        raise Wrong(f"a text has at most {_MOST_TEXT} characters, not {len(found)}")
    return check_text(found)


def clean_name(text: str) -> str:
    """Return a name without blanks around it.

    Raises:
        ValueError: it is empty, very long, or not one line without control characters.
    """
    return check_name(text.strip())


def clean_address(text: str) -> str:
    """Return an address without blanks around it.

    Raises:
        Wrong, ValueError: it is none that leads to the web.
    """
    return check_address(clean(text))


def of_kind(id_: str, kinds: frozenset[Kind], what: str) -> str:
    """Return the id of an entity which is of one of these kinds; of any, if there are none.

    Raises:
        Wrong: it is not.
    """
    kind = decode(id_).kind
    if kinds and kind not in kinds:
        raise Wrong(f"{what} is a {kind}; it can only be a {' or '.join(sorted(kinds))}")
    return id_


def members(value: object) -> Sequence[tuple[str, object]]:
    """Return what a JSON object holds; null leaves a member out.

    Raises:
        Wrong: it is none.
    """
    if not given(value):
        return ()
    if not isinstance(value, Mapping):
        raise Wrong('this must be a JSON object such as {"year": 2025}')
    return [(key, member) for key, member in value.items() if member is not None]


def text_of(value: object) -> str:
    """Return a JSON value as the text of a cell.

    Raises:
        Wrong, ValueError: it can't be one.
    """
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise Wrong("a number must be finite")
    if isinstance(value, (bool, int, float)):
        return as_text(value)
    raise Wrong("a text, a number, true or false is wanted, or a list of them")


def literal_of(prop: Property, item: ClaimInput) -> tuple[str | None, float | None, str | None]:
    """Return a claim's value as text, number and unit; all None where it is an entity.

    Raises:
        Wrong, ValueError: it can't be said so.
    """
    if prop.type is ValueType.ENTITY:
        if not given(item.entity) or given(item.value) or given(item.number):
            raise Wrong(f"the value of {prop.name} is an entity", "entity")
        return None, None, None
    if given(item.entity):
        raise Wrong(f"the value of {prop.name} is not an entity; give value or number", "entity")
    if not given(item.value) and not given(item.number):
        raise Wrong("a value is wanted: value, or number", "value")
    try:
        unit = clean(item.unit) if given(item.unit) and item.unit else None
    except (Wrong, ValueError) as error:
        raise Wrong(str(error), "unit") from None
    try:
        literal = parse(prop, text_of(item.value if given(item.value) else item.number), unit)
    except ValueError as error:
        raise Wrong(str(error), "value" if given(item.value) else "number") from None
    if given(item.value) and given(item.number) and literal.number != item.number:
        raise Wrong("value and number differ; give one of them", "number")
    return literal.text, literal.number, literal.unit
