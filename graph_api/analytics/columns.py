"""Reading relationship columns: by type, by year, by the kind an id names."""

from collections.abc import Iterable

from graph_api.domain import ids as domain_ids
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.query import YearSpan
from graph_api.domain.records import RelationColumns
from graph_api.errors import BadInput


def rows(columns: RelationColumns, *relations: Relation) -> Iterable[tuple[str, Relation, str, str]]:
    """Yield id, type, source and target of the relationships of these types."""
    wanted = frozenset(relations)
    for row in zip(columns.ids, columns.types, columns.sources, columns.targets, strict=True):
        if row[1] in wanted:
            yield row


def in_span(span: YearSpan, year: int | None) -> bool:
    """Tell whether a year lies in a span; one that is not known lies only in the open span."""
    if span == YearSpan():
        return True
    return year is not None and (span.first is None or span.first <= year) and (span.last is None or year <= span.last)


def kind_of(node: str) -> Kind:
    """Return the kind of entity an id names."""
    kind = domain_ids.decode(node).kind
    if kind is None:
        raise BadInput(f"{node[:80]!r} is not the id of an entity; ids come from the field `id` of an answer")
    return kind
