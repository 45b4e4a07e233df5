"""Rows of sources and entities, turned into what a change is made of."""

from collections.abc import Iterator
from functools import partial
from typing import TypeAlias

from graph_api.domain.catalogue import Kind, Property
from graph_api.domain.folding import SLUG
from graph_api.domain.ids import entity_id, source_id
from graph_api.domain.naming import LONGEST_SLUG, check_name
from graph_api.domain.records import EntityRow, Source
from graph_api.domain.values import check_address, check_date
from seed.cells import canonical, one_value, split_values
from seed.converting import EMPTY, Required, Seen, attempt, check_order, remembered
from seed.layout import cell_properties
from seed.reading import Row, Table

Names: TypeAlias = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...], tuple[str, ...]]
Texts: TypeAlias = str | tuple[str, ...]
_NOT_A_SLUG = "is not a slug: a-z, 0-9 and single hyphens, as in c-one"


def _is_slug(text: str) -> bool:
    return len(text) <= LONGEST_SLUG and SLUG.fullmatch(text) is not None


def _no_slug(text: str) -> str:
    if len(text) > LONGEST_SLUG:
        return f"a slug has at most {LONGEST_SLUG} characters, and {text[:40]}... has {len(text)}"
    return f"{text!r} {_NOT_A_SLUG}"


def read_sources(table: Table, seen: Seen) -> Iterator[tuple[int, Source]]:
    """Yield the sources of a file with the lines they are on."""
    rows = table.rows()
    required = Required(table)
    for line, row in rows:
        slug = row[table.index["slug"]].strip()
        if slug in seen.sources:
            table.fault(line, "slug", f"another source has the slug {slug!r}")
            continue
        if slug and not _is_slug(slug):
            table.fault(line, "slug", _no_slug(slug))
            continue
        if slug:
            seen.sources[slug] = source_id(slug)
        cells = {name: attempt(table, line, name, one_value, row[i]) for name, i in table.index.items() if i >= 0}
        is_sound = None not in cells.values()
        if cells.get("title") and attempt(table, line, "title", check_name, cells["title"]) is None:
            is_sound = False
        for name, check in (("url", check_address), ("published_on", check_date), ("retrieved_on", check_date)):
            if cells.get(name) and attempt(table, line, name, check, cells[name]) is None:
                is_sound = False
        if required.are_filled(line, row) and is_sound:
            given = {name: text for name, text in cells.items() if text}
            yield line, Source(source_id(slug), **given)


Plan: TypeAlias = list[tuple[int, Property, dict[str, Texts]]]
"""The position, property and remembered cells of each property that a file has as a column."""


def read_entities(table: Table, kind: Kind, seen: Seen) -> Iterator[tuple[int, EntityRow]]:
    """Yield the entities of a file with the lines they are on."""
    rows, at = table.rows(), table.index
    plan: Plan = [(at[p.name], p, {}) for p in cell_properties(kind) if at[p.name] >= 0]
    required, at_cited = Required(table), at["citations"]
    for line, row in rows:
        is_filled = required.are_filled(line, row)
        slug = _slug(table, line, row, kind, seen)
        names = _names(table, line, row)
        cells = _cells(table, line, row, plan) if plan else {}
        try:
            cited = seen.citations(row[at_cited]) if is_filled else ()
        except ValueError as error:
            table.fault(line, "citations", str(error))
            continue
        if slug and names and not _are_free(table, line, kind, slug, names[3], seen):
            continue
        if slug and names and cells is not None and cited:
            name, aliases, external, former = names
            yield line, EntityRow(kind, slug, name, aliases, external, cells, cited, former)


