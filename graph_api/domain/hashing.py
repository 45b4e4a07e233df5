"""The graph's hash: one sha256 that two graphs share if and only if they say the same.

It is computed over the items of an export alone, so that every store gets the same. The digest
takes one line per record, ended by a line feed: a JSON array in UTF-8 without blanks, keys of
objects in order of code points, absent values null. Records come in this order, those of a sort
by id (entities' places by entity id, source id, locator):

    ["source", id, title, kind, url, publisher, published_on, retrieved_on, licence]
    ["entity", id, source id, locator, {property: [texts]}, [aliases], [[scheme, value]]]
    ["relationship", id, type, source id, target id, {property: value}, rank, certainty, reason,
        asserted_by, [[source id, locator]]]
    ["claim", id, subject id, property, value, unit, entity id, bound, {qualifier: text}, rank, certainty,
        reason, asserted_by, [[source id, locator]]]

An entity has a line for each place that speaks of it; what several rows of one place say is
united; its name is the text of the name property. Lists are sorted and hold nothing twice.
Revision, times, names of datasets and all that is derived are left out.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import groupby

import orjson

from graph_api.domain.catalogue import KINDS
from graph_api.domain.ids import entity_id
from graph_api.domain.records import ChangeItem, Citation, Claim, EntityRow, RelationshipRow, Source


def graph_hash(items: Iterable[ChangeItem]) -> str:
    """Return the hash of a graph, given as `Store.export` yields it."""
    digest = sha256()
    for line in _lines(items):
        digest.update(orjson.dumps(line, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
    return digest.hexdigest()


def _places(citations: Iterable[Citation]) -> list[tuple[str, str]]:
    return sorted({(c.source, c.locator) for c in citations})


def _place(item: ChangeItem) -> tuple[str, ...] | None:
    """The entity and place of a row, which rows of one place share; None for all else."""
    if isinstance(item, EntityRow):
        citation = item.citations[0]
        return item.kind.value, item.slug, citation.source, citation.locator
    return None


def _lines(items: Iterable[ChangeItem]) -> Iterator[tuple[object, ...]]:
    facts: tuple[object, ...]
    for place, group in groupby(items, _place):
        if place is not None:
            yield _entity([item for item in group if isinstance(item, EntityRow)])
            continue
        for item in group:
            match item:
                case Source() as s:
                    yield (
                        "source",
                        s.id,
                        s.title,
                        s.kind,
                        s.url,
                        s.publisher,
                        s.published_on,
                        s.retrieved_on,
                        s.licence,
                    )
                case RelationshipRow(r, citations):
                    facts = (r.rank, r.certainty, r.reason, r.asserted_by)
                    yield (
                        "relationship",
                        r.id,
                        r.type,
                        r.source,
                        r.target,
                        dict(r.properties),
                        *facts,
                        _places(citations),
                    )
                case Claim() as c:
                    value = (c.value, c.unit, c.entity, c.bound, dict(c.qualifiers))
                    facts = (c.rank, c.certainty, c.reason, c.asserted_by)
                    yield "claim", c.id, c.subject, c.property, *value, *facts, _places(c.citations)


def _entity(rows: list[EntityRow]) -> tuple[object, ...]:
    first = rows[0]
    texts: dict[str, set[str]] = {}
    for row in rows:
        texts.setdefault(KINDS[row.kind].name_property, set()).add(row.name)
        for name, given in row.cells.items():
            texts.setdefault(name, set()).update((given,) if isinstance(given, str) else given)
    return (
        "entity",
        entity_id(first.kind, first.slug),
        first.citations[0].source,
        first.citations[0].locator,
        {name: sorted(group) for name, group in texts.items()},
        sorted({alias for row in rows for alias in row.aliases}),
        sorted({pair for row in rows for pair in row.external_ids}),
    )
