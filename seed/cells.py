"""Cells: several values in one, escapes, and the names under which the format knows kinds and relations."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from graph_api.domain.catalogue import Kind, Property, Relation
from graph_api.domain.values import parse

KIND_NAMES: Mapping[str, Kind] = MappingProxyType({kind.value.lower(): kind for kind in Kind})
RELATION_NAMES: Mapping[str, Relation] = MappingProxyType({relation.value.lower(): relation for relation in Relation})


def split_values(cell: str) -> list[str]:
    r"""Return the values of a cell: `a|b \| c` holds "a" and "b | c".

    Raises:
        ValueError: a value is empty, or a backslash stands for nothing.
    """
    if "\\" not in cell:
        values = [value.strip() for value in cell.split("|")]
    else:
        values = [value.strip() for value in _unescaped(cell)]
    if not all(values):
        raise ValueError("an empty value beside a |; a bar inside a value is written \\|")
    return values


def _unescaped(cell: str) -> Iterable[str]:
    value, signs = "", iter(cell)
    for sign in signs:
        if sign == "\\":
            sign = next(signs, "")
            if sign not in ("|", "\\"):
                raise ValueError("a backslash inside a value is written \\\\")
            value += sign
        elif sign == "|":
            yield value
            value = ""
        else:
            value += sign
    yield value


def one_value(cell: str) -> str:
    """Return the single value of a cell.

    Raises:
        ValueError: it holds several, or can't be read.
    """
    if "|" not in cell and "\\" not in cell:
        return cell.strip()
    values = split_values(cell)
    if len(values) > 1:
        raise ValueError("one value is wanted: rivals go to claims.csv, and a bar inside a value is written \\|")
    return values[0]


def join_values(values: Iterable[str]) -> str:
    """Return the cell that holds values, the reverse of `split_values`."""
    return "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values)


def canonical(prop: Property, text: str) -> str:
    """Return a value in the form a mention keeps: its canonical text, a unit behind a space.

    Raises:
        ValueError: the property can't have such a value.
    """
    literal = parse(prop, text)
    return f"{literal.text} {literal.unit}" if literal.unit else literal.text