def _slug(table: Table, line: int, row: Row, kind: Kind, seen: Seen) -> str | None:
    """Return the slug of a row, or None once it is reported; references find the entity in either case."""
    slug = row[table.index["slug"]].strip()
    again = row[table.index["again"]].strip()
    known = seen.entities[kind]
    if again not in ("", "true", "false"):
        table.fault(line, "again", f"{again!r} is neither true nor empty")
    elif not _is_slug(slug):
        if row[table.index["slug"]]:
            table.fault(line, "slug", _no_slug(slug))
    elif slug not in known:
        known[slug] = entity_id(kind, slug)
        if again != "true":
            return slug
        table.fault(line, "again", f"no row before has the slug {slug!r}")
    elif again == "true":
        return slug
    else:
        table.fault(
            line, "slug", f"another {kind.value.lower()} has the slug {slug!r}; if it is the same, say again=true"
        )
    return None


def _are_free(table: Table, line: int, kind: Kind, slug: str, former: tuple[str, ...], seen: Seen) -> bool:
    """Tell whether a row's slug is no former one of another, and its former ones are nobody else's; report if not."""
    known, owners = seen.entities[kind], seen.former[kind]
    owner = owners.get(slug)
    if owner is not None:
        table.fault(line, "slug", f"{slug!r} is a former slug of {owner!r}; give these facts to that one, again=true")
        return False
    for text in former:
        other = text if text in known else owners.setdefault(text, slug)
        if other == slug == text:
            table.fault(line, "former_slugs", f"{text!r} is the slug that it has")
            return False
        if other != slug:
            what = "the slug of another" if other == text else f"a former slug of {other!r}, another"
            table.fault(line, "former_slugs", f"{text!r} is {what} {kind.value.lower()}; merge the two")
            return False
    return True


def _names(table: Table, line: int, row: Row) -> Names | None:
    """Return name, aliases, external ids and former slugs, or None once something in them is reported."""
    at = table.index
    column = "name"
    try:
        name = one_value(row[at["name"]])
        if not name and row[at["name"]]:
            raise ValueError(EMPTY)
        if name:
            check_name(name)
        column = "aliases"
        aliases = tuple(map(check_name, _aliases(cell))) if (cell := row[at["aliases"]]) else ()
        column = "external_ids"
        external = _external_ids(cell) if (cell := row[at["external_ids"]]) else ()
        column = "former_slugs"
        former = _former(cell) if (cell := row[at["former_slugs"]]) else ()
    except ValueError as error:
        table.fault(line, column, str(error))
        return None
    return (name, aliases, external, former) if name else None


def _cells(table: Table, line: int, row: Row, plan: Plan) -> dict[str, Texts] | None:
    """Return the values of a row's properties, or None once something in them is reported."""
    cells: dict[str, Texts] = {}
    is_sound = True
    for i, prop, cache in plan:
        text = row[i]
        if not text:
            continue
        value = cache.get(text)
        if value is None:
            value = attempt(table, line, prop.name, remembered, cache, text, partial(_cell, prop))
        if value is None:
            is_sound = False
        elif value:
            cells[prop.name] = value
    in_order = check_order(table, line, cells.get("startsOn"), cells.get("endsOn"))
    return cells if is_sound and in_order else None


def _cell(prop: Property, cell: str) -> Texts:
    """Return what a cell says of a property; empty where it says nothing."""
    if not cell.strip():
        return ""
    values = sorted({canonical(prop, text) for text in (split_values(cell) if prop.many else [one_value(cell)])})
    return values[0] if len(values) == 1 else tuple(values)


def _aliases(cell: str) -> tuple[str, ...]:
    return tuple(sorted(set(split_values(cell)))) if cell.strip() else ()


def _former(cell: str) -> tuple[str, ...]:
    found = tuple(sorted(set(split_values(cell)))) if cell.strip() else ()
    for slug in found:
        if not _is_slug(slug):
            raise ValueError(_no_slug(slug))
    return found


def _external_ids(cell: str) -> tuple[tuple[str, str], ...]:
    found = set()
    for text in split_values(cell) if cell.strip() else ():
        scheme, _, value = text.partition(":")
        if not scheme or not value:
            raise ValueError(f"{text!r} is not scheme:value, as in tmdb:603")
        found.add((scheme.strip(), value.strip()))
    return tuple(sorted(found))
