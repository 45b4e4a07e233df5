"""Which columns of a row a selection reads, so that the store fetches no others.

What a field reads of its parent is in its declaration: the column of `read`, the attribute of a
plain field, what a batched one says that it needs. A field that says nothing may read anything.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, get_named_type

from graph_api.batching.columns import Rows
from graph_api.batching.marks import BATCH, NEEDS, READ
from graph_api.batching.selection import is_planned, selected

Columns: TypeAlias = frozenset[str]
Way: TypeAlias = tuple[str, ...]
ITEMS: tuple[Way, ...] = (("nodes",), ("edges", "node"))
"""The ways from a connection to the items of its page."""
NOTHING: Columns = frozenset()
_KIND: Columns = frozenset(("kind",))


def entity_columns(info: Any, ways: Iterable[Way]) -> Columns | None:
    """Return the columns read of entities at the ends of these ways; None for all of them.

    Where fields are resolved one by one nothing is left out: entities are remembered there, for
    whichever other field asks for them.
    """
    if not is_planned(info):
        return None
    reads = _reads(info._raw_info.schema, "Entity")
    return _union(reads.get(name) for way in ways for name in selected(info, *way))


def are_whole(pages: Any, fields: Columns | None) -> bool:
    """Tell whether the entities of what a store gave have all their fields: a store that leaves some out gives rows."""
    return fields is None or not isinstance(getattr(pages, "items", None), Rows)


def hop_columns(info: Any, view: str, far: str | None) -> tuple[Columns | None, Columns | None]:
    """Return the columns read of the entities, and of the relationships, of a connection over hops.

    Args:
        info: of the connection's field.
        view: what of a hop is a node: entity or relationship.
        far: source or target, whichever the entities are; None where they are now this, now that.
    """
    if view == "entity":
        return entity_columns(info, ITEMS), None if "relationship" in selected(info, "edges") else NOTHING
    if view != "relationship" or not is_planned(info):
        return None, None
    reads = _reads(info._raw_info.schema, _item_type(info))
    own: list[Columns | None] = []
    ends: list[Way] = []
    for way in ITEMS:
        for name in selected(info, *way):
            needs = reads.get(name)
            if far is not None and needs == frozenset((far,)):
                ends.append((*way, name))
            else:
                own.append(needs)
    columns = _union(own)
    # Who reads anything of a relationship may ask for its ends by their ids: they are worth remembering.
    return (None, None) if columns is None else (entity_columns(info, ends), columns)


def _item_type(info: Any) -> str:
    """Return the name of the type of a connection's nodes."""
    connection = get_named_type(info._raw_info.return_type)
    return str(get_named_type(connection.fields["nodes"].type).name)


def _union(parts: Iterable[Columns | None]) -> Columns | None:
    found: set[str] = set()
    for part in parts:
        if part is None:
            return None
        found |= part
    return frozenset(found)


@lru_cache(maxsize=128)
def _reads(schema: GraphQLSchema, name: str) -> Mapping[str, Columns | None]:
    """Return what each field of a type reads; of an interface, what it reads in any of its types."""
    named = schema.type_map[name]
    found: dict[str, Columns | None] = {"__typename": _KIND}
    for type_ in schema.get_possible_types(named) if isinstance(named, GraphQLInterfaceType) else (named,):
        assert isinstance(type_, GraphQLObjectType)
        for field_name, field in type_.fields.items():
            reads = _read_by(field.extensions["strawberry-definition"])
            found[field_name] = _union((found.get(field_name, NOTHING), reads))
    return found


def _read_by(field: Any) -> Columns | None:
    if READ in field.metadata:
        return frozenset((field.metadata[READ].name,))
    if BATCH in field.metadata:
        needs: Columns | None = field.metadata.get(NEEDS)
        return needs
    return frozenset((field.python_name,)) if field.is_basic_field else None
