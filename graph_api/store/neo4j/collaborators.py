"""Who worked on the same films."""

from collections.abc import Sequence

from graph_api.domain.catalogue import CreditRole, Kind, Relation
from graph_api.domain.paging import NOT_OURS, Around, Page, PageRequest, ends
from graph_api.domain.query import YearSpan
from graph_api.domain.records import Collaborator
from graph_api.errors import BadCursor
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.cypher import BY_ID, FALSE, TRUE, Values, all_of, among, collected, rows
from graph_api.store.neo4j.keyset import Key, Stretch
from graph_api.store.neo4j.nodes import read_by_id
from graph_api.store.neo4j.shapes import entity_shape

_KEYS = (Key("x.rank"), Key("x.id"))


async def collaborators(
    graph: Snapshot, ids: Sequence[str], roles: Sequence[str], years: YearSpan, page: PageRequest
) -> list[Page[Collaborator]]:
    """Return for each person who worked on the same films, most films first, then by id.

    A credit counts in these roles (empty: all but FEATURED) and films in these years; deprecated
    credits do not count. Positions are (-weight, id).
    """
    for at in (page.after, page.before):
        if at is not None and [type(key) in (int, float) for key in at] != [True, False]:
            raise BadCursor(NOT_OURS)
    values = Values()
    stretch = Stretch(_KEYS)
    around = [f"any(x IN every WHERE {part})" for part in stretch.outside(page, values)]
    around = [FALSE if part.endswith(f"WHERE {FALSE})") else part for part in around]
    within = stretch.window(page, values)
    listed = "every" if within == TRUE else f"[x IN every WHERE {within}]"
    cut = f"{f'reverse({listed})' if page.backward else listed}[..{page.size + 1}]"
    shape = entity_shape((Kind.PERSON,))
    cells = ["[f IN x.films | f.id]", *shape.cells("x.person")]
    mine, theirs = _counted("r", roles, values), _counted("c", roles, values)
    query = f"""
{BY_ID}
CALL (n) {{
  MATCH (n)-[r:{Relation.CREDITED_ON.value}]->(f) WHERE {all_of((mine, _in_years(years, values)))}
  WITH DISTINCT n, f
  MATCH (f)<-[c:{Relation.CREDITED_ON.value}]-(o) WHERE {all_of(("o <> n", theirs))}
  WITH o, collect(DISTINCT f) AS films
  WITH o, films, -toFloat(size(films)) AS rank ORDER BY rank, o.id
  RETURN collect({{rank: rank, id: o.id, person: o, films: films}}) AS every
}}
WITH i, size(every) AS total, {", ".join(f"{part} AS a{k}" for k, part in enumerate(around))}, {cut} AS xs
RETURN {collected(("i", "total", "a0", "a1", "a2", *(f"[x IN xs | {cell}]" for cell in cells)))}"""
    row = await read_by_id(graph, query, ids, **values.named)
    pages: list[Page[Collaborator]] = [Page([], [], False, False, 0 if page.count else None) for _ in ids]
    for position, total, until_after, beyond_after, from_before, *columns in rows(row, 5 + len(cells)):
        found = [
            Collaborator(shape.read(cells_, 1), float(len(cells_[0])), tuple(sorted(cells_[0])))
            for cells_ in zip(*columns, strict=True)
        ]
        has_next, has_previous = ends(page, len(found), Around(until_after, beyond_after, from_before))
        found = found[: page.size]
        if page.backward:
            found.reverse()
        positions = [(-each.weight, each.person.id) for each in found]
        pages[position] = Page(found, positions, has_next, has_previous, total if page.count else None)
    return pages


def _counted(alias: str, roles: Sequence[str], values: Values) -> str:
    """Return the condition that a credit counts."""
    role = among(f"{alias}.role", list(roles), values) if roles else f"{alias}.role <> '{CreditRole.FEATURED.value}'"
    return all_of((f"{alias}.rank <> 'DEPRECATED'", role))


def _in_years(years: YearSpan, values: Values) -> str:
    bounds = ((">=", years.first), ("<=", years.last))
    return all_of(f"f.year {sign} {values.add(year)}" for sign, year in bounds if year is not None)
